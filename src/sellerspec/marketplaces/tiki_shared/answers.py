"""What a response has to do with its request, for both generations of Tiki's API."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Json, Path
from sellerspec.rules import Violation, number, objects
from sellerspec.schema.messages import seen
from sellerspec.values import identifier, json_type

Check = Callable[[Json, Facts], Iterator[Violation]]

BODY: Path = ("response", "body")

LIMIT = 20
"""How many entries a page holds where the request has no `limit`."""


def answer(exchange: Json) -> tuple[Mapping[str, Json], Json]:
    """Return the query and the body of a success; the body of any other response is None."""
    response = exchange["response"]
    body = response.get("body") if response.get("status") == 200 else None
    return member(exchange, "request", "query") or {}, body


def source_of(query: Mapping[str, Json], name: str) -> str:
    """Say where a value that the response must fit comes from."""
    return f"the `{name}` of the request" if name in query else f"the default of the query parameter `{name}`"


def page_kept(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response is the requested page, 1 by default"""
    query, body = answer(exchange)
    page, current = number(query.get("page", 1)), number(member(body, "paging", "current_page"))
    if page is not None and page > 0 and current is not None and current != page:
        message = messages.must_equal("current_page", page, source_of(query, "page"), current)
        yield Violation((*BODY, "paging", "current_page"), message)


def too_long(exchange: Json, noun: str) -> Iterator[Violation]:
    """Yield the violation of a page with more entries than its `limit`."""
    query, body = answer(exchange)
    limit, entries = number(query.get("limit", LIMIT)), member(body, "data")
    if limit is not None and limit > 0 and isinstance(entries, list) and len(entries) > limit:
        message = messages.too_many("`data`", noun, limit, source_of(query, "limit"), len(entries))
        yield Violation((*BODY, "data"), message)


def not_passing(
    query: Mapping[str, Json], entry: Mapping[str, Json], filters: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield each member of an entry that does not pass a filter of the query, and the message.

    A filter of another type than the member is not compared, unless the member is null: the schema
    reports one of the two.

    Args:
        filters: name of a parameter -> member that has its value.
    """
    for parameter, name in filters.items():
        wanted, shown = query.get(parameter), entry.get(name)
        if wanted in (None, "") or shown == wanted or name not in entry:
            continue
        if shown is None or json_type(shown) == json_type(wanted):
            yield name, messages.must_equal(name, wanted, source_of(query, parameter), shown)


def categories_filtered(filters: Mapping[str, str], listed: str = "") -> Check:
    """Make the check of listed categories; `listed` is the member that has the list."""

    def filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
        """each listed category passes the filters of the request"""
        query, body = answer(exchange)
        keyword = _folded(query.get("name"))
        place = (*BODY, listed) if listed else BODY
        for index, category in objects(body if listed else {"": body}, listed):
            for name, message in not_passing(query, category, filters):
                yield Violation((*place, index, name), message)
            own = _folded(category.get("name"))
            if own and not all(word in own for word in keyword.split()):
                required = f"`name` must contain {seen(query['name'])}, {source_of(query, 'name')}"
                yield Violation((*place, index, "name"), f"{required}, got {seen(category['name'])}")

    return filtered


def _folded(text: Json) -> str:
    """Return a text without capitals and marks; "" for anything else."""
    plain = unicodedata.normalize("NFKD", text).casefold() if isinstance(text, str) else ""
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("đ", "d").strip()


def same_as_path(parameter: str, names: tuple[str, ...], requirement: str) -> Check:
    """Make the check that a response is about what the path of its request names."""

    def same(exchange: Json, _: Facts) -> Iterator[Violation]:
        asked, body = member(exchange, "request", "path", parameter), answer(exchange)[1]
        for name in names:
            given = identifier(member(body, name))
            if asked is not None and given is not None and given != identifier(asked):
                message = messages.must_equal(name, asked, "as in the path of the request", body[name])
                yield Violation((*BODY, name), message)

    same.__doc__ = requirement
    return same


def category_requested() -> Check:
    """Make the check of a category that is read."""
    return same_as_path("id", ("id",), "the response is about the category in the path")


def tracking_requested(parameter: str, *names: str) -> Check:
    """Make the check of a tracking that is read."""
    return same_as_path(parameter, names, "the response is about the request in the path")


def order_requested(name: str) -> Check:
    """Make the check of an order that is read."""
    return same_as_path(name, (name,), "the response is about the order in the path")
