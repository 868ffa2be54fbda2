"""Read JSON strictly: what is doubtful is refused with its place, never guessed."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from sellerspec.errors import ParseError
from sellerspec.model import Json, Path

MAX_DEPTH = 254
"""Levels of nesting that a text may have: as many as can be written again."""

_BOMS = {
    b"\xef\xbb\xbf": "a UTF-8 byte order mark; save it as UTF-8 without BOM",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}


class Apart(NamedTuple):
    """A member whose long text need not be written again to see that a value says all of its text."""

    name: str
    mark: bytes
    """The name and the quote that begins the text, as they stand in a text without spaces."""


def longest(value: Json) -> Apart | None:
    """Return the member of an object that takes longest to write again; None if no one takes long."""
    members = value.items() if isinstance(value, dict) else ()
    texts = {name: each for name, each in members if isinstance(each, str) and not each.isascii()}
    long = {name: len(each) for name, each in texts.items() if len(each) >= LONG}
    name = max(long, key=lambda each: long[each], default=None)
    return None if name is None else Apart(name, orjson.dumps(name) + b':"')


LONG = 500
"""Characters, not all of them ASCII, of a text that takes longer to write again than to leave out."""


def decode(payload: bytes | str, apart: Apart | None = None) -> Json:
    """Return the value of a JSON text.

    Refused, with line and column: what is not JSON, `NaN` and `Infinity`, a member given
    twice, a byte order mark, an encoding other than UTF-8, more than 254 levels.

    Args:
        payload: the text.
        apart: as for `says_all`.

    Raises:
        ParseError: with `line` and `column`, both from 1.
    """
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise _why_not_json(payload, error) from None
    try:
        whole = says_all(payload, value, apart)
    except orjson.JSONEncodeError:
        raise _too_deep(payload.decode() if isinstance(payload, bytes) else payload) from None
    if not whole:
        places(payload)
    return value


def says_all(payload: bytes | str, value: Json, apart: Apart | None = None) -> bool:
    """Say whether a value surely holds every member that stands in its JSON text: none twice, none left out.

    Args:
        payload: the text.
        value: what was read of it.
        apart: a member of the value that may have a long text; it is changed and put back.

    Raises:
        orjson.JSONEncodeError: the value cannot be written again.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    if apart is not None:
        name, mark = apart
        start = data.find(mark)
        if start >= 0 and type(value) is dict and type(text := value.get(name)) is str:
            start += len(mark)
            end = data.find(b'"', start)
            value[name] = ""
            again = orjson.dumps(value)
            value[name] = text
            # The last quote of a mark begins a string wherever the mark stands. If that string did not
            # end at the next quote, what follows, as it has quotes in even number, would not be JSON.
            if (data[:start] + data[end:]).startswith(again):
                return True
    # in lines if the text is, so that the usual indented text comes out the same
    again = orjson.dumps(value, option=orjson.OPT_INDENT_2 if data[1:2] == b"\n" else None)
    # Behind an equal text only spaces can stand: a value ends at its bracket. Else a member that the
    # value lacks leaves a colon behind, and counting is exact unless one is escaped. Escapes are
    # looked for from the end, because that way Python looks for the backslash first.
    return data.startswith(again) or (data.count(b":") == again.count(b":") and data.rfind(b"\\u003") < 0)


def _why_not_json(payload: bytes | str, error: orjson.JSONDecodeError) -> ParseError:
    data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    if not data.strip():
        return ParseError("empty: nothing to check", line=1, column=1)
    for mark, said in _BOMS.items():
        if data.startswith(mark):
            return ParseError(f"starts with {said}", line=1, column=1)
    if b"\0" in data[:4]:
        return ParseError("UTF-16 or UTF-32; save it as UTF-8", line=1, column=1)
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        column = wrong.start - (data.rfind(b"\n", 0, wrong.start) + 1) + 1
        return ParseError(f"not UTF-8: byte 0x{data[wrong.start]:02x}", line=line, column=column)
    line, column, said = error.lineno, error.colno, error.msg
    if "depth" in said:
        return _too_deep(data.decode())
    if (constant := _CONSTANT.match(data.decode(), _offset(data.decode(), line, column))) is not None:
        said = f"`{constant[0]}` is not JSON"
    return ParseError(f"not JSON: {said}" if "not JSON" not in said else said, line=line, column=column)


