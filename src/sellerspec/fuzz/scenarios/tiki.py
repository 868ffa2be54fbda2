"""Tiki: products from request to approval, orders from pulling to printing, and who sees what."""

from sellerspec import contract
from sellerspec.contract.examples import examples
from sellerspec.fuzz.scenarios.common import agrees, filtered, foreign, must, pages, unknown
from sellerspec.fuzz.scenarios.tiki_state import arrange, facts, learn, live, moved, retarget
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.model import NO_FACTS, Facts, Json, Severity
from sellerspec.strategies import good

REVIEWED = 600.0
"""Seconds after which our sandbox has made up its mind about a product."""

ASYNC = "tiki.images-none"


def products(target: Target) -> None:
    """Create, track and update: what is asked for is what tracking tells."""
    session = target.session
    made = []
    known = contract.operation("tiki/createProduct")
    whole = [
        each
        for each in good("tiki/createProduct", NO_FACTS)
        if isinstance(each, dict) and len(each.get("variants", ())) <= 2
    ]
    for place, body in enumerate(whole[:4]):
        call = target.call("createProduct", body=body)
        facts_ = target.facts(call)
        if known.check(body, facts_).errors:
            continue
        judged = target.send(call, facts=facts_)
        response = judged.body
        if (
            not judged.accepted
            or not isinstance(response, dict)
            or not isinstance(response.get("trace_id"), str)
        ):
            continue
        trace = target.known["trace"] = response["trace_id"]
        read = target.send(target.call("getTracking", path={"trace_id": trace}))
        session.transition("createProduct -> getTracking")
        if must(target, read, [call]):
            agrees(target, read, {"trace_id": trace}, read.body, "tracking", [call])
        made.append((trace, body, call, place))
    if made:
        listed = target.send(target.call("listTracking", query={"limit": 20}))
        session.transition("createProduct -> listTracking")
        seen = (
            [each.get("trace_id") for each in listed.body if isinstance(each, dict)]
            if isinstance(listed.body, list)
            else []
        )
        session.expect(
            not listed.accepted or made[-1][0] in seen,
            listed.call,
            "read-after-write",
            "the latest request is not among the tracked ones",
            got=listed.got,
            before=[made[-1][2]],
        )
        for limit in (1, 2):
            short = target.send(target.call("listTracking", query={"limit": limit}))
            shown = short.body
            session.expect(
                not isinstance(shown, list) or len(shown) <= limit,
                short.call,
                "limit-ignored",
                "more requests are listed than `limit` asks for",
                got=short.got,
            )
    _reviewed(target, made)
    unknown(target, "getTracking", {"trace_id": "0" * 32})
    unknown(target, "getCategory", {"id": 999_999_999})
    unknown(target, "updateSku", {"sku": "no-such-sku-of-sellerspec"}, {"quantity": 7})
    _categories(target)


def _reviewed(target: Target, made: list[tuple[str, Json, Json, int]]) -> None:
    """Let requests come to their end, good and bad, and update what is on sale."""
    session = target.session
    bad = next(
        (example.value for example in examples("tiki/createProduct") if _fails_later(example.value)), None
    )
    rejected = None
    if bad is not None:
        judged = target.send(target.call("createProduct", body=bad))
        response = judged.body
        rejected = response.get("trace_id") if judged.accepted and isinstance(response, dict) else None
    if not target.advance(REVIEWED):
        return
    for trace in (*(each[0] for each in made), rejected):
        if trace is not None:
            read = target.send(target.call("getTracking", path={"trace_id": trace}))
            session.transition("createProduct -> getTracking (reviewed)")
            state = read.body.get("state") if isinstance(read.body, dict) else None
            wanted = "rejected" if trace == rejected else "approved"
            session.expect(
                not read.accepted or state == wanted,
                read.call,
                "never-reviewed",
                f"the request is `{str(state)[:30]}` after the review, not `{wanted}`",
                got=read.got,
            )
            session.expect(
                state != "rejected" or bool(read.body.get("reason")),
                read.call,
                "reason-missing",
                "a rejected request does not say why",
                got=read.got,
                severity=Severity.WARNING,
            )
    for _, body, _, _ in made[:2]:
        for variant in body.get("variants", ())[:1]:
            if isinstance(variant, dict) and isinstance(variant.get("sku"), str):
                session.transition("getTracking -> updateSku")
                target.send(
                    target.call("updateSku", path={"sku": variant["sku"]}, body={"quantity": 7}),
                    certain=False,
                )


