"""Read cassettes. A file that is broken in any way is an error with its place, never an empty cassette."""

import re
from collections.abc import Callable, Iterable, Iterator
from os.path import isdir, isfile, islink
from pathlib import Path

from sellerspec.cassettes.files.records import LOADED, MEMBER, SOURCES, Cassette, Origin, Recorded
from sellerspec.errors import ParseError
from sellerspec.io import folders, strict, yaml_text
from sellerspec.io.files import read_bytes
from sellerspec.io.member_names import without_data
from sellerspec.io.typed import KINDS, member, optional, shown, texts, typed
from sellerspec.model import Exchange, Json

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is read."""

MAX_DEPTH = 100
"""Levels of nesting that a cassette may have; vcrpy writes seven."""

SUFFIXES = (".yaml", ".yml", ".json")

OTHER_KIND = (
    "a recording that is no cassette, so nothing of it is judged; unpack it, or write a cassette with"
    " `sellerspec cassettes convert`, and keep the original in another folder"
)

EMPTY = "no exchange in it; delete it or record it again"
"""The problem of a cassette without an exchange, where one is needed."""


def find(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Yield the cassette files among `paths`; a folder gives all its YAML and JSON files, sorted.

    A folder also gives its recordings of other kinds, such as HAR: `read` says how to convert them.

    Raises:
        ParseError: a path does not exist, or a folder has no such file.
    """
    for path in map(Path, paths):
        if isdir(path):
            within = [file for file in folders.files_below(path) if is_recording(file)]
            if not within:
                raise ParseError(f"no cassette in this folder ({', '.join(SUFFIXES)})", name=str(path))
            yield from within
        elif isfile(path) or islink(path):
            yield path
        else:
            raise ParseError("there is no such file or folder", name=str(path))


def is_recording(path: Path) -> bool:
    """Return whether the name of a file is that of a cassette, or of another recording."""
    return folders.has_suffix(path, (*SUFFIXES, *folders.OTHER_RECORDINGS))


def read(path: str | Path, *, most: int = MAX_BYTES) -> Cassette:
    """Return the cassette of a file.

    Raises:
        ParseError: it is no cassette, cut off, hostile, or larger than `most` bytes; with file, line and
            column.
    """
    path = Path(path)
    if folders.has_suffix(path, folders.OTHER_RECORDINGS):
        raise ParseError(OTHER_KIND, name=str(path))
    data = read_bytes(path, most=most)
    try:
        return read_text(data, name=str(path), json=path.suffix.lower() == ".json")
    except ParseError as error:
        raise (error if error.name else error.named(str(path))) from None


def read_text(data: bytes | str, *, name: str = "", json: bool | None = None) -> Cassette:
    """Return the cassette that a text holds.

    Args:
        data: the text.
        name: of its file, for the place of each exchange.
        json: whether the text is JSON; by default its first character decides.

    Raises:
        ParseError: with line and column where they are known.
    """
    text = data if isinstance(data, str) else strict.decode_utf8(data)
    if json if json is not None else text.lstrip()[:1] == "{":
        return _cassette(strict.decode(text), strict.item_places(text, "interactions"), name)
    value, marks = yaml_text.load(text, depth=MAX_DEPTH, tags=TAGS)
    if value is None:
        raise ParseError("empty: a cassette has `interactions` and `version: 1`", line=1, column=1)
    return _cassette(value, marks.get("interactions", []), name)


def _buffer(value: Json) -> bytes:
    """Return the bytes of a body that vcrpy wrote as a file-like object; nothing is executed."""
    content = value["state"][0]
    if not isinstance(content, bytes | str):
        raise TypeError
    return content if isinstance(content, bytes) else content.encode()


TAGS = {
    yaml_text.YAML + "python/str": yaml_text.text_tag,
    yaml_text.YAML + "python/unicode": yaml_text.text_tag,
    yaml_text.YAML + "python/tuple": yaml_text.list_tag,
    yaml_text.YAML + "python/object/new:_io.BytesIO": _buffer,
}
"""The tags that vcrpy writes for bodies, beside those of JSON's types."""


