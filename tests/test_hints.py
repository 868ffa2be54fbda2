"""Hints belong to values: what was probably meant, or a fact; none changes what is meant."""

import re
from typing import Any

import pytest

import sellerspec
from sellerspec.io import resources
from sellerspec.rules import Rule
from sellerspec.schema.nearest import nearest

ENGINES = ("jsonschema-rs", "jsonschema")


def hints(operation: str, payload: Any, engine: str = ENGINES[0]) -> list[tuple[str, str | None]]:
    """Return the rule of each finding, and what its message suggests, else its hint: never both."""
    shown: list[tuple[str, str | None]] = []
    for finding in sellerspec.check(operation, payload, engine=engine).findings:
        suggested = re.search(r"\((did you mean .*\?)\)$", finding.message)
        assert not (suggested and finding.hint)
        shown.append((finding.rule, suggested[1] if suggested else finding.hint))
    return shown


def delivery(status: str) -> dict[str, str]:
    return {"order_code": "20939384", "status": status}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("cancelled", "canceled"),
        ("Canceled", "canceled"),
        ("successfull_delivery", "successful_delivery"),
        ("SUCCESSFUL DELIVERY", "successful_delivery"),
    ],
)
def test_B1_a_status_gets_the_value_that_it_is_a_slip_of(status: str, meant: str, engine: str) -> None:
    rule = "tiki.confirm-delivery-status"
    assert hints("tiki/confirmDelivery", delivery(status), engine) == [(rule, f"did you mean `{meant}`?")]


@pytest.mark.parametrize(
    "status", ["unsuccessful_delivery", "failed_delivery", "complete", "delivered", "", "x"]
)
def test_B1_no_hint_advises_to_report_success(status: str) -> None:
    ((_, hint),) = hints("tiki/confirmDelivery", delivery(status))
    assert hint == "`complete` stands in the summary of the call only, not among its values"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("status", "rule", "hint"),
    [
        ("customs clearance", "blanks", "did you mean `customs_clearance`?"),
        ("ready for delivery", "blanks", "did you mean `ready_for_delivery`?"),
        ("custom clearance complete", "blanks", "did you mean `customs_clearance_complete`?"),
        ("not ready for delivery", "blanks", sellerspec.rule("tiki.delivery-status-blanks").hint),
        ("Customs-Clearance", "known", "did you mean `customs_clearance`?"),
        ("failed_delivery", "known", None),
    ],
)  # fmt: skip
def test_B2_an_event_gets_the_event_that_was_meant(
    status: str, rule: str, hint: str | None, engine: str
) -> None:
    event = {**delivery(status), "update_time": "2019-11-23 23:59:59"}
    assert hints("tiki/updateDeliveryStatus", event, engine) == [(f"tiki.delivery-status-{rule}", hint)]


def test_B2_an_unknown_member_gets_the_known_one_that_was_meant() -> None:
    update = {"Price": 100000, "quantitty": 20, "colour": "red", "active": 1}
    assert hints("tiki/updateSku", update) == [
        ("tiki.update-members", "did you mean `price`?"),
        ("tiki.update-members", "name, pictures and market price cannot be changed with this call"),
        ("tiki.update-members", "did you mean `quantity`?"),
    ]


@pytest.mark.parametrize(
    ("text", "allowed", "meant"),
    [
        ("dropship", ("drop_ship", "instock"), "drop_ship"),
        ("sellerBackorder", ("backorder", "seller_backorder"), "seller_backorder"),
        ("queueing", ("queuing",), "queuing"),
        ("succesful_delivery", ("successful_delivery",), "successful_delivery"),
        ("sucecssful_delivery", ("successful_delivery",), "successful_delivery"),
        ("successful_delivary", ("successful_delivery",), "successful_delivery"),
        ("seller_canceled", ("seller_confirmed",), None),
        ("hn", ("hp",), None),
        ("", ("canceled",), None),
        ("c" * 65, ("c" * 66,), None),
        ("canceled", ("canceled", 1, None), None),
    ],
)
def test_the_nearest_text_is_a_slip_and_nothing_else(
    text: str, allowed: tuple[Any, ...], meant: str | None
) -> None:
    assert nearest(text, allowed) == meant


def listed(value: Any) -> list[str]:
    """Return every text of every list of allowed values in a schema."""
    if isinstance(value, list):
        return [text for part in value for text in listed(part)]
    if not isinstance(value, dict):
        return []
    own = (
        [text for text in value.get("enum", ()) if isinstance(text, str)]
        if isinstance(value.get("enum"), list)
        else []
    )
    return own + [text for part in value.values() for text in listed(part)]


TEXTS = sorted(
    {
        text
        for path in resources.data_dir("schemas").glob("*/*.json")
        for text in listed(resources.read_json(path))
    }
)


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) > 1])
def test_B1_the_opposite_of_an_allowed_value_never_gets_that_value_as_a_hint(text: str) -> None:
    opposites = [f"{no}{text}" for no in ("un", "in", "non", "not_", "no_", "dis", "de", "never ", "failed_")]
    assert [nearest(opposite, [text]) for opposite in opposites] == [None] * len(opposites)
    assert nearest(text.upper() + " ", [text]) == text


@pytest.mark.parametrize("rule", [rule for rule in sellerspec.rules() if rule.hint], ids=lambda rule: rule.id)
def test_B1_no_hint_of_a_rule_asks_for_a_value(rule: Rule) -> None:
    assert rule.hint
    for value in re.findall(r"(?:send|write|use|give|take|report) `([^`]+)`", rule.hint):
        assert value == "Content-Type: application/json"
