"""Tokopedia: the order list page by page and filter by filter, and the notices of orders."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sellerspec.fuzz.listener import Listener
from sellerspec.fuzz.scenarios.common import Listing, filtered, objects, pages
from sellerspec.fuzz.scenarios.notices import WAIT, check_notices
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Json
from sellerspec.rules import number

TOKOCABANG = "tokopedia/tokocabangOrderNotification"
SHOP, STATUS = "tokopedia/orderNotification", "tokopedia/orderStatus"
DAY = 86_400
FS_ID = 13004
"""The app of our sandbox."""


def learn(target: Target) -> None:
    """Find out which app, shop and warehouse the account has."""
    ids = target.options.ids
    seller = target.tables("sellers").get("sellers", {}).get("1", {})
    target.known["fs_id"] = ids.get("fs_id", seller.get("fs_id", FS_ID))
    target.known["shop_id"] = ids.get("shop_id", next(iter(seller.get("shops", ())), None))
    target.known["warehouse_id"] = ids.get("warehouse_id", next(iter(seller.get("warehouses", ())), None))


def seconds(moment: datetime) -> int:
    """Return the local time as the order list counts it: seconds since 1970."""
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def query(target: Target, given: dict[str, Json]) -> dict[str, Json]:
    """Return a query about the account's own app and shop, and about the days until now."""
    if not given:
        return base(target)
    adapted = dict(given)
    known = target.known
    if str(given.get("fs_id", "")).isdigit():
        adapted["fs_id"] = known["fs_id"]
    for name in ("shop_id", "warehouse_id"):
        if str(given.get(name, "")).isdigit() and known.get(name) is not None:
            adapted[name] = known[name]
    begins, ends = number(given.get("from_date")), number(given.get("to_date"))
    if begins is not None and ends is not None and min(begins, ends) > 10**9 and max(begins, ends) < 10**10:
        shift = seconds(target.now()) - ends
        adapted["from_date"], adapted["to_date"] = begins + shift, ends + shift
    return adapted


def base(target: Target) -> dict[str, Json]:
    """Return a valid query."""
    now = seconds(target.now())
    parameters = {
        "fs_id": target.known.get("fs_id", FS_ID),
        "from_date": now - 3 * DAY + 120,
        "to_date": now,
        "page": 1,
        "per_page": 50,
        "shop_id": target.known.get("shop_id"),
    }
    return {name: value for name, value in parameters.items() if value is not None}


def facts(target: Target, *_: Json) -> Facts:
    """Return only the time: nothing else is known."""
    return Facts(now=target.now())


def orders(target: Target) -> None:
    """Read page after page, filter, and expect no orders of other accounts."""
    listing = Listing("listOrders", "order_id", ("data",), base(target))
    paged = pages(target, listing, lambda page: {"page": page + 1, "per_page": 3}, size=3, most=10)
    first = target.send(target.call(listing.id, query=listing.query))
    items = listing.items(first)
    if items is not None:
        missing = listing.keys(items) - listing.keys(paged)
        message = f"{len(missing)} orders are on no small page"
        target.session.expect(not missing, first, "page-loses", message)
        for status in dict.fromkeys(order.get("order_status") for order in objects(items[:8])):
            filtered(target, listing, items, "status", status, name="order_status")
            target.session.transition("listOrders -> listOrders (status)")
    _others(target, listing, objects(items))


def _others(target: Target, listing: Listing, mine: list[dict[str, Json]]) -> None:
    """Expect that a list holds nothing of another shop, and that another account cannot read it."""
    shop = target.known.get("shop_id")
    strangers = [order for order in mine if shop is not None and str(order.get("shop_id")) != str(shop)]
    call = target.call(listing.id, query=base(target))
    target.session.expect(not strangers, call, "foreign-shown", "the list of a shop holds another's order")
    if target.other:
        call = target.call(listing.id, query=base(target), headers=target.other)
        verdict = target.session.send(call, Facts(now=target.now()))
        message = "another account reads the orders of this shop"
        target.session.expect(not verdict.accepted, verdict, "foreign-shown", message)


def notices(target: Target) -> None:
    """Pay, accept and cancel orders in our sandbox, and check the notice of each change."""
    if not target.is_sandbox or not target.options.listen:
        return
    id = seconds(target.now())
    tokocabang = {"fulfill_by": 1, "order_status": 220, "warehouse_id": 19551}
    _noticed(target, TOKOCABANG, 220, partial(target.control, "POST", "seed", {"orders": [tokocabang]}))
    target.control("POST", "seed", {"orders": [{"order_id": id, "order_status": 100}]})
    for webhook, status in ((SHOP, 220), (STATUS, 400), (STATUS, 15)):
        move = {"name": str(id), "state": str(status)}
        _noticed(target, webhook, status, partial(target.control, "POST", "move", move))


def _noticed(target: Target, webhook: str, status: int, change: Callable[[], Json]) -> None:
    """Expect one notice, with the status that an order has after the change."""

    def problem(notice: Json) -> str:
        given = member(notice, "order_status")
        return "" if given in (status, None) else f"the status is {str(given)[:30]}, not {status}"

    with Listener(target.options.listen or "") as listener:
        target.control("POST", "seed", {"webhooks": [{"url": listener.url}]})
        change()
        received = listener.wait(1, WAIT)
        target.control("POST", "seed", {"webhooks": [{"url": "http://127.0.0.1:9/gone"}]})
    target.session.transition(f"order {status} -> {webhook.partition('/')[2]}")
    check_notices(target, webhook, received, target.call("listOrders", query=base(target)), problem)


SCENARIO = Scenario(
    query=query,
    facts=facts,
    learn=learn,
    certain=("listOrders",),
    sequences=(
        Sequence(orders, ("listOrders",)),
        Sequence(notices, ("listOrders",)),
    ),
    transitions=(
        "listOrders -> listOrders (next page)",
        "listOrders -> listOrders (status)",
        "order 220 -> tokocabangOrderNotification",
        "order 220 -> orderNotification",
        "order 400 -> orderStatus",
        "order 15 -> orderStatus",
    ),
    tokens=({"authorization": "Bearer not-a-real-token"}, {"authorization": "Bearer not-a-real-token-2"}),
)
