"""Responses and notices over the whole range that their contract allows, in both engines."""

import os
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import find, settings

import sellerspec
from sellerspec import contract, strategies
from sellerspec.contract.examples import examples
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io.pointers import drop, get, item_path, paths, put
from sellerspec.model import Exchange, Report
from sellerspec.strategies import received, shapes
from sellerspec.strategies.candidates import Candidate, additions, candidates
from support.drawing import drawn

DRAWS = int(os.environ.get("SELLERSPEC_DRAWS", "0"))
"""`make draws` sets it to 10,000 over all operations; by default few draws of each are enough."""

RESPONSES = [
    (operation.key, status)
    for operation in sellerspec.operations()
    for status, body in contract.operation(operation.key).spec.responses.items()
    if body.schema is not None
]
NOTICES = [operation.key for operation in sellerspec.operations() if operation.webhook]
SUCCESSES = [key for key, status in RESPONSES if status == contract.operation(key).success]


def calls(operation: str, status: int) -> list[Exchange]:
    """Return exchanges of an operation which have that status: its examples, else a bare one."""
    known = [example.exchange for example in examples(operation) if example.is_exchange]
    ready = contract.operation(operation)
    bare = Exchange(ready.operation.method, f"https://shop.example{ready.operation.path}", status)
    return [*(exchange for exchange in known if exchange.status == status), bare]


