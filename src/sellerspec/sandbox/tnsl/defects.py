"""Seeded defects of TNSL."""

from dataclasses import replace

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, Notice, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tnsl.orders import SYNC

ONE = ("getOrder", "createOrder", "cancelOrder", "updateOrderExtra", "updateOrderReceivable")
"""Operations whose response is one order."""


@changing("extra-replaced", "updateOrderExtra", rules=("tnsl.extra-merge",))
def extra_replaced(call: Call, body: Json) -> Json:
    """an update of the extra data removes the fields that were not sent"""
    document = call.own("orders", call.path["order_code"])
    changes = {"extra_info": dict(call.body)}
    return {**body, "data": put_order(call.state, document, changes, due=document.get("due"))}


@defect("cancel-not-kept", "after", "cancelOrder")
def cancel_not_kept(call: Call, response: Reply) -> Reply:
    """a cancel is answered as done, but the order goes on"""
    code = str(call.path["order_code"])
    before = call.state.previous("orders", code)
    if response.status == 200 and before is not None:
        call.state.put("orders", code, before)
    return response


@changing("import-counts-wrong", "getImport")
def counts_wrong(_: Call, body: Json) -> Json:
    """refused orders of an import count as created"""
    body["data"] |= {"created_orders": body["data"]["total_orders"], "failed_orders": 0}
    return body


@defect("notice-without-ref-code", "notices", SYNC, rules=("tnsl.status-members",))
def no_ref_code(notice: Notice) -> list[Notice]:
    """a notice is without the partner's own code"""
    data = {name: value for name, value in notice.body["data"].items() if name != "ref_code"}
    return [replace(notice, body={"data": data})]


@defect("notice-of-wrong-state", "notices", SYNC)
def wrong_state(notice: Notice) -> list[Notice]:
    """a notice has the state `new`, whatever happened"""
    kept = ("date", "ref_code", "order_code")
    data = {name: value for name, value in notice.body["data"].items() if name in kept}
    return [replace(notice, body={"data": {**data, "main_state": "new"}})]


def _shown(document: Json) -> Reply:
    return reply({"success": True, "data": document["order"]})


DEFECTS: tuple[Defect, ...] = (
    forgiving("cancel-shipping-accepted", "cancelOrder", "tnsl.cancel-state"),
    forgiving("secret-key-any-length", "registerWebhooks", "tnsl.webhook-secret"),
    extra_replaced,
    cancel_not_kept,
    shared.foreign_shown(_shown),
    counts_wrong,
    no_ref_code,
    wrong_state,
    shared.sent_twice(SYNC),
    shared.never_sent(SYNC),
    shared.stale(_shown),
    shared.unknown_order_accepted,
    shared.fails_on_empty("createOrder", "getQuotes"),
    shared.dropped("order-code-dropped", "order_code", *ONE),
    shared.typed_as_text("receivable-as-text", "receivable", *ONE),
    shared.served_as("content-type-plain", "text/plain", "getOrder"),
    shared.plain_refusals("getQuotes", "createOrder"),
)
"""Every seeded defect of TNSL, in the order in which they act."""
