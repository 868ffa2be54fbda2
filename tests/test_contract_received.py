"""Which members of a response may be null or absent, and how we know: in the library and the commands."""

import json
from dataclasses import replace

import orjson
import pytest

import sellerspec
from sellerspec import contract
from sellerspec.contract.examples import examples
from sellerspec.contract.requirements import requirements
from sellerspec.contract.requirements.received import ReceivedMember, received
from sellerspec.io.pointers import drop, has, put
from support.command_line import run


@pytest.fixture(scope="module")
def order() -> dict[str, ReceivedMember]:
    return {member.path: member for member in received(contract.operation("tiki/getOrder"))}


def known(member: ReceivedMember, state: str) -> tuple[bool, str, str, str]:
    """Return whether it may be so, how, the rule and the basis."""
    one = member.null if state == "null" else member.absent
    assert one is not None
    return one.allowed, one.how, one.rule, one.basis.value


def test_each_way_to_know(order: dict[str, ReceivedMember]) -> None:
    complete = (True, "only a warning", "tiki.order-complete", "inferred")
    assert known(order["items[].price"], "null") == complete
    assert known(order["items[].price"], "absent") == complete
    shape = (False, "refused", "tiki.order-shape", "documented")
    assert known(order["order_code"], "null") == shape
    assert known(order["items"], "absent") == shape
    shown = (True, "a documented example shows it", "", "documented")
    assert known(order["coupon_code"], "null") == shown
    said = "the schema allows it: When the order was placed; null in a sample of 2020"
    assert known(order["purchased_at"], "null") == (True, said, "", "inferred")


def test_what_no_document_states_is_assumed() -> None:
    members = {member.path: member for member in received(contract.operation("tnsl/getOrder"))}
    assert known(members["data.main_substate"], "null") == (True, "the schema allows it", "", "assumed")
    assert members["data.extra_info.delivery_partner"].null is None  # no example has the object


def test_what_is_said_holds_in_an_exchange(order: dict[str, ReceivedMember]) -> None:
    call = next(
        example.exchange
        for example in examples("tiki/getOrder")
        if example.is_exchange and example.valid and b'"price"' in example.exchange.response_body
    )
    body = json.loads(call.response_body)
    tried = 0
    for member in order.values():
        path = tuple(0 if part == "[]" else part for part in member.path.replace("[]", ".[]").split("."))
        if member.null is None or member.absent is None or not has(body, path):
            continue
        for one, changed in ((member.null, put(body, path, None)), (member.absent, drop(body, path))):
            exchange = replace(call, response_body=orjson.dumps(changed))
            report = sellerspec.check_exchange(exchange, operation="tiki/getOrder", requests="never")
            assert report.ok is one.allowed, member.path
            tried += 1
    assert tried > 40


@pytest.mark.parametrize("operation", ["tnsl/exportImport", "tokopedia/orderStatus"])
def test_there_are_none_without_a_json_response(operation: str) -> None:
    assert requirements(operation).received == ()


@pytest.mark.parametrize("command", ["requirements", "explain"])
def test_the_commands_list_them(command: str) -> None:
    text = run(command, "tiki/getOrder").stdout
    assert "members of the response:" in text
    assert "never null or absent (refused; tiki.order-shape, tis-2019 VI.3.1, documented)" in text
    missing = run(command, "tnsl/getOrder").stdout
    assert "null or absent: not known, no example has the object" in missing
    assert "members of the response" not in run(command, "tnsl/exportImport").stdout
    members = json.loads(run(command, "tiki/getOrder", "--format", "json").stdout)["received"]
    price = next(member for member in members if member["path"] == "items[].price")
    how = {
        "allowed": True,
        "how": "only a warning",
        "basis": "inferred",
        "source": {"document": "tis-2019", "section": "VI.3"},
        "rule": "tiki.order-complete",
    }
    assert price == {
        "path": "items[].price", "types": ["integer", "null"], "null": how, "absent": how,
    }  # fmt: skip
