"""The message for a violated keyword: what was seen, then what is required. Bounded, without whole values."""

import re
from collections.abc import Callable, Mapping
from itertools import accumulate

from sellerspec.io.strict import quoted
from sellerspec.model import Json

_LIST = 100
"""Characters that a list of known values may take, so that a message stays below 160."""

_WORDLIKE = re.compile(r"[a-z][a-z_]{0,23}")


def kind(value: Json) -> str:
    """Name the JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float):
        return "a number with a fraction" if not value.is_integer() else "a number"
    return "a list" if isinstance(value, list) else "an object"


def seen(value: Json) -> str:
    """Return a number, or a word such as `drop_ship`, as it is; of any other value its kind.

    A text that could be a token, a name, a phone number or an address is not shown.
    """
    if isinstance(value, bool) or value is None:
        return kind(value)
    if isinstance(value, int | float):
        shown = str(value)
        return shown if len(shown) <= 24 else "a number of more than 24 digits"
    if isinstance(value, str):
        if not value:
            return "an empty string"
        if _WORDLIKE.fullmatch(value):
            return quoted(value)
        return f"a string of {_plural(len(value), 'character')}"
    return kind(value)


def length(value: Json) -> str:
    """Return the length of a text; any other value is shown as by `seen`."""
    if isinstance(value, str) and value:
        return f"a string of {_plural(len(value), 'character')}"
    return seen(value)


def _names(limit: Json) -> str:
    shown = [_limit(value) for value in limit]
    fit = sum(length <= _LIST for length in accumulate(len(name) + 2 for name in shown[:8]))
    return ", ".join(shown[:fit]) + (f" … ({len(shown)} in all)" if len(shown) > fit else "")


def _limit(value: Json) -> str:
    """Return a limit of a schema as it is: it is no secret."""
    return quoted(value) if isinstance(value, str) else "null" if value is None else _shown(value)


def _shown(value: Json) -> str:
    return kind(value) if isinstance(value, bool | list | dict) else str(value)


_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
}


def _types(limit: Json) -> str:
    return " or ".join(_TYPES[name] for name in ([limit] if isinstance(limit, str) else limit))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


_PATTERNS = {
    r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]": "an http or https URL",
    r"^[Hh][Tt][Tt][Pp][Ss]://[^\s/?#]": "an https URL",
    r"^$|[^\s\u200b-\u200f\u2060\ufeff]": "a text that can be seen",
    "[1-9]": "above 0",
    r"^[0-9]+$": "digits only",
    r"[^\s\u200b-\u200f\u2060\ufeff]": "a text that can be seen",
}


_WITHOUT = {r"[ \t\n]": "with a blank in it"}
"""Pattern of what a text must not hold -> what is said of a text that does."""


def _unwanted(schema: Json) -> str:
    pattern = schema.get("pattern") if isinstance(schema, dict) else None
    return _WITHOUT.get(str(pattern), "that is not to be used here")


def _form(pattern: str) -> str:
    return _PATTERNS.get(pattern, f"of the form {quoted(pattern, 60)}")


def _characters(value: str) -> str:
    return _plural(len(value), "character")


def _items(value: list[Json]) -> str:
    return _plural(len(value), "item")


WORDS: Mapping[str, Callable[[Json, Json], str]] = {
    "type": lambda value, limit: f"{kind(value)}, not {_types(limit)}",
    "enum": lambda value, limit: f"{seen(value)}, not one of {_names(limit)}",
    "const": lambda value, limit: f"{seen(value)}, not {_limit(limit)}",
    "minLength": lambda value, limit: "empty" if limit == 1 else f"{_characters(value)}, at least {limit}",
    "maxLength": lambda value, limit: f"{_characters(value)}, at most {limit}",
    "pattern": lambda value, limit: f"{length(value)}, not {_form(limit)}",
    "format": lambda value, limit: f"{length(value)}, not of the form `{limit}`",
    "minimum": lambda value, limit: f"{seen(value)}, at least {limit}",
    "maximum": lambda value, limit: f"{seen(value)}, at most {limit}",
    "exclusiveMinimum": lambda value, limit: f"{seen(value)}, more than {limit}",
    "exclusiveMaximum": lambda value, limit: f"{seen(value)}, less than {limit}",
    "multipleOf": lambda value, limit: f"{seen(value)}, not a multiple of {limit}",
    "minItems": lambda value, limit: f"{_items(value)}, at least {limit}" if value else "an empty list",
    "maxItems": lambda value, limit: f"{_items(value)}, at most {limit}",
    "uniqueItems": lambda _, __: "the same item twice",
    "minProperties": lambda value, limit: f"{_plural(len(value), 'member')}, at least {limit}",
    "maxProperties": lambda value, limit: f"{_plural(len(value), 'member')}, at most {limit}",
    "not": lambda value, limit: f"{kind(value)} {_unwanted(limit)}",
    "anyOf": lambda value, _: f"{kind(value)} that fits none of the forms it may have",
    "oneOf": lambda value, _: f"{kind(value)} that does not fit exactly one of the forms it may have",
    "contains": lambda _, __: "no item of the kind that is asked for",
    "propertyNames": lambda _, __: "a member whose name is not allowed",
}
"""Keyword -> message for a value and the keyword's limit."""


def words_for(keyword: str) -> Callable[[Json, Json], str]:
    """Return what makes the message for a keyword, of a value and the keyword's limit."""
    return WORDS.get(keyword) or (lambda value, _: f"{kind(value)} that does not meet `{keyword}`")
