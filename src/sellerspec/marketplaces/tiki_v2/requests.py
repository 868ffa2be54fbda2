"""Rules of the product requests that are read, replayed and deleted.

All of them warn: the marketplace may lag behind its own state.
"""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared import answers as shared
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, source_of
from sellerspec.marketplaces.tiki_v2.paging import exchange_rule
from sellerspec.model import Facts, Json, Path
from sellerspec.rules import Rule, Violation, objects

_SITE = ("open-site", "manage product request")
_STATES = ("open-site", "request status flow")
_TRACKED = ("getTracking", "listTracking")
_REQUESTS = ("listRequests", "getRequest", "findRequest")

BEGINNING = ("queuing", "processing")
"""The states in which no one has looked at a request yet."""


def _entries(body: Json) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each request or tracking of a response: in `data`, or the body itself."""
    if isinstance(body, dict) and "data" in body:
        for index, entry in objects(body, "data"):
            yield (*BODY, "data", index), entry
    elif isinstance(body, dict) and "state" in body:
        yield BODY, body


def _state(entry: Mapping[str, Json]) -> Json:
    """Return the state of a request, in the spelling of the page of the states."""
    state = entry.get("state")
    return state.replace("_waiting_", "_awaiting_") if isinstance(state, str) else state


tracking_same = exchange_rule(
    "tiki-v2.tracking-requested", on=("getTracking", "replayTracking"), source=("client-shop", "requests")
)(shared.tracking_requested("track_id", "track_id"))

request_same = exchange_rule(
    "tiki-v2.request-requested", on=("getRequest", "deleteRequest"), source=_SITE
)(
    shared.same_as_path(
        "request_id", ("request_id",), "the response is about the request that the path names by its id"
    )
)  # fmt: skip


@exchange_rule("tiki-v2.requests-filtered", on="listRequests", source=_SITE)
def requests_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed request is in the `state` of the request"""
    query, body = answer(exchange)
    wanted = _state(query)
    for place, entry in _entries(body) if wanted else ():
        if isinstance(entry.get("state"), str) and _state(entry) != wanted:
            message = messages.must_equal("state", query["state"], source_of(query, "state"), entry["state"])
            yield Violation((*place, "state"), message)


@exchange_rule("tiki-v2.requests-products", on="listRequests", source=_SITE)
def products_included(exchange: Json, _: Facts) -> Iterator[Violation]:
    """with `include=products` each listed request has its `products`"""
    query, body = answer(exchange)
    for place, entry in _entries(body) if query.get("include") == "products" else ():
        if "products" not in entry:
            message = messages.missing("products", "the request has `include=products`")
            yield Violation((*place, "products"), message)


@exchange_rule("tiki-v2.replay-state", on="replayTracking", source=("client-php", "tracking"))
def replay_state(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a replayed request begins again: its state is `queuing` or `processing`"""
    body = answer(exchange)[1]
    state = member(body, "state")
    if isinstance(state, str) and state not in BEGINNING:
        required = f"{messages.names(BEGINNING, 'or')}, because the request begins again"
        yield Violation((*BODY, "state"), messages.must_be("state", required, state))


@exchange_rule("tiki-v2.tracking-request-id", on=_TRACKED, source=("client-shop", "requests"))
def approved_request_id(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the tracking of an approved request has its `request_id`"""
    for place, entry in _entries(answer(exchange)[1]):
        if entry.get("state") == "approved" and not entry.get("request_id"):
            given, why = "request_id" in entry, "`state` is `approved`"
            message = messages.without_value("request_id", given, entry.get("request_id"), why)
            yield Violation((*place, "request_id"), message)


@exchange_rule("tiki-v2.rejected-reason", on=(*_TRACKED, *_REQUESTS), source=_STATES)
def rejected_reason(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a rejected request has a reason: `reason` of its tracking, `reasons` of the request"""
    for place, entry in _entries(answer(exchange)[1]):
        name = "reason" if "track_id" in entry else "reasons"
        if entry.get("state") == "rejected" and not entry.get(name):
            why = "`state` is `rejected`"
            message = messages.without_value(name, name in entry, entry.get(name), why)
            yield Violation((*place, name), message)


@exchange_rule("tiki-v2.approved-time", on=_REQUESTS, source=_SITE)
def approved_time(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an approved request has `approved_at`, which is not before `created_at`"""
    for place, entry in _entries(answer(exchange)[1]):
        given, created = entry.get("approved_at"), entry.get("created_at")
        first, last = moment(created), moment(given)
        if entry.get("state") == "approved" and not given:
            why = "`state` is `approved`"
            message = messages.without_value("approved_at", "approved_at" in entry, given, why)
            yield Violation((*place, "approved_at"), message)
        elif first is not None and last is not None and last < first:
            message = messages.not_before("approved_at", "created_at", created, given)
            yield Violation((*place, "approved_at"), message)


REQUEST_RULES: tuple[Rule, ...] = (
    tracking_same,
    request_same,
    requests_filtered,
    products_included,
    replay_state,
    approved_request_id,
    rejected_reason,
    approved_time,
)
