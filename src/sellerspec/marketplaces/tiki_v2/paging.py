"""Rules of every list of the Open API: pages, and that no entry stands twice.

All of them warn: the marketplace may lag behind its own state.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki_shared import answers as shared
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, source_of
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.values import identifier

PLAIN = ("getAttributeValues", "listBrands", "listRequests", "listSellerWarehouses")
"""The operations whose response is a page; no source shows how many entries it has by default."""

PAGED = (*PLAIN, "listProducts", "listOrders")
"""The operations whose response is a page."""

WHOLE = ("listCategories", "getCategoryAttributes", "listTracking")
"""The operations whose response is a whole list in `data`."""

IDENTITIES = ("track_id", "request_id", "product_id", "id")
"""The members by which an entry names itself; the first that it has counts."""

exchange_rule = partial(rule, basis=Basis.INFERRED, reads="exchange")
_rule = partial(exchange_rule, on=PAGED, source=("client-order-2023", "orders and products"))

page_kept = _rule("tiki-v2.page-kept", on=PLAIN)(shared.page_kept)


def _size(body: Json) -> int | None:
    """Return how many entries a page has; None if its `data` is no list."""
    data = member(body, "data")
    return len(data) if isinstance(data, list) else None


@_rule("tiki-v2.limit-kept", on=PLAIN)
def limit_kept(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a page holds at most `limit` entries"""
    query, body = answer(exchange)
    limit, size = number(query.get("limit")), _size(body)
    if limit is not None and size is not None and 0 < limit < size:
        required = f"`data` must have at most {limit} entries, {source_of(query, 'limit')}"
        yield Violation((*BODY, "data"), f"{required}, got {size}")


@_rule("tiki-v2.paging-total")
def paging_total(exchange: Json, _: Facts) -> Iterator[Violation]:
    """`total` is not less than the number of entries of the page"""
    body = answer(exchange)[1]
    total, size = number(member(body, "paging", "total")), _size(body)
    if total is not None and size is not None and 0 <= total < size:
        message = messages.at_least("total", size, "the number of entries in `data`", total)
        yield Violation((*BODY, "paging", "total"), message)


@_rule("tiki-v2.paging-pages")
def paging_pages(exchange: Json, _: Facts) -> Iterator[Violation]:
    """`last_page` is the number of pages of `per_page` entries that `total` entries fill"""
    paging = member(answer(exchange)[1], "paging")
    total, size, last = (number(member(paging, name)) for name in ("total", "per_page", "last_page"))
    if total is None or size is None or last is None or total < 1 or size < 1:
        return
    pages = -(-total // size)
    if last != pages:
        source = f"the number of pages of {size} that a `total` of {total} fills"
        yield Violation((*BODY, "paging", "last_page"), messages.must_equal("last_page", pages, source, last))


@exchange_rule("tiki-v2.entry-once", on=(*PAGED, *WHOLE), source=("open-site", "information API"))
def entry_once(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an entry stands once in a list, by its id"""
    data = [(index, _identity(entry)) for index, entry in objects(answer(exchange)[1], "data")]
    keys = [((index, found[0]), found) for index, found in data if found]
    for (index, name), (first, _name) in repeated(keys):
        value = dict(keys)[index, name][1]
        message = messages.unique(f"`{name}`", "entry", [value], f"`data[{first}]`")
        yield Violation((*BODY, "data", index, name), message)


def _identity(entry: Mapping[str, Json]) -> tuple[str, str] | None:
    """Return the name and the value of the member that identifies an entry; None if it has none."""
    known = ((name, identifier(entry.get(name))) for name in IDENTITIES)
    return next(((name, value) for name, value in known if value), None)


PAGING_RULES: tuple[Rule, ...] = (page_kept, limit_kept, paging_total, paging_pages, entry_once)
