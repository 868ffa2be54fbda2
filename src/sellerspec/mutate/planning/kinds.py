"""The kinds of mutations of a response: where each may apply, with which values, and in which words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sellerspec.io.pointers import escaped, get
from sellerspec.model import Json
from sellerspec.mutate.changes.places import occurrences
from sellerspec.mutate.mutation import Outcome
from sellerspec.mutate.planning.sites import Site
from sellerspec.strategies.candidates import LARGEST, UNKNOWN_MEMBER, UNKNOWN_TEXT, is_number

LONG = (
    "Áo thun cổ tròn nam, vải bông dày dặn; đổi trả trong 7 ngày. 👕🎁 "
    "قميص قطني للرجال من اليمين إلى اليسار <b>\"&amp;'</b><script>alert(1)</script> "
)
"""Vietnamese, emoji, right to left, markup."""

LENGTH = 1000
"""Characters of a long text."""

TOKENS = ("access_token", "refresh_token")
"""Members with a token of OAuth 2.0, which has visible ASCII alone (RFC 6749, A.12 and A.17)."""

SIZES = (50, 20, 10, 5, 3, 2)
"""Numbers of items of a full list; the first that the contract allows counts."""

LARGEST_OF_READERS = (LARGEST, 2**31 - 1)
"""The largest integer that every reader of JSON keeps, and that of 32 bits."""

IDENTIFIERS = ("id", "code", "sku", "ref", "number")
"""Ends of the names of members by which an item is known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mutation."""

    id: str
    outcome: Outcome
    values: Callable[[Site], Iterable[Json]]
    """Yields values to try at a place; the first that the contract allows counts. None at all: not there."""

    predicate: str
    """What becomes of the place; `{value}` stands for the value."""

    why: str
    """Why the contract allows it, where no warning of the contract says so; "" if a warning has to."""


def _null(site: Site) -> Iterator[Json]:
    if site.path and site.allows("null") and site.types != {"null"}:
        yield None


def _absent(site: Site) -> Iterator[Json]:
    if site.name and site.values and not site.required:
        yield None


def _given(site: Site) -> Iterator[Json]:
    if site.types <= {"null"}:
        yield from (value for value in site.ordinary() if value is not None)


def _unknown_value(site: Site) -> Iterator[Json]:
    """Yield a value outside a list of the schemas, for the type of the present values.

    One listed value is no list: it says what the value must be.
    """
    if "string" in site.types and len({value for value in site.listed if isinstance(value, str)}) > 1:
        yield UNKNOWN_TEXT
    numbers = {value for value in site.listed if type(value) is int}
    if "integer" in site.types and len(numbers) > 1:
        yield max(numbers) + 1


def _empty_text(site: Site) -> Iterator[Json]:
    if "string" in site.types and not site.bound("minLength"):
        yield ""


def _long_text(site: Site) -> Iterator[Json]:
    if "string" in site.types and not site.listed and site.name not in TOKENS:
        length = min(site.bound("maxLength") or LENGTH, LENGTH)
        yield (LONG * (LENGTH // len(LONG) + 1))[:length]


def _zero(site: Site) -> Iterator[Json]:
    # a listed 0 is one of the words of the marketplace, such as a status
    if site.types & {"integer", "number"} and not site.listed:
        yield 0


def _largest(site: Site) -> Iterator[Json]:
    if site.types & {"integer", "number"} and not site.listed:
        limit = site.bound("maximum")
        yield from (limit,) if limit is not None else LARGEST_OF_READERS


def _number_as_text(site: Site) -> Iterator[Json]:
    if site.types & {"integer", "number"} and site.names_type("string") and site.allows("string"):
        yield None


def _text_as_number(site: Site) -> Iterator[Json]:
    texts = (value for value in site.values if isinstance(value, str))
    if site.names_type("integer") and site.allows("integer") and any(map(is_number, texts)):
        yield None


def _empty_list(site: Site) -> Iterator[Json]:
    if "array" in site.types:
        yield None


def _full_list(site: Site) -> Iterator[Json]:
    """Yield numbers of items, the largest first, for each member that may tell the copies apart."""
    whole = (get(one.whole, path) for one in site.recorded for path in occurrences(one.whole, site.place))
    lists = [value for value in whole if isinstance(value, list)] if "array" in site.types else []
    most = site.bound("maxItems")
    longest = max(map(len, lists), default=0)
    sizes = [size for size in (SIZES if most is None else (min(most, SIZES[0]),)) if size > longest]
    yield from ({"size": size, "by": name} for name in identifiers(lists) for size in sizes)


def identifiers(lists: Iterable[list[Json]]) -> tuple[str, ...]:
    """Return the members that may tell items apart, and "" for items that are equal; none of empty lists."""
    items = max(lists, key=len, default=[])
    if not items or not all(isinstance(item, dict) for item in items):
        return ("",) if items else ()
    names = [name for name in items[0] if name.lower().endswith(IDENTIFIERS)]
    distinct = [name for name in names if len({str(item.get(name)) for item in items}) == len(items)]
    return (*(distinct or names), "")


def _other_order(site: Site) -> Iterator[Json]:
    if "array" in site.types:
        yield None


GIVEN = Kind("given", "other", _given, "is given", "the schema has the member")

KINDS: tuple[Kind, ...] = (
    Kind("null", "other", _null, "is null", "the schema allows null"),
    Kind("absent", "other", _absent, "is missing", "the schema does not require it"),
    GIVEN,
    Kind(
        "unknown-value",
        "other",
        _unknown_value,
        "is `{value}`, which no source lists",
        "",
    ),
    Kind("empty-text", "other", _empty_text, "is an empty text", "the schema allows any text"),
    Kind(
        "long-text",
        "other",
        _long_text,
        "is a long text with Vietnamese, emoji, right-to-left script and markup",
        "the schema allows any text",
    ),
    Kind("zero", "other", _zero, "is 0", "the schema allows 0"),
    Kind("largest", "other", _largest, "is {value}", "the schema states no limit"),
    Kind("number-as-text", "same", _number_as_text, "is a number as text", "the schema allows both"),
    Kind("text-as-number", "same", _text_as_number, "is a number, not text", "the schema allows both"),
    Kind("empty-list", "other", _empty_list, "is an empty list", "the schema requires no item"),
    Kind("full-list", "other", _full_list, "has {value[size]} items", "the schema states no limit"),
    Kind("other-order", "same", _other_order, "is in the reverse order", "no source states an order"),
)
"""The kinds at a place, in the order in which they are tried."""

UNKNOWN = Kind(
    "unknown-member",
    "same",
    lambda site: ("new",) if "object" in site.types else (),
    f"has a member `{UNKNOWN_MEMBER}` that no source names",
    "the schema allows other members",
)
"""The kind that adds a member beside the others; its place is that of the new member."""


def new_member(site: Site) -> str:
    """Return the place of the member that `UNKNOWN` adds to the objects of a place."""
    return f"{site.place}/{escaped(UNKNOWN_MEMBER)}"
