"""Seeded defects of TNSL."""

from dataclasses import replace

from sellerspec.sandbox import shared_defects as common
from sellerspec.sandbox.behaviour import Request
from sellerspec.sandbox.defect import Defect, Notice, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tnsl.orders import SYNC

ONE = ("getOrder", "createOrder", "cancelOrder", "updateOrderExtra", "updateOrderReceivable")


@defect("extra-replaced", "after", "updateOrderExtra", shows=("tnsl.extra-merge",))
def extra_replaced(request: Request, response: Reply) -> Reply:
    """an update of the extra data removes the fields that were not sent"""
    if response.status != 200:
        return response
    found = request.state.get("orders", str(request.path["order_code"]))
    order = {**found["order"], "extra_info": dict(request.body)}
    request.state.put("orders", order["order_code"], {**found, "order": order})
    return reply({**response.json(), "data": order})


@defect("cancel-not-kept", "after", "cancelOrder")
def cancel_not_kept(request: Request, response: Reply) -> Reply:
    """a cancel is answered as done, but the order goes on"""
    code = str(request.path["order_code"])
    before = request.state.previous("orders", code)
    if response.status == 200 and before is not None:
        request.state.put("orders", code, before)
    return response


@defect("foreign-order-shown", "before", "getOrder")
def foreign_order(request: Request) -> Reply | None:
    """an order of another seller is shown"""
    found = request.state.get("orders", str(request.path["order_code"]))
    if found is None or found["seller"] == request.seller:
        return None
    return reply({"success": True, "data": found["order"]})


@defect("import-counts-wrong", "after", "getImport")
def counts_wrong(_: Request, response: Reply) -> Reply:
    """refused orders of an import count as made"""
    if response.status != 200:
        return response
    body = response.json()
    data = {**body["data"], "created_orders": body["data"]["total_orders"], "failed_orders": 0}
    return reply({**body, "data": data})


@defect("notice-without-ref-code", "notices", SYNC, shows=("tnsl.status-members",))
def no_ref_code(notice: Notice) -> list[Notice]:
    """a notice lacks the partner's own code"""
    data = {key: value for key, value in notice.body["data"].items() if key != "ref_code"}
    return [replace(notice, body={"data": data})]


@defect("notice-of-wrong-state", "notices", SYNC)
def wrong_state(notice: Notice) -> list[Notice]:
    """a notice tells of the state `new`, whatever happened"""
    data = {
        key: value for key, value in notice.body["data"].items() if key in ("date", "ref_code", "order_code")
    }
    return [replace(notice, body={"data": {**data, "main_state": "new"}})]


def _shown(found: dict[str, object]) -> Reply:
    return reply({"success": True, "data": found["order"]})


DEFECTS: tuple[Defect, ...] = (
    forgiving(
        "cancel-shipping-accepted", "cancelOrder", "an order on its way is canceled", "tnsl.cancel-state"
    ),
    forgiving(
        "secret-key-any-length",
        "registerWebhooks",
        "a key of another length than 32 is accepted",
        "tnsl.webhook-secret",
    ),
    extra_replaced,
    cancel_not_kept,
    foreign_order,
    counts_wrong,
    no_ref_code,
    wrong_state,
    common.sent_twice(SYNC),
    common.never_sent(SYNC),
    common.stale("stale-order", "orders", "order_code", _shown, "getOrder"),
    common.status_for("unknown-order-200", "an unknown order is answered with 200", 200, 404, "getOrder"),
    common.fails_on_empty("createOrder", "getQuotes"),
    common.dropped("order-code-dropped", "order_code", *ONE),
    common.typed_as_text("receivable-as-text", "receivable", *ONE),
    common.served_as("content-type-plain", "text/plain", "getOrder"),
    common.plain_refusals("getQuotes", "createOrder"),
)
"""Every seeded defect of TNSL, in the order in which they act."""
