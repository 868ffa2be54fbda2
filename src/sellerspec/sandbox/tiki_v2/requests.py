"""Product requests: created, tracked, reviewed state by state, replayed and deleted."""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki.inheritance import effective
from sellerspec.model import Facts, Json, Phase
from sellerspec.rules import number, objects
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tiki.seed import text
from sellerspec.sandbox.tiki_v2 import information, products, stock
from sellerspec.sandbox.tiki_v2.orders import warehouses_of
from sellerspec.sandbox.tiki_v2.paging import page

DOCUMENTS = "md_awaiting_approve"
"""The state in which a person looks at the documents."""

CREATING = (
    "queuing", "processing", DOCUMENTS, "bot_awaiting_approve", "awaiting_approve", "approved",
)  # fmt: skip
UPDATING = ("queuing", "update_product_awaiting_approve", "update_product_approved")

STATES = {"create_product": CREATING, "update_product": UPDATING}
"""Kind of a request -> the states that it goes through."""

OTHER_STATES = ("drafted", "rejected", "deleted")
ENDED = ("approved", "update_product_approved", "deleted")
"""States in which a request is neither reviewed again nor deleted; our reading."""

REVIEW = 60.0
"""Virtual seconds that a request stays in each state; our choice."""

LATEST = 50
"""How many trackings are listed; our choice."""

FIRST_REQUEST, FIRST_PRODUCT = 900_000, 300_000_000
"""Ids of new requests and products follow these."""

TRACKING = ("track_id", "state", "reason", "request_id")
REQUEST = (
    "request_id", "state", "created_at", "created_by", "kind", "approved_at", "approved_by", "reasons",
)  # fmt: skip
PRODUCT = ("product_id", "sku", "name", "active", "original_sku", "price", "market_price", "images")

CERTIFICATES = "/request/body/certificate_files"
"""Where findings about documents point to."""

REVIEWER = "reviewer@reviews.example"


def request_facts(call: Call) -> Facts:
    """Return the facts for the rules of createProductRequest."""
    seller = call.state.get("sellers", call.seller) or {}
    id = number(call.member("category_id"))
    if id is None:
        category = attributes = None
    else:
        # a category that nobody knows takes products, and asks for nothing
        category = call.state.get("categories", str(id)) or {"id": id, "is_primary": True}
        attributes = [
            {**attribute, "values": call.state.get("values", str(attribute["id"])) or []}
            for attribute in information.attributes_of(call, id)
        ]
    return Facts(
        category=category,
        attributes=attributes,
        option_labels=information.labels_of(call, id),
        required_docs=information.documents_of(call, id),
        inventory_types=tuple(seller["operation_models"]) if seller else None,
        warehouses=warehouses_of(call),
        now=call.now,
    )


def new_request(seller: str, track_id: str, kind: str, at: str, **members: Json) -> dict[str, Any]:
    """Return a request as the state keeps it: `members` in place of the usual ones."""
    return {
        "seller": seller,
        "track_id": track_id,
        "request_id": None,
        "state": "queuing",
        "reason": None,
        "reasons": None,
        "kind": kind,
        "created_at": at,
        "created_by": "seller@seller.example",
        "updated_at": at,
        "approved_at": None,
        "approved_by": None,
        "products": [],
        "payload": None,
        "problem": None,
        **members,
    }


def create_request(call: Call) -> Reply:
    """Queue the request of a new product."""
    track_id = _new_track_id(call)
    problem = _problem(call) or _repeated(call, track_id)
    made = new_request(
        call.seller, track_id, "create_product", text(call.now), payload=call.body, problem=problem
    )
    return _tracked(enter(call.world, made, "queuing"))


def _new_track_id(call: Call) -> str:
    return uuid5(NAMESPACE_URL, f"sellerspec/track/{call.state.number('track')}").hex


def _problem(call: Call) -> Json:
    """Return why the review will reject a request, and in which state; None if it will not.

    Findings of the phase `async` tell. Those about documents count when these are looked at.
    """
    found = [one for one in (call.report.findings if call.report else ()) if one.phase is Phase.ASYNC]
    about_documents = [one for one in found if one.pointer.startswith(CERTIFICATES)]
    others = [one for one in found if one not in about_documents]
    counting = others or about_documents
    if not counting:
        return None
    texts = (one.server_text or f"[sellerspec] {one.pointer}: {one.message}" for one in counting)
    return {"text": "; ".join(dict.fromkeys(texts)), "state": "processing" if others else DOCUMENTS}


