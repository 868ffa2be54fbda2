"""Facts with values of any type at any place: refused, or read by every rule without a crash."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from sellerspec import Facts, check, check_exchange
from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io import records
from sellerspec.model import Json

EXAMPLES = Path(__file__).parent / "examples"
OTHER: list[Json] = [
    None, True, 0, -1, 1.5, 1e308, 2**63, "", "x", "2019-99-99", "9999-12-31 23:59:59", "0001-01-01 00:00:00",
    [], {}, [[]], [None], {"a": None}, {"data": []}, [{"id": {}}],
]  # fmt: skip


def altered(value: Json, draw: random.Random) -> Json:
    """Return a copy in which up to three places hold something else."""
    value = copy.deepcopy(value)
    for _ in range(draw.randint(1, 3)):
        holders = [value] if isinstance(value, dict | list) else []
        for holder in holders:
            members = holder.values() if isinstance(holder, dict) else holder
            holders.extend(member for member in members if isinstance(member, dict | list))
        holder = draw.choice([holder for holder in holders if holder] or [{"": 0}])
        place = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[place] = copy.deepcopy(draw.choice(OTHER))
    return value


def examples() -> list[tuple[str, Json, Json, bool]]:
    """Return operation, facts, and the payload or exchange of each example with facts."""
    found = []
    for path in sorted(EXAMPLES.glob("*/*/*/*.facts.json")):
        name = path.name.removesuffix(".facts.json")
        exchange = path.with_name(f"{name}.exchange.json")
        file = exchange if exchange.exists() else path.with_name(f"{name}.json")
        operation = "/".join(path.parts[-4:-2])
        found.append(
            (operation, json.loads(path.read_text()), json.loads(file.read_text()), exchange.exists())
        )
    return found


@pytest.mark.no_cover
def test_E1_facts_of_any_type_are_refused_or_judged_by_every_rule() -> None:
    draw = random.Random(16)
    judged = 0
    for _ in range(25):
        for operation, facts, value, is_exchange in examples():
            try:
                given = records.facts(altered(facts, draw), "facts.json")
                if is_exchange:
                    check_exchange(
                        records.exchange(value), facts=given, operation=operation, requests="always"
                    )
                else:
                    check(operation, altered(value, draw), facts=given)
            except SellerspecError:
                continue
            judged += 1
    assert judged > 500


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"category": []}, "f.json: the fact `category` has the wrong type"),
        ({"warehouses": [5]}, "f.json: the fact `warehouses` has the wrong type"),
        ({"suppliers": [True]}, "f.json: the fact `suppliers` has the wrong type"),
        ({"listing_price": 1e40}, "f.json: the fact `listing_price` has the wrong type"),
        ({"now": 5}, "f.json: the fact `now` has the wrong type"),
        ([], "f.json: facts must be one JSON object"),
    ],
)
def test_E1_a_fact_of_another_type_is_an_error_of_its_file(facts: Any, problem: str) -> None:
    with pytest.raises(ParseError) as caught:
        records.facts(facts, "f.json")
    assert str(caught.value) == problem


def test_E1_a_category_without_an_id_is_of_no_product_and_the_first_day_is_a_day() -> None:
    report = check("tiki/createProduct", {"name": "x"}, facts=Facts(category={"attributes": []}))
    assert not [finding for finding in report.findings if finding.rule == "tiki.category-attributes"]
    now = records.facts({"now": "0001-01-01 00:00:00"}, "f.json")
    update = {"order_code": "1", "status": "on_delivery", "update_time": "9999-12-31 23:59:59"}
    report = check("tiki/updateDeliveryStatus", update, facts=now)
    assert [finding.rule for finding in report.findings] == ["tiki.delivery-status-not-ahead"]