def _fails_later(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    found = contract.operation("tiki/createProduct").check(value).findings
    return bool(found) and all(each.phase.value == "async" for each in found)


def _categories(target: Target) -> None:
    whole = target.read("listCategories")
    if isinstance(whole, list) and whole:
        for name in ("primary", "parent"):
            value = next(
                (each.get(name) for each in whole if isinstance(each, dict) and each.get(name) is not None),
                None,
            )
            if value is not None:
                filtered(
                    target, "listCategories", whole, {name: value}, {name: name}, lambda body: body, "id"
                )
        target.session.transition("listCategories -> getCategory")
        target.send(target.call("getCategory", path={"id": whole[-1].get("id")}))


def orders(target: Target) -> None:
    """Pull page by page, compare with the detail, and see that nobody sees another's."""
    session = target.session
    whole = pages(
        target,
        "listOrders",
        lambda page: {"status": "all", "page": page + 1, "limit": 5},
        lambda body: body.get("data") if isinstance(body, dict) else None,
        "order_code",
        size=5,
    )
    _counted(target)
    for each in whole[:6]:
        read = target.send(target.call("getOrder", path={"order_code": each["order_code"]}))
        session.transition("listOrders -> getOrder")
        if must(target, read):
            agrees(target, read, each, read.body, "the list and the detail differ", [])
    unknown(target, "getOrder", {"order_code": "999999999999"})
    if target.other:
        response = target.read("listOrders", query={"status": "all"}, headers=target.other)
        theirs = [
            each.get("order_code") for each in (response or {}).get("data", ()) if isinstance(each, dict)
        ]
        for code in theirs[:2]:
            foreign(target, "getOrder", {"order_code": code})
        both = {each["order_code"] for each in whole} & set(theirs)
        session.expect(
            not both,
            target.call("listOrders", query={"status": "all"}),
            "foreign-shown",
            "the list holds an order of another account",
        )
    houses = target.read("listWarehouses")
    if isinstance(houses, list):
        for name in ("warehouse_code", "warehouse_id"):
            for value in dict.fromkeys(house.get(name) for house in houses[:4] if isinstance(house, dict)):
                filtered(
                    target,
                    "listWarehouses",
                    houses,
                    {name: value},
                    {name: name},
                    lambda body: body,
                    "seller_inventory_id",
                )


def _counted(target: Target) -> None:
    """Expect that a page tells how many orders and pages there are."""
    for limit in (1, 5):
        judged = target.send(target.call("listOrders", query={"status": "all", "limit": limit}))
        paging = judged.body.get("paging") if isinstance(judged.body, dict) else None
        total, last = (
            paging.get(name) if isinstance(paging, dict) else None for name in ("total", "last_page")
        )
        if isinstance(total, int) and isinstance(last, int):
            needed = max(1, -(-total // limit))
            target.session.expect(
                last == needed,
                judged.call,
                "page-count",
                f"`last_page` is {last}, but {total} orders fill {needed} pages of {limit}",
                got=judged.got,
            )


def fulfilment(target: Target) -> None:
    """Confirm, deliver and print: after each step the order reads as it was left."""
    session = target.session
    learn(target)
    queueing = [each for each in target.known["orders"] if each.get("status") == "queueing"]
    several = [each for each in queueing if len(each.get("items", ())) > 1]
    for kept, chosen in ((9, several[:2]), (1, several[2:4]), (0, several[4:6] or queueing[:1])):
        for order in chosen:
            ids = [item["id"] for item in order["items"]]
            body = _confirmation(target, order, ids[:kept])
            if body is None:
                continue
            call = target.call("confirmItems", body=body)
            judged = target.send(call)
            session.transition("getOrder -> confirmItems")
            if judged.accepted:
                _confirmed(target, order["order_code"], ids[:kept], call)
    for order in target.known["orders"][5:9]:
        code = order["order_code"]
        for label, form in (("shipping", "html"), ("invoice", "html"), ("invoice", "pdf")):
            target.send(
                target.call("printOrder", path={"order_code": code}, query={"label": label, "format": form})
            )
            session.transition("getOrder -> printOrder")
    _delivered(target, queueing)


def _confirmation(target: Target, order: Json, ids: list[Json]) -> Json:
    """Return a confirmation that keeps every rule, whatever way the order is delivered."""
    ready = contract.contract("tiki").operation("confirmItems")
    now = target.now()
    for example in examples("tiki/confirmItems"):
        if example.valid and not example.is_exchange and isinstance(example.value, dict):
            for tried in moved(target, example.value, example.facts, order, now):
                body = {**tried, "item_ids": ids}
                here = Facts(order=order, warehouses=target.known.get("warehouses") or None, now=now)
                if not ready.check(body, here).errors:
                    return body
    return None


def _confirmed(target: Target, code: str, kept: list[Json], call: Json) -> None:
    read = target.send(target.call("getOrder", path={"order_code": code}))
    target.session.transition("confirmItems -> getOrder")
    order = read.body
    if not must(target, read, [call]) or not isinstance(order, dict):
        return
    for item in order.get("items", ()):
        wanted = "seller_confirmed" if item.get("id") in kept else "seller_canceled"
        target.session.expect(
            item.get("confirmation_status") == wanted,
            read.call,
            "read-after-write",
            f"an item reads `{str(item.get('confirmation_status'))[:30]}`, not `{wanted}`",
            got=read.got,
            before=[call],
        )
    if not kept:
        target.session.expect(
            order.get("status") == "canceled",
            read.call,
            "read-after-write",
            "an order is not canceled after all its items were",
            got=read.got,
            before=[call],
        )


def _delivered(target: Target, orders_: list[Json]) -> None:
    """Tell how a delivery went, of the first order that a documented body may be about."""
    for id in ("confirmDelivery", "updateDeliveryStatus"):
        ready = contract.contract("tiki").operation(id)
        bodies = [
            example.value for example in examples(f"tiki/{id}") if example.valid and not example.is_exchange
        ]
        found = next(
            (
                (order, body)
                for body in bodies
                for order in orders_
                if isinstance(body, dict)
                and not ready.check({**body, "order_code": order["order_code"]}, Facts(order=order)).errors
            ),
            None,
        )
        if found is None:
            continue
        order, body = found
        call = target.call(id, body={**body, "order_code": order["order_code"]})
        judged = target.send(call)
        target.session.transition(f"confirmItems -> {id}")
        if judged.accepted and id == "confirmDelivery":
            read = target.send(target.call("getOrder", path={"order_code": order["order_code"]}))
            target.session.transition("confirmDelivery -> getOrder")
            if must(target, read, [call]):
                agrees(target, read, {"status": body.get("status")}, read.body, "the delivery", [call])


BOOK = Scenario(
    path={"version": "v1"},
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    arrange=arrange,
    certain=frozenset(
        (
            "listCategories",
            "getCategory",
            "createProduct",
            "listTracking",
            "getTracking",
            "updateSku",
            "listOrders",
            "getOrder",
            "listWarehouses",
            "printOrder",
        )
    ),
    sequences=(
        Sequence(
            "products",
            products,
            frozenset(
                ("createProduct", "getTracking", "listTracking", "updateSku", "getCategory", "listCategories")
            ),
        ),
        Sequence("orders", orders, frozenset(("listOrders", "getOrder", "listWarehouses"))),
        Sequence(
            "fulfilment",
            fulfilment,
            frozenset(("getOrder", "confirmItems", "printOrder", "confirmDelivery", "updateDeliveryStatus")),
        ),
    ),
    transitions=(
        "listCategories -> getCategory",
        "createProduct -> getTracking",
        "createProduct -> listTracking",
        "createProduct -> getTracking (reviewed)",
        "getTracking -> updateSku",
        "listOrders -> listOrders (next page)",
        "listOrders -> getOrder",
        "getOrder -> confirmItems",
        "confirmItems -> getOrder",
        "getOrder -> printOrder",
        "confirmItems -> confirmDelivery",
        "confirmItems -> updateDeliveryStatus",
        "confirmDelivery -> getOrder",
    ),
    tokens=({"tiki-api": "FAKE-TOKEN-FOR-TESTS"}, {"tiki-api": "FAKE-TOKEN-GLOBAL"}),
)
