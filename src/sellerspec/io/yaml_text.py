"""Read YAML strictly: safe tags only, no member twice, no alias bomb, no deep recursion.

Values are built from the parser's events. PyYAML's composer takes more than twice the time, and it
recurses in C, so a deeply nested text would crash the process.
"""

import base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

import yaml

from sellerspec.errors import ParseError
from sellerspec.io.extent import bounded
from sellerspec.io.member_names import without_data
from sellerspec.io.strict import MAX_DEPTH, quoted
from sellerspec.model import Json

MAX_NUMBER = 1_000
"""Most characters of a number; PyYAML takes quadratic time for numbers of base 60."""

Construct = Callable[[Any], Json]
"""Converts the text, list or dict of a tag to its value; raises `TypeError` or `ValueError` if invalid."""

Marks = dict[str, list[tuple[int, int]]]
"""Name of a member of the document -> line and column of each mapping in its list, both from 1."""

YAML = "tag:yaml.org,2002:"
"""The prefix that `!!` abbreviates."""

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_NO_KEY = object()


def load(
    text: bytes | str, *, depth: int = MAX_DEPTH, tags: Mapping[str, Construct] | None = None
) -> tuple[Json, Marks]:
    """Return the value of a YAML text, and the places of the mappings in the lists at the second level.

    Plain scalars are read as PyYAML's safe loader reads them, but times stay text. Names of members are
    the text that is written.

    Args:
        text: one document; the value of an empty text is None.
        depth: most levels of nesting.
        tags: tags that are allowed besides those of YAML's JSON types and `!!binary`.

    Raises:
        ParseError: the text is not such a document; with line and column where they are known.
    """
    try:
        value, marks, aliased = _built(_Parser(text).get_event, depth, {**_TAGS, **(tags or {})})
    except (yaml.YAMLError, UnicodeError) as error:
        raise _not_yaml(error, depth) from None
    if aliased:
        bounded(value, "its aliases expanded", "an alias refers to a value that contains it", depth=depth)
    return value, marks


def _built(  # noqa: C901 - one loop over events; a call for each event takes twice the time
    next_event: Callable[[], Any], depth: int, tags: Mapping[str, Construct]
) -> tuple[Json, Marks, bool]:
    """Return the value, the places, and whether the text has aliases."""
    # local names: the loop looks at each of them for every event
    scalar, mapping, sequence = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
    no_key, resolvers = _NO_KEY, _RESOLVERS
    top: list[Json] = []
    current: Any = top
    key: Any = no_key
    stack: list[tuple[Any, Any, Any]] = []  # around `current`: container, waiting key, event with a tag
    anchors: dict[str, Json] = {}
    marks: Marks = {}
    aliased = bare = False
    next_event()  # the stream starts
    if next_event().__class__ is yaml.StreamEndEvent:
        return None, marks, False
    while True:
        event = next_event()
        kind = event.__class__
        value: Any
        if kind is scalar:
            value = event.value
            bare, quoted_text = event.implicit
            if bare:
                if not value or value[0] in resolvers:
                    value = plain(value)
            elif not quoted_text:
                value = _constructed(event, value, tags)
            if event.anchor:
                anchors[event.anchor] = value
        elif kind is mapping or kind is sequence:
            level = len(stack)
            if level >= depth:
                raise _refused(_too_deep(depth), event)
            if level == 2 and kind is mapping and current.__class__ is list:
                mark = event.start_mark
                marks.setdefault(stack[1][1], []).append((mark.line + 1, mark.column + 1))
            stack.append((current, key, None if event.tag is None else event))
            current, key = ({} if kind is mapping else []), no_key
            if event.anchor:
                anchors[event.anchor] = current
            continue
        elif kind is mapping_end or kind is sequence_end:
            value = current
            current, key, tagged = stack.pop()
            if tagged is not None:
                value = _constructed(tagged, value, tags)
        elif kind is yaml.AliasEvent:
            aliased = True
            if event.anchor not in anchors:
                raise _refused(f"no anchor {quoted(event.anchor)} before this alias", event)
            value = anchors[event.anchor]
        else:
            following = next_event()
            if following.__class__ is not yaml.StreamEndEvent:
                raise _refused("a second document begins", following)
            return top[0], marks, aliased
        if current.__class__ is list:
            current.append(value)
        elif key is not no_key:
            current[key] = value
            key = no_key
        else:
            # a name is the text that is written: `200` and `null` are names, too
            key = event.value if kind is scalar else value
            if key.__class__ is not str:
                raise _refused("a member's name is a list or a mapping", event)
            if key in current:
                raise _refused(f"the member {quoted(without_data(key))} is given twice", event)
            if key == "<<" and kind is scalar and bare:
                raise _refused("merge keys (`<<`) are not supported; write the members out", event)


def _constructed(event: Any, value: Json, tags: Mapping[str, Construct]) -> Json:
    tag: str = event.tag
    shown = quoted("!!" + tag.removeprefix(YAML) if tag.startswith(YAML) else tag, 60)
    if tag not in tags:
        raise _refused(f"the tag {shown} is not allowed", event)
    try:
        return tags[tag](value)
    except (ValueError, TypeError, KeyError, yaml.YAMLError):
        raise _refused(f"not a value of the tag {shown}", event) from None


def _instance(kind: type) -> Construct:
    def construct(value: Json) -> Json:
        if not isinstance(value, kind):
            raise TypeError
        return value

    return construct


def _bytes(value: Json) -> bytes:
    return base64.b64decode("".join(text_tag(value).split()), validate=True)


def _scalar(name: str) -> Construct:
    construct: Construct = getattr(_CONSTRUCTOR, f"construct_yaml_{name}")

    def value_of(text: Json) -> Json:
        if len(text_tag(text)) > MAX_NUMBER:
            raise ValueError
        try:
            value = construct(yaml.ScalarNode(YAML + name, text))
            if isinstance(value, int) and not -(2**63) <= value < 2**64:
                value = float(value)  # as a reader of JSON has it
        except (ArithmeticError, LookupError) as error:
            raise ValueError from error
        if isinstance(value, float) and not isfinite(value):
            raise ValueError
        return value

    return value_of


text_tag, list_tag = _instance(str), _instance(list)

_TAGS: Mapping[str, Construct] = {
    YAML + "map": _instance(dict),
    YAML + "seq": list_tag,
    YAML + "str": text_tag,
    YAML + "binary": _bytes,
    **{YAML + name: _scalar(name) for name in ("null", "bool", "int", "float")},
}


@lru_cache(maxsize=4096)
def plain(text: str) -> Json:
    """Return the value of a plain scalar.

    Times, infinities and what no reader can hold as a number stay text, because JSON has none.
    """
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text) and tag in _TAGS:
            try:
                return _TAGS[tag](text)
            except ValueError:
                return text
    return text


def _refused(problem: str, event: Any) -> ParseError:
    mark = event.start_mark
    return ParseError(problem, line=mark.line + 1, column=mark.column + 1)


def _too_deep(depth: int) -> str:
    return f"nested deeper than {depth} levels"


def _not_yaml(error: yaml.YAMLError | UnicodeError, depth: int) -> ParseError:
    """Convert an error of PyYAML to ours, with its place if that is known."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return ParseError(f"not YAML: {' '.join(str(error).split())}")
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context).split())
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if "nesting depth" in problem:  # newer versions of libyaml have a limit of their own
        return ParseError(_too_deep(depth), line=line, column=column)
    return ParseError(f"not YAML: {problem}", line=line, column=column)
