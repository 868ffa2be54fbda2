"""What a keyword of a schema asks for, in words, and the messages about values that do not have it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from sellerspec.io.strict import printable, quoted
from sellerspec.model import Json
from sellerspec.rules import Format, Rule
from sellerspec.schema.messages import choice, did_you_mean, limit, plural, seen, typed

Say = Callable[[str, Json, bool, str], str]
"""Makes the message of a member as it is named, its value, whether that is hidden, and what made it apply."""

_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
}


def say(
    keyword: str, asked: Json, rule: Rule | None, formats: Mapping[str, object], because: str = "",
    members: Sequence[str] = (),
) -> Say:  # fmt: skip
    """Return what makes the messages of a keyword. What belongs to the keyword is worded here, once.

    Args:
        keyword: its name.
        asked: its own value: 5 for `maximum: 5`.
        rule: that states it. Its `message`, then its `must` is used before the words of the keyword, its
            requirement after them.
        formats: those of the marketplace.
        because: why the keyword is there, if the schema gives a reason.
        members: that an object must have, of the keyword `type`.
    """
    if rule is not None and rule.message:
        shown = _shown(keyword, asked)
        return lambda member, value, hidden, why: filled(rule.message, member, shown(value, hidden), why)
    words = rule.must if rule is not None else ""
    must = f" must {words or required(keyword, asked, formats) or _otherwise(rule)}"
    if keyword == "uniqueItems":
        return lambda member, value, _, __: _repeated(member, value)
    if words == "" and (keyword, asked) == ("type", "object") and 0 < len(members) <= _FEW:
        must += f" with {choice([limit(name) for name in members], 'and')}"
    must += f", because {because}" if because else ""
    if (keyword == "not" and asked == {}) or (not words and _says_all(keyword, asked)):
        return lambda member, _, __, why: f"{member}{must}{_because(why)}"
    shown = _shown(keyword, asked)
    return lambda member, value, hidden, why: f"{member}{must}{_because(why)}, got {shown(value, hidden)}"


def filled(message: str, member: str, value: str, why: str) -> str:
    """Return the message of a rule with what it is about in place of `{member}`, `{value}` and `{why}`."""
    return message.replace("{member}", member).replace("{value}", value).replace("{why}", why)


def _because(why: str) -> str:
    return f" because {why}" if why else ""


def _shown(keyword: str, asked: Json) -> Callable[[Json, bool], str]:
    """Return what shows a value that does not have a keyword."""
    if keyword in ("enum", "const"):
        known = asked if keyword == "enum" else [asked]
        return lambda value, hidden: _slip(value, known, hidden)
    count = _SHOWN.get(keyword)
    if count is not None and (keyword, asked) not in _SEEN:
        return lambda value, _: count(value)
    if keyword == "format":
        return lambda value, hidden: seen(value, hidden=hidden) + ("" if hidden else _no_moment(value))
    about_type = keyword == "type" or (keyword == "not" and "type" in asked)
    show = typed if about_type else seen
    return lambda value, hidden: show(value, hidden=hidden)


_FEW = 3
"""Most members that the message about a value which is no object names."""

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?![0-9]))?")


def _no_moment(text: Json) -> str:
    """Return what is wrong with a date and time that is written well; "" if it exists.

    >>> _no_moment("2026-02-30"), _no_moment("2026-02-28T25:00:00Z"), _no_moment("2026-02-28")
    (', a date that does not exist', ', a time that does not exist', '')
    """
    written = _MOMENT.match(text) if isinstance(text, str) else None
    if written is None:
        return ""
    for part, read, noun in ((1, date.fromisoformat, "date"), (2, time.fromisoformat, "time")):
        try:
            read(written[part] or "00:00")
        except ValueError:
            return f", a {noun} that does not exist"
    return ""


def _otherwise(rule: Rule | None) -> str:
    """Return what a keyword without words of its own asks for, such as `pattern`, as it follows "must"."""
    if rule is None:
        return "have the form that its schema describes"
    return f"meet its requirement, {printable(rule.requirement, 100)}"


_SHOWN: Mapping[str, Callable[[Json], str]] = {
    **dict.fromkeys(("minLength", "maxLength"), lambda value: plural(len(value), "character")),
    **dict.fromkeys(("minItems", "maxItems"), lambda value: plural(len(value), "item")),
    **dict.fromkeys(("minProperties", "maxProperties"), lambda value: plural(len(value), "member")),
}
"""Keyword of a count -> what was counted."""

_SEEN = (("maxLength", 0), ("minLength", 1), ("minItems", 1), ("minProperties", 1))
"""Keywords of a count whose violation shows the value itself: it is empty, or is to be."""


_PHRASE = re.compile(r"[a-z]{1,24}(?: [a-z]{1,24}){1,5}")
"""Words where one of a few known texts is asked for: they are no person's."""


