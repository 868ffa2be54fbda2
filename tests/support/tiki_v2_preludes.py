"""What the sandbox of the Open API has to hold before its calls succeed, for the recorded corpus.

Each prelude returns the fields of the request that differ from the documented example.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx

from sellerspec.sandbox.running import Box
from sellerspec.sandbox.tiki_v2.seed import APPS, MAIN, WAITING

ORDERS, QUEUES = "/integration/v2/orders", "/integration/v1/queues"

Prelude = Callable[[Box], dict[str, Any]]


def _call(box: Box, method: str, path: str, body: Any = None) -> Any:
    """Return the body of the response to a call that succeeds."""
    with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
        response = client.request(method, path, json=body)
    response.raise_for_status()
    return response.json()


def _by_client(_: Box) -> dict[str, Any]:
    """Send id and secret of the app that is registered with a Basic header."""
    id, app = next(iter(APPS.items()))
    proof = b64encode(f"{id}:{app['secret']}".encode()).decode()
    body = {"grant_type": "client_credentials", "client_id": id, "scope": ""}
    return {"headers": {"authorization": f"Basic {proof}"}, "body": body, "form": True}


def _waiting(_: Box, path: str) -> dict[str, Any]:
    """Name the request that waits for a person."""
    return {"path": f"/integration/v2/{path}"}


def _confirmed(box: Box, kind: str, path: str) -> dict[str, Any]:
    """Confirm an order of a fulfillment type, and name it."""
    order = _call(box, "GET", f"{ORDERS}?fulfillment_type={kind}&status=queueing")["data"][0]
    at = f"{ORDERS}/{order['code']}"
    if kind == "dropship":
        slots = _call(box, "GET", f"{ORDERS}/dropship/expected-pickup-slots")["pickup_slots"]
        body = {
            "confirmation_status": "seller_confirmed",
            "seller_inventory_id": MAIN["1"],
            "expected_pickup_time": slots[0]["expected_pickup_time"],
        }
        _call(box, "POST", f"{at}/dropship/confirm-available", body)
    else:
        ids = [item["id"] for item in order["items"]]
        body = {"available_item_ids": ids, "seller_inventory_id": MAIN["1"]}
        _call(box, "POST", f"{at}/confirm-available", body)
    return {"path": f"{at}/{path}"}


def _unconfirmed(box: Box) -> dict[str, Any]:
    """Name an order that Tiki delivers, with its items."""
    order = _call(box, "GET", f"{ORDERS}?fulfillment_type=tiki_delivery&status=queueing")["data"][0]
    ids = [item["id"] for item in order["items"]]
    body = {"available_item_ids": ids, "seller_inventory_id": MAIN["1"]}
    return {"path": f"{ORDERS}/{order['code']}/confirm-available", "body": body}


def _queue(box: Box) -> str:
    return f"{QUEUES}/{_call(box, 'POST', QUEUES, {'name': 'orders'})['code']}"


def _queued(box: Box, path: str) -> dict[str, Any]:
    """Make a queue, and name it."""
    return {"path": f"{_queue(box)}/{path}"}


def _subscription(box: Box) -> dict[str, Any]:
    """Make a queue with a subscription, and name both."""
    at = f"{_queue(box)}/subscriptions"
    made = _call(box, "POST", at, {"event_type": "ORDER_CREATED_SUCCESSFULLY"})
    return {"path": f"{at}/{made['code']}"}


def _with_event(box: Box) -> dict[str, Any]:
    """Make a queue that holds the event of a changed order."""
    at = _queue(box)
    _call(box, "POST", f"{at}/subscriptions", {"event_type": "ORDER_STATUS_UPDATED"})
    box.advance(60)
    order = _call(box, "GET", f"{ORDERS}?status=queueing")["data"][0]
    box.move(order["code"], "canceled")
    return {"path": f"{at}/events/pull"}


PRELUDES: Mapping[str, Prelude] = {
    "tiki-v2/createToken": _by_client,
    "tiki-v2/replayTracking": partial(_waiting, path=f"tracking/{WAITING}/replay"),
    "tiki-v2/deleteRequest": partial(_waiting, path="requests/4452"),
    "tiki-v2/deleteRequestByTracking": partial(_waiting, path=f"requests/findBy?track_id={WAITING}"),
    "tiki-v2/confirmAvailable": _unconfirmed,
    "tiki-v2/updateSellerDelivery": partial(
        _confirmed, kind="seller_delivery", path="seller-delivery/update-delivery"
    ),
    "tiki-v2/updateCrossBorder": partial(
        _confirmed, kind="cross_border", path="cross-border/update-shipment"
    ),
    "tiki-v2/getTikiDeliveryLabels": partial(_confirmed, kind="tiki_delivery", path="tiki-delivery/labels"),
    "tiki-v2/getSellerDeliveryLabels": partial(
        _confirmed, kind="seller_delivery", path="seller-delivery/labels"
    ),
    "tiki-v2/getDropshipLabels": partial(_confirmed, kind="dropship", path="dropship/labels"),
    "tiki-v2/getCrossBorderLabels": partial(_confirmed, kind="cross_border", path="cross-border/labels"),
    "tiki-v2/listSubscriptions": partial(_queued, path="subscriptions"),
    "tiki-v2/createSubscription": partial(_queued, path="subscriptions"),
    "tiki-v2/updateSubscription": _subscription,
    "tiki-v2/pullEvents": _with_event,
}
"""Operation -> function that prepares the sandbox and returns the changed fields of the request."""
