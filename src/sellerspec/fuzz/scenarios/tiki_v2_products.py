"""Tiki's Open API: requests of products from queuing to their end, prices, and stock by warehouse."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sellerspec import contract
from sellerspec.contract.examples import examples
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.scenarios.common import (
    Listing,
    agrees,
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
from sellerspec.fuzz.scenarios.tiki_v2_orders import TAKES, confirmation, taken
from sellerspec.fuzz.scenarios.tiki_v2_state import learn
from sellerspec.fuzz.target import Target
from sellerspec.fuzz.verdict import Verdict
from sellerspec.model import NO_FACTS, Json
from sellerspec.rules import number
from sellerspec.strategies import good

LEFT_QUEUE, REVIEWED = 60.0, 600.0
"""Seconds after which our sandbox has taken a request out of the queue, and after which it is reviewed."""

CREATE = "tiki-v2/createProductRequest"
PRODUCTS = Listing("listProducts", "product_id", ("data",), {}, "getProduct")
REQUESTS = Listing("listRequests", "request_id", ("data",), {"limit": 50}, "getRequest")

STOCK = {"includes": "inventory"}
"""The query for the stock of one product."""

PRODUCT, WAREHOUSE = ("product", "id"), ("seller_inventory_id",)
"""Where an item of an order names its product, and the warehouse that it comes from."""


class Request(NamedTuple):
    """An accepted request to create a product."""

    track_id: str
    call: Call


def requests(target: Target) -> None:
    """Create requests, track them, delete some, and let the others be reviewed."""
    learn(target)
    bodies = [body for body in good(CREATE, NO_FACTS) if isinstance(body, dict)]
    # those far apart differ more from each other than the first ones
    chosen = bodies[:: max(1, len(bodies) // 5)][:5]
    made = [
        request
        for place, body in enumerate(chosen)
        if (request := _created(target, with_own_skus(body, place))) is not None
    ]
    if made:
        _listed(target, made[-1])
    invalid = next(
        (example.value for example in examples(CREATE) if fails_later(CREATE, example.value)), None
    )
    rejected = _created(target, invalid) if invalid is not None else None
    unknown(target, "getTracking", {"track_id": "0" * 32})
    unknown(target, "getRequest", {"request_id": "999999999"})
    if not target.advance(LEFT_QUEUE):
        return
    for request, by_tracking in zip(made[:2], (False, True), strict=False):
        _deleted(target, request, by_tracking=by_tracking)
    for request in made[2:3]:
        _replayed(target, request)
    target.advance(REVIEWED)
    for request in made[2:]:
        _outcome(target, request, "approved")
    if rejected is not None:
        _outcome(target, rejected, "rejected")
    _informed(target)
    not_shared(target, REQUESTS, list(REQUESTS.read(target)))


def _created(target: Target, body: Json) -> Request | None:
    """Create a request; None if it is refused, or the account may not make it."""
    placed = target.scenario.retarget(target, "createProductRequest", body, NO_FACTS)[0][1]
    call = target.call("createProductRequest", body=placed)
    known = target.facts(call)
    if contract.operation(CREATE).check(placed, known).errors:
        return None
    verdict = target.send(call, facts=known)
    track_id = member(verdict.body, "track_id") if verdict.accepted else None
    if not isinstance(track_id, str):
        return None
    path = {"track_id": track_id}
    read_back(target, "createProductRequest -> getTracking", path, path, "tracking", before=[call])
    return Request(track_id, call)


def _listed(target: Target, latest: Request) -> None:
    listed = target.send(target.call("listTracking"))
    target.session.transition("createProductRequest -> listTracking")
    tracked = [one.get("track_id") for one in objects(member(listed.body, "data"))]
    message = "the latest request is not among the tracked ones"
    shown = not listed.accepted or latest.track_id in tracked
    target.session.expect(shown, listed, "read-after-write", message, before=[latest.call])


def _tracked(target: Target, step: str, request: Request, state: str, before: Iterable[Call] = ()) -> Verdict:
    """Expect that a request is in a state."""
    calls = [request.call, *before]
    path, expected = {"track_id": request.track_id}, {"state": state}
    return read_back(target, f"{step} -> getTracking", path, expected, "the request", before=calls)


def _deleted(target: Target, request: Request, *, by_tracking: bool) -> None:
    """Delete a request that has left the queue; expect that it reads as deleted."""
    track_id = request.track_id
    found = target.send(target.call("findRequest", query={"track_id": track_id}))
    target.session.transition("getTracking -> findRequest")
    id = member(found.body, "request_id") if found.accepted else None
    if not isinstance(id, str):
        return
    path = {"request_id": id}
    read_back(target, "findRequest -> getRequest", path, path, "the request", before=[request.call])
    if by_tracking:
        call = target.call("deleteRequestByTracking", query={"track_id": track_id})
    else:
        call = target.call("deleteRequest", path=path)
    if target.send(call).accepted:
        _tracked(target, call.id, request, "deleted", [call])
        read_back(
            target, f"{call.id} -> getRequest", path, {"state": "deleted"}, "the request", before=[call]
        )


def _replayed(target: Target, request: Request) -> None:
    call = target.call("replayTracking", path={"track_id": request.track_id})
    if target.send(call).accepted:
        _tracked(target, "replayTracking", request, "queuing", [call])


def _outcome(target: Target, request: Request, wanted: str) -> None:
    """Expect how a review ended; expect that a product which is approved can be read."""
    tracked = target.send(target.call("getTracking", path={"track_id": request.track_id}))
    target.session.transition("createProductRequest -> getTracking (reviewed)")
    state, id = (member(tracked.body, name) for name in ("state", "request_id"))
    message = f"the request is `{str(state)[:30]}` after the review, not `{wanted}`"
    target.session.expect(not tracked.accepted or state == wanted, tracked, "never-reviewed", message)
    if wanted != "approved" or not isinstance(id, str):
        return
    read = read_back(target, "getTracking -> getRequest", {"request_id": id}, {"state": state}, "the request")
    for product in objects(member(read.body, "products"))[:1]:
        path = {"product_id": product.get("product_id")}
        names = ("price", "original_sku", "active")
        expected: dict[str, Json] = {name: product[name] for name in names if name in product}
        read_back(target, "getRequest -> getProduct", path, expected, "the approved product")


def _informed(target: Target) -> None:
    """Ask for a change of a product that is reviewed, and track it."""
    for product in target.known["products"][:1]:
        body = {"product_id": product["product_id"], "attributes": {"origin": "Việt Nam"}}
        call = target.call("updateProductInfo", body=body)
        verdict = target.send(call)
        track_id = member(verdict.body, "track_id") if verdict.accepted else None
        if isinstance(track_id, str):
            path = {"track_id": track_id}
            read_back(target, "updateProductInfo -> getTracking", path, path, "tracking", before=[call])


def products(target: Target) -> None:
    """List products, change price, code and stock, and expect that a read shows the change."""
    learn(target)
    mine = objects(pages(target, PRODUCTS, lambda page: {"page": page + 1, "limit": 1}, size=1))
    for active in (1, 0):
        filtered(target, PRODUCTS, list(mine), "active", active)
    for product in mine[:2]:
        path = {"product_id": product.get("product_id")}
        read_back(target, "listProducts -> getProduct", path, product, "the list and the detail differ")
    unknown(target, "getProduct", {"product_id": 999_999_999})
    not_shared(target, PRODUCTS, list(mine))
    unknown(target, "updateSku", {}, {"product_id": 999_999_999, "price": 21_000})
    ids = [product["product_id"] for product in target.known["products"]]
    _updated(target, "updateSkus", {id: {"price": 21_000 + place} for place, id in enumerate(ids[:2])})
    for id in ids[2:3] or ids[:1]:
        for changes in ({"price": 23_000}, {"active": 0}, {"active": 1}):
            _updated(target, "updateSku", {id: changes})
    for place, id in enumerate(ids[:2]):
        _coded(target, id, f"FUZZ-{place}")
    _stocked(target)
    _reserved(target)


def _updated(target: Target, operation: str, changes: Mapping[int, Mapping[str, Json]]) -> None:
    """Change products by their ids with one call; expect that each reads as it was written."""
    updates = [{"product_id": id, **members} for id, members in changes.items()]
    body: Json = {"data": updates} if operation == "updateSkus" else updates[0]
    call = target.call(operation, body=body)
    if updates and target.send(call).accepted:
        for id, members in changes.items():
            step, path = f"{operation} -> getProduct", {"product_id": id}
            read_back(target, step, path, members, "the changed product", before=[call])


def _coded(target: Target, id: Json, code: str) -> None:
    """Give a product another code, and find it by the code."""
    call = target.call("updateOriginalSku", body={"product_id": id, "original_sku": code})
    if target.send(call).accepted:
        found = target.send(target.call("findProduct", query={"original_sku": code}))
        target.session.transition("updateOriginalSku -> findProduct")
        message = "the product is not found by its new code"
        # the detail of v2 has `id`
        ids = [member(found.body, name) for name in ("product_id", "id")]
        target.session.expect(found.accepted and id in ids, found, "read-after-write", message, before=[call])


def _stocked(target: Target) -> None:
    """Set the stock of a product in each of its warehouses; expect that each can be read."""
    for product in target.known["products"]:
        id, before = product["product_id"], stock_of(product)
        if not before:
            continue
        wanted = {warehouse: 40 + place for place, warehouse in enumerate(before)}
        quantities = [
            {"warehouse_id": warehouse, "qty_available": available} for warehouse, available in wanted.items()
        ]
        named = ",".join(map(str, wanted))
        body = {"product_id": id, "seller_warehouse": named, "warehouse_quantities": quantities}
        call = target.call("updateSku", body=body)
        if not target.send(call).accepted:
            continue
        step, path = "updateSku -> getProduct (stock)", {"product_id": id}
        read = read_back(target, step, path, before=[call], query=STOCK)
        after = stock_of(read.body) if read.accepted else {}
        for warehouse, available in wanted.items() if after else ():
            what, shown = f"the stock in warehouse {warehouse}", after.get(warehouse, {})
            agrees(target, read, f"{what}: available", shown.get("quantity_available"), available, [call])
            reserved = shown.get("quantity_reserved")
            sellable = available - reserved if isinstance(reserved, int) else None
            agrees(target, read, f"{what}: sellable", shown.get("quantity_sellable"), sellable, [call])
            if target.is_sandbox:
                # elsewhere others buy meanwhile
                held = before[warehouse].get("quantity_reserved")
                agrees(target, read, f"{what}: reserved", reserved, held, [call])


def stock_of(product: Json) -> dict[Json, dict[str, Any]]:
    """Return the stocks of a product by the ids of their warehouses."""
    stocks = objects(member(product, "inventory", "warehouse_stocks"))
    return {one["warehouse_id"]: one for one in stocks if isinstance(one.get("warehouse_id"), int)}


def _reserved(target: Target) -> None:
    """Cancel an order of our sandbox; what it had reserved can be sold again. Elsewhere others buy too."""
    order = next((one for id in TAKES for one in taken(target, id)), None) if target.is_sandbox else None
    if order is None or order.get("status") != "queueing":
        return
    items = objects(order.get("items"))
    bought, place = (member(items[0], *names) if items else None for names in (PRODUCT, WAREHOUSE))
    path = {"product_id": bought}

    def sellable(step: str) -> tuple[Verdict, Any]:
        read = read_back(target, step, path, query=STOCK)
        return read, stock_of(read.body).get(place, {}).get("quantity_sellable")

    _, before = sellable("getOrder -> getProduct (stock)")
    id, body = confirmation(target, order, kept=0)
    call = target.call(id, path={"code": order["code"]}, body=body)
    if isinstance(before, int) and target.send(call).accepted:
        read, after = sellable(f"{id} -> getProduct (stock)")
        freed = sum(number(item.get("qty")) or 0 for item in items if member(item, *PRODUCT) == bought)
        agrees(target, read, "what can be sold of a canceled order", after, before + freed, [call])


USES: Mapping[str, tuple[str, ...]] = {
    "requests": (
        "createProductRequest", "getTracking", "listTracking", "replayTracking", "listRequests", "getRequest",
        "findRequest", "deleteRequest", "deleteRequestByTracking", "updateProductInfo", "getProduct",
    ),
    "products": (
        "listProducts", "getProduct", "findProduct", "updateSku", "updateSkus", "updateOriginalSku",
        "confirmAvailable",
    ),
}  # fmt: skip
"""Name of a sequence -> the operations that it is about."""

STEPS = (
    "createProductRequest -> getTracking",
    "createProductRequest -> listTracking",
    "createProductRequest -> getTracking (reviewed)",
    "getTracking -> findRequest",
    "findRequest -> getRequest",
    "deleteRequest -> getTracking",
    "deleteRequest -> getRequest",
    "deleteRequestByTracking -> getTracking",
    "deleteRequestByTracking -> getRequest",
    "replayTracking -> getTracking",
    "getTracking -> getRequest",
    "getRequest -> getProduct",
    "updateProductInfo -> getTracking",
    "listProducts -> listProducts (next page)",
    "listProducts -> getProduct",
    "updateSku -> getProduct",
    "updateSkus -> getProduct",
    "updateOriginalSku -> findProduct",
    "updateSku -> getProduct (stock)",
    "getOrder -> getProduct (stock)",
    "confirmAvailable -> getProduct (stock)",
)
"""The steps that these sequences take."""
