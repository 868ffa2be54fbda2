"""What a fresh TNSL sandbox holds. Every person, street and number is invented."""

from datetime import datetime, timedelta

from sellerspec.model import Json
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.state import Store

TOKENS = {
    "not-a-real-token": "1",
    "FAKE-TOKEN-FOR-TESTS": "1",
    "not-a-real-token-2": "2",
    "not-a-real-token-locked": "4",
}
"""Token -> seller."""

LOCKED = frozenset("4")

WAY: tuple[tuple[str, str | None], ...] = (
    ("new", None),
    ("awaiting_confirmation", None),
    ("processing", None),
    ("processing", "ready_for_pickup"),
    ("shipping", None),
)
"""Main state and substate of an order that nobody cancels, as far as documents name states."""

STEP = 600.0
"""Virtual seconds that an order stays in each; our choice."""

FIRST = 347_171_000
"""TNSL's order codes have nine digits."""


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store: an order of both kinds in each state, and one of another seller."""
    hours = 1
    for only in (False, True):
        for main, sub in (*WAY, ("canceled", None)):
            at = now - timedelta(hours=hours)
            order = new_order(state, body(f"SEED-{hours}", only), at)
            # seeded orders stay where they are until a test moves them
            put(state, "1", {**order, "main_state": main, "main_substate": sub})
            hours += 1
    put(state, "2", new_order(state, body("SEED-OTHER", False), now - timedelta(hours=2)))


def body(ref_code: str, only: bool) -> Json:
    """Return the body of createOrder of an invented order."""
    shipping = {"ward_tiki_code": "VN039007006", "warehouse_code": "sgn"}
    items = [{"product_sku": "9587541851263", "qty": 2, "price": 50_000}]
    found: dict[str, Json] = {
        "ref_code": ref_code,
        "is_fulfillment_only": only,
        "shipping": shipping,
        "items": items,
    }
    if only:
        found["extra_info"] = {
            "delivery_partner": "Invented Carrier",
            "shipping_label_url": "https://labels.sandbox.example/1",
        }
    else:
        found["shipping"] = {
            **shipping,
            "full_name": "Người Bịa",
            "phone": "0000000000",
            "street": "1 Đường Bịa",
        }
        found["receivable"] = 100_000
    return found


def new_order(state: Store, payload: Json, at: datetime) -> Json:
    """Return an order made of the body of createOrder, inside a transaction."""
    return {
        "order_code": str(FIRST + state.number("order")),
        "ref_code": payload.get("ref_code"),
        "is_fulfillment_only": payload["is_fulfillment_only"],
        "main_state": WAY[0][0],
        "main_substate": WAY[0][1],
        "shipping": payload["shipping"],
        "items": payload["items"],
        "receivable": payload.get("receivable"),
        "extra_info": payload.get("extra_info"),
        "created_at": text(at),
        "updated_at": text(at),
    }


def put(state: Store, seller: str, order: Json, due: float | None = None) -> None:
    """Keep an order; `due` is when it moves on by itself."""
    entry: dict[str, Json] = {"seller": seller, "order": order}
    if due is not None:
        entry["due"] = due
    state.put("orders", order["order_code"], entry)


def next_step(at: datetime) -> float:
    """Return when an order that entered its state at a moment leaves it."""
    return stamp(at) + STEP


def text(moment: datetime) -> str:
    """Return a moment as TNSL writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+07:00")
