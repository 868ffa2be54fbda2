"""Mutations of responses that the contract allows: which there are, and what they make of a response."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

import pytest

from sellerspec import Exchange, check, check_exchange, contract
from sellerspec.io.pointers import item_pointer
from sellerspec.mutate.changes.bodies import covering, recorded_body
from sellerspec.mutate.changes.edits import edited, other, same
from sellerspec.mutate.changes.places import occurrences, words
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.kinds import LENGTH, LONG
from sellerspec.mutate.planning.responses import control, response_mutations
from support.recorded_calls import calls, notice, operations

TRACE = "c3587ec50976497f837461e0c2ea3da5"
BASE = "https://api.tiki.vn/integration/v1"


def called(url: str, body: Any, status: int = 200, method: str = "GET") -> Exchange:
    """Return a call of Tiki."""
    return Exchange(
        method,
        BASE + url,
        status,
        request_headers={"tiki-api": "not-a-real-token"},
        response_headers={"content-type": "application/json"},
        response_body=json.dumps(body).encode(),
    )


def mutations(key: str, *exchanges: Exchange) -> dict[str, Mutation]:
    """Return the mutations of an operation by id, without the key."""
    found = response_mutations(contract.operation(key), exchanges)
    assert len({mutation.id for mutation in found}) == len(found)
    return {mutation.id.removeprefix(f"{key}:"): mutation for mutation in found}


def body_under(mutation: Mutation, exchange: Exchange) -> Any:
    """Return the body that the contract lets a mutation make of an exchange; None if it does not apply."""
    one = recorded_body(contract.operation(mutation.key), exchange)
    allowed = one.allowed(mutation) if one is not None else None
    return allowed.body if allowed is not None else None


APPROVED = {"trace_id": TRACE, "state": "approved", "reason": None, "tiki_sku": "2150725160607"}
LONG_TEXT = (LONG * LENGTH)[:LENGTH]


def test_all_mutations_of_a_small_response() -> None:
    call = called(f"/tracking/{TRACE}", APPROVED)
    expected: dict[str, tuple[str, str, Any]] = {
        "unknown-member/new_member": (
            "same",
            "the response has a member `new_member`",
            {"new_member": "new"},
        ),
        "null/request_id": ("other", "`request_id` is null", {"request_id": None}),
        "given/request_id": ("other", "`request_id` is given", {"request_id": "text"}),
        "absent/reason": ("other", "`reason` is missing", {"reason": ...}),
        "given/reason": ("other", "`reason` is given", {"reason": ""}),
        "null/tiki_sku": ("other", "`tiki_sku` is null", {"tiki_sku": None}),
        "absent/tiki_sku": ("other", "`tiki_sku` is missing", {"tiki_sku": ...}),
    }
    found = mutations("tiki/getTracking", call)
    assert list(found) == list(expected)
    for id, (outcome, sentence, change) in expected.items():
        mutation = found[id]
        assert (mutation.family, mutation.outcome) == ("response", outcome)
        assert mutation.sentence.startswith(sentence), id
        assert body_under(mutation, call) == changed(APPROVED, change), id


def changed(body: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return a body with other members; `...` removes one."""
    return {name: value for name, value in {**body, **change}.items() if value is not ...}


def test_all_mutations_of_a_list() -> None:
    category = {"id": 8, "name": "Books", "parent": 2, "primary": 1}
    largest = 2**53 - 1
    call = called("/categories", [category, {**category, "id": 9}])
    text = "each item of the response is a long text with Vietnamese, emoji, right-to-left script and markup"
    expected: dict[str, tuple[str, Any]] = {
        "empty-list": ("the response is an empty list", []),
        "full-list": ("the response has 50 items", None),
        "other-order": ("the response is in the reverse order", [{**category, "id": 9}, category]),
        "unknown-member/*/new_member": (
            "each item of the response has a member `new_member` that no source names",
            {"new_member": "new"},
        ),
        "zero/*/id": ("`id` of each item of the response is 0", {"id": 0}),
        "largest/*/id": (f"`id` of each item of the response is {largest}", {"id": largest}),
        "empty-text/*/name": ("`name` of each item of the response is an empty text", {"name": ""}),
        "long-text/*/name": (f"`name` of {text}", {"name": LONG_TEXT}),
        "null/*/parent": ("`parent` of each item of the response is null", {"parent": None}),
        "zero/*/parent": ("`parent` of each item of the response is 0", {"parent": 0}),
        "largest/*/parent": (
            f"`parent` of each item of the response is {largest}",
            {"parent": largest},
        ),
    }
    found = mutations("tiki/listCategories", call)
    assert {id: mutation.sentence for id, mutation in found.items()} == {
        id: sentence for id, (sentence, _) in expected.items()
    }
    for id, (_, change) in expected.items():
        if isinstance(change, dict):
            change = [{**category, **change}, {**category, "id": 9, **change}]
        if change is not None:
            assert body_under(found[id], call) == change, id
    full = body_under(found["full-list"], call)
    assert full[:2] == [category, {**category, "id": 9}]
    assert [item["id"] for item in full[2:]] == list(range(508, 556))
    same_outcome = {id for id, mutation in found.items() if mutation.outcome == "same"}
    assert same_outcome == {"other-order", "unknown-member/*/new_member"}