def _slip(value: Json, known: list[Json], hidden: bool) -> str:
    meant = did_you_mean(value, known)
    if not hidden and isinstance(value, str) and (meant or _PHRASE.fullmatch(value)):
        return quoted(value) + meant
    return seen(value, hidden=hidden) + meant


def _repeated(member: str, value: Json) -> str:
    first: dict[str, int] = {}
    for number, item in enumerate(value):
        earlier = first.setdefault(json.dumps(item, sort_keys=True), number)
        if earlier != number:
            if member.startswith("`"):
                return f"`{member[1:-1]}[{number}]` repeats `{member[1:-1]}[{earlier}]`"
            return f"item {number} of {member} repeats item {earlier}"
    return f"{member} must have no item twice"


def required(keyword: str, asked: Json, formats: Mapping[str, object]) -> str:
    """Return what a keyword asks for, as it follows "must"; "" if it does not say it itself.

    >>> required("minimum", 1, {}), required("not", {"type": "null"}, {}), required("pattern", "^a", {})
    ('be at least 1', 'not be null', '')
    """
    if keyword in _BOUNDS:
        return f"{_BOUNDS[keyword]} {limit(asked)}"
    if keyword in _COUNTS:
        return _count(asked, *_COUNTS[keyword])
    words = _WORDS.get(keyword)
    if words is not None:
        return words(asked)
    known = formats.get(asked) if keyword == "format" and isinstance(asked, str) else None
    if isinstance(known, Format) and known.what:
        return f"be {known.what}" + (f" like `{known.example}`" if known.example else "")
    return "not be given" if asked is False else ""


_BOUNDS = {
    "minimum": "be at least",
    "maximum": "be at most",
    "exclusiveMinimum": "be greater than",
    "exclusiveMaximum": "be less than",
    "multipleOf": "be a multiple of",
}
_COUNTS = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "member"),
    "maxProperties": ("at most", "member"),
}


def _count(asked: int, bound: str, noun: str) -> str:
    if bound == "at most":
        return f"have at most {plural(asked, noun)}" if asked else "be empty"
    return "not be empty" if asked == 1 else f"have at least {plural(asked, noun)}"


def _not(asked: Json) -> str:
    if not isinstance(asked, dict) or len(asked) > 1:
        return ""
    if not asked:
        return "not be given"
    ((keyword, value),) = asked.items()
    if keyword == "not":
        return required_of(value)
    return f"not {words}" if (words := _WORDS[keyword](value) if keyword in _VALUES else "") else ""


def required_of(schema: Json) -> str:
    """Return what a schema of one keyword asks for; "" for others."""
    if not isinstance(schema, dict) or len(schema) != 1:
        return ""
    ((keyword, value),) = schema.items()
    return _WORDS[keyword](value) if keyword in _VALUES else ""


def _any_of(asked: Json) -> str:
    """Word alternatives of members that are required."""
    names = [
        part.get("required", ()) for part in asked if isinstance(part, dict) and part.keys() == {"required"}
    ]
    if len(names) < len(asked) or not all(len(own) == 1 for own in names):
        return ""
    return f"have {choice([limit(name) for own in names for name in own])}"


def _enum(asked: Json) -> str:
    values = [limit(value) for value in asked]
    return f"be {'one of ' if len(values) > 2 else ''}{choice(values)}"


_WORDS: Mapping[str, Callable[[Json], str]] = {
    "type": lambda asked: (
        f"be {choice([_TYPES[name] for name in ([asked] if isinstance(asked, str) else asked)])}"
    ),
    "enum": _enum,
    "const": lambda asked: f"be {limit(asked)}",
    "uniqueItems": lambda _: "have no item twice",
    "not": _not,
    "anyOf": _any_of,
}
_VALUES = ("type", "enum", "const")
"""Keywords that say which values fit."""


def _says_all(keyword: str, asked: Json) -> bool:
    """Return whether the words of a keyword leave no question of what was seen."""
    if keyword == "not":
        return asked == {"type": "null"} or (isinstance(asked, dict) and asked.keys() == {"const"})
    return (
        keyword == "anyOf"
        or (asked is False and keyword != "const")
        or (keyword != "maxLength" and (keyword, asked) in _SEEN)
    )
