"""Read YAML strictly and iteratively: safe tags only, no member twice, no bomb, no deep recursion.

Built from parser events and not from PyYAML's own composer: that one recurses in C, so that a
deeply nested text ends the process, and it is slower.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from sellerspec.errors import ParseError
from sellerspec.io.json_text import MAX_DEPTH, quoted
from sellerspec.model import Json

MAX_YAML_VALUES = 2_000_000
"""Values that a YAML text may stand for once its aliases are written out."""

_TAG = "tag:yaml.org,2002:"
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def decoded(text: bytes | str) -> Json:
    """Return the value of a YAML text, as `strict.decode_yaml` does."""
    try:
        value, aliased = _built(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, UnicodeError) as error:
        raise refused(error) from None
    if aliased:
        _refuse_bomb(value)
    return value


def refused(error: yaml.YAMLError | UnicodeError) -> ParseError:
    """Return our error for one of PyYAML, with its place where that is known."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return ParseError(f"not YAML: {' '.join(str(error).split())}")
    mark = error.problem_mark or error.context_mark
    said = " ".join(str(error.problem or error.context).split())
    if "nesting depth" in said:  # newer versions of libyaml give up themselves, further in than we do
        said = _TOO_DEEP
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return ParseError(f"not YAML: {said}", line=line, column=column)


_NO_KEY = object()


def _built(events: Any) -> tuple[Json, bool]:
    """Return the value that a stream of parser events stands for, and whether it has aliases."""
    anchors: dict[str, Json] = {}
    aliased = False
    top: list[Json] = []
    stack: list[tuple[Any, Any]] = [(top, None)]  # containers that are open; for a mapping its waiting key
    target: Any = top
    key: Any = None
    documents = 0
    for event in events:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            value = _scalar(event)
        elif kind == "MappingStartEvent" or kind == "SequenceStartEvent":
            if event.tag is not None and event.tag not in (f"{_TAG}map", f"{_TAG}seq"):
                raise _unknown_tag(event)
            if len(stack) > MAX_DEPTH:
                raise _at(event, _TOO_DEEP)
            value = {} if kind == "MappingStartEvent" else []
        elif kind == "AliasEvent":
            aliased = True
            if event.anchor not in anchors:
                raise _at(event, f"no anchor {quoted(event.anchor)} before this alias")
            value = anchors[event.anchor]
        elif kind == "MappingEndEvent" or kind == "SequenceEndEvent":
            stack.pop()
            target, key = stack[-1]
            continue
        elif kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise _at(event, "a second document; one is expected")
            continue
        else:
            continue
        if kind != "AliasEvent" and event.anchor:
            anchors[event.anchor] = value
        if type(target) is list:
            target.append(value)
        elif key is _NO_KEY:
            if not isinstance(value, str | int | float | bool | None):
                raise _at(event, "a member needs a plain name")
            if value in target:
                raise _at(event, f"the member {quoted(str(value))} is given twice")
            if value == "<<" and kind == "ScalarEvent" and event.implicit[0]:
                raise _at(event, "merge keys are not read; write the members out")
            key = value
            continue
        else:
            target[key] = value
            key = _NO_KEY
        if kind == "MappingStartEvent" or kind == "SequenceStartEvent":
            stack[-1] = (target, key)
            target, key = value, _NO_KEY
            stack.append((target, key))
    if not top:
        return None, False
    return top[0], aliased


def _at(event: Any, said: str) -> ParseError:
    mark = event.start_mark
    return ParseError(f"not YAML: {said}", line=mark.line + 1, column=mark.column + 1)


def _unknown_tag(event: Any) -> ParseError:
    return _at(event, f"the tag {quoted(event.tag, 60)} is not read")


_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
         "yes": True, "Yes": True, "YES": True, "no": False, "No": False, "NO": False,
         "on": True, "On": True, "ON": True, "off": False, "Off": False, "OFF": False}  # fmt: skip
_NUMERIC = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_OCTAL = re.compile(r"[-+]?0[0-7_]+")
_HEX = re.compile(r"[-+]?0x[0-9a-fA-F_]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)")


def _plain(text: str) -> Json:
    """Return the value of a plain scalar as YAML 1.1 reads it, but for times, which stay text."""
    if text in _NULL:
        return None
    if text[0] in _NUMERIC:
        bare = text.replace("_", "")
        if _INTEGER.fullmatch(text):
            return int(bare)
        if _FLOAT.fullmatch(text):
            return float(bare)
        if _HEX.fullmatch(text):
            return int(bare, 16)
        if _OCTAL.fullmatch(text):
            return int(bare, 8)
        return text
    return _BOOL.get(text, text)


def _bytes(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


_TAGGED: Mapping[str, Callable[[str], Json]] = {
    f"{_TAG}str": str,
    f"{_TAG}null": lambda _: None,
    f"{_TAG}binary": _bytes,
    f"{_TAG}int": lambda text: int(_plain(text)),
    f"{_TAG}float": lambda text: float(_plain(text)),
    f"{_TAG}bool": lambda text: _BOOL[text],
}


def _scalar(event: Any) -> Json:
    if event.tag is None or event.tag == "!":
        return _plain(event.value) if event.implicit[0] and not event.style else event.value
    construct = _TAGGED.get(event.tag)
    if construct is None:
        raise _unknown_tag(event)
    try:
        return construct(event.value)
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise _at(event, f"not a value of the tag {quoted(event.tag, 60)}") from None


def _refuse_bomb(value: Json) -> None:
    """Count what the value would hold if each alias were written out; cyclic values are bombs."""
    sizes: dict[int, int] = {}
    stack: list[tuple[Json, bool]] = [(value, False)]
    opened: set[int] = set()
    while stack:
        each, done = stack.pop()
        children = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        if not isinstance(each, dict | list) or id(each) in sizes:
            continue
        if done:
            opened.discard(id(each))
            sizes[id(each)] = 1 + sum(sizes.get(id(child), 1) for child in children)
            if sizes[id(each)] > MAX_YAML_VALUES:
                raise ParseError(f"its aliases stand for more than {MAX_YAML_VALUES:,} values")
        else:
            opened.add(id(each))
            stack.append((each, True))
            for child in children:
                if id(child) in opened:
                    raise ParseError("an alias refers to the value it stands in")
                stack.append((child, False))