def test_a_token_stays_one_that_fits_into_a_header() -> None:
    tokens = {"access_token": "a", "refresh_token": "b"}
    granted = {**tokens, "expires_in": 60, "scope": "order", "token_type": "bearer"}
    form = Exchange("POST", "https://api.tiki.vn/sc/oauth2/token", 200)
    headers = {"content-type": "application/json"}
    call = replace(form, response_headers=headers, response_body=json.dumps(granted).encode())
    found = mutations("tiki-v2/createToken", call)
    assert "long-text/scope" in found
    assert not {"long-text/access_token", "long-text/refresh_token"} & set(found)


def test_why_the_contract_allows_a_mutation() -> None:
    found = mutations("tiki/getOrder", *calls()["tiki/getOrder"])
    expected = {
        "null/purchased_at": "the schema allows null: When the order was placed; null in a sample of 2020"
        " (tis-2019 VI.3, inferred)",
        "null/items/*/price": "the contract only warns: `price` must not be null (tis-2019 VI.3, inferred)",
        "absent/shipping/shipping_fee": "the schema does not require it: The shipping fee; not always there"
        " (tis-2019 VI.3.4, inferred)",
    }
    assert {id: found[id].because for id in expected} == expected
    assert found["unknown-value/status"].because == (
        "the contract only warns: `status` must be one of `queueing`, `canceled`, `successful_delivery` or"
        " `complete` (tis-2019 VI.3.7, documented)"
    )
    ours = mutations("tnsl/getOrder", *calls()["tnsl/getOrder"])["null/data/ref_code"]
    assert ours.because == "the schema allows null: The partner's own code (tnsl-webhook Payload, inferred)"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tiki/confirmItems", {"number-as-text/code"}),
        ("tiki/getOrder", set()),
        ("tokopedia/orderStatus", {"number-as-text/fs_id"}),
        (
            "tokopedia/tokocabangOrderNotification",
            {"number-as-text/fs_id", "text-as-number/products/*/bundle_variant_id"},
        ),
    ],
)
def test_a_number_is_text_only_where_a_source_shows_both(key: str, expected: set[str]) -> None:
    ids = {mutation.id.removeprefix(f"{key}:") for mutation in planned(key)}
    assert {id for id in ids if id.startswith(("number-as-text", "text-as-number"))} == expected


def test_what_contradicts_the_request_is_no_mutation() -> None:
    order = json.loads(calls()["tiki/getOrder"][0].response_body)
    call = called(f"/orders/{order['order_code']}", order)
    assert check_exchange(call, operation="tiki/getOrder").findings == ()
    found = mutations("tiki/getOrder", call)
    assert not [id for id in found if id.endswith("/order_code")]
    elsewhere = called("/orders/1", order)  # the response is about another order already
    assert "long-text/order_code" in mutations("tiki/getOrder", elsewhere)


def test_a_page_is_as_full_as_the_request_allows() -> None:
    page = json.loads(calls()["tiki/listOrders"][0].response_body)
    sizes = {}
    for limit in (2, 7, 20):
        listed = {**page, "data": page["data"][:1]}
        call = called(f"/orders?limit={limit}&status=all", listed)
        found = mutations("tiki/listOrders", call).get("full-list/data")
        sizes[limit] = found and found.value["size"]
    assert sizes == {2: 2, 7: 5, 20: 20}


