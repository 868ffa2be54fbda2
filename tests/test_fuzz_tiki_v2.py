"""The Open API fuzzed: forms, orders that a call takes, documented sequences, and what is only read."""

from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import pytest

from sellerspec import fuzz, sandbox
from sellerspec.fuzz.engine import Generated
from sellerspec.fuzz.generated import as_call
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.scenarios import scenario
from sellerspec.fuzz.scenarios.tiki_v2_orders import TAKES, about_orders, taken
from sellerspec.fuzz.scenarios.tiki_v2_state import CLIENT
from sellerspec.fuzz.session import Session
from sellerspec.fuzz.target import Target
from sellerspec.fuzz.transport import connected
from sellerspec.model import NO_FACTS, Json

FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials", "client_id": "1234567890", "scope": "order product"}


def run(*defects: str, **settings: Any) -> fuzz.FuzzResult:
    app = sandbox.app("tiki-v2", defects=list(defects))
    chosen = {"profile": "quick", "max_time": 180.0, "phases": ["sequences"], "timeout": 60.0, **settings}
    return fuzz.run("tiki-v2", app=app, **chosen)


def sandbox_target(app: Any = None, *, ours: bool = True, **settings: Any) -> Target:
    """Return a target that knows an account; `ours` is False for one that takes the server for no sandbox."""
    options = Options(timeout=60, max_time=60, **settings)
    transport = connected(options, app=app or sandbox.app("tiki-v2"), url=None)
    target = Target(Session("tiki-v2", transport, options), transport, scenario("tiki-v2"), options)
    target.detect_sandbox()
    target.is_sandbox = ours
    target.session.coverage.phases[""] = {"requests": 0, "seconds": 0.0, "findings": 0}
    target.scenario.learn(target)
    return target


def test_a_body_of_a_form_is_sent_as_a_form() -> None:
    call = sandbox_target().call("createToken", body=GRANT)
    assert call.headers["content-type"] == FORM
    assert parse_qs(call.body.decode()) == {name: [value] for name, value in GRANT.items()}


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"grant_type": "client_credentials", "scope": ""}, b"grant_type=client_credentials&scope="),
        ({"scope": "a b&c"}, b"scope=a+b%26c"),
        (b"\xff", b"\xff"),
    ],
)
def test_a_generated_form_is_encoded(body: Json, sent: bytes) -> None:
    case = Generated("POST", {}, {}, {}, body=body, has_body=True, media_type=FORM)
    call = as_call(sandbox_target(), "createToken", case)
    assert call is not None
    assert (call.body, call.headers["content-type"]) == (sent, FORM)


def test_a_generated_form_that_is_no_object_is_not_sent() -> None:
    case = Generated("POST", {}, {}, {}, body=["a"], has_body=True, media_type=FORM)
    assert as_call(sandbox_target(), "createToken", case) is None


def test_a_token_is_asked_for_with_the_credentials_of_an_app_and_of_our_sandbox_only() -> None:
    assert (
        sandbox_target().call("createToken", body=GRANT).headers["authorization"] == CLIENT["authorization"]
    )
    elsewhere = sandbox_target(ours=False, headers={"Authorization": "Bearer theirs", "x-shop": "1"})
    sent = {name.lower(): value for name, value in elsewhere.call("createToken", body=GRANT).headers.items()}
    assert sent == {"x-shop": "1", "content-type": FORM}


def test_rules_about_forms_and_credentials_are_broken_and_kept() -> None:
    rules = ["tiki-v2.client-basic", "tiki-v2.client-secret", "tiki-v2.grant-type"]
    result = run(include=rules, phases=["rules"])
    assert [str(finding) for finding in result.findings] == []
    assert [rule for rule in rules if rule not in result.coverage.violated & result.coverage.satisfied] == []


def test_the_sequences_end_without_a_finding_and_take_every_step() -> None:
    result = run()
    assert [str(finding) for finding in result.findings] == []
    steps = result.coverage.transitions
    assert [step for step in result.coverage.known_transitions if not steps[step]] == []
    assert set(steps) == set(result.coverage.known_transitions)


DEFECTS = {
    "acknowledgement-ignored": "event-repeats",
    "active-turned-round": "read-after-write",
    "appointment-cancels": "read-after-write",
    "canceled-stays-reserved": "read-after-write",
    "code-not-kept": "read-after-write",
    "confirmed-item-forgotten": "read-after-write",
    "deletion-not-kept": "read-after-write",
    "dropship-cancel-ignored": "read-after-write",
    "event-lost": "event-lost",
    "failed-delivery-done": "read-after-write",
    "first-update-kept": "read-after-write",
    "foreign-order-shown": "foreign-shown",
    "foreign-product-shown": "foreign-shown",
    "left-out-confirmed": "read-after-write",
    "never-reviewed": "never-reviewed",
    "price-not-kept": "read-after-write",
    "pull-acknowledges": "event-lost",
    "released-twice": "read-after-write",
    "replay-not-begun": "read-after-write",
    "request-forgotten": "not-found",
    "reserved-forgotten": "read-after-write",
    "stock-kept-in-one-warehouse": "read-after-write",
    "switched-off-ignored": "event-unwanted",
    "unknown-product-updated": "unknown-accepted",
    "unknown-request-200": "unknown-accepted",
}
"""Id of a defect that shows between calls -> the kind of the finding."""


