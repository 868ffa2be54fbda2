"""Read JSON and YAML strictly: ambiguous input is refused with line and column."""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import orjson

from sellerspec.errors import ParseError
from sellerspec.io.member_names import without_data
from sellerspec.model import Json, Path

MAX_DEPTH = 254
"""Most levels of nesting; orjson cannot serialise more."""

MAX_BYTES = 64 << 20
"""Most bytes of a JSON text."""

MAX_VALUES = 1_000_000
"""Most values of a JSON text: each takes a hundred bytes of memory, however short its text."""

LONG = 1 << 20
"""Length from which a text is measured: a shorter one is within all bounds."""

_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_SURROGATE = re.compile("[\ud800-\udfff]")

_BOMS = {
    b"\xef\xbb\xbf": "a UTF-8 byte order mark; save it as UTF-8 without BOM",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}


def decode(payload: bytes | str) -> Json:
    """Return the value of a JSON text.

    Refused with line and column: invalid JSON, `NaN` and `Infinity`, a member given twice, a byte
    order mark, an encoding other than UTF-8, more than 254 levels. Refused at once: more than
    `MAX_BYTES`, more than `MAX_VALUES`.

    Raises:
        ParseError: with `line` and `column`, both from 1.
    """
    if len(payload) > LONG:
        require_bounded(payload)
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise _not_json(payload, error) from None
    try:
        complete = holds_every_member(payload, value)
    except orjson.JSONEncodeError:
        raise _too_deep(payload.decode() if isinstance(payload, bytes) else payload) from None
    if not complete:
        places(payload)
    return value


def require_bounded(payload: bytes | str) -> None:
    """Refuse a text that would take too much memory, before it is decoded.

    Raises:
        ParseError: it has more than `MAX_BYTES` or `MAX_VALUES`.
    """
    if len(payload) > MAX_BYTES or (
        isinstance(payload, str) and len(payload.encode(errors="replace")) > MAX_BYTES
    ):
        raise ParseError(f"more than {MAX_BYTES:,} bytes, the most that are read of one JSON text")
    data = payload.encode(errors="replace") if isinstance(payload, str) else payload
    # each value but the first of a list or object follows a comma; commas within texts do not count
    if data.count(b",") >= MAX_VALUES and _TEXTS.sub(b"", data).count(b",") >= MAX_VALUES:
        raise ParseError(f"more than {MAX_VALUES:,} values, the most that are read of one JSON text")


def require_json(value: Json) -> None:
    """Refuse a decoded value with what no JSON text holds: half of a surrogate pair, `NaN`, `Infinity`.

    Raises:
        ParseError: JSON cannot hold the value; names the place.
    """
    try:
        text = orjson.dumps(value, option=_PLAIN)
        if b"null" in text:  # orjson writes null for a number that is not finite
            import json  # every command starts without it

            json.dumps(value, allow_nan=False)
    except (orjson.JSONEncodeError, ValueError, RecursionError):
        _refuse_odd(value)


def _refuse_odd(value: Json) -> None:
    """Refuse the first such text or number; other types, and the depth, are left to the engine."""
    left: list[tuple[Json, str, int]] = [(value, "", 0)]
    while left:
        value, place, depth = left.pop()
        names = value if isinstance(value, dict) else (value,)
        if any(isinstance(text, str) and _SURROGATE.search(text) for text in names):
            raise ParseError(f"not a JSON value: half of a surrogate pair at `{place or '/'}`")
        if isinstance(value, float) and not isfinite(value):
            raise ParseError(f"not a JSON value: {value!r} at `{place or '/'}`")
        if isinstance(value, dict | list) and depth < MAX_DEPTH:
            members = value.items() if isinstance(value, dict) else enumerate(value)
            left.extend((member, f"{place}/{name}"[:80], depth + 1) for name, member in members)


def readable(payload: bytes | str) -> Json:
    """Return the value of a JSON text; None if `decode` refuses it."""
    try:
        return decode(payload)
    except ParseError:
        return None


def decode_yaml(text: bytes | str) -> Json:
    """Return the value of a YAML text; `!!binary` gives bytes, times stay text.

    Raises:
        ParseError: with `line` and `column` where the reader knows them.
    """
    from sellerspec.io import yaml_text  # a check of one payload starts without it

    return yaml_text.load(text)[0]


def decode_utf8(data: bytes) -> str:
    """Return the text of bytes.

    Raises:
        ParseError: they are not UTF-8; with `line` and `column`.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        raise ParseError(f"not UTF-8: byte 0x{data[error.start]:02x}", line=line, column=column) from None


def holds_every_member(payload: bytes | str, value: Json) -> bool:
    """Return whether decoding surely lost no member of a JSON text; False may be a false alarm.

    orjson keeps only the last of several members of one name.

    Raises:
        orjson.JSONEncodeError: the value is nested too deeply to be serialised.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    # with the indentation of the text, so that a usual text is equal
    again = orjson.dumps(value, option=orjson.OPT_INDENT_2 if data[1:2] == b"\n" else None)
    # If the text begins with `again`, only spaces follow. Otherwise colons are counted: each lost member
    # leaves one more in the text. Escaped colons would break the count; `rfind` is fast, because it
    # searches for the rare backslash first.
    return data.startswith(again) or (data.count(b":") == again.count(b":") and data.rfind(b"\\u003") < 0)


