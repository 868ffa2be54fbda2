"""How messages name a member and show a value. What could be a secret or a person's is never shown."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from sellerspec.io.strict import quoted
from sellerspec.model import Json, Path
from sellerspec.schema.nearest import nearest

LONGEST = 200
"""Most characters of a message."""

_LISTED = 80
"""Characters that a list of known values may take."""

_PARTS = {
    "request/headers": "the header ",
    "response/headers": "the header ",
    "request/query": "the query parameter ",
    "request/path": "the path parameter ",
}
"""Part of an exchange -> what its members are called."""

_RESPONSE: Path = ("response", "body")
_REQUEST: Path = ("request", "body")


@lru_cache(maxsize=1024)
def member(path: Path, whole: str = "the body") -> str:
    """Name the place at a path, as a message begins; `whole` names the value itself, or its request's body.

    >>> member(("variants", 1, "price")), member(("images", 2)), member(("rows", 2, 0))
    ('`price`', '`images[2]`', '`rows[2][0]`')
    >>> member(()), member((0,)), member(("response", "body")), member(("request", "headers", "x-id"))
    ('the body', 'item 0 of the body', 'the body of the response', 'the header `x-id`')
    """
    if path in ((), _REQUEST):
        return whole
    if path == _RESPONSE:
        return "the body of the response"
    if isinstance(path[-1], str):
        return (_PARTS.get("/".join(map(str, path[:2])), "") if len(path) == 3 else "") + quoted(path[-1])
    numbers = ""
    for depth in range(len(path) - 1, -1, -1):
        if isinstance(path[depth], str):
            if path[: depth + 1] in (_REQUEST, _RESPONSE):
                break
            return quoted(f"{path[depth]}{numbers}")
        numbers = f"[{path[depth]}]{numbers}"
    within = member(path[: len(path) - numbers.count("[")], whole)
    return f"item {numbers[1:-1].replace('][', ', ')} of {within}"


@lru_cache(maxsize=1024)
def missing_member(path: Path, whole: str = "the body") -> str:
    """Name the place of a missing member: of an item of a list, together with the item.

    >>> missing_member(("price",)), missing_member(("variants", 1, "price")), missing_member((0, "id"))
    ('`price`', '`variants[1].price`', '`id` of item 0 of the body')
    """
    name = member(path, whole)
    if len(path) < 2 or not isinstance(path[-2], int):
        return name
    item = member(path[:-1], whole)
    return f"{item[:-1]}.{name[1:]}" if item[0] == "`" else f"{name} of {item}"


def kind(value: Json) -> str:
    """Name the JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return "a number" if whole else "a number with a fraction"
    return "a list" if isinstance(value, list) else "an object"


def seen(value: Json, *, hidden: bool = False) -> str:
    """Show a value that stands at a wrong place: a number, a code, a date, a URL; of any other its kind.

    Args:
        value: of a payload or a fact.
        hidden: whether its place is one of a secret or a person.

    >>> seen("BACKORDER"), seen("149000"), seen(0), seen([]), seen("0912 345 678")
    ('`BACKORDER`', 'the string `149000`', '0', 'an empty list', 'a string that is not shown')
    """
    if isinstance(value, str):
        if not value:
            return "an empty string"
        if not _VISIBLE.search(value):
            return "only blanks"
        if hidden or not is_harmless(value):
            return "a string that is not shown"
        text = quoted(_without_query(value))
        return f"the string {text}" if _LITERAL.fullmatch(value) else text
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = str(value)
        if hidden:
            return "a number that is not shown"
        return shown if len(shown) <= 24 else "a number of more than 24 digits"
    if isinstance(value, list | dict) and not value:
        return "an empty list" if isinstance(value, list) else "an empty object"
    return kind(value)


def typed(value: Json, *, hidden: bool = False) -> str:
    """Show a value together with its type.

    >>> typed(36), typed("36"), typed("Nguyen Van A"), typed(None)
    ('the number 36', 'the string `36`', 'a string', 'null')
    """
    if isinstance(value, bool) or value is None or (hidden and isinstance(value, str | int | float)):
        return kind(value)
    if isinstance(value, str):
        if not _VISIBLE.search(value):
            return seen(value)
        if not (_WORD.fullmatch(value) or _LITERAL.fullmatch(value)) or not is_harmless(value):
            return kind(value)  # where a number or a list belongs, no form tells a code from a secret
        return f"the string {seen(value).removeprefix('the string ')}"
    return f"the number {seen(value)}" if isinstance(value, int | float) else seen(value)