@pytest.mark.no_cover
@pytest.mark.parametrize(("defect", "kind"), DEFECTS.items(), ids=DEFECTS)
def test_a_defect_that_shows_between_calls_is_found_by_a_sequence(defect: str, kind: str) -> None:
    assert kind in {finding.kind for finding in run(defect).findings}


def test_rules_about_an_order_are_broken_and_kept_in_our_sandbox() -> None:
    rules = [
        "tiki-v2.confirm-items-left-out", "tiki-v2.confirm-items-foreign", "tiki-v2.confirm-items-dropship",
        "tiki-v2.confirm-status", "tiki-v2.confirm-dropship-kind", "tiki-v2.seller-delivery-kind",
        "tiki-v2.delivery-status-kind", "tiki-v2.print-tiki-delivery", "tiki-v2.print-seller-delivery",
        "tiki-v2.print-dropship", "tiki-v2.print-cross-border", "tiki-v2.print-confirmed",
        "tiki-v2.confirm-items-warehouse-known",
    ]  # fmt: skip
    result = run(include=rules, phases=["rules"])
    assert [str(finding) for finding in result.findings] == []
    assert [rule for rule in rules if rule not in result.coverage.violated] == []
    assert [rule for rule in rules if rule not in result.coverage.satisfied] == []


def test_rules_about_a_category_are_broken_and_kept_in_our_sandbox() -> None:
    rules = [
        "tiki-v2.category-primary", "tiki-v2.option-label-known", "tiki-v2.certificates-required",
        "tiki-v2.variant-inventory-type-registered", "tiki-v2.attribute-listed",
    ]  # fmt: skip
    result = run(include=rules, phases=["rules"])
    assert [str(finding) for finding in result.findings] == []
    assert [rule for rule in rules if rule not in result.coverage.violated & result.coverage.satisfied] == []


@pytest.mark.parametrize("id", TAKES)
def test_each_call_about_an_order_gets_one_that_it_takes_however_often_it_is_sent(id: str) -> None:
    target = sandbox_target()
    kinds, statuses = TAKES[id]
    for _ in range(20):
        call = target.call(id)
        order = target.facts(call).order
        assert order["fulfillment_type"] in kinds
        assert order["status"] in statuses
        # it ends, so the next call needs another one
        target.control("POST", "move", {"name": order["code"], "state": "complete"})


def test_a_confirmation_is_about_an_order_with_as_many_items() -> None:
    target = sandbox_target()
    for count in (1, 2):
        body = {"available_item_ids": list(range(1, count + 1)), "seller_inventory_id": 5}
        ((path, renamed),) = about_orders(target, "confirmAvailable", body, NO_FACTS)
        order = target.read("getOrder", path=path)
        assert renamed["available_item_ids"] == [item["id"] for item in order["items"]]
        assert renamed["seller_inventory_id"] in [one["id"] for one in target.known["warehouses"]]


def test_a_server_that_is_not_ours_is_only_read_before_a_phase() -> None:
    box = sandbox.app("tiki-v2")
    methods: Counter[str] = Counter()

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].startswith("/__sellerspec"):
            methods[scope["method"]] += 1
        await box(scope, receive, send)

    headers = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}
    target = sandbox_target(counted, ours=False, headers=headers)
    assert target.known["queues"] == []
    assert len(list(taken(target, "confirmAvailable"))) == 10
    assert list(taken(target, "getDropshipLabels")) == []
    assert target.call("getDropshipLabels").path.split("/")[4] == "1"
    assert target.call("deleteRequest").path.endswith("/4452")
    assert set(methods) == {"GET"}


def test_what_a_user_names_is_called() -> None:
    target = sandbox_target(ids={"product_id": "77", "track_id": "x"})
    assert target.call("getProduct").path.endswith("/products/77")
    assert target.call("getTracking").path.endswith("/tracking/x")


def test_an_example_about_a_request_names_one_of_the_account() -> None:
    target = sandbox_target()
    own = target.scenario.query(target, {"track_id": "0" * 32, "page": "1"})
    assert own["track_id"] in [one["track_id"] for one in target.read("listTracking")["data"]]
    assert own["page"] == "1"
    # what violates a rule about the id stays as it is
    assert target.scenario.query(target, {"track_id": " "}) == {"track_id": " "}
