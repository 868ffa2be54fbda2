"""Seeded defects of TNSL."""

from dataclasses import replace

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tnsl.orders import FEES, SYNC

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


@changing("cancel-still-processing", "cancelOrder", rules=("tnsl.cancel-done",))
def still_processing(_: Call, body: Json) -> Json:
    """the response of a cancel shows the order as `processing`"""
    body["data"]["main_state"] = "processing"
    return body


@changing("extra-null", "updateOrderExtra", rules=("tnsl.extra-stored",))
def extra_null(_: Call, body: Json) -> Json:
    """the response of an update of the extra data has null in place of it"""
    body["data"]["extra_info"] = None
    return body


@changing("receivable-not-stored", "updateOrderReceivable", rules=("tnsl.receivable-stored",))
def receivable_not_stored(call: Call, body: Json) -> Json:
    """an update of the receivable is answered with another amount"""
    body["data"]["receivable"] = call.body["receivable"] + 1
    return body


@changing("created-with-other-quantity", "createOrder", rules=("tnsl.created-as-sent",))
def other_quantity(_: Call, body: Json) -> Json:
    """a new order has one piece more of each product than was sent"""
    body["data"]["items"] = [{**item, "qty": item["qty"] + 1} for item in body["data"]["items"]]
    return body


@changing("created-on-its-way", "createOrder", rules=("tnsl.created-open",))
def on_its_way(_: Call, body: Json) -> Json:
    """a new order is shown as `shipping`"""
    body["data"]["main_state"] = "shipping"
    return body


@changing("other-order-answered", "getOrder", rules=("tnsl.same-order",))
def other_order(call: Call, body: Json) -> Json:
    """a read is answered with the partner's oldest order, whichever was asked for"""
    return {**body, "data": dict(call.all_own("orders")[0]["order"])}


@changing("other-import-answered", "getImport", rules=("tnsl.same-import",))
def other_import(_: Call, body: Json) -> Json:
    """a read of an import is answered with another id"""
    body["data"]["import_id"] += "0"
    return body


@defect("state-filter-ignored", "before", "listOrders", rules=("tnsl.list-filtered",))
def filter_ignored(call: Call) -> None:
    """the filter by state is ignored"""
    call.query.pop("main_state", None)


@changing("limit-ignored", "listOrders", rules=("tnsl.list-page",))
def limit_ignored(_: Call, body: Json) -> Json:
    """a page repeats its last order, one more than `limit`"""
    page = body["data"]
    page["results"] += page["results"][-1:]
    return body


@changing("fee-without-charge", "getQuotes", rules=("tnsl.fee-line",))
def no_charge(_: Call, body: Json) -> Json:
    """the fees of a quote have no amount"""
    for line in body["data"]["fee_standard"]:
        del line["product_charge"]
    return body


@changing("fee-twice", "getQuotes", rules=("tnsl.fee-once",))
def fee_twice(_: Call, body: Json) -> Json:
    """the first fee of a quote is there twice"""
    body["data"]["fee_2h"] += body["data"]["fee_2h"][:1]
    return body


@changing("delivery-quoted-for-ffo", "getQuotes", rules=("tnsl.fee-of-kind",))
def delivery_quoted(_: Call, body: Json) -> Json:
    """an order that TNSL only fulfils is quoted a fee for delivery"""
    lines = body["data"]["fee_standard"]
    if lines and all(line["fee_key"] != FEES[-1][0] for line in lines):
        lines.append({**lines[-1], "fee_key": FEES[-1][0]})
    return body


@changing("fees-of-2h-dropped", "getQuotes", rules=("tnsl.quote-complete",))
def no_2h(_: Call, body: Json) -> Json:
    """a quote has no list of fees for delivery in two hours"""
    del body["data"]["fee_2h"]
    return body


@changing("import-counts-dropped", "getImport", rules=("tnsl.import-complete",))
def counts_dropped(_: Call, body: Json) -> Json:
    """an import has no counts"""
    body["data"] = {name: value for name, value in body["data"].items() if not name.endswith("_orders")}
    return body


@defect("export-as-json", "after", "exportImport", rules=("tnsl.export-workbook",))
def export_as_json(_: Call, response: Reply) -> Reply:
    """an export is JSON in place of an Excel file"""
    return reply({"success": True, "data": {}}) if response.status == 200 else response


@defect("status-code-other", "after", "listOrders", rules=("tnsl.status-code",))
def other_status_code(_: Call, response: Reply) -> Reply:
    """the body of a 401 has the status 403"""
    if response.status != 401:
        return response
    body = response.json()
    body["error"]["status_code"] = 403
    return response.with_json(body)


@changing("import-counts-wrong", "getImport", rules=("tnsl.import-counts",))
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


@defect("notice-cancel-without-reason", "notices", SYNC, rules=("tnsl.cancel-told",))
def no_reason(notice: Notice) -> list[Notice]:
    """the notice of a cancel does not give the reason"""
    data = {**notice.body["data"]}
    if "extra_info" in data:
        data["extra_info"] = {}
    return [replace(notice, body={"data": data})]


@defect("notice-reason-of-another", "notices", SYNC, rules=("tnsl.cancel-reason-text",))
def other_reason(notice: Notice) -> list[Notice]:
    """the notice of a cancel has a reason that does not belong to its code"""
    data = {**notice.body["data"]}
    if data.get("extra_info"):
        data["extra_info"] = {"cancel_reason_code": "202", "cancel_reason": "Hết hàng"}
    return [replace(notice, body={"data": data})]


@defect("notice-with-nulls", "notices", SYNC, rules=("tnsl.no-null",))
def with_nulls(notice: Notice) -> list[Notice]:
    """a notice has null where it has no substate"""
    return [replace(notice, body={"data": {"main_substate": None, **notice.body["data"]}})]


DEFECTS: tuple[Defect, ...] = (
    forgiving("cancel-shipping-accepted", "cancelOrder", "tnsl.cancel-state"),
    forgiving("secret-key-any-length", "registerWebhooks", "tnsl.webhook-secret"),
    extra_replaced,
    cancel_not_kept,
    shared.foreign_shown(_shown),
    still_processing,
    extra_null,
    receivable_not_stored,
    other_quantity,
    on_its_way,
    other_order,
    other_import,
    filter_ignored,
    limit_ignored,
    no_charge,
    fee_twice,
    delivery_quoted,
    no_2h,
    counts_wrong,
    counts_dropped,
    export_as_json,
    other_status_code,
    no_reason,
    other_reason,
    with_nulls,
    no_ref_code,
    wrong_state,
    shared.sent_twice(SYNC),
    shared.never_sent(SYNC),
    shared.stale(_shown),
    shared.unknown_order_accepted,
    shared.fails_on_empty("createOrder", "getQuotes"),
    shared.dropped("order-code-dropped", "order_code", *ONE),
    replace(
        shared.dropped("extra-info-dropped", "extra_info", "updateOrderExtra"), rules=("tnsl.update-shown",)
    ),
    replace(shared.dropped("items-dropped", "items", *ONE), rules=("tnsl.order-complete",)),
    replace(shared.dropped("request-id-dropped", "meta_data", *ONE), rules=("tnsl.request-id",)),
    shared.typed_as_text("receivable-as-text", "receivable", *ONE),
    shared.served_as("content-type-plain", "text/plain", "getOrder"),
    shared.plain_refusals("getQuotes", "createOrder"),
)
"""Every seeded defect of TNSL, in the order in which they act."""