def _cassette(value: Json, places: list[tuple[int, int]], name: str) -> Cassette:
    if not isinstance(value, dict) or "interactions" not in value:
        if isinstance(value, dict) and "http_interactions" in value:
            raise ParseError("a cassette of another tool; `sellerspec cassettes convert` reads it", name=name)
        raise ParseError("no cassette: there is no list `interactions`", name=name, line=1, column=1)
    items = value["interactions"]
    if not isinstance(items, list):
        raise ParseError("no cassette: `interactions` is not a list", name=name, line=1, column=1)
    if "version" not in value:
        raise ParseError("no `version: 1`, which vcrpy writes last: the file is cut off", name=name)
    if value["version"] != 1:
        raise ParseError("its `version` is not 1, the only one that vcrpy writes", name=name)
    known = places if len(places) == len(items) else [(0, 0)] * len(items)
    if len({line for line, _ in known}) == len(known):
        known = [(line, min(line, 1)) for line, _ in known]  # columns tell exchanges on one line apart
    exchanges = []
    for index, (item, (line, column)) in enumerate(zip(items, known, strict=True)):
        try:
            exchanges.append(recorded_of(item, name, index, line, column))
        except ParseError as error:
            raise ParseError(
                f"exchange {index} is not of vcrpy's form: {error.problem}", name=name, line=line,
                column=column,
            ) from None  # fmt: skip
    return Cassette(name, tuple(exchanges), value.get("metadata"))


def body_bytes(value: Json) -> bytes:
    """Return the bytes of a body: a text, bytes, None, or a list of these.

    Raises:
        ParseError: it is none of them.
    """
    if value is None:
        return b""
    if value.__class__ is str:
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise ParseError("a body holds half of a surrogate pair, which is no character") from None
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(part, bytes | str) for part in value):
        return b"".join(map(body_bytes, value))  # a body that was sent in pieces
    raise ParseError(f"a body must be a text or bytes, got {KINDS.get(type(value), 'another value')}")


def recorded_of(
    item: Json,
    file: str = "",
    index: int = 0,
    line: int = 0,
    column: int = 0,
    *,
    to_bytes: Callable[[Json], bytes] = body_bytes,
) -> Recorded:
    """Return an interaction in vcrpy's form as an exchange.

    Args:
        item: the interaction.
        file: that it comes from.
        index: its number in the file.
        line: at which it begins in the file.
        column: of that line.
        to_bytes: returns the bytes of a body.

    Raises:
        ParseError: it is not of that form.
    """
    request, response = member(item, "request", dict), member(item, "response", dict)
    method = method_name(member(request, "method", str, "/request"))
    status = member(response, "status", dict, "/response")
    code = member(status, "code", int, "/response/status")
    if not 100 <= code <= 999:
        raise ParseError("`/response/status/code` must be between 100 and 999")
    body = response.get("body")
    if body.__class__ is dict:
        if "string" not in body:
            raise ParseError("`/response/body/string` is missing")
        body = body["string"]
    exchange = Exchange(
        method.upper(),
        member(request, "uri", str, "/request"),
        code,
        request_headers=_headers(request.get("headers"), "/request/headers"),
        request_body=to_bytes(request.get("body")),
        response_headers=_headers(response.get("headers"), "/response/headers"),
        response_body=to_bytes(body),
    )
    origin = response.get(MEMBER)
    return Recorded(
        exchange,
        NO_ORIGIN if origin is None else _origin(origin),
        file,
        index,
        line,
        optional(status, "message", "", "/response/status"),
        column,
    )


def method_name(text: str) -> str:
    """Return the name of a method.

    Raises:
        ParseError: it is none, and no reader of cassettes would take it.
    """
    if not _METHOD.fullmatch(text):
        raise ParseError("`/request/method` is not the name of a method, like `GET`")
    return text


_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}")


def _headers(value: Json, at: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, values in typed({} if value is None else value, dict, at).items():
        if values.__class__ is list and len(values) == 1 and values[0].__class__ is name.__class__ is str:
            headers[name] = values[0]  # the usual case, without a call
        else:
            several = values if isinstance(values, list | tuple) else (values,)
            here = f"{at}/{name if isinstance(name, str) else '*'}"
            headers[_text(name, f"a name in {shown(at)}")] = ", ".join(
                _text(text, f"each value of {shown(here)}") for text in several
            )
    return headers


def _text(value: Json, what: str) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    raise ParseError(
        f"{what} must be a text, got {KINDS.get(type(value), 'another value')}; put it in quotes"
    )


NO_ORIGIN = Origin()


def _origin(value: Json) -> Origin:
    at = f"/response/{MEMBER}"
    source = optional(value, "from", "", at)
    if source and source not in SOURCES and source != LOADED:
        got = strict.quoted(without_data(source))
        raise ParseError(f"`{at}/from` is {got}, not one of {', '.join(SOURCES)}")
    refused = value.get("refused_for")
    types: dict[str, Json] = optional(value, "types", {}, at)
    return Origin(
        optional(value, "at", "", at),
        source,
        optional(value, "spec", "", at),
        optional(value, "operation", "", at),
        None if refused is None else texts(refused, f"{at}/refused_for"),
        {place: typed(kinds, str, f"{at}/types/{place}") for place, kinds in types.items()},
        texts(value.get("dropped", []), f"{at}/dropped"),
    )