def _repeated(call: Call, track_id: str) -> Json:
    """Reserve the codes of a request; return the problem if the seller has one of them already."""
    for variant in effective(call.body):
        sku = variant.get("sku")
        if not isinstance(sku, str):
            continue
        key = f"{call.seller}/{sku}"
        owner = call.state.get("requests", call.state.get("skus", key) or "")
        if products.with_code(call, sku) or (owner and owner["state"] in CREATING):
            reason = f"[sellerspec] `sku` must be unique, got one of another product, `{sku[:40]}`"
            return {"text": reason, "state": "processing"}
        call.state.put("skus", key, track_id)
    return None


def update_product_info(call: Call) -> Reply:
    """Queue the request to change attributes and pictures of a product."""
    product = products.owned(call, call.body["product_id"], "/product_id")
    made = new_request(
        call.seller,
        _new_track_id(call),
        "update_product",
        text(call.now),
        payload=call.body,
        products=[product],
    )
    return _tracked(enter(call.world, made, "queuing"))


def review(world: World, request: Json) -> None:
    """Move a request one state on."""
    problem, state = request["problem"], request["state"]
    if problem and problem["state"] == state:
        enter(world, request, "rejected")
        return
    states = STATES[request["kind"]]
    enter(world, request, states[states.index(state) + 1], request["due"])


def move(world: World, request: Json, state: str) -> None:
    """Put a request into a state that a user names."""
    known = (*STATES[request["kind"]], *OTHER_STATES)
    if state not in known:
        raise Refused(400, messages.must_be("state", messages.listed(known), state, known))
    enter(world, request, state)


def enter(world: World, request: Json, state: str, at: float | None = None) -> Json:
    """Put a request into a state, with the members that belong to it, and return it.

    Args:
        at: when, in seconds as of `stamp`; by default now.
    """
    now, states = world.clock.now(), STATES[request["kind"]]
    changed = {**request, "state": state, "reason": None, "reasons": None, "updated_at": text(now)}
    changed.pop("due", None)
    if state != "queuing" and changed["request_id"] is None:
        changed["request_id"] = str(FIRST_REQUEST + world.state.number("request"))
        if request["kind"] == "create_product" and request["payload"] is not None:
            changed["products"] = _products(world, changed)
    if state == "rejected":
        changed["reason"] = (request["problem"] or {}).get("text", "[sellerspec] rejected on request")
        changed["reasons"] = [changed["reason"]]
    elif state == states[-1]:
        changed |= {"approved_at": text(now), "approved_by": REVIEWER}
        _approve(world, changed)
    elif state in states:
        changed["due"] = (stamp(now) if at is None else at) + REVIEW
    world.state.put("requests", changed["track_id"], changed)
    return changed


def _products(world: World, request: Json) -> list[Json]:
    """Return the products of a request, one for each variant, as they are before the review."""
    payload, at = request["payload"], text(world.clock.now())
    first = FIRST_PRODUCT + world.state.number("product") * 1000
    made = []
    for index, (variant, (_, own)) in enumerate(
        zip(effective(payload), objects(payload, "variants"), strict=False), 1
    ):
        id = first + index
        urls = _urls(variant)
        product = products.new_product(
            id,
            name=str(variant.get("name", "")),
            master_id=first,
            original_sku=str(variant.get("sku", "")),
            active=0,
            price=number(variant.get("price")) or 0,
            market_price=number(variant.get("market_price")) or 0,
            option_attributes=payload.get("option_attributes") or [],
            attributes=variant.get("attributes", {}),
            thumbnail=urls[0] if urls else None,
            images=products.pictures(urls, id * 10),
            category_id=number(payload.get("category_id")),
            inventory_type=own.get("inventory_type") or "backorder",
            created_at=at,
            updated_at=at,
        )
        made.append({"seller": request["seller"], **product})
    return made


def _urls(holder: Mapping[str, Json]) -> list[str]:
    """Return the addresses of the pictures of a product or variant; a gallery that is a text is one."""
    given = holder.get("images") or ()
    gallery = [given] if isinstance(given, str) else given
    return [str(url) for url in (holder.get("image"), *gallery) if url]