def report(operation: str, status: int, body: Any, engine: str | None = None) -> Report:
    """Return the report on a body in the first exchange in which it has no error, else in the last one."""
    for call in calls(operation, status):
        exchange = replace(call, response_body=orjson.dumps(body), response_headers={})
        found = sellerspec.check_exchange(exchange, operation=operation, requests="never", engine=engine)
        if found.ok:
            break
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize(("operation", "status"), RESPONSES)
def test_responses_have_no_error_in_both_engines(operation: str, status: int) -> None:
    for body in drawn(strategies.responses(operation, status=status), max(DRAWS // len(RESPONSES), 10)):
        first = report(operation, status, body)
        assert first.errors == ()
        assert report(operation, status, body, "jsonschema").findings == first.findings


@pytest.mark.parametrize("webhook", NOTICES)
def test_notices_have_no_error_in_both_engines(webhook: str) -> None:
    for body in drawn(strategies.notices(webhook), max(DRAWS // 50, 10)):
        first = sellerspec.check(webhook, body)
        assert first.errors == ()
        assert sellerspec.check(webhook, body, engine="jsonschema").findings == first.findings


def test_the_default_is_the_documented_success() -> None:
    default = received.response("tiki/getOrder", None)
    assert [start.body for start in default.starts] == [
        start.body for start in received.response("tiki/getOrder", 200).starts
    ]
    for body in drawn(strategies.responses("tiki/getOrder", status=404), 20):
        assert report("tiki/getOrder", 404, body).ok


def possible(operation: str) -> set[tuple[shapes.Place, str]]:
    """Return what single changes of one member of an example show that the contract allows."""
    known = received.response(operation, None)
    states: set[tuple[shapes.Place, str]] = set()
    for start in known.starts:
        for path in paths(start.body):
            at = item_path(path)
            if path and isinstance(path[-1], str):
                if start.keeps(drop(start.body, path)):
                    states.add((at, "absent"))
                if start.keeps(put(start.body, path, None)):
                    states.add((at, "null"))
            value = get(start.body, path)
            if isinstance(value, dict) and start.keeps(put(start.body, (*path, "new_member"), 1)):
                states.add((at, "unknown member"))
            if value and isinstance(value, list) and start.keeps(put(start.body, path, [])):
                states.add((at, "empty"))
    return states


def states(bodies: list[Any], wanted: set[tuple[shapes.Place, str]]) -> set[tuple[shapes.Place, str]]:
    """Return which states the members of drawn bodies have."""
    shown: set[tuple[shapes.Place, str]] = set()
    for body in bodies:
        for path in paths(body):
            at, value = item_path(path), get(body, path)
            shown |= {(at, "null")} if value is None else {(at, "empty")} if value == [] else set()
            if isinstance(value, dict):
                shown |= {(at, "unknown member")} if "new_member" in value else set()
                shown |= {
                    one for one in wanted if one[0][:-1] == at and one[0][-1:] and one[0][-1] not in value
                }
    return shown


@pytest.mark.no_cover
def test_each_member_of_an_order_is_absent_and_null_within_500_draws() -> None:
    wanted = possible("tiki/getOrder")
    for expected in [
        (("items", "*", "price"), "null"), (("items", "*", "price"), "absent"), (("items",), "empty"),
        (("shipping",), "null"), (("shipping", "phone"), "absent"), (("payment",), "absent"),
        ((), "unknown member"), (("items", "*"), "unknown member"),
    ]:  # fmt: skip
        assert expected in wanted
    assert not {(("order_code",), "null"), (("status",), "absent"), (("items",), "null")} & wanted
    bodies = drawn(strategies.responses("tiki/getOrder"), 500)
    assert wanted - states(bodies, wanted) == set()
    orders = {body["status"] for body in bodies}
    assert {"queueing", "canceled", "successful_delivery", "complete", "new_value", ""} <= orders
    items = [item for body in bodies for item in body["items"]]
    assert {item["qty"] for item in items} >= {0, 1, 2**53 - 1}
    texts = {get(body, path) for body in bodies for path in paths(body) if isinstance(get(body, path), str)}
    for part in ("Nguyễn", "🎁", "שלום", "<script>", "\r\n"):
        assert any(part in text for text in texts)
    sizes = {len(body["items"]) for body in bodies}
    assert {0, 1} < sizes
    assert max(sizes) >= 30


DRAWN = {
    "tiki-v2/findProduct": 2500,
    "tiki-v2/findRequest": 2000,
    "tiki-v2/getCategory": 2000,
    "tiki-v2/listRequests": 2000,
}
"""Draws where the range has forms that few starts have; elsewhere 500 are enough."""


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", [key for key in SUCCESSES if not key.endswith("listOrders")])
def test_nearly_the_whole_range_is_reached(operation: str) -> None:
    wanted = possible(operation)
    missed = wanted - states(drawn(strategies.responses(operation), DRAWN.get(operation, 500)), wanted)
    assert len(missed) <= len(wanted) // 20


@pytest.mark.no_cover
def test_a_failure_shrinks_to_the_member_that_it_is_about() -> None:
    """A parser that reads a price of null as a number fails on the smallest order with such an item."""
    smallest = find(
        strategies.responses("tiki/getOrder"),
        lambda body: any(item.get("price", 0) is None for item in body["items"]),
        settings=settings(max_examples=1000, database=None, deadline=None, derandomize=True),
    )
    assert len(smallest["items"]) == 1
    others = [path for path in paths(smallest) if path and get(smallest, path) is None]
    assert others.count(("items", 0, "price")) == 1
    assert len(others) <= 6  # most are those of the example
    assert "new_member" not in repr(smallest)


@pytest.mark.no_cover
def test_the_smallest_response_has_what_is_required_alone() -> None:
    smallest = find(strategies.responses("tiki/getOrder"), lambda _: True, settings=settings(database=None))
    assert smallest.keys() == {"order_code", "status", "items"}
    assert smallest["items"] == []


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match="the response 200 of `tnsl/exportImport` is no JSON"):
        strategies.responses("tnsl/exportImport")
    with pytest.raises(
        UsageError,
        match="`tiki/getOrder` the status 418; known: 200, 400, 401",
    ):
        strategies.responses("tiki/getOrder", status=418)
    with pytest.raises(UsageError, match="`notices` draws what it sends"):
        strategies.responses("tokopedia/orderStatus")
    with pytest.raises(UsageError, match="is no webhook; `responses` draws"):
        strategies.notices("tiki/getOrder")
    with pytest.raises(UsageError, match="no valid notice is known"):
        received._received({}, [], "notice")
    with pytest.raises(UnknownName, match=r"did you mean `tiki/getOrder`"):
        strategies.responses("tiki/getOrders")


def kinds(present: Any, name: str = "x", *schemas: Any) -> dict[str, Any]:
    return dict(candidates(present, (name,), list(schemas)))


def test_candidates_of_numbers() -> None:
    changes = kinds(5, "price", {"type": "integer", "minimum": 1, "maximum": 10})
    assert changes["zero"] == 0
    assert changes["largest"] == 10
    assert changes["smallest"] == 1
    assert changes["number-as-text"] == "5"
    assert kinds(5, "price", {"exclusiveMaximum": 8})["largest"] == 7
    assert kinds(5)["largest"] == 2**53 - 1


def test_candidates_of_listed_values() -> None:
    listed = {"enum": ["NEW", "DONE", None]}
    assert kinds("NEW", "state", listed) == kinds("NEW", "state", listed) | {
        "unknown-value": "NEW_VALUE", "other-value": "DONE",
    }  # fmt: skip
    assert kinds(1, "state", {"enum": [0, 1, 7]})["unknown-value"] == 8
    assert kinds(True) == {"other-value": False}


def test_candidates_of_texts_and_lists() -> None:
    assert kinds("2019-10-30 17:27:24")["late"] == "2999-10-30 17:27:24"
    assert kinds("17")["text-as-number"] == 17
    assert len(kinds("a", "x", {"maxLength": 9})["long-text"]) == 9
    items = [{"id": 1, "order_code": "009", "qty": 3}, {"id": 2, "order_code": "A", "qty": 3}]
    changes = kinds(items, "items", {"maxItems": 4})
    assert changes["other-order"] == items[::-1]
    assert changes["shorter-list"] == items[:1]
    assert changes["full-list"] == [
        *items,
        {"id": 1001, "order_code": "1009", "qty": 3},
        {"id": 1002, "order_code": "A-1", "qty": 3},
    ]
    assert kinds([True], "x")["longer-list"] == [True, True]
    assert kinds([], "x") == {}


def test_candidates_of_members_that_are_absent() -> None:
    string = {"type": ["string", "null"]}
    assert [*additions(("note",), [string], ["a", None, "a"])] == [Candidate("present", "a")]
    listed, made = additions(("qty",), [{"type": ["integer", "null"], "examples": [2]}], [])
    assert listed == Candidate("present", 2)
    assert isinstance(made.value, int)
