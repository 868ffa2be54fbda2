"""Seeded defects of product requests: created, tracked, replayed and deleted."""

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared_defects import entries
from sellerspec.sandbox.tiki_v2 import requests

CREATE = "createProductRequest"
TRACKED = ("getTracking", "listTracking")
READ = ("getRequest", "findRequest", "listRequests")


@changing("track-id-renamed", CREATE, *TRACKED, rules=("tiki-v2.tracking",))
def renamed(_: Call, body: Json) -> Json:
    """`track_id` is named `trace_id`, as in the first generation"""
    for request in entries(body):
        request["trace_id"] = request.pop("track_id", None)
    return body


@changing("request-state-misspelled", CREATE, *TRACKED, *READ, rules=("tiki-v2.request-state-known",))
def misspelled(_: Call, body: Json) -> Json:
    """the state `queuing` is spelled `queueing`, and `approved` `approve`"""
    for request in entries(body):
        request["state"] = {"queuing": "queueing", "approved": "approve"}.get(
            request["state"], request["state"]
        )
    return body


@changing("other-request-tracked", "getTracking", rules=("tiki-v2.tracking-requested",))
def other_tracked(_: Call, body: Json) -> Json:
    """the tracking of another request is shown"""
    return {**body, "track_id": "0" * 32} if "track_id" in body else body


@changing("other-request-shown", "getRequest", rules=("tiki-v2.request-requested",))
def other_shown(_: Call, body: Json) -> Json:
    """another request than the requested one is shown"""
    return {**body, "request_id": "1"}


@changing("request-id-as-number", *READ, rules=("tiki-v2.request",))
def id_as_number(_: Call, body: Json) -> Json:
    """`request_id` is a number, not a text"""
    for request in entries(body):
        request["request_id"] = int(request["request_id"])
    return body


@changing("request-id-null-when-approved", *TRACKED, rules=("tiki-v2.tracking-request-id",))
def no_request_id(_: Call, body: Json) -> Json:
    """the tracking of an approved request has no `request_id`"""
    for request in entries(body):
        request["request_id"] = None
    return body


@changing("reason-null-when-rejected", *TRACKED, *READ, rules=("tiki-v2.rejected-reason",))
def no_reason(_: Call, body: Json) -> Json:
    """a rejected request has no reason"""
    for request in entries(body):
        for name in ("reason", "reasons"):
            if name in request:
                request[name] = None
    return body


@changing("approved-at-null", *READ, rules=("tiki-v2.approved-time",))
def no_time(_: Call, body: Json) -> Json:
    """an approved request does not say when it was approved"""
    for request in entries(body):
        request["approved_at"] = None
    return body


@defect("replay-not-begun", "before", "replayTracking", rules=("tiki-v2.replay-state",))
def not_begun(call: Call) -> Reply | None:
    """a replayed request stays in its state"""
    request = call.own("requests", call.path["track_id"])
    return None if request is None else reply(requests.tracking(request))


@changing(
    "deleted-state-other", "deleteRequest", "deleteRequestByTracking", rules=("tiki-v2.request-deleted",)
)
def other_state(_: Call, body: Json) -> Json:
    """the state of a deleted request is `drafted`"""
    return {**body, "state": "drafted"}


@defect("deletion-not-kept", "after", "deleteRequest", "deleteRequestByTracking")
def not_deleted(call: Call, response: Reply) -> Reply:
    """a request that was deleted is reviewed all the same"""
    if response.status == 200:
        id = response.json()["request_id"]
        request = next(one for one in call.all_own("requests") if one["request_id"] == id)
        requests.enter(call.world, request, requests.STATES[request["kind"]][1])
    return response


@defect("request-forgotten", "after", CREATE)
def forgotten(call: Call, response: Reply) -> Reply:
    """a new request cannot be tracked"""
    if response.status == 200:
        call.state.drop("requests", response.json().get("track_id", ""))
    return response


@defect("never-reviewed", "after", CREATE)
def never_reviewed(call: Call, response: Reply) -> Reply:
    """a new request stays in the queue for ever"""
    if response.status == 200:
        request = call.own("requests", response.json().get("track_id", ""))
        if request is not None:
            kept = {name: value for name, value in request.items() if name != "due"}
            call.state.put("requests", request["track_id"], kept)
    return response


REQUESTS: tuple[Defect, ...] = (
    forgiving("variant-price-zero-accepted", CREATE, "tiki-v2.variant-price"),
    forgiving("option2-ignored", CREATE, "tiki-v2.variant-options"),
    forgiving("three-options-accepted", CREATE, "tiki-v2.option-attributes-count"),
    forgiving("sku-repeated-accepted", CREATE, "tiki-v2.sku-unique"),
    forgiving("two-simple-variants-accepted", CREATE, "tiki-v2.simple-product"),
    forgiving("inventory-type-unknown-accepted", CREATE, "tiki-v2.variant-inventory-type"),
    forgiving("inventory-type-not-registered", CREATE, "tiki-v2.variant-inventory-type-registered"),
    forgiving("attribute-not-needed", CREATE, "tiki-v2.attribute-required"),
    forgiving("value-not-listed-accepted", CREATE, "tiki-v2.attribute-listed"),
    forgiving("category-not-primary-accepted", CREATE, "tiki-v2.category-primary"),
    forgiving("stock-in-foreign-warehouse", CREATE, "tiki-v2.variant-warehouse-known"),
    forgiving("auto-turn-on-as-text", CREATE, "tiki-v2.auto-turn-on"),
    forgiving("info-without-object", "updateProductInfo", "tiki-v2.info-attributes"),
    renamed,
    misspelled,
    other_tracked,
    other_shown,
    id_as_number,
    no_request_id,
    no_reason,
    no_time,
    shared.not_read(
        "requests-filter-ignored", "requests in any state are listed", "listRequests", names=("state",),
        rules=("tiki-v2.requests-filtered",),
    ),
    shared.dropped(
        "requested-products-dropped", "products", "listRequests", rules=("tiki-v2.requests-products",)
    ),
    not_begun,
    other_state,
    not_deleted,
    forgotten,
    never_reviewed,
    shared.unknown_accepted("unknown-request-200", "getRequest", "getTracking"),
)  # fmt: skip