def _too_deep(text: str) -> ParseError:
    at = next(offset for offset, depth in _nested(text) if depth > MAX_DEPTH)
    line, column = line_column(text, at)
    return ParseError(f"not JSON: nested deeper than {MAX_DEPTH} levels", line=line, column=column)


def _nested(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offset of each bracket and string, and how deep it is in."""
    depth = 0
    for found in _NESTING.finditer(text):
        depth += _STEP.get(found[0], 0)
        yield found.start(), depth


_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{}\]]', re.DOTALL)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_CONSTANT = re.compile(r"-?(NaN|Infinity)")


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


class Places:
    """Where each value of a JSON text stands: line and column, both from 1."""

    def __init__(self, text: str, offsets: Mapping[Path, int]) -> None:
        self._text = text
        self._offsets = offsets

    def find(self, path: Path) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of the nearest value around it."""
        while path and path not in self._offsets:
            path = path[:-1]
        return line_column(self._text, self._offsets.get(path, 0))

    def offsets(self) -> Mapping[Path, int]:
        """Return the character offset at which each value starts."""
        return self._offsets


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")


def places(payload: bytes | str) -> Places:
    """Return where each value of a valid JSON text stands.

    Raises:
        ParseError: a member is given twice; the place is that of the second.
    """
    text = payload.decode() if isinstance(payload, bytes) else payload
    offsets: dict[Path, int] = {}
    open_: list[str] = []
    path: list[str | int] = []
    at = 0
    while True:
        at = _end(_SPACE, text, at)
        offsets[tuple(path)] = at
        char = text[at]
        if char in "{[":
            open_.append(char)
            at = _end(_SPACE, text, at + 1)
            if text[at] not in "}]":
                if char == "[":
                    path.append(0)
                else:
                    at = _member(text, at, path, offsets)
                continue
        elif char == '"':
            at = _end(_STRING, text, at)
        else:
            at = _end(_SCALAR, text, at)
        at = _end(_SPACE, text, at)
        while open_ and text[at] in "}]":
            closed_empty = offsets.get(tuple(path)) is not None and _is_empty(text, offsets[tuple(path)], at)
            if not closed_empty:
                path.pop()
            open_.pop()
            at = _end(_SPACE, text, at + 1)
        if not open_:
            return Places(text, offsets)
        at = _end(_SPACE, text, at + 1)  # past the comma
        last = path.pop()
        if isinstance(last, int):
            path.append(last + 1)
        else:
            at = _member(text, at, path, offsets)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else len(text)  # always found: the text has been decoded before


def _is_empty(text: str, start: int, at: int) -> bool:
    return text[start] in "{[" and not text[start + 1 : at].strip()


def _member(text: str, at: int, path: list[str | int], offsets: Mapping[Path, int]) -> int:
    """Read a key and its colon, put the key on the path, return where the value may start."""
    end = _end(_STRING, text, at)
    key: str = orjson.loads(text[at:end])
    path.append(key)
    if tuple(path) in offsets:
        line, column = line_column(text, at)
        raise ParseError(f"the member {quoted(key)} is given twice", line=line, column=column)
    return _end(_SPACE, text, end) + 1


def quoted(text: str, most: int = 40) -> str:
    """Return a name in backticks, cut to `most` characters, without control characters."""
    if len(text) <= most and text.isprintable():
        return f"`{text}`"
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return f"`{shown if len(shown) <= most else shown[: most - 1] + '…'}`"