def _approve(world: World, request: Json) -> None:
    """Put the products of a request on sale, or change the one that it is about."""
    payload = request["payload"]
    if payload is None:
        return
    if request["kind"] == "update_product":
        product = world.state.get("products", str(request["products"][0]["product_id"]))
        if product is not None:
            products.put(world, product, _changes(product, payload))
        return
    meta = payload.get("meta_data")
    active = int(isinstance(meta, dict) and meta.get("is_auto_turn_on") is True)
    for product, (_, own) in zip(request["products"], objects(payload, "variants"), strict=False):
        id = product["product_id"]
        if world.state.get("products", str(id)) is not None:
            continue
        world.state.put("products", str(id), {**product, "active": active})
        for _, entry in objects(own, "warehouse_stocks"):
            warehouse, available = number(entry.get("warehouseId")), number(entry.get("qtyAvailable"))
            if warehouse is not None and available is not None:
                stock.put(world.state, request["seller"], id, warehouse, available)


def _changes(product: Json, payload: Json) -> dict[str, Json]:
    changes: dict[str, Json] = {}
    if isinstance(payload.get("attributes"), dict):
        changes["attributes"] = {**product["attributes"], **payload["attributes"]}
    urls = _urls(payload)
    if urls:
        changes |= {"thumbnail": urls[0], "images": products.pictures(urls, product["product_id"] * 10)}
    return changes


def list_tracking(call: Call) -> Reply:
    """Return where the seller's latest requests stand."""
    latest = islice(reversed(call.all_own("requests")), LATEST)
    return reply({"data": [tracking(request) for request in latest]})


def tracking(request: Json) -> Json:
    """Return a request as tracking returns it."""
    return {name: request[name] for name in TRACKING}


def _tracked(request: Json) -> Reply:
    return reply(tracking(request))


def get_tracking(call: Call) -> Reply:
    """Return where one request stands."""
    return _tracked(_in_path(call))


def _in_path(call: Call) -> Json:
    unknown = Refused(404, "`track_id` must be that of a request", at="/request/path/track_id")
    return call.require_own("requests", call.path["track_id"], unknown)


def replay_tracking(call: Call) -> Reply:
    """Let a request begin anew."""
    request = _in_path(call)
    _require_open(request)
    return _tracked(enter(call.world, {**request, "request_id": None}, "queuing"))


def _require_open(request: Json) -> None:
    if request["state"] in ENDED:
        ended = messages.names(ENDED, "or")
        raise Refused(400, f"the request must not be {ended}, got `{request['state']}`")


def list_requests(call: Call) -> Reply:
    """Return one page of the seller's requests, the latest first."""
    state = call.query.get("state")
    requests = [
        request
        for request in reversed(call.all_own("requests"))
        if request["request_id"] is not None and state in (None, request["state"])
    ]
    data, paging = page(call, requests)
    whole = call.query.get("include") == "products"
    return reply({"data": [shown(call, request, whole=whole) for request in data], "paging": paging})


def shown(call: Call, request: Json, *, whole: bool = True) -> Json:
    """Return a request as getRequest returns it; if it is `whole`, with its products as they are now."""
    made = [
        call.state.get("products", str(product["product_id"])) or product for product in request["products"]
    ]
    listed = [{name: product[name] for name in PRODUCT} for product in made] if whole else []
    return {**{name: request[name] for name in REQUEST}, "products": listed}


def get_request(call: Call) -> Reply:
    """Return one request."""
    return reply(shown(call, _by_id(call)))


def find_request(call: Call) -> Reply:
    """Return the request of a tracking id."""
    return reply(shown(call, _by_track_id(call)))


def _by_id(call: Call) -> Json:
    id = str(call.path["request_id"])
    for request in call.all_own("requests"):
        if request["request_id"] == id:
            return request
    raise Refused(404, "`request_id` must be that of a request", at="/request/path/request_id")


def _by_track_id(call: Call) -> Json:
    at = "/request/query/track_id"
    unknown = Refused(404, "`track_id` must be that of a request", at=at)
    request = call.require_own("requests", call.query["track_id"], unknown)
    if request["request_id"] is None:
        raise Refused(404, "`track_id` must be that of a request that has left the queue", at=at)
    return request


def delete_request(call: Call) -> Reply:
    """Delete a request; it is not reviewed any more."""
    return _deleted(call, _by_id(call))


def delete_by_tracking(call: Call) -> Reply:
    """Delete the request of a tracking id."""
    return _deleted(call, _by_track_id(call))


def _deleted(call: Call, request: Json) -> Reply:
    _require_open(request)
    changed = enter(call.world, request, "deleted")
    return reply({name: changed[name] for name in ("request_id", "state")})
