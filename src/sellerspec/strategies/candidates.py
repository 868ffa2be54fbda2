"""Candidates: changes of one value of a response which its contract may allow.

What a contract allows is not decided here: who applies a candidate checks the response. So candidates
are many, and derived from the value and from what the schema names at its place.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sellerspec.io.pointers import drop, put
from sellerspec.io.strict import canonical
from sellerspec.model import Json, Path
from sellerspec.strategies import shapes
from sellerspec.strategies.vary import made
from sellerspec.strategies.words import Seeded, like

LARGEST = 2**53 - 1
"""The largest integer that every JSON parser reads exactly."""

LONG = 4000
"""Characters of a long text where the schema has no bound."""

FULL = 30
"""Items of a full list where the schema has no bound."""

ORDINARY = 4
"""How many ordinary values are made of one that is there."""

TEXTS: tuple[tuple[str, str], ...] = (
    ("empty-text", ""),
    ("vietnamese", "Nguyễn Thị Bịa, 27 Ngõ Bịa: áo thun cổ tròn"),
    ("decomposed", "Nguye\u0302\u0303n Thi\u0323 Bi\u0323a"),
    ("emoji", "🎁 hàng tặng 👨‍👩‍👧‍👦 🇻🇳"),
    ("right-to-left", "שלום مرحبا \u202etxet\u202c"),
    ("markup", '<b>Áo & "quần"</b><script>alert(1)</script>'),
    ("line-breaks", "dòng một\r\ndòng hai\ttab\n"),
    ("percent", "100% {0} %s $HOME \\n"),
)
"""Kind -> a text that a person or a program may have written."""

UNKNOWN_MEMBER = "new_member"
"""The name of a member that no schema describes."""

UNKNOWN_TEXT = "new_value"
"""A word that stands in no list of values."""

UNKNOWN_MEMBERS: tuple[Json, ...] = ("text", None, {"name": "text", "values": [1, None]})


class Candidate(NamedTuple):
    """One change of the value at a place."""

    kind: str
    """`null`, `absent`, `unknown-member`, `unknown-value`, ...; `other-value` is an ordinary one."""

    value: Json = None
    """What stands there instead; not used if `kind` is `absent`."""

    def applied(self, body: Json, path: Path) -> Json:
        """Return a copy of a body with the change at a path."""
        return drop(body, path) if self.kind == "absent" else put(body, path, self.value)


ABSENT = Candidate("absent")
NULL = Candidate("null")


def candidates(present: Json, path: Path, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    """Yield changes of a value other than `ABSENT` and `NULL`: each kind of its type, then ordinary values.

    Args:
        present: the value; not null.
        path: where it stands; its last name says what an ordinary text is.
        schemas: what applies to the value, as `shapes.at` returns it.
    """
    if isinstance(present, dict):
        yield from _of_object(present)
    elif isinstance(present, list):
        yield from _of_list(present, schemas)
    elif isinstance(present, bool):
        yield Candidate("other-value", not present)
    else:
        every = (*_scalars(present, schemas), *ordinary(present, path, schemas))
        yield from (new for new in every if not _same(new.value, present))


def ordinary(present: Json, path: Path, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    """Yield ordinary other values of a scalar: those that the schemas name, else ones like it."""
    named = shapes.listed(schemas)
    others = [value for value in named if value is not None and not _same(value, present)]
    name = shapes.last_name(path)
    if not others or not _is_closed(schemas):
        others += [like(Seeded(seed), name, present) for seed in range(ORDINARY)]
    yield from (Candidate("other-value", value) for value in _once(others) if not _same(value, present))


def additions(
    path: Path, schemas: Sequence[Mapping[str, Json]], known: Iterable[Json]
) -> Iterator[Candidate]:
    """Yield values of a member that is absent or null, of every type that its schemas name.

    Args:
        path: of the member.
        schemas: what applies to it.
        known: values that examples have at its place.
    """
    values = [value for value in known if value is not None]
    plain = [value for value in shapes.listed(schemas) if value is not None]
    kinds = shapes.types(schemas) or ("string",)
    name = shapes.last_name(path)
    if not values:
        plain += [made(Seeded(0), name, [{"type": kind}]) for kind in kinds if kind != "null"]
    yield from (Candidate("present", copy.deepcopy(value)) for value in _once([*values, *plain]))


def is_number(text: str) -> bool:
    """Return whether a text is an integer as JSON writes it, and every reader of numbers keeps it."""
    return text.isascii() and text.isdigit() and len(text) < 16 and str(int(text)) == text


def _of_object(present: Mapping[str, Json]) -> Iterator[Candidate]:
    for value in UNKNOWN_MEMBERS:
        yield Candidate("unknown-member", {**present, UNKNOWN_MEMBER: value})


def _of_list(present: list[Json], schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    if not present:
        return
    yield Candidate("empty-list", [])
    full = min([FULL, *shapes.limits(schemas, "maxItems")])
    if full > len(present):
        yield Candidate("full-list", [_another(present, index) for index in range(full)])
    if len(present) > 1:
        yield Candidate("other-order", present[::-1])
        yield Candidate("shorter-list", present[:-1])
    yield Candidate("longer-list", [_another(present, index) for index in range(len(present) + 1)])


def _another(present: list[Json], index: int) -> Json:
    """Return the item at an index of a longer list: those there are, then others with their own ids."""
    item, turn = present[index % len(present)], index // len(present)
    if not turn:
        return item
    if not isinstance(item, dict):
        return _numbered(item, turn)
    return {name: _numbered(value, turn) if _is_id(name) else value for name, value in item.items()}


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "order_code", "order_num", "invoice_ref_num"))


def _numbered(value: Json, turn: int) -> Json:
    if isinstance(value, int) and not isinstance(value, bool):
        return value + turn * 1000
    if isinstance(value, str) and value:
        return str(int(value) + turn * 1000).zfill(len(value)) if value.isdecimal() else f"{value}-{turn}"
    return value


def _scalars(present: str | float | None, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    yield from _unknown(present, schemas)
    if isinstance(present, str):
        yield from _texts(present, schemas)
    elif present is not None:
        yield from _numbers(present, schemas)


def _unknown(present: str | float | None, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    """Yield a value that a list of the schemas does not have; a check shows whether the list is open."""
    lists = [schema["enum"] for schema in schemas if "enum" in schema]
    values = [value for each in lists for value in each]
    if not values:
        return
    if isinstance(present, str):
        words = [value for value in values if isinstance(value, str)]
        capitals = bool(words) and all(word.isupper() for word in words)
        yield Candidate("unknown-value", UNKNOWN_TEXT.upper() if capitals else UNKNOWN_TEXT)
    else:
        numbers = [value for value in values if isinstance(value, int | float)]
        yield Candidate("unknown-value", int(max(numbers, default=0)) + 1)


def _texts(present: str, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    length = min([LONG, *shapes.limits(schemas, "maxLength")])
    yield from (Candidate(kind, value) for kind, value in TEXTS)
    yield Candidate("long-text", ("Áo thun cổ tròn nam " * LONG)[:length])
    if re.match(r"\d{4}-", present):
        for kind, year in (("early", "1970"), ("late", "2999")):
            yield Candidate(kind, year + present[4:])
    if is_number(present):
        yield Candidate("text-as-number", int(present))
        yield Candidate("largest", str(LARGEST))


def _numbers(present: float, schemas: Sequence[Mapping[str, Json]]) -> Iterator[Candidate]:
    yield Candidate("zero", 0)
    above = (limit - 1 for limit in shapes.limits(schemas, "exclusiveMaximum"))
    largest = _once([LARGEST, *shapes.limits(schemas, "maximum"), *above])
    yield from (Candidate("largest", number) for number in largest)
    yield from (Candidate("smallest", limit) for limit in _once(shapes.limits(schemas, "minimum")))
    yield Candidate("negative", -1)
    yield Candidate("fraction", 0.5)
    yield Candidate("number-as-text", str(present))


def _is_closed(schemas: Sequence[Mapping[str, Json]]) -> bool:
    return any("enum" in schema or "const" in schema for schema in schemas)


def _same(one: Json, other: Json) -> bool:
    return canonical(one) == canonical(other)


def _once(values: Iterable[Json]) -> list[Json]:
    return list({canonical(value): value for value in values}.values())
