"""Tiki's catalogue, product requests, tracking and updateSku."""

from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sellerspec.marketplaces.tiki.inheritance import effective
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json, Phase
from sellerspec.rules import number
from sellerspec.sandbox.behaviour import Refused, Request, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tiki.seed import put_sku, text

STATES = (
    "queuing",
    "processing",
    "md_awaiting_approve",
    "bot_awaiting_approve",
    "awaiting_approve",
    "approved",
)
"""The way of a request that nothing is wrong with; the order of the later documents."""

REVIEW = 60.0
"""Virtual seconds that a request stays in each state; our choice."""

ENDS = ("approved", "rejected", "deleted")
LATEST = 50
"""Requests that tracking lists without a `limit`: the number of the document's example."""

TRACKING = ("trace_id", "state", "reason", "tiki_sku")


def list_categories(request: Request) -> Reply:
    """Response the categories that pass the filters."""
    query = request.query
    language = query.get("lang", "en")
    part = str(query.get("name", "")).casefold()
    found = [
        {
            "id": each["id"],
            "name": each["names"][language],
            "parent": each["parent"],
            "primary": each["primary"],
        }
        for each in request.state.all("categories").values()
        if part in each["names"][language].casefold()
        and query.get("parent", each["parent"]) == each["parent"]
        and query.get("primary", each["primary"]) == each["primary"]
    ]
    return reply(found)


def get_category(request: Request) -> Reply:
    """Response one category."""
    id = request.path["id"]
    found = request.state.get("categories", str(id))
    if found is None:
        raise Refused(404, "no such category", text=f"Category not found id: {id}", at="/request/path/id")
    return reply({key: value for key, value in found.items() if key != "names"})


def facts(request: Request) -> Facts:
    """Return what the rules of createProduct and updateSku ask of the state."""
    if request.operation.operation.id == "updateSku":
        known = request.state.get("skus", f"{request.seller}/{request.path.get('sku')}")
        return Facts(listing_price=known["listing_price"] if known else None, now=request.now)
    seller = request.state.get("sellers", request.seller) or {}
    return Facts(
        category=_category(request),
        seller=seller.get("kind"),
        inventory_types=tuple(seller["inventory_types"]) if seller else None,
        suppliers=tuple(seller["suppliers"]) if seller else None,
        now=request.now,
    )


def _category(request: Request) -> Json:
    """Return the category that a product names; for an unknown one, one without attributes."""
    id = number(request.body.get("category_id")) if isinstance(request.body, dict) else None
    if id is None:
        return None
    unknown = {"id": id, "primary": 1, "attributes": []}
    return request.state.get("categories", str(id)) or unknown


def create_product(request: Request) -> Reply:
    """Queue a product request; what the rules of the later phase say decides its end."""
    later = (
        [finding for finding in request.report.findings if finding.phase is Phase.ASYNC]
        if request.report
        else []
    )
    problem = "; ".join(each.server_text or f"[sellerspec] {each.pointer}: {each.message}" for each in later)
    trace_id = uuid5(NAMESPACE_URL, f"sellerspec/{request.state.number('trace')}").hex
    request.state.put(
        "products",
        trace_id,
        {
            "seller": request.seller,
            "payload": request.body,
            "problem": problem or None,
            "trace_id": trace_id,
            "state": STATES[0],
            "reason": None,
            "tiki_sku": None,
            "created": text(request.now),
            "updated": text(request.now),
            "due": stamp(request.now) + REVIEW,
        },
    )
    return reply({"trace_id": trace_id, "state": STATES[0]})


def review(world: World, key: str, product: Json) -> None:
    """Move a request one state on."""
    if product["problem"] and product["state"] == STATES[1]:
        enter(world, key, product, "rejected", product["due"])
    else:
        enter(world, key, product, STATES[STATES.index(product["state"]) + 1], product["due"])


def enter(world: World, key: str, product: Json, state: str, at: float | None = None) -> None:
    """Put a request into a state, with what belongs to it."""
    changed = {
        **product,
        "state": state,
        "reason": None,
        "tiki_sku": None,
        "updated": text(world.clock.now()),
    }
    changed.pop("due", None)
    if state == "rejected":
        changed["reason"] = product["problem"] or "[sellerspec] rejected on request"
    elif state == "approved":
        changed["tiki_sku"] = str(2_150_725_000_000 + world.state.number("tiki-sku"))
        for each in effective(product["payload"]):
            listing = number(each.get("market_price")) or number(each.get("price")) or 0
            put_sku(world.state, product["seller"], each, listing, key)
    elif state in STATES:
        changed["due"] = (stamp(world.clock.now()) if at is None else at) + REVIEW
    world.state.put("products", key, changed)


def list_tracking(request: Request) -> Reply:
    """Response the seller's latest requests."""
    limit = request.query.get("limit", LATEST)
    found: list[Json] = []
    for each in _newest(request):
        if len(found) >= limit:
            break
        if _within(request.query, "created_at", each["created"]) and _within(
            request.query, "updated_at", each["updated"]
        ):
            found.append(shown(each))
    return reply(found)


def _newest(request: Request) -> Iterator[Json]:
    products = request.state.all("products")
    return (product for product in reversed(list(products.values())) if product["seller"] == request.seller)


def _within(query: Json, name: str, at: str) -> bool:
    when = _moment(at)
    begins, ends = moment(query.get(f"{name}_min")), moment(query.get(f"{name}_max"))
    return (begins is None or when >= begins) and (ends is None or when <= ends)


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


def get_tracking(request: Request) -> Reply:
    """Response one request."""
    found = request.state.get("products", str(request.path["trace_id"]))
    if found is None or found["seller"] != request.seller:
        raise Refused(404, "no such request", text="TraceId not found", at="/request/path/trace_id")
    return reply(shown(found))


def shown(product: Json) -> Json:
    """Return a request as tracking responses it."""
    return {name: product[name] for name in TRACKING}


def update_sku(request: Request) -> Reply:
    """Change a variant that is on sale."""
    sku = str(request.path["sku"])
    key = f"{request.seller}/{sku}"
    known = request.state.get("skus", key)
    if known is None:
        if any(each["sku"] == sku for each in request.state.all("skus").values()):
            raise Refused(403, "the `sku` is another seller's", at="/request/path/sku")
        raise Refused(404, "no such `sku` is on sale", at="/request/path/sku")
    given = {
        name: value
        for name in ("price", "quantity", "active")
        if (value := number(request.body.get(name))) is not None
    }
    request.state.put("skus", key, {**known, **given})
    return reply({"state": "approved"})
