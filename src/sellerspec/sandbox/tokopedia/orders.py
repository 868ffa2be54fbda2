"""Tokopedia's order list and its notifications."""

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Refused, Request, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tokopedia.seed import UNPAID

SUCCESS = "Your request has been processed successfully"
"""The documented message of a success."""

UNLINKED = "FS ID Is Not Associated With Shop ID or Warehouse ID"
NOTICE = "tokocabangOrderNotification"

KEPT = (
    "order_id", "invoice_ref_num", "shop_id", "warehouse_id", "payment_id", "amt", "device_type",
    "create_time", "order_status", "accept_partial", "have_product_bundle",
)  # fmt: skip
"""Members that the notification has in common with the order list."""


def facts(request: Request) -> Facts:
    """Return what rules ask of the state: nothing but the moment."""
    return Facts(now=request.now)


def list_orders(request: Request) -> Reply:
    """Response one page of the app's orders; a page past the last one is an empty list."""
    query = request.query
    _linked(request)
    begins, ends = query["from_date"], query["to_date"]
    found = [
        each["order"]
        for each in request.state.all("orders").values()
        if each["seller"] == request.seller
        and begins <= each["order"]["create_time"] <= ends
        and each["order"]["order_status"] not in UNPAID
        and all(each["order"][member] == query.get(name, each["order"][member]) for name, member in FILTERS)
    ]
    found.sort(key=lambda each: (each["create_time"], each["order_id"]))
    size = max(0, query["per_page"])
    start = (query["page"] - 1) * size
    return response(found[start : start + size])


FILTERS = (("shop_id", "shop_id"), ("warehouse_id", "warehouse_id"), ("status", "order_status"))
"""Query parameter -> the member of an order that it picks by."""


def response(orders: Json) -> Reply:
    """Return orders in the documented envelope."""
    return reply({"header": {"process_time": 0, "messages": SUCCESS}, "data": orders})


def _linked(request: Request) -> None:
    """Refuse an app that does not belong to the seller, or to the shop or warehouse it asks about."""
    seller, query = request.state.get("sellers", request.seller), request.query
    linked = query["fs_id"] == seller["fs_id"]
    linked = linked and query.get("shop_id", seller["shops"][0]) in seller["shops"]
    linked = linked and query.get("warehouse_id", seller["warehouses"][0]) in seller["warehouses"]
    if not linked:
        # until October 2022 this code came with status 500; the later 403 has another code
        raise Refused(
            403, "the app is not linked to it", text=UNLINKED, code="ORD_USC_015", at="/request/query"
        )


def tell(world: World, seller: str, order: Json) -> None:
    """Send the Tokocabang notification of an order, if one is due and somebody listens."""
    listener = world.state.get("webhooks", seller)
    if listener and order["fulfill_by"] == 1 and order["order_status"] not in UNPAID:
        world.notify(
            NOTICE,
            listener["url"],
            notice(order, world.state.get("sellers", seller)),
            event=str(order["order_id"]),
        )


def notice(order: Json, seller: Json) -> Json:
    """Return the Tokocabang notification of an order: the members of the documented table.

    The invoice number stands there under its two documented names, of the table and of the example.
    """
    address = order["recipient"]["address"]
    places = {key: address[key] for key in ("district_id", "city_id", "province_id", "geo")}
    carrier = {key: order["logistics"][key] for key in ("shipping_id", "shipping_agency", "service_type")}
    buyer = {key: order["buyer"][key] for key in ("id", "name", "phone", "email")}
    products = [
        {**{key: product[key] for key in product if key != "is_wholesale"}, "currency": "Rp."}
        for product in order["products"]
    ]
    return {
        **{key: order[key] for key in KEPT},
        "invoice_num": order["invoice_ref_num"],
        "fs_id": seller["fs_id"],
        "products": products,
        "customer": buyer,
        "recipient": order["recipient"],
        "shop_name": "Toko Rekaan",
        "logistics": {**carrier, **places},
        "dropshipper_info": {"name": "", "phone": ""},
        "voucher_info": {"voucher_code": "", "voucher_type": 0},
        "custom_fields": {},
        "fulfillment_order_type": 0,
        "bundle_detail": order["bundle_detail"],
    }


def placed(world: World, seller: str, order: Json) -> None:
    """Take in a new order and tell of it."""
    world.state.put("orders", str(order["order_id"]), {"seller": seller, "order": order})
    tell(world, seller, order)


def enter(world: World, found: Json, status: int) -> None:
    """Put an order into a status; the first paid one is told."""
    before = found["order"]["order_status"]
    order = {**found["order"], "order_status": status}
    world.state.put("orders", str(order["order_id"]), {**found, "order": order})
    if before in (*UNPAID, 220) and status == 400:
        tell(world, found["seller"], order)
