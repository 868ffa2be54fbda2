"""Apply a JSON Patch to a JSON text and keep its formatting: only what the patch changes is written anew."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import orjson

from sellerspec.io.pointers import split
from sellerspec.io.strict import STEP, STRING, TOKEN, canonical
from sellerspec.model import Json

_BLANKS = " \t\r\n"
_NAME = re.compile(rf"({STRING})(\s*:\s*)", re.DOTALL)

_Parts = tuple[str, ...]
"""The parts of a pointer, all as text."""


def edited(text: str, patch: Iterable[Mapping[str, Json]]) -> str:
    """Return a valid JSON text with a patch applied, such that decoding it gives `patched` of its value.

    Blanks, line ends, the order of members, and the spelling of numbers and texts stay as they are. What
    is new is written like its neighbours; a member that gets another name keeps its place.

    Raises:
        LookupError: the text has no such place.

    >>> edited('{ "price" : "5000", "q": 1e0 }', [{"op": "replace", "path": "/price", "value": 5000}])
    '{ "price" : 5000, "q": 1e0 }'
    """
    document = _item("\n" + text)  # as an item on a line of its own
    layout = _layout(document)
    for step in patch:
        path = split(step["path"])
        if step["op"] == "move":
            _move(document, split(step["from"]), path, layout)
        elif step["op"] == "remove":
            _remove(*_place(document, path))
        elif step["op"] == "replace":
            _replace(_find(document, path), step["value"], layout)
        else:
            _add(document, path, partial(layout.written, step["value"]), layout)
    return document.written()[1:]


@dataclass(slots=True)
class _Item:
    """A member of an object, an item of a list, or the document: its parts as they are written."""

    before: str
    """Blanks, back to the comma or bracket before it."""

    name: str
    """With its quotes; empty outside an object."""

    colon: str
    """With the blanks around it."""

    text: str
    """The value; of one with `items` only the brackets count."""

    after: str
    """Blanks, up to the next comma or bracket."""

    items: "list[_Item] | None" = None
    """The items of the value, from when one of them is looked for."""

    @property
    def is_object(self) -> bool:
        """Whether the value is an object."""
        return self.text[0] == "{"

    def opened(self) -> "list[_Item]":
        """Return the items of the value.

        Raises:
            LookupError: it is neither an object nor a list.
        """
        if self.text[0] not in "[{":
            raise LookupError("a text, a number, a boolean or null has no members")
        if self.items is None:
            self.items = list(_items(self.text))
        return self.items

    def value_text(self) -> str:
        """Return the value as it is written."""
        if not self.items:
            return self.text
        return self.text[0] + ",".join(item.written() for item in self.items) + self.text[-1]

    def written(self) -> str:
        """Return name and value with the blanks around them."""
        return f"{self.before}{self.name}{self.colon}{self.value_text()}{self.after}"

    def indentation(self) -> str:
        """Return the blanks at the beginning of its line."""
        return self.before.rpartition("\n")[2]


def _items(text: str) -> Iterator[_Item]:
    """Yield the items of a container."""
    depth, start = 0, 1
    for match in TOKEN.finditer(text):
        sign = match[0]
        depth += STEP.get(sign, 0)
        if depth == 0 or (depth == 1 and sign == ","):
            piece = text[start : match.start()]
            if piece.strip(_BLANKS):
                yield _item(piece, named=text[0] == "{")
            start = match.end()


def _item(piece: str, *, named: bool = False) -> _Item:
    start, end = len(piece) - len(piece.lstrip(_BLANKS)), len(piece.rstrip(_BLANKS))
    match = _NAME.match(piece, start) if named else None
    name, colon = match.groups() if match else ("", "")
    value = match.end() if match else start
    return _Item(piece[:start], name, colon, piece[value:end], piece[end:])


class _Layout(NamedTuple):
    """How a text is written."""

    newline: str
    """Between the items of a container; empty if the text is on one line."""

    unit: str
    """The indentation of one level."""

    colon: str
    """With the blanks around it."""

    ascii: bool
    """Whether characters beyond ASCII are escaped."""

    @property
    def space(self) -> str:
        """What stands after a comma on one line."""
        return " " if self.colon.endswith(" ") else ""

    def is_spread(self, at: _Item) -> bool:
        """Say whether a container that is written as the value of an item takes several lines."""
        return bool(self.newline) and "\n" in at.before

    def written(self, value: Json, at: _Item) -> str:
        """Return a value as it is written as the value of an item."""
        if not self.is_spread(at):
            return json.dumps(value, separators=(f",{self.space}", self.colon), ensure_ascii=self.ascii)
        text = json.dumps(value, indent=self.unit, separators=(",", self.colon), ensure_ascii=self.ascii)
        return text.replace("\n", self.newline + at.indentation())

    def named(self, name: str) -> str:
        """Return the name of a member with its quotes."""
        return json.dumps(name, ensure_ascii=self.ascii)


def _layout(document: _Item) -> _Layout:
    inner = document
    while inner.text[0] in "[{" and not inner.name and inner.opened():
        inner = inner.opened()[0]
    first = document.opened()[0] if inner is not document else inner
    blanks = first.before if inner is not document else ""
    newline = "\r\n" if "\r\n" in blanks else "\n" if "\n" in blanks else ""
    unit = first.indentation().removeprefix(document.indentation())
    colon = inner.colon if inner.name and "\n" not in inner.colon else ": "
    escapes = document.text.isascii() and "\\u" in document.text
    return _Layout(newline, unit, colon, escapes)


def _find(document: _Item, path: _Parts) -> _Item:
    """Return the item at a path.

    Raises:
        LookupError: there is none.
    """
    item = document
    for part in path:
        item = item.opened()[_number(item, part)]
    return item


def _place(document: _Item, path: _Parts) -> tuple[_Item, int]:
    """Return the item around a path, and the number in it of the item at the path.

    Raises:
        LookupError: there is none.
    """
    if not path:
        raise LookupError("the document is no member of anything")
    holder = _find(document, path[:-1])
    return holder, _number(holder, path[-1])


def _number(holder: _Item, part: str) -> int:
    items = holder.opened()
    if not holder.is_object and part.isdecimal() and int(part) < len(items):
        return int(part)
    numbers = (number for number, item in enumerate(items) if item.name and orjson.loads(item.name) == part)
    if (number := next(numbers, None)) is None:
        raise LookupError(f"no value at `{part}`")
    return number


def _replace(item: _Item, value: Json, layout: _Layout) -> None:
    kept = _kept(item, value) if isinstance(value, list) and item.text[0] == "[" else None
    if kept is None:
        item.text, item.items = layout.written(value, item), None
        return
    for number in reversed(range(len(item.opened()))):
        if number not in kept:
            _remove(item, number)


def _kept(item: _Item, values: list[Json]) -> set[int | None] | None:
    """Return the numbers of the items that a new list is made of; None if it holds others."""
    left = enumerate([canonical(orjson.loads(own.value_text())) for own in item.opened()])
    kept = {next((number for number, own in left if own == canonical(value)), None) for value in values}
    return None if None in kept else kept


def _remove(holder: _Item, number: int) -> _Item:
    items = holder.opened()
    gone = items.pop(number)
    if not items:
        holder.text = holder.text[0] + holder.text[-1]
    elif number == len(items):
        items[-1].after = gone.after
    elif number == 0:
        items[0].before = gone.before
    return gone


def _move(document: _Item, origin: _Parts, path: _Parts, layout: _Layout) -> None:
    holder, number = _place(document, origin)
    item = holder.opened()[number]
    names = [orjson.loads(other.name) for other in holder.opened() if other.name]
    if holder.is_object and origin[:-1] == path[:-1] and path[-1] not in names:
        item.name = layout.named(path[-1])
    elif path != origin:
        text = _remove(holder, number).value_text()
        _add(document, path, lambda _: text, layout)


def _add(document: _Item, path: _Parts, text_at: Callable[[_Item], str], layout: _Layout) -> None:
    item = document if not path else _added(_find(document, path[:-1]), path[-1], layout)
    item.text, item.items = text_at(item), None


def _added(holder: _Item, part: str, layout: _Layout) -> _Item:
    """Return the member of a name, or a new item with the blanks around it.

    Raises:
        LookupError: the list has no such number.
    """
    items = holder.opened()
    number, name, colon = len(items), "", ""
    if holder.is_object:
        same = next((item for item in items if orjson.loads(item.name) == part), None)
        if same is not None:
            return same
        name, colon = layout.named(part), layout.colon
    elif part not in ("-", str(number)):
        number = _number(holder, part)
    before, after = _blanks(holder, number, layout)
    item = _Item(before, name, colon, "", after)
    items.insert(number, item)
    return item


def _blanks(holder: _Item, number: int, layout: _Layout) -> tuple[str, str]:
    """Return the blanks before and after a new item, and give its neighbours theirs."""
    items = holder.opened()
    if not items:
        line = layout.newline + holder.indentation() if layout.is_spread(holder) else ""
        return (line + layout.unit if line else ""), line
    first, last = items[0], items[-1]
    has_several = len(items) > 1
    between = last.before if has_several or "\n" in last.before else layout.space
    after = first.after if has_several else ""
    if number == len(items):
        end, last.after = last.after, after
        return between, end
    before = items[number].before
    if number == 0:
        first.before = between
    return before, after
