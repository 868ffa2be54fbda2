"""Tokopedia's order list and its notifications."""

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tokopedia.seed import UNPAID

SUCCESS = "Your request has been processed successfully"
"""The documented message of a success."""

UNLINKED = "FS ID Is Not Associated With Shop ID or Warehouse ID"
NOTICE = "tokocabangOrderNotification"
FILTERS = (("shop_id", "shop_id"), ("warehouse_id", "warehouse_id"), ("status", "order_status"))
"""Query parameter -> the member of an order that it filters by."""

KEPT = (
    "order_id", "invoice_ref_num", "shop_id", "warehouse_id", "payment_id", "amt", "device_type",
    "create_time", "order_status", "accept_partial", "have_product_bundle",
)  # fmt: skip
"""Members that the notification has in common with the order list."""


def facts(call: Call) -> Facts:
    """Return the facts for the rules: the present time."""
    return Facts(now=call.now)


def list_orders(call: Call) -> Reply:
    """Return one page of the app's orders; a page past the last one is an empty list."""
    query = call.query
    _require_link(call)
    orders = [
        order
        for document in call.all_own("orders")
        if query["from_date"] <= (order := document["order"])["create_time"] <= query["to_date"]
        and order["order_status"] not in UNPAID
        and all(order[member] == query.get(name, order[member]) for name, member in FILTERS)
    ]
    orders.sort(key=lambda order: (order["create_time"], order["order_id"]))
    size = max(0, query["per_page"])
    begins = (query["page"] - 1) * size
    return reply(envelope(orders[begins : begins + size]))


def envelope(orders: list[Json]) -> Json:
    """Return the documented body of a success."""
    return {"header": {"process_time": 0, "messages": SUCCESS}, "data": orders}


def _require_link(call: Call) -> None:
    """Refuse an app that does not belong to the seller, or to the shop or warehouse of the query."""
    seller, query = call.state.get("sellers", call.seller), call.query
    linked = (
        query["fs_id"] == seller["fs_id"]
        and query.get("shop_id", seller["shops"][0]) in seller["shops"]
        and query.get("warehouse_id", seller["warehouses"][0]) in seller["warehouses"]
    )
    if not linked:
        # until October 2022 this code came with status 500; the later 403 has another code
        raise Refused(
            403, "the app is not linked to it", text=UNLINKED, code="ORD_USC_015", at="/request/query"
        )


def notify(world: World, seller: str, order: Json) -> None:
    """Send the Tokocabang notification of an order, if one is due and an address is registered."""
    webhook = world.state.get("webhooks", seller)
    if webhook and order["fulfill_by"] == 1 and order["order_status"] not in UNPAID:
        body = notice(order, world.state.get("sellers", seller))
        world.notify(NOTICE, webhook["url"], body, event=str(order["order_id"]))


def notice(order: Json, seller: Json) -> Json:
    """Return the Tokocabang notification of an order: the members of the documented table.

    The invoice number has two documented names, in the table and in the example; both are there.
    """
    address = order["recipient"]["address"]
    places = {name: address[name] for name in ("district_id", "city_id", "province_id", "geo")}
    carrier = {name: order["logistics"][name] for name in ("shipping_id", "shipping_agency", "service_type")}
    products = [
        {**{name: value for name, value in product.items() if name != "is_wholesale"}, "currency": "Rp."}
        for product in order["products"]
    ]
    return {
        **{name: order[name] for name in KEPT},
        "invoice_num": order["invoice_ref_num"],
        "fs_id": seller["fs_id"],
        "products": products,
        "customer": {name: order["buyer"][name] for name in ("id", "name", "phone", "email")},
        "recipient": order["recipient"],
        "shop_name": "Toko Rekaan",
        "logistics": {**carrier, **places},
        "dropshipper_info": {"name": "", "phone": ""},
        "voucher_info": {"voucher_code": "", "voucher_type": 0},
        "custom_fields": {},
        "fulfillment_order_type": 0,
        "bundle_detail": order["bundle_detail"],
    }


def move(world: World, document: Json, state: str) -> None:
    """Put an order into a status; the first status after payment is notified."""
    if not (state.isascii() and state.isdigit()) or len(state) > 4:
        raise Refused(400, "the status of an order is a number")
    before = document["order"]["order_status"]
    order = put_order(world.state, document, {"order_status": int(state)})
    if before in (*UNPAID, 220) and order["order_status"] == 400:
        notify(world, document["seller"], order)
