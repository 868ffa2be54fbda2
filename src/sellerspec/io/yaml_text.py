"""Read YAML strictly: safe tags only, no member twice, no alias bomb, no deep recursion.

Values are built from the parser's events. PyYAML's composer recurses in C, so that a deeply
nested text ends the process, and it takes more than twice the time.
"""

import base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

import yaml

from sellerspec.errors import ParseError
from sellerspec.io.strict import MAX_DEPTH, quoted
from sellerspec.model import Json

MAX_VALUES = 2_000_000
"""Values that a text may stand for once its aliases are written out."""

Construct = Callable[[Any], Json]
"""Makes the value of a tag from a text, list or dict; raises `TypeError` or `ValueError` if it cannot."""

YAML = "tag:yaml.org,2002:"
"""What `!!` stands for in a tag."""

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_NAMES = frozenset((str, int, float, bool, type(None)))
"""Types that the name of a member may have."""

_NO_KEY = object()


def load(
    text: bytes | str, *, depth: int = MAX_DEPTH, tags: Mapping[str, Construct] | None = None
) -> tuple[Json, list[int]]:
    """Return the value of a YAML text, and the line of each mapping in a list at the second level.

    Plain scalars are read as PyYAML's safe loader reads them, but times stay text.

    Args:
        text: one document, or none, which gives None.
        depth: levels of nesting that are allowed.
        tags: further tags that are allowed, beside those of YAML's JSON types and `!!binary`.

    Raises:
        ParseError: with line and column where they are known.
    """
    try:
        value, lines, aliased = _built(_Parser(text).get_event, depth, {**_TAGS, **(tags or {})})
    except (yaml.YAMLError, UnicodeError) as error:
        raise _not_yaml(error, depth) from None
    if aliased:
        _refuse_bomb(value)
    return value, lines


def _built(  # noqa: C901 - one loop over events; a call for each event takes twice the time
    next_event: Callable[[], Any], depth: int, tags: Mapping[str, Construct]
) -> tuple[Json, list[int], bool]:
    """Return the value, the lines, and whether the text has aliases."""
    scalar, mapping, sequence = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    top: list[Json] = []
    current: Any = top
    key: Any = _NO_KEY
    stack: list[tuple[Any, Any, Any]] = []  # around `current`: container, waiting key, event with a tag
    anchors: dict[str, Json] = {}
    lines: list[int] = []
    aliased = bare = False
    next_event()  # the stream starts
    if next_event().__class__ is yaml.StreamEndEvent:
        return None, lines, False
    while True:
        event = next_event()
        kind = event.__class__
        value: Any
        if kind is scalar:
            value = event.value
            bare, quoted_text = event.implicit
            if bare:
                if not value or value[0] in _RESOLVERS:
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
                lines.append(event.start_mark.line + 1)
            stack.append((current, key, None if event.tag is None else event))
            current, key = ({} if kind is mapping else []), _NO_KEY
            if event.anchor:
                anchors[event.anchor] = current
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
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
            return top[0], lines, aliased
        if current.__class__ is list:
            current.append(value)
        elif key is not _NO_KEY:
            current[key] = value
            key = _NO_KEY
        elif value.__class__ not in _NAMES:
            raise _refused("a member's name is a list or a mapping", event)
        elif value in current:
            raise _refused(f"the member {quoted(str(value))} is given twice", event)
        elif value == "<<" and kind is scalar and bare:
            raise _refused("merge keys are not read; write the members out", event)
        else:
            key = value


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
        value = construct(yaml.ScalarNode(YAML + name, text_tag(text)))
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
    """Return the value of a plain scalar; what JSON has no value for stays text: times, infinity."""
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
    """Return our error for one of PyYAML, with its place where that is known."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return ParseError(f"not YAML: {' '.join(str(error).split())}")
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context).split())
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if "nesting depth" in problem:  # newer versions of libyaml look ahead, and have a limit of their own
        return ParseError(_too_deep(depth), line=line, column=column)
    return ParseError(f"not YAML: {problem}", line=line, column=column)


def _refuse_bomb(value: Json) -> None:
    """Count what a value would hold if each alias were written out; a cyclic value is a bomb too."""
    sizes: dict[int, int] = {}
    stack: list[tuple[Json, bool]] = [(value, False)]
    opened: set[int] = set()
    while stack:
        holder, counted = stack.pop()
        if not isinstance(holder, dict | list) or id(holder) in sizes:
            continue
        children = holder.values() if isinstance(holder, dict) else holder
        if counted:
            opened.discard(id(holder))
            sizes[id(holder)] = 1 + sum(sizes.get(id(child), 1) for child in children)
            if sizes[id(holder)] > MAX_VALUES:
                raise ParseError(f"its aliases stand for more than {MAX_VALUES:,} values")
            continue
        opened.add(id(holder))
        stack.append((holder, True))
        for child in children:
            if id(child) in opened:
                raise ParseError("an alias refers to the value it stands in")
            stack.append((child, False))