_WORD = re.compile("[a-z][a-z_-]{0,23}")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")
_LITERAL = re.compile(r"[+-]?[0-9][0-9.,]*|null|true|false")
"""Texts that look like another JSON value."""

_RUN = "(?:[a-z]{1,24}|[A-Z][a-z]{1,23}|[A-Za-z0-9]{1,11})"
_CODE = re.compile(rf"{_RUN}(?:[_.:/-]{_RUN})*|(?=.{{0,11}}[^\x00-\x7f])[^\W\d_]{{1,12}}")
"""Words and short codes: no run is long enough for a token."""

_URL = re.compile(
    rf"[A-Za-z]{{1,5}}://[a-z0-9][a-z0-9.-]{{0,60}}(?::[0-9]{{1,5}})?(?:/+(?:{_RUN}(?:[ _.~-]{_RUN})*)?)*"
)
_DATE = re.compile(
    r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}"
    r"(?:[T ][0-9:]{1,9}(?:\.[0-9]{1,9})?(?:Z| ?[+-][0-9:]{2,5}(?: UTC)?)?)?"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,6})?")
_PHONE = re.compile(r"(?:\+|0|84|62)[0-9 ().-]{7,}")
_TOKEN = re.compile(
    "(?:[a-z]+[0-9]|[0-9]+[a-z])[a-z0-9]*[A-Z]|(?:[A-Z]+[0-9]|[0-9]+[A-Z])[A-Z0-9]*[a-z]"
    "|(?:[a-z]+[A-Z]|[A-Z]+[a-z])[A-Za-z]*[0-9][A-Za-z0-9]|[A-Za-z][0-9]{3,}[A-Za-z]"
)
"""Capital and small letters and digits mixed in one run, or digits amid letters."""

_MOST_DIGITS = 12


@lru_cache(maxsize=1024)
def is_harmless(text: str) -> bool:
    """Return whether a text is a word, a code, a number, a date or a URL, which a message may show.

    No token, phone, mail address, card, name of a person or running text is.

    >>> [is_harmless(text) for text in ("drop-ship", "T23", "https://x.example/a.jpg?key=1", "a.b@x.example")]
    [True, True, True, False]
    """
    text = text.strip()
    if len(text) > LONGEST:
        return False
    if _DATE.fullmatch(text):
        return True
    if _PHONE.fullmatch(text) or sum(map(str.isdigit, text)) > _MOST_DIGITS or _TOKEN.search(text):
        return False
    return any(form.fullmatch(text) for form in (_CODE, _NUMBER)) or (
        "://" in text and _URL.fullmatch(_without_query(text).removesuffix("?…")) is not None
    )


def _without_query(text: str) -> str:
    if "://" not in text:
        return text
    address, mark, _ = text.partition("?")
    return f"{address.partition('#')[0]}?…" if mark else address.partition("#")[0]


def limit(value: Json) -> str:
    """Show a value of a schema: it is no secret."""
    if isinstance(value, str):
        return (
            f"{'the string ' if _LITERAL.fullmatch(value) else ''}{quoted(value)}"
            if value
            else "an empty string"
        )
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else kind(value)


def choice(texts: Sequence[str], last: str = "or") -> str:
    """Join alternatives to one phrase; of many the first, and how many there are.

    >>> choice(["`a`"]), choice(["`a`", "`b`", "null"]), choice(["`a`", "`b`"], "and")
    ('`a`', '`a`, `b` or null', '`a` and `b`')
    >>> choice([f"`{'x' * 30}{n}`" for n in range(9)])
    '`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0`, `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1`, … (9 in all)'
    """
    fit = len(texts)
    if fit > 8 or sum(map(len, texts)) + 2 * fit > _LISTED:
        fit = sum(length <= _LISTED for length in accumulate(len(text) + 2 for text in texts[:8]))
    if fit < len(texts):
        return f"{', '.join(texts[: max(fit, 1)])}, … ({len(texts)} in all)"
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def did_you_mean(value: Json, known: Iterable[object]) -> str:
    """Return the known text that a text is a slip of, as a question; "" if there is none.

    >>> did_you_mean("colour", ("color", "size"))
    ' (did you mean `color`?)'
    """
    close = nearest(value, known) if isinstance(value, str) else None
    return "" if close is None else f" (did you mean {quoted(close)}?)"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "item"), plural(3, "item")
    ('1 item', '3 items')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