def _not_json(payload: bytes | str, error: orjson.JSONDecodeError) -> ParseError:
    data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    if not data.strip():
        return ParseError("empty: nothing to check", line=1, column=1)
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return ParseError(f"starts with {encoding}", line=1, column=1)
    if b"\0" in data[:4]:
        return ParseError("UTF-16 or UTF-32; save it as UTF-8", line=1, column=1)
    try:
        text = decode_utf8(data)
    except ParseError as not_utf8:
        return not_utf8
    if "depth" in error.msg:
        return _too_deep(text)
    constant = _CONSTANT.match(text, error.pos)
    problem = f"`{constant[0]}` is not JSON" if constant else f"not JSON: {error.msg}"
    return ParseError(problem, line=error.lineno, column=error.colno)


def _too_deep(text: str) -> ParseError:
    at = next(offset for offset, depth in _nested(text) if depth > MAX_DEPTH)
    line, column = line_column(text, at)
    return ParseError(f"not JSON: nested deeper than {MAX_DEPTH} levels", line=line, column=column)


def _nested(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offset of each bracket and string, and its depth."""
    depth = 0
    for match in _NESTING.finditer(text):
        depth += STEP.get(match[0], 0)
        yield match.start(), depth


# possessive, so that a text of millions of characters takes no memory
STRING = r'"(?:[^"\\]++|\\.)*+"'
_TEXTS = re.compile(STRING.encode(), re.DOTALL)
_NESTING = re.compile(rf"{STRING}|[\[{{}}\]]", re.DOTALL)
TOKEN = re.compile(rf"{STRING}|[\[\]{{}},]|[^\s\[\]{{}},:\"]++", re.DOTALL)
STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_CONSTANT = re.compile(r"-?(NaN|Infinity)")


def item_places(text: str, member: str) -> list[tuple[int, int]]:
    """Return line and column, both from 1, of each object in the list of a member of a valid JSON text."""
    places: list[tuple[int, int]] = []
    name, line, line_end, counted = "", 1, -1, 0
    for at, depth in _nested(text):
        char = text[at]
        if depth == 1 and char == '"':
            name = text[at + 1 : at + 2 + len(member)]
        elif depth == 3 and char == "{" and name == f'{member}"':
            line += text.count("\n", counted, at)
            line_end = max(line_end, text.rfind("\n", counted, at))
            counted = at
            places.append((line, at - line_end))
    return places


_BLOCK = 1 << 14


class Places:
    """Line and column of each value in a JSON text, both from 1."""

    def __init__(self, text: str, offsets: Mapping[Path, int]) -> None:
        self._text = text
        self._offsets = offsets
        self._lines: list[int] = []
        """Number of the line at each `_BLOCK` characters, as far as it was asked for."""

    def find(self, path: Path) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of the nearest value around it."""
        while path and path not in self._offsets:
            path = path[:-1]
        offset = self._offsets.get(path, 0)
        lines, text = self._lines, self._text
        while len(lines) <= offset // _BLOCK:
            start = (len(lines) - 1) * _BLOCK
            lines.append(lines[-1] + text.count("\n", start, start + _BLOCK) if lines else 1)
        line = lines[offset // _BLOCK] + text.count("\n", offset // _BLOCK * _BLOCK, offset)
        return line, offset - text.rfind("\n", 0, offset)

    def offsets(self) -> Mapping[Path, int]:
        """Return the character offset at which each value starts."""
        return self._offsets


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def places(payload: bytes | str) -> Places:
    """Return the places of all values in a valid JSON text.

    Raises:
        ParseError: a member is given twice; with the place of the second.
    """
    text = payload.decode() if isinstance(payload, bytes) else payload
    offsets: dict[Path, int] = {}
    path: list[Any] = []  # ends with None where the name of a member comes next
    for match in TOKEN.finditer(text):
        sign = match[0]
        if sign in "]}":
            path.pop()
        elif sign == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
        elif path and path[-1] is None:
            name: str = orjson.loads(sign)
            path[-1] = name
            if tuple(path) in offsets:
                line, column = line_column(text, match.start())
                raise ParseError(
                    f"the member {quoted(without_data(name))} is given twice", line=line, column=column
                )
        else:
            offsets[tuple(path)] = match.start()
            if sign in "[{":
                path.append(0 if sign == "[" else None)
    return Places(text, offsets)


def canonical(value: Json) -> bytes:
    """Return a value as JSON that is equal for equal values: compact, with the members in order."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def quoted(text: str, most: int = 40) -> str:
    """Return a name in backticks, cut to `most` characters, without control characters."""
    return f"`{text if len(text) <= most and text.isprintable() else printable(text, most)}`"


def printable(text: str, most: int) -> str:
    """Return a text on one line, cut to `most` characters, with `?` for each control character."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return shown if shown.isprintable() else "".join(char if char.isprintable() else "?" for char in shown)
