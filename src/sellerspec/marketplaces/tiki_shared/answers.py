"""What a response has to do with its request, for both generations of Tiki's API."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Json, Path
from sellerspec.rules import Violation, number

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