def test_a_response_with_an_error_or_without_json_gives_no_mutation() -> None:
    broken = called(f"/tracking/{TRACE}", {**APPROVED, "state": 1})
    page = replace(broken, response_body=b"<html>", response_headers={"content-type": "text/html"})
    unread = replace(broken, response_body=b'{"state": ')
    unanswered = replace(broken, status=None, response_body=b"")
    assert mutations("tiki/getTracking", broken, page, unread, unanswered) == {}
    assert response_mutations(contract.operation("tnsl/exportImport"), ()) == ()


def test_a_notice_is_changed_in_its_request() -> None:
    body = {"fs_id": 13004, "order_id": 2140000005, "order_status": 450}
    found = mutations("tokopedia/orderStatus", notice(json.dumps(body).encode()))
    assert found["number-as-text/fs_id"].sentence == "`fs_id` is a number as text"
    assert found["unknown-member/new_member"].sentence == (
        "the notice has a member `new_member` that no source names"
    )
    sent = notice(json.dumps(body).encode())
    assert body_under(found["number-as-text/fs_id"], sent) == {**body, "fs_id": "13004"}
    assert body_under(found["unknown-value/order_status"], sent) == {**body, "order_status": 702}


def test_of_a_refusal_the_sentence_says_so() -> None:
    call = called("/orders/1", {"errors": ["Order not found"]}, status=404)
    found = mutations("tiki/getOrder", call)
    assert {id: mutation.sentence for id, mutation in found.items() if id.startswith("absent")} == {
        "absent/errors": "`errors` of a refusal is missing"
    }
    assert found["unknown-member/new_member"].sentence.startswith("a refusal has a member")


@cache
def recorded(key: str) -> tuple[Exchange, ...]:
    """Return some recorded calls of an operation, in which all is different that can be."""
    return tuple(one.exchange for one in covering(contract.operation(key), calls()[key])[:8])


@cache
def planned(key: str) -> tuple[Mutation, ...]:
    """Return the mutations of some recorded calls of an operation."""
    return response_mutations(contract.operation(key), recorded(key))


def mutated(key: str, exchanges: Sequence[Exchange]) -> Iterator[tuple[Mutation, Exchange, Any]]:
    """Yield each mutation of an operation with each call to which it applies, and the new body."""
    for mutation in planned(key):
        for exchange in exchanges:
            body = body_under(mutation, exchange)
            if body is not None:
                yield mutation, exchange, body


def errors(key: str, exchange: Exchange, body: Any, engine: str | None = None) -> Any:
    """Return the errors of an exchange with another body."""
    content = json.dumps(body).encode()
    if contract.operation(key).operation.webhook:
        return check(key, content, engine=engine).errors
    changed = replace(exchange, response_body=content)
    return check_exchange(changed, operation=key, requests="never", engine=engine).errors


@pytest.mark.parametrize("key", operations())
def test_every_operation_has_mutations_that_change_it_and_keep_the_contract(key: str) -> None:
    seen = set()
    for mutation, exchange, body in mutated(key, recorded(key)):
        sent = exchange.request_body if contract.operation(key).operation.webhook else exchange.response_body
        assert errors(key, exchange, body) == (), mutation.id
        assert not same(body, json.loads(sent)), mutation.id
        assert mutation.because
        seen.add(mutation.id)
    assert seen


@pytest.mark.parametrize("key", operations())
def test_no_two_mutations_have_the_same_effect_and_the_same_calls_give_the_same_list(key: str) -> None:
    ready = contract.operation(key)
    assert response_mutations(ready, recorded(key)[::-1]) == planned(key)
    bodies = [one.body for one in covering(ready, recorded(key))]
    effects = [tuple(json.dumps(edited(body, mutation)) for body in bodies) for mutation in planned(key)]
    assert len(set(effects)) == len(effects)


