"""Read a decoded value of any type: numbers, and the items of lists. Nothing here raises."""

from collections.abc import Iterable, Mapping

from sellerspec.model import Json

LARGEST = 10**18
"""The largest number that is read: no amount, quantity or id is larger."""


def number(value: Json) -> int | None:
    """Return an integer in any of its JSON forms; None for anything else. All rules read integers by it.

    The forms are the integer itself, a float without a fraction, and a text of digits. A number
    beyond `LARGEST` is none: what it is compared with would say nothing.

    >>> number(5000), number(5000.0), number("5000"), number(-1)
    (5000, 5000, 5000, -1)
    >>> number(5000.5), number("5,000"), number(True), number(10**30), number(1e30)
    (None, None, None, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.removeprefix("-")
        value = int(value) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else None
    elif isinstance(value, float):
        value = int(value) if value.is_integer() else None
    return value if isinstance(value, int) and -LARGEST <= value <= LARGEST else None


def amount(value: Json) -> int | float | None:
    """Return a number that may have a fraction, such as a weight; integers as `number` reads them.

    >>> amount(1.5), amount(2.0), amount("3"), amount(float("inf"))
    (1.5, 2, 3, None)
    """
    if isinstance(value, float) and not value.is_integer() and -LARGEST <= value <= LARGEST:
        return value
    return number(value)


def identifier(value: Json) -> str | None:
    """Return a code or an id, a text or a number, as one text; None for anything else.

    >>> identifier("A1"), identifier(7), identifier(7.0), identifier(None)
    ('A1', '7', '7', None)
    """
    read = None if isinstance(value, str) else number(value)
    return value if isinstance(value, str) else None if read is None else str(read)


def objects(value: Json, key: str) -> list[tuple[int, Mapping[str, Json]]]:
    """Return index and value of each object in the list `value[key]`; nothing if there is none."""
    return [(index, item) for index, item in items(value, key) if isinstance(item, dict)]


def texts(value: Json, key: str) -> list[tuple[int, str]]:
    """Return index and value of each string in the list `value[key]`; nothing if there is none."""
    return [(index, item) for index, item in items(value, key) if isinstance(item, str)]


def items(value: Json, key: str) -> Iterable[tuple[int, Json]]:
    """Return index and value of each item of the list `value[key]`; nothing if there is none."""
    listed = value.get(key) if isinstance(value, dict) else None
    return enumerate(listed) if isinstance(listed, list) else ()


def json_type(value: Json) -> str:
    """Return the JSON type of a decoded value; a number without a fraction is an `integer`.

    >>> [json_type(value) for value in (None, True, 1, 1.0, "", [], {})]
    ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']
    """
    return _TYPES[type(value)]


_TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string",
          list: "array", dict: "object"}  # fmt: skip
