"""The seeded state of a TNSL sandbox. Every person, street and number is invented."""

from datetime import datetime, timedelta

from sellerspec.model import Json
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.state import Store

STATES: tuple[tuple[str, str | None], ...] = (
    ("new", None),
    ("awaiting_confirmation", None),
    ("processing", None),
    ("processing", "ready_for_pickup"),
    ("shipping", None),
)
"""States and substates that an order passes if it is not canceled, as far as documents name them."""

STEP = 600.0
"""Virtual seconds that an order stays in each; our choice."""

FIRST = 347_171_000
"""TNSL's order codes have nine digits."""


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store: an order of both kinds in each state, and one of another seller."""
    hours = 1
    for only in (False, True):
        for main, sub in (*STATES, ("canceled", None)):
            order = new_order(state, body(f"SEED-{hours}", only), now - timedelta(hours=hours))
            # without `due` a seeded order keeps its state until a test moves it
            put_order(state, {"seller": "1", "order": order}, {"main_state": main, "main_substate": sub})
            hours += 1
    order = new_order(state, body("SEED-OTHER", False), now - timedelta(hours=2))
    put_order(state, {"seller": "2", "order": order})


def body(ref_code: str, fulfillment_only: bool) -> Json:
    """Return an invented body of createOrder."""
    order: dict[str, Json] = {
        "ref_code": ref_code,
        "is_fulfillment_only": fulfillment_only,
        "shipping": {"ward_tiki_code": "VN039007006", "warehouse_code": "sgn"},
        "items": [{"product_sku": "9587541851263", "qty": 2, "price": 50_000}],
    }
    if fulfillment_only:
        label = "https://labels.sandbox.example/1"
        order["extra_info"] = {"delivery_partner": "Invented Carrier", "shipping_label_url": label}
    else:
        order["shipping"] |= {"full_name": "Người Bịa", "phone": "0000000000", "street": "1 Đường Bịa"}
        order["receivable"] = 100_000
    return order


def new_order(state: Store, payload: Json, at: datetime) -> Json:
    """Return an order made of a body of createOrder, inside a transaction."""
    return {
        "order_code": str(FIRST + state.number("order")),
        "ref_code": payload.get("ref_code"),
        "is_fulfillment_only": payload["is_fulfillment_only"],
        "main_state": STATES[0][0],
        "main_substate": STATES[0][1],
        "shipping": payload["shipping"],
        "items": payload["items"],
        "receivable": payload.get("receivable"),
        "extra_info": payload.get("extra_info"),
        "created_at": text(at),
        "updated_at": text(at),
    }


def next_step(at: datetime) -> float:
    """Return when an order that entered its state at a moment leaves it."""
    return stamp(at) + STEP


def text(moment: datetime) -> str:
    """Return a moment as TNSL writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+07:00")
