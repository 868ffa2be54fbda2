"""Tiki: products from request to approval, orders from pulling to printing, and who sees what."""

from typing import NamedTuple

from sellerspec import contract
from sellerspec.contract.examples import examples, valid_payloads
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.scenarios.common import (
    Listing,
    fails_later,
    filtered,
    member,
    not_shared,
    objects,
    pages,
    read_back,
    unknown,
    with_own_skus,
)
from sellerspec.fuzz.scenarios.tiki_state import arrange, facts, learn, live, moved, retarget
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.model import NO_FACTS, Facts, Json
from sellerspec.strategies import good

REVIEWED = 600.0
"""Seconds after which our sandbox has reviewed a product."""

ORDERS = Listing("listOrders", "order_code", ("data",), {"status": "all"}, "getOrder")
FILTERS = ("queueing", "seller_confirmed", "seller_canceled", "complete")
"""The documented values of the filter `status` of orders; rules compare what is listed."""

WAREHOUSES = Listing("listWarehouses", "seller_inventory_id")
CATEGORIES = Listing("listCategories", "id")


class Request(NamedTuple):
    """An accepted request to create a product."""

    trace: str
    body: Json
    call: Call


def products(target: Target) -> None:
    """Create, track and update products; expect that tracking shows the requests."""
    made = list(filter(None, (_created(target, body) for body in _small_products())))
    if made:
        _tracked(target, made[-1])
    _reviewed(target, made)
    unknown(target, "getTracking", {"trace_id": "0" * 32})
    unknown(target, "getCategory", {"id": 999_999_999})
    unknown(target, "updateSku", {"sku": "no-such-sku-of-sellerspec"}, {"quantity": 7})
    _categories(target)


def _small_products() -> list[Json]:
    bodies = good("tiki/createProduct", NO_FACTS)
    small = [body for body in bodies if isinstance(body, dict) and len(body.get("variants", ())) <= 2]
    return [with_own_skus(body, number) for number, body in enumerate(small[:4])]


def _created(target: Target, body: Json) -> Request | None:
    call = target.call("createProduct", body=body)
    known = target.facts(call)
    if contract.operation("tiki/createProduct").check(body, known).errors:
        return None
    verdict = target.send(call, facts=known)
    trace = member(verdict.body, "trace_id") if verdict.accepted else None
    if not isinstance(trace, str):
        return None
    target.known["trace"] = trace
    path = {"trace_id": trace}
    read_back(target, "createProduct -> getTracking", path, path, "tracking", before=[call])
    return Request(trace, body, call)


def _tracked(target: Target, latest: Request) -> None:
    listed = target.send(target.call("listTracking", query={"limit": 20}))
    target.session.transition("createProduct -> listTracking")
    traces = [request.get("trace_id") for request in objects(listed.body)]
    target.session.expect(
        not listed.accepted or latest.trace in traces,
        listed,
        "read-after-write",
        "the latest request is not among the tracked ones",
        before=[latest.call],
    )
    for limit in (1, 2):
        target.send(target.call("listTracking", query={"limit": limit}))


def _reviewed(target: Target, made: list[Request]) -> None:
    """Let requests be reviewed, valid and invalid ones, and update what is on sale."""
    bodies = (example.value for example in examples("tiki/createProduct"))
    invalid = next((body for body in bodies if fails_later("tiki/createProduct", body)), None)
    rejected = None
    if invalid is not None:
        verdict = target.send(target.call("createProduct", body=invalid))
        rejected = member(verdict.body, "trace_id") if verdict.accepted else None
    if not target.advance(REVIEWED):
        return
    for request in made:
        _outcome(target, request.trace, "approved")
    if rejected is not None:
        _outcome(target, rejected, "rejected")
    for request in made[:2]:
        for variant in objects(request.body.get("variants"))[:1]:
            if isinstance(variant.get("sku"), str):
                target.session.transition("getTracking -> updateSku")
                call = target.call("updateSku", path={"sku": variant["sku"]}, body={"quantity": 7})
                target.send(call, certain=False)


def _outcome(target: Target, trace: str, wanted: str) -> None:
    """Expect the state of a request after the review."""
    read = target.send(target.call("getTracking", path={"trace_id": trace}))
    target.session.transition("createProduct -> getTracking (reviewed)")
    state = member(read.body, "state")
    message = f"the request is `{str(state)[:30]}` after the review, not `{wanted}`"
    target.session.expect(not read.accepted or state == wanted, read, "never-reviewed", message)


def _categories(target: Target) -> None:
    categories = CATEGORIES.read(target)
    for name in ("primary", "parent"):
        values = [category[name] for category in categories if category.get(name) is not None]
        for value in values[:1]:
            filtered(target, CATEGORIES, categories, name, value)
    if categories:
        target.session.transition("listCategories -> getCategory")
        target.send(target.call("getCategory", path={"id": categories[-1].get("id")}))


