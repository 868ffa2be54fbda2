"""Lists that come page by page, and new items in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sellerspec.io.pointers import get
from sellerspec.model import Json, Path
from sellerspec.sandbox.behaviour import Call, Refused
from sellerspec.sandbox.messages import Reply

ONE_PAGE_MORE = "one-page-more"
CONTROL = "one-item-more"
"""The kind of the control of `one-page-more`: a new item, on the same page as the others."""

MOST = 200
"""The most new items at once; a larger page is left as it is."""


@dataclass(frozen=True, slots=True)
class Pages:
    """How one operation returns a list of the state's documents."""

    kind: str
    """Kind of the documents: `orders`; one is `{"seller": id, member: {...}}`."""

    member: str
    code: str
    """The member that is the key of the document: `order_code`."""

    at: Path
    """Where the items stand in the body."""

    is_first: Callable[[Call], bool]
    size: Callable[[Call], int]
    """Returns how many items the requested page has at most."""

    is_numbered: bool = True
    """Whether a page has a number, and no offset."""

    is_newest_first: bool = True
    """Whether a document that is added comes first in the list."""

    ahead: Callable[[Call, Json], Json] = lambda _, item: item
    """Returns an item as it must be to come first, where the list is sorted by the items."""


def _by_time(call: Call, order: Json) -> Json:
    """Return an order as old as the list goes back: it was made long ago, and paid just now."""
    return {**order, "create_time": call.query["from_date"]}


def _tnsl(kind: str, member: str, code: str) -> Pages:
    return Pages(
        kind, member, code,
        at=("data", "results"),
        is_first=lambda call: call.query.get("offset", 0) == 0,
        size=lambda call: int(call.query.get("limit", 10)),
        is_numbered=False,
    )  # fmt: skip


PAGES: Mapping[str, Pages] = {
    "tiki/listOrders": Pages(
        "orders", "order", "order_code",
        at=("data",),
        is_first=lambda call: call.query.get("page", 1) == 1,
        size=lambda call: int(call.query.get("limit", 20)),
        is_newest_first=False,
    ),
    "tiki-v2/listOrders": Pages(
        "orders", "order", "code",
        at=("data",),
        is_first=lambda call: call.query.get("page", 1) == 1,
        size=lambda call: int(call.query.get("limit", 20)),
        is_newest_first=False,
    ),
    "tnsl/listOrders": _tnsl("orders", "order", "order_code"),
    "tnsl/listImports": _tnsl("imports", "import", "import_id"),
    "tokopedia/listOrders": Pages(
        "orders", "order", "order_id",
        at=("data",),
        is_first=lambda call: call.query["page"] == 1,
        size=lambda call: int(call.query["per_page"]),
        ahead=_by_time,
    ),
}  # fmt: skip
"""By key of the operation."""


def page(call: Call, pages: Pages) -> list[Json]:
    """Return the items that a call gets as things are; none if it is refused."""
    response = tried(call)
    return items(response.json(), pages) if response is not None else []


def items(body: Json, pages: Pages) -> list[Json]:
    """Return the items in the body of a success; it is the list of the body itself."""
    listed: list[Json] = get(body, pages.at)
    return listed


def tried(call: Call) -> Reply | None:
    """Return the handler's response to a call, and undo what it does to the state; None for a refusal."""
    with call.world.state.trial():
        try:
            response = call.world.behaviour.handlers[call.id](call)
        except Refused:
            return None
    return response if response.status == 200 else None


def add(call: Call, pages: Pages, like: Json, count: int) -> list[Json]:
    """Put new items before all others, inside a transaction, and return them; each is like one of the list.

    Args:
        call: a call that lists them.
        pages: the list.
        like: an item of it; it passes the filters of the call.
        count: how many.
    """
    documents = call.state.all(pages.kind)
    document = documents[str(like[pages.code])]
    # far from the codes that the sandbox gives to the next documents
    begins = max((int(key) for key in documents if key.isdecimal()), default=0) + 1_000_000
    codes = map(type(like[pages.code]), range(begins, begins + count))
    new = [pages.ahead(call, {**like, pages.code: code}) for code in codes]
    for item in new:
        added = {**document, pages.member: item}
        call.state.put(pages.kind, str(item[pages.code]), added, first=not pages.is_newest_first)
    return new
