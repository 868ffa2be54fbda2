"""Tiki's catalogue, product requests, tracking and updateSku."""

from datetime import datetime
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki.inheritance import effective
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json, Phase
from sellerspec.rules import number
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import within
from sellerspec.sandbox.tiki.seed import put_sku, text

STATES = (
    "queuing",
    "processing",
    "md_awaiting_approve",
    "bot_awaiting_approve",
    "awaiting_approve",
    "approved",
)
"""The states of an accepted request, in the order of the later documents."""

REVIEW = 60.0
"""Virtual seconds that a request stays in each state; our choice."""

OTHER_STATES = ("rejected", "deleted", "drafted")
LATEST = 50
"""Requests that tracking lists without a `limit`: the number of the document's example."""

TRACKING = ("trace_id", "state", "reason", "tiki_sku")


def list_categories(call: Call) -> Reply:
    """Return the categories that pass the filters."""
    query = call.query
    language = query.get("lang", "en")
    part = str(query.get("name", "")).casefold()
    return reply(
        [
            {
                "id": category["id"],
                "name": category["names"][language],
                "parent": category["parent"],
                "primary": category["primary"],
            }
            for category in call.state.all("categories").values()
            if part in category["names"][language].casefold()
            and all(category[name] == query.get(name, category[name]) for name in ("parent", "primary"))
        ]
    )


def get_category(call: Call) -> Reply:
    """Return one category."""
    id = call.path["id"]
    category = call.state.get("categories", str(id))
    if category is None:
        raise Refused(
            404, "`id` must be that of a category", text=f"Category not found id: {id}", at="/request/path/id"
        )
    return reply({name: value for name, value in category.items() if name != "names"})


def sku_facts(call: Call) -> Facts:
    """Return the facts for the rules of updateSku."""
    sku = call.state.get("skus", f"{call.seller}/{call.path.get('sku')}")
    return Facts(listing_price=sku["listing_price"] if sku else None, now=call.now)


def product_facts(call: Call) -> Facts:
    """Return the facts for the rules of createProduct."""
    seller = call.state.get("sellers", call.seller) or {}
    return Facts(
        category=_category(call),
        seller=seller.get("kind"),
        inventory_types=tuple(seller["inventory_types"]) if seller else None,
        suppliers=tuple(seller["suppliers"]) if seller else None,
        now=call.now,
    )


def _category(call: Call) -> Json:
    """Return the category that a product names; for an unknown one, one without attributes."""
    id = number(call.member("category_id"))
    if id is None:
        return None
    return call.state.get("categories", str(id)) or {"id": id, "primary": 1, "attributes": []}


def create_product(call: Call) -> Reply:
    """Queue a product request; findings of the phase `async` make the review reject it."""
    problem = "; ".join(
        finding.server_text or f"[sellerspec] {finding.pointer}: {finding.message}"
        for finding in (call.report.findings if call.report else ())
        if finding.phase is Phase.ASYNC
    )
    trace_id = uuid5(NAMESPACE_URL, f"sellerspec/{call.state.number('trace')}").hex
    problem = problem or _repeated(call, trace_id)
    product = {
        "seller": call.seller,
        "payload": call.body,
        "problem": problem or None,
        "trace_id": trace_id,
        "created": text(call.now),
    }
    enter(call.world, product, STATES[0])
    return reply({"trace_id": trace_id, "state": STATES[0]})


def _repeated(call: Call, trace_id: str) -> str:
    """Reserve the skus of a request; return why the review rejects one that the seller has already.

    The document of 2019 does not say whether a `sku` is unique in a shop. That of December 2019 rejects
    the later request, with this text and the code 420.
    """
    for variant in effective(call.body):
        sku = variant.get("sku")
        key = f"{call.seller}/{sku}"
        if isinstance(sku, str) and _is_taken(call, key):
            return f"Product code {sku} is not unique"
        call.state.put("codes", key, trace_id)
    return ""


def _is_taken(call: Call, key: str) -> bool:
    on_sale = call.state.get("skus", key)
    trace_id = on_sale["trace_id"] if on_sale else call.state.get("codes", key)
    if trace_id is None:
        return False
    owner = call.state.get("products", trace_id)
    # variants that are on sale from the start have no request
    return bool(owner["state"] in STATES if owner else on_sale)


def review(world: World, product: Json) -> None:
    """Move a request one state on."""
    if product["problem"] and product["state"] == STATES[1]:
        enter(world, product, "rejected")
    else:
        enter(world, product, STATES[STATES.index(product["state"]) + 1], product["due"])


def move(world: World, product: Json, state: str) -> None:
    """Put a request into a state that a user names."""
    if state not in (*STATES, *OTHER_STATES):
        known = (*STATES, *OTHER_STATES)
        raise Refused(400, messages.must_be("state", messages.listed(known), state, known))
    enter(world, product, state)


def enter(world: World, product: Json, state: str, at: float | None = None) -> None:
    """Put a request into a state, with the members that belong to it.

    Args:
        at: when, in seconds as of `stamp`; by default now.
    """
    now = world.clock.now()
    changed = {**product, "state": state, "reason": None, "tiki_sku": None, "updated": text(now)}
    changed.pop("due", None)
    if state == "rejected":
        changed["reason"] = product["problem"] or "[sellerspec] rejected on request"
    elif state == "approved":
        changed["tiki_sku"] = str(2_150_725_000_000 + world.state.number("tiki-sku"))
        for variant in effective(product["payload"]):
            listing_price = number(variant.get("market_price")) or number(variant.get("price")) or 0
            put_sku(world.state, product["seller"], variant, listing_price, product["trace_id"])
    elif state in STATES:
        changed["due"] = (stamp(now) if at is None else at) + REVIEW
    world.state.put("products", product["trace_id"], changed)


def list_tracking(call: Call) -> Reply:
    """Return the seller's latest requests."""
    requests = (
        shown(product)
        for product in reversed(call.all_own("products"))
        if _within(call.query, "created_at", product["created"])
        and _within(call.query, "updated_at", product["updated"])
    )
    return reply(list(islice(requests, call.query.get("limit", LATEST))))


def _within(query: Json, name: str, at: str) -> bool:
    begins, ends = moment(query.get(f"{name}_min")), moment(query.get(f"{name}_max"))
    return within(datetime.fromisoformat(at), begins, ends)


def get_tracking(call: Call) -> Reply:
    """Return one request."""
    unknown = Refused(404, "`trace_id` must be that of a request of this seller", at="/request/path/trace_id")
    return reply(shown(call.require_own("products", call.path["trace_id"], unknown)))


def shown(product: Json) -> Json:
    """Return a request as tracking returns it."""
    return {name: product[name] for name in TRACKING}


def update_sku(call: Call) -> Reply:
    """Change a variant that is on sale."""
    sku = str(call.path["sku"])
    key = f"{call.seller}/{sku}"
    known = call.state.get("skus", key)
    if known is None:
        if any(other["sku"] == sku for other in call.state.all("skus").values()):
            raise Refused(
                403, "`sku` must be one of this seller, got that of another seller", at="/request/path/sku"
            )
        raise Refused(404, "`sku` must be one that is on sale", at="/request/path/sku")
    changes = {name: number(call.body.get(name)) for name in ("price", "quantity", "active")}
    given = {name: value for name, value in changes.items() if value is not None}
    call.state.put("skus", key, {**known, **given})
    return reply({"state": "approved"})