def orders(target: Target) -> None:
    """Pull orders page by page, compare them with the details, and see that nobody sees another's."""
    mine = pages(target, ORDERS, lambda page: {"page": page + 1, "limit": 5}, size=5)
    _counted(target)
    for status in FILTERS:
        target.send(target.call("listOrders", query={"status": status}))
    for order in objects(mine)[:6]:
        path = {"order_code": order.get("order_code")}
        read_back(target, "listOrders -> getOrder", path, order, "the list and the detail differ")
    unknown(target, "getOrder", {"order_code": "999999999999"})
    not_shared(target, ORDERS, mine)
    warehouses = WAREHOUSES.read(target)
    for name in ("warehouse_code", "warehouse_id"):
        for value in dict.fromkeys(warehouse.get(name) for warehouse in warehouses[:4]):
            filtered(target, WAREHOUSES, warehouses, name, value)


def _counted(target: Target) -> None:
    """Expect that a page shows how many orders and pages there are."""
    for limit in (1, 5):
        verdict = target.send(target.call("listOrders", query={**ORDERS.query, "limit": limit}))
        total, last = (member(verdict.body, "paging", name) for name in ("total", "last_page"))
        if isinstance(total, int) and isinstance(last, int):
            needed = max(1, -(-total // limit))
            message = f"`last_page` is {last}, but {total} orders fill {needed} pages of {limit}"
            target.session.expect(last == needed, verdict, "page-count", message)


def fulfilment(target: Target) -> None:
    """Confirm, deliver and print orders: after each step the order reads as it was left."""
    learn(target)
    queueing = [order for order in target.known["orders"] if order.get("status") == "queueing"]
    several = [order for order in queueing if len(order.get("items", ())) > 1]
    for kept, chosen in ((9, several[:2]), (1, several[2:4]), (0, several[4:6] or queueing[:1])):
        for order in chosen:
            _confirmed(target, order, [item["id"] for item in order["items"]][:kept])
    for order in target.known["orders"][5:9]:
        for label, form in (("shipping", "html"), ("invoice", "html"), ("invoice", "pdf")):
            path, query = {"order_code": order["order_code"]}, {"label": label, "format": form}
            target.send(target.call("printOrder", path=path, query=query))
            target.session.transition("getOrder -> printOrder")
    for id in ("confirmDelivery", "updateDeliveryStatus"):
        _delivered(target, id, queueing)


def _confirmed(target: Target, order: Json, kept: list[Json]) -> None:
    """Confirm some items of an order, and expect that the others are canceled."""
    body = _confirmation(target, order, kept)
    if body is None:
        return
    call = target.call("confirmItems", body=body)
    verdict = target.send(call)
    target.session.transition("getOrder -> confirmItems")
    if not verdict.accepted:
        return
    read = read_back(target, "confirmItems -> getOrder", {"order_code": order["order_code"]}, before=[call])
    if not read.accepted or not isinstance(read.body, dict):
        return
    for item in objects(read.body.get("items")):
        wanted = "seller_confirmed" if item.get("id") in kept else "seller_canceled"
        message = f"an item reads `{str(item.get('confirmation_status'))[:30]}`, not `{wanted}`"
        fits = item.get("confirmation_status") == wanted
        target.session.expect(fits, read, "read-after-write", message, before=[call])
    canceled = bool(kept) or read.body.get("status") == "canceled"
    message = "an order is not canceled after all its items were"
    target.session.expect(canceled, read, "read-after-write", message, before=[call])


def _confirmation(target: Target, order: Json, ids: list[Json]) -> Json:
    """Return a confirmation that satisfies every rule, whatever way the order is delivered."""
    ready = contract.operation("tiki/confirmItems")
    now = target.now()
    known = Facts(order=order, warehouses=target.known.get("warehouses") or None, now=now)
    for example in examples("tiki/confirmItems"):
        if example.valid and not example.is_exchange and isinstance(example.value, dict):
            for tried in moved(target, example.value, example.facts, order, now):
                body = {**tried, "item_ids": ids}
                if not ready.check(body, known).errors:
                    return body
    return None


def _delivered(target: Target, id: str, queueing: list[Json]) -> None:
    """Report how a delivery went, of the first order that a documented body can be about."""
    ready = contract.operation(f"tiki/{id}")
    for body in valid_payloads(ready.key):
        for order in queueing:
            code = order["order_code"]
            renamed = {**body, "order_code": code} if isinstance(body, dict) else None
            if renamed is not None and not ready.check(renamed, Facts(order=order)).errors:
                call = target.call(id, body=renamed)
                verdict = target.send(call)
                target.session.transition(f"confirmItems -> {id}")
                if verdict.accepted and id == "confirmDelivery":
                    status = {"status": body.get("status")}
                    step = "confirmDelivery -> getOrder"
                    read_back(target, step, {"order_code": code}, status, "the delivery", before=[call])
                return


SCENARIO = Scenario(
    path={"version": "v1"},
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    arrange=arrange,
    certain=(
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
    ),
    sequences=(
        Sequence(
            products,
            ("createProduct", "getTracking", "listTracking", "updateSku", "getCategory", "listCategories"),
        ),
        Sequence(orders, ("listOrders", "getOrder", "listWarehouses")),
        Sequence(
            fulfilment,
            ("getOrder", "confirmItems", "printOrder", "confirmDelivery", "updateDeliveryStatus"),
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
