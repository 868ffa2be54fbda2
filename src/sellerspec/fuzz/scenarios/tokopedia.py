"""Tokopedia: the order list page by page and filter by filter, and the Tokocabang notification."""

from datetime import datetime
from typing import Any

from sellerspec.fuzz.listener import Listener
from sellerspec.fuzz.scenarios.common import filtered, pages
from sellerspec.fuzz.scenarios.notices import WAIT, judged
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.model import Facts, Json
from sellerspec.rules import number

LIST = "listOrders"
NOTICE = "tokopedia/tokocabangOrderNotification"
DAY = 86_400


def learn(target: Target) -> None:
    """Find out which app and shops the account has."""
    ids = target.options.ids
    seller = target.tables("sellers").get("sellers", {}).get("1", {})
    target.known["fs_id"] = ids.get("fs_id", seller.get("fs_id", 13004))
    target.known["shop_id"] = ids.get("shop_id", next(iter(seller.get("shops", ())), None))
    target.known["warehouse_id"] = ids.get("warehouse_id", next(iter(seller.get("warehouses", ())), None))


def seconds(moment: datetime) -> int:
    """Return the wall clock as the order list counts it."""
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def query(target: Target, _: str, given: dict[str, Json]) -> dict[str, Json]:
    """Ask about the account's own app and shop, and about the days up to now."""
    if not given:
        return base(target)
    found = dict(given)
    known = target.known
    if str(found.get("fs_id", "")).isdigit():
        found["fs_id"] = known["fs_id"]
    for name in ("shop_id", "warehouse_id"):
        if str(found.get(name, "")).isdigit() and known.get(name) is not None:
            found[name] = known[name]
    begins, ends = number(found.get("from_date")), number(found.get("to_date"))
    if begins is not None and ends is not None and min(begins, ends) > 10**9 and max(begins, ends) < 10**10:
        shift = seconds(target.now()) - ends
        found["from_date"], found["to_date"] = begins + shift, ends + shift
    return found


def base(target: Target, **more: Json) -> dict[str, Json]:
    """Return a query that is in order."""
    now = seconds(target.now())
    found = {
        "fs_id": target.known.get("fs_id", 13004),
        "from_date": now - 3 * DAY + 120,
        "to_date": now,
        "page": 1,
        "per_page": 50,
        "shop_id": target.known.get("shop_id"),
        **more,
    }
    return {name: each for name, each in found.items() if each is not None}


def facts(target: Target, *_: Json) -> Facts:
    """Nothing but the moment."""
    return Facts(now=target.now())


def listed(body: Any) -> Any:
    """Return the orders of a response."""
    return body.get("data") if isinstance(body, dict) else None


def orders(target: Target) -> None:
    """Read page after page, filter, and see that nobody sees another's."""
    start = base(target)
    whole = pages(
        target,
        LIST,
        lambda page: {**start, "page": page + 1, "per_page": 3},
        listed,
        "order_id",
        size=3,
        most=10,
    )
    first = target.send(target.call(LIST, query=start))
    everything = listed(first.body) if first.accepted else None
    if isinstance(everything, list):
        missing = {each.get("order_id") for each in everything} - {each.get("order_id") for each in whole}
        target.session.expect(
            not missing,
            first.call,
            "page-loses",
            f"{len(missing)} orders are on no small page",
            got=first.got,
        )
        for status in dict.fromkeys(each.get("order_status") for each in everything[:8]):
            filtered(
                target,
                LIST,
                everything,
                {**start, "status": status},
                {"status": "order_status"},
                listed,
                "order_id",
            )
            target.session.transition("listOrders -> listOrders (status)")
    _others(target, everything or [])


def _others(target: Target, mine: list[Json]) -> None:
    """See that a list holds nothing of another account or of another shop."""
    shop = target.known.get("shop_id")
    strangers = [
        each
        for each in mine
        if isinstance(each, dict) and shop is not None and str(each.get("shop_id")) != str(shop)
    ]
    target.session.expect(
        not strangers,
        target.call(LIST, query=base(target)),
        "foreign-shown",
        "the list of a shop holds another's order",
    )
    if target.other:
        judged_ = target.session.send(
            target.call(LIST, query=base(target), headers=target.other), Facts(now=target.now())
        )
        target.session.expect(
            not judged_.accepted,
            judged_.call,
            "foreign-shown",
            "another account reads the orders of this shop",
            got=judged_.got,
        )


def notices(target: Target) -> None:
    """Place an order in our sandbox and take the notification of it."""
    if not target.is_sandbox or not target.options.listen:
        return
    listener = Listener(target.options.listen)
    try:
        target.control("POST", "seed", {"webhooks": [{"url": listener.url}]})
        target.control(
            "POST", "seed", {"orders": [{"fulfill_by": 1, "order_status": 400, "warehouse_id": 19551}]}
        )
        target.session.transition("order -> tokocabangOrderNotification")
        found = listener.wait(1, WAIT)
        judged(target, NOTICE, found, target.call(LIST, query=base(target)), lambda _: "")
    finally:
        target.control("POST", "seed", {"webhooks": [{"url": "http://127.0.0.1:9/gone"}]})
        listener.close()


BOOK = Scenario(
    query=query,
    facts=facts,
    learn=learn,
    certain=frozenset((LIST,)),
    sequences=(
        Sequence("orders", orders, frozenset((LIST,))),
        Sequence("notices", notices, frozenset((LIST,))),
    ),
    transitions=(
        "listOrders -> listOrders (next page)",
        "listOrders -> listOrders (status)",
        "order -> tokocabangOrderNotification",
    ),
    tokens=({"authorization": "Bearer not-a-real-token"}, {"authorization": "Bearer not-a-real-token-2"}),
)
