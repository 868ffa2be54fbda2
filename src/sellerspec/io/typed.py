"""Read members of decoded values whose types nobody has checked yet.

Every reader of recordings and facts takes its values through these, so that all code behind it may rely on
their types. What does not fit is an error that names the place.
"""

from typing import TypeVar

from sellerspec.errors import ParseError
from sellerspec.io.strict import quoted
from sellerspec.model import Json

T = TypeVar("T")

KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bytes: "bytes",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
}
"""Type of a decoded value -> what messages call it."""


def typed(value: Json, kind: type[T], at: str = "") -> T:
    """Return a value of a type of `KINDS`.

    Args:
        value: a decoded value.
        kind: the type that it must have; True is no integer.
        at: its place, a pointer.

    Raises:
        ParseError: it has another type.
    """
    if value.__class__ is kind:
        return value
    raise wrong(at, KINDS[kind], value)


def wrong(at: str, expected: str, value: Json) -> ParseError:
    """Return the error that the value at a place is not what is expected there."""
    return ParseError(f"{shown(at)} must be {expected}, got {KINDS.get(type(value), 'another value')}")


def shown(at: str) -> str:
    """Return a place as messages show it."""
    return quoted(at or "/", 80)


def member(holder: Json, name: str, kind: type[T], at: str = "") -> T:
    """Return a member of an object, which must be there and have a type.

    Raises:
        ParseError: `holder`, at the place `at`, is no object, or the member is missing or of another type.
    """
    if holder.__class__ is not dict:
        raise wrong(at, KINDS[dict], holder)
    if name not in holder:
        raise ParseError(f"{shown(f'{at}/{name}')} is missing")
    return typed(holder[name], kind, f"{at}/{name}")


def optional(holder: Json, name: str, default: T, at: str = "") -> T:
    """Return a member of an object that has the type of `default`, or `default` if it is missing or null.

    Raises:
        ParseError: `holder` is no object, or the member has another type.
    """
    value = typed(holder, dict, at).get(name)
    return default if value is None else typed(value, type(default), f"{at}/{name}")


def texts(value: Json, at: str = "") -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        ParseError: it is no list, or an item is no text.
    """
    return tuple(typed(item, str, f"{at}/{index}") for index, item in enumerate(typed(value, list, at)))
