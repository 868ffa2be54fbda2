"""Tiki's generations side by side: the pairs are in the spec, each names an operation that exists."""

from sellerspec import contract
from sellerspec.openapi.side_by_side import LEFT_OUT, Row, pairs

OLD, NEW = (contract.contract(name).spec for name in ("tiki", "tiki-v2"))
PAIRS = {pair.new.operation.id: pair for pair in pairs(OLD, NEW)}


def test_every_operation_of_the_first_generation_has_one_that_replaces_it() -> None:
    assert {pair.old.operation.id for pair in PAIRS.values()} == set(OLD.ids())


def test_members_are_compared_by_name() -> None:
    rows = {row.name: row for row in PAIRS["createProductRequest"].requests()}
    assert rows["variants[].quantity"] == Row("variants[].quantity", "integer or string or null", LEFT_OUT)
    assert rows["variants[].warehouse_stocks[].warehouseId"].old == ""
    assert rows["name"] == Row("name", "string, required", "string, required")
    assert rows["path version"].new == ""


def test_the_responses_too() -> None:
    rows = {row.name: row for row in PAIRS["createProductRequest"].responses()}
    assert (rows["trace_id"].new, rows["track_id"].new) == ("", "string, required")
