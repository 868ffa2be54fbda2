"""Read the YAML of a cassette straight from the parser's events.

A cassette is plain: mappings, lists and texts. Building the value from libyaml's events, without
the node tree that PyYAML makes in between, takes less than half of `yaml.load`'s time; what is
left of that time pays for the check. Aliases are rare and go the long, guarded way.
"""

import base64
import binascii
from functools import lru_cache
from typing import Any

import yaml

from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.yaml_text import refused
from sellerspec.model import Json

MAX_DEPTH = 100
"""Levels of nesting that a cassette may have; vcrpy writes seven."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_YAML = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset(_YAML + name for name in ("str", "python/str", "python/unicode"))
_TAGGED_NODES = frozenset(_YAML + name for name in ("map", "seq", "python/tuple"))
_BUFFER = _YAML + "python/object/new:_io.BytesIO"
_BINARY = _YAML + "binary"


class _Aliased(Exception):
    """The text has an alias or a merge key."""


def decode(text: str) -> tuple[Json, list[int]]:
    """Return the value of a YAML text and the line of each item of its lists at the second level.

    The tags that vcrpy itself writes for binary and buffered bodies are understood; any other tag
    is refused, as is a member given twice, a second document and an alias that grows too large.

    Raises:
        ParseError: with line and column.
    """
    try:
        return _build(text)
    except _Aliased:
        return strict.decode_yaml(text), []
    except (yaml.YAMLError, UnicodeError) as error:
        raise refused(error) from None


def _build(text: str) -> tuple[Json, list[int]]:
    parser = _Loader(text)
    try:
        return _walk(parser.get_event)
    finally:
        parser.dispose()


def _walk(following: Any) -> tuple[Json, list[int]]:
    """Build the value; every look at an event costs, so the frequent ones come first and look once."""
    scalar, mapping, sequence = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    missing = _MISSING
    holder: list[Json] = []
    current: Any = holder
    key: Any = missing
    stack: list[tuple[Any, Any]] = []
    buffers: list[int] = []
    lines: list[int] = []
    following()  # the stream starts
    if following().__class__ is yaml.StreamEndEvent:
        raise ParseError("empty: nothing to check", line=1, column=1)
    while True:
        event = following()
        kind = event.__class__
        value: Any
        if kind is scalar:
            value = event.value
            bare, quoted = event.implicit
            if bare:
                if not value or value[0] in _RESOLVERS:
                    value = plain(value)
            elif not quoted:
                value = _tagged(event)
        elif kind is mapping or kind is sequence:
            if len(stack) == 2 and kind is mapping and current.__class__ is list:
                lines.append(event.start_mark.line + 1)
            stack.append((current, key))
            if not event.implicit and event.tag is not None:
                if event.tag == _BUFFER:
                    buffers.append(len(stack))
                elif event.tag not in _TAGGED_NODES:
                    raise _refused(f"the tag {_short(event.tag)} is not allowed in a cassette", event)
            elif len(stack) > MAX_DEPTH:
                raise _refused(f"nested deeper than {MAX_DEPTH} levels", event)
            current, key = ({} if kind is mapping else []), missing
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            value = current
            if buffers and buffers[-1] == len(stack):
                buffers.pop()
                value = _buffer(current, event)
            current, key = stack.pop()
        elif kind is yaml.DocumentEndEvent:
            if following().__class__ is not yaml.StreamEndEvent:
                raise _refused("a second document begins", event)
            return holder[0], lines
        else:
            raise _Aliased
        if current.__class__ is list:
            current.append(value)
        elif key is missing:
            if value.__class__ is dict or value.__class__ is list:
                raise _refused("a member's name is a list or a mapping", event)
            if value in current:
                raise _refused(f"the member {strict.quoted(str(value))} is given twice", event)
            key = value
        else:
            current[key] = value
            key = missing


_MISSING = object()


def _refused(problem: str, event: Any) -> ParseError:
    mark = event.start_mark
    return ParseError(problem, line=mark.line + 1, column=mark.column + 1)


def _short(tag: str) -> str:
    return strict.quoted("!!" + tag.removeprefix(_YAML) if tag.startswith(_YAML) else tag, 60)


def _tagged(event: Any) -> Json:
    if event.tag in _TEXT_TAGS:
        return event.value
    if event.tag == _BINARY:
        try:
            return base64.b64decode("".join(event.value.split()), validate=True)
        except (binascii.Error, ValueError):
            raise _refused("`!!binary` holds no base64", event) from None
    if event.tag in (_YAML + "null", _YAML + "int", _YAML + "bool", _YAML + "float"):
        return plain(event.value)
    raise _refused(f"the tag {_short(event.tag)} is not allowed in a cassette", event)


def _buffer(value: Json, event: Any) -> bytes:
    """Return the bytes of a body that vcrpy wrote as a file-like object; nothing is executed."""
    state = value.get("state") if isinstance(value, dict) else None
    content = state[0] if isinstance(state, list) and state else None
    if not isinstance(content, bytes | str):
        raise _refused("a buffered body without its bytes", event)
    return content if isinstance(content, bytes) else content.encode()


@lru_cache(maxsize=4096)
def plain(text: str) -> Json:
    """Return the value of a plain scalar as PyYAML's safe loader reads it, but times stay text."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            if tag == _YAML + "merge":
                raise _Aliased
            if tag in (_YAML + "timestamp", _YAML + "value"):
                return text
            loader = yaml.SafeLoader("")
            try:
                return loader.construct_object(yaml.ScalarNode(tag, text))
            finally:
                loader.dispose()
    return text