def test_a_control_has_another_ordinary_value_at_the_same_place() -> None:
    order = json.loads(calls()["tiki/getOrder"][0].response_body)
    call = called(f"/orders/{order['order_code']}", order)
    found = mutations("tiki/getOrder", call)
    places: dict[str, Callable[[Any], Any]] = {
        "null/items/*/price": lambda body: [item["price"] for item in body["items"]],
        "unknown-value/status": lambda body: body["status"],
        "long-text/shipping/name": lambda body: body["shipping"]["name"],
        "null/updated_at": lambda body: body["updated_at"],
        "given/coupon_code": lambda body: body["coupon_code"],
    }
    for id, value in places.items():
        made = control(found[id], [call])
        assert made is not None, id
        assert (made.kind, made.place) == ("other-value", found[id].place)
        body = body_under(made, call)
        assert value(body) not in (value(order), None, found[id].value), id
        assert errors("tiki/getOrder", call, body) == ()
        assert edited(order, made) == body
    assert control(found["empty-list/items"], [call]) is None
    assert control(found["full-list/items"], [call]) is None
    assert control(found["unknown-member/new_member"], [call]) is None
    assert control(found["null/shipping"], [call]) is None
    assert control(found["null/updated_at"], [replace(call, response_body=b"")]) is None


def test_the_value_of_a_control_is_none_that_another_call_of_the_test_has() -> None:
    order = json.loads(calls()["tiki/getOrder"][0].response_body)
    call = called(f"/orders/{order['order_code']}", order)
    unknown = mutations("tiki/getOrder", call)["unknown-value/status"]
    made = control(unknown, [call])
    assert made is not None
    later = called(f"/orders/{order['order_code']}", {**order, "status": made.value})
    other = control(unknown, [call, later])
    assert other is not None
    assert other.value not in (order["status"], made.value)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (True, False), (7, 8), (0.5, 1.5), ("2019-10-30 17:27:24", "2019-10-30 17:27:25"), ("A-9", "A-8"),
        ("Phường Kim Mã", "Phường Kim Mã 2"), ("", "text"), (None, None), ([1], [1]), ({"a": 1}, {"a": 1}),
    ],
)  # fmt: skip
def test_another_ordinary_value_is_like_the_present_one(present: Any, expected: Any) -> None:
    assert same(other(present), expected)


def test_copies_of_items_have_identifiers_of_their_own_where_that_is_possible() -> None:
    def filled(items: list[Any], by: str) -> Any:
        value = {"size": 4, "by": by}
        return edited(items, Mutation("tiki", "listOrders", "response", "full-list", "", "", value=value))

    assert filled([{"id": 8}], "id") == [{"id": 8}, {"id": 508}, {"id": 509}, {"id": 510}]
    assert filled([{"sku": "AB0001"}], "sku")[1:3] == [{"sku": "AB0500"}, {"sku": "AB0501"}]
    assert filled([{"id": 8}, {"sku": "A"}], "id") == [{"id": 8}, {"sku": "A"}, {"id": 500 + 8}, {"sku": "A"}]
    assert filled([{"id": None}], "id") == [{"id": None}] * 4
    assert filled(["a", "b"], "") == ["a", "b", "a", "b"]
    assert filled([1] * 5, "") == [1] * 5


def test_a_place_names_all_items_of_its_lists() -> None:
    body = {"a/b": [{"c": 1}, {"d": 2}, {"c": None}], "e": {"f": []}}
    assert item_pointer(("a/b", 0, "c")) == "/a~1b/*/c"
    assert occurrences(body, "/a~1b/*/c") == [("a/b", 0, "c"), ("a/b", 2, "c")]
    assert occurrences(body, "/a~1b/*/c", adding=True) == [("a/b", index, "c") for index in range(3)]
    assert occurrences(body, "") == [()]
    assert occurrences(body, "/e/*") == occurrences(body, "/e/f/*/g", adding=True) == []
    assert words("/e/f") == "`e.f`"
    assert words("/a~1b/*/c") == "`c` of each item of `a/b`"
    assert words("/*") == "each item of the body"


def long_run(key: str) -> Iterator[tuple[Mutation, Exchange, Any]]:
    """Yield many mutated responses of an operation."""
    return islice(mutated(key, calls()[key][:40]), 1000)


@pytest.mark.no_cover
@pytest.mark.parametrize("key", operations())
def test_mutated_responses_keep_their_contract_by_both_engines(key: str) -> None:
    for mutation, exchange, body in long_run(key):
        for engine in ("jsonschema-rs", "jsonschema"):
            assert errors(key, exchange, body, engine) == (), mutation.id


@pytest.mark.no_cover
def test_these_are_10000_mutated_responses() -> None:
    assert sum(1 for key in operations() for _ in long_run(key)) >= 10_000
