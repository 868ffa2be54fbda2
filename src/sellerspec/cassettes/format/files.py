"""Read cassettes. A file that is broken in any way is an error with its place, never an empty cassette."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sellerspec.cassettes.format.records import FROM, MEMBER, Cassette, Origin, Recorded
from sellerspec.errors import ParseError
from sellerspec.io import resources, strict, yaml_text
from sellerspec.model import Exchange, Json

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is read."""

MAX_DEPTH = 100
"""Levels of nesting that a cassette may have; vcrpy writes seven."""

SUFFIXES = (".yaml", ".yml", ".json")


def files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Yield the cassette files among `paths`; a folder gives all its YAML and JSON files, sorted.

    Raises:
        ParseError: a path is not there.
    """
    for each in map(Path, paths):
        if each.is_dir():
            yield from sorted(
                found for found in each.rglob("*") if found.suffix in SUFFIXES and found.is_file()
            )
        elif each.is_file():
            yield each
        else:
            raise ParseError("there is no such file or folder", name=str(each))


def read(path: str | Path, *, most: int = MAX_BYTES) -> Cassette:
    """Return the cassette of a file.

    Raises:
        ParseError: with file, line and column: not a cassette, cut off, hostile, larger than `most` bytes.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ParseError((error.strerror or str(error)).lower(), name=str(path)) from None
    if size > most:
        raise ParseError(f"{size:,} bytes, at most {most:,} are read", name=str(path))
    data = resources.read_bytes(path)
    try:
        return read_text(data, name=str(path), json=path.suffix == ".json")
    except ParseError as error:
        raise (error if error.name else error.named(str(path))) from None


def read_text(data: bytes | str, *, name: str = "", json: bool | None = None) -> Cassette:
    """Return the cassette that a text holds.

    Args:
        name: goes into the place of each exchange.
        json: whether the text is JSON; None looks at its first character.

    Raises:
        ParseError: with line and column where they are known.
    """
    text = data if isinstance(data, str) else strict.decode_utf8(data)
    if json if json is not None else text.lstrip()[:1] == "{":
        return _cassette(strict.decode(text), [], name)
    value, lines = yaml_text.load(text, depth=MAX_DEPTH, tags=TAGS)
    if value is None:
        raise ParseError("empty: a cassette has `interactions` and `version: 1`", line=1, column=1)
    return _cassette(value, lines, name)


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


def _cassette(value: Json, lines: list[int], name: str) -> Cassette:
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
    known = lines if len(lines) == len(items) else [0] * len(items)
    found = tuple(_recorded(each, name, index, known[index]) for index, each in enumerate(items))
    return Cassette(name, found, value.get("metadata"))


def _recorded(item: Json, name: str, index: int, line: int) -> Recorded:
    try:
        request, response = item["request"], item["response"]
        status = response["status"]
        code = status["code"]
        if code.__class__ is not int:
            code = int(code)
        body = response.get("body")
        exchange = Exchange(
            request["method"].upper(),
            _text(request["uri"]),
            code,
            request_headers=_headers(request.get("headers")),
            request_body=_bytes(request.get("body")),
            response_headers=_headers(response.get("headers")),
            response_body=_bytes(body.get("string") if isinstance(body, dict) else body),
        )
        return Recorded(
            exchange, _origin(response.get(MEMBER)), name, index, line, str(status.get("message") or "")
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        said = f"has no `{error.args[0]}`" if isinstance(error, KeyError) else str(error)[:80]
        raise ParseError(
            f"exchange {index} is not of vcrpy's form: {said}", name=name, line=line, column=1 if line else 0
        ) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("`uri` is no text")
    return value


def _headers(value: Json) -> dict[str, str]:
    if not value:
        return {}
    return {
        name: (each[0] if len(each) == 1 else ", ".join(each)) if each.__class__ is list else _text_of(each)
        for name, each in value.items()
    }


def _text_of(value: Json) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(value: Json) -> bytes:
    if value is None:
        return b""
    if value.__class__ is str:
        return value.encode()
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(each, bytes | str) for each in value):
        return b"".join(map(_bytes, value))  # a body that was sent in pieces
    raise TypeError("a body is neither text nor bytes")


_NO_ORIGIN = Origin()


def _types(value: Json) -> dict[str, str]:
    return {str(place): str(types) for place, types in value.items()} if value else {}


def _origin(value: Json) -> Origin:
    if value is None:
        return _NO_ORIGIN
    if not isinstance(value, dict):
        raise TypeError(f"`{MEMBER}` is no mapping")
    source = str(value.get("from", ""))
    if source and source not in FROM:
        raise ValueError(f"`from` is {strict.quoted(source)}, not one of {', '.join(FROM)}")
    refused = value.get("refused_for")
    return Origin(
        str(value.get("at", "")),
        source,
        str(value.get("spec", "")),
        str(value.get("operation", "")),
        None if refused is None else tuple(map(str, refused)),
        _types(value.get("types")),
        tuple(map(str, value.get("dropped", ()))),
    )
