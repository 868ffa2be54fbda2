"""The wording of messages that many rules share: what is required, then what was seen.

Values that a payload or a fact holds are shown by `schema.messages.seen` alone, which cuts them and hides
what looks like a token.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sellerspec.io.strict import quoted
from sellerspec.model import Json
from sellerspec.schema.messages import choice, did_you_mean, plural, seen
from sellerspec.values import number


def must_be(name: str, required: str, value: Json, known: Collection[str] = ()) -> str:
    """Say that a member must be something else than it is.

    Args:
        name: of the member.
        required: what it must be, in words.
        value: what it is.
        known: values that could be meant.

    >>> must_be("status", "`canceled` or `done`", "cancelled", ("canceled", "done"))
    '`status` must be `canceled` or `done`, got `cancelled` (did you mean `canceled`?)'
    """
    return f"{quoted(name)} must be {required}, got {seen(value)}{did_you_mean(value, known)}"


def must_equal(name: str, expected: Json, source: str, value: Json) -> str:
    """Say that a member must have the value that stands elsewhere.

    >>> must_equal("order_id", 7, "the `order_id` of the order", 8)
    '`order_id` must be 7, the `order_id` of the order, got 8'
    >>> must_equal("name", "Nguyen Van A", "as in the request", "Le Thi B")
    '`name` must be the same text as in the request, got another text'
    """
    shown = seen(expected)
    return same_text(name, source, value) if is_hidden(shown) else must_be(name, f"{shown}, {source}", value)


def same_text(name: str, source: str, value: Json) -> str:
    """Say that a member must have the text that stands elsewhere, and that no message may show.

    >>> same_text("name", "as in the request", "Le Thi B")
    '`name` must be the same text as in the request, got another text'
    """
    required = f"the same text {source}" if source.startswith("as in") else source
    got = "another text" if isinstance(value, str) else seen(value)
    return f"{quoted(name)} must be {required}, got {got}"


def at_least(name: str, bound: int, source: str, value: int) -> str:
    """Say that a number must not be below another.

    >>> at_least("market_price", 5000, "`price`", 4000)
    '`market_price` must be at least `price`, 5000, got 4000'
    """
    return must_be(name, f"at least {source}, {seen(bound)}", value)


def not_before(name: str, other: str, moment: Json, value: Json) -> str:
    """Say that a date and time must not be earlier than that of another member; numbers count seconds.

    >>> not_before("to", "from", 86400, 0)
    '`to` must not be before `from`, 86400 (1970-01-02 00:00:00 UTC), got 0 (1970-01-01 00:00:00 UTC)'
    """
    return f"`{name}` must not be before `{other}`, {_time(moment)}, got {_time(value)}"


def not_after(name: str, other: str, moment: Json, value: Json) -> str:
    """Say that a date and time must not be later than that of another member; numbers count seconds.

    >>> not_after("from", "to", "2019-11-03 23:59:59", "2019-11-04 00:00:00")
    '`from` must not be after `to`, `2019-11-03 23:59:59`, got `2019-11-04 00:00:00`'
    """
    return f"`{name}` must not be after `{other}`, {_time(moment)}, got {_time(value)}"


def _time(moment: Json) -> str:
    seconds = number(moment)
    if seconds is None or not 0 <= seconds <= LATEST:
        return seen(moment)
    return f"{seen(moment)} ({datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC)"


LATEST = 99_999_999_999
"""The last moment that is shown as a time: a larger number counts milliseconds."""


def unique(names: str, among: str, values: Iterable[Json], first: str) -> str:
    """Say that a member must have another value in each object of a list.

    >>> unique("`sku`", "variant", ["A1"], "`variants[0]`")
    '`sku` must be different in each variant, got `A1` as in `variants[0]`'
    >>> unique("`name`", "order", ["Nguyen Van A"], "`orders[0]`")
    '`name` must be different in each order, got the same as in `orders[0]`'
    """
    shown = [seen(value) for value in values]
    got = "the same" if any(map(is_hidden, shown)) else ", ".join(shown)
    return f"{names} must be different in each {among}, got {got} as in {first}"


def is_hidden(shown: str) -> bool:
    """Return whether `seen` has not shown a text."""
    return shown.endswith(" not shown")


def too_many(where: str, item: str, most: int, source: str, count: int) -> str:
    """Say that a list in a response has more items than its request allows.

    >>> too_many("`data`", "order", 20, "the `limit` of the request", 25)
    '`data` must have at most 20 orders, the `limit` of the request, got 25'
    """
    return f"{where} must have at most {plural(most, item)}, {source}, got {count}"


def missing(name: str, why: str) -> str:
    """Say that a member is missing, and what makes it necessary.

    >>> missing("label", "the request asks for it")
    '`label` is missing: the request asks for it'
    """
    return f"{quoted(name)} is missing: {why}"


def without_value(name: str, given: bool, value: Json, why: str) -> str:
    """Say that a member is missing, or has no value such as null or "", and what makes it necessary."""
    return f"{quoted(name)} must have a value, got {seen(value)}: {why}" if given else missing(name, why)


def listed(values: Iterable[Json], last: str = "or") -> str:
    """Return values as one phrase; of many the first ones.

    >>> listed((1, 2, 3)), listed(range(1000, 1100)), listed(())
    ('1, 2 or 3', '1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, … (100 in all)', 'none')
    """
    return choice([seen(value) for value in values], last) or "none"


def names(members: Iterable[str], last: str = "and") -> str:
    """Return names of ours as one phrase: `` `color` and `storage` ``."""
    return choice([f"`{name}`" for name in members], last)


def clock(moment: datetime | None) -> str:
    """Return a moment as messages show it.

    >>> clock(datetime(2019, 11, 3, 23, 59, 59, 5))
    '`2019-11-03 23:59:59`'
    """
    return "" if moment is None else f"`{moment.isoformat(' ', 'seconds')}`"
