"""Contract coverage: what is seen, held against what there is."""

import json

import pytest

from sellerspec import Exchange, Facts, SellerspecError, contract
from sellerspec.reporting.coverage import Coverage, below_limits, collect, limits, page, summary, table
from support.examples import ROOT

CREATE = contract.operation("tiki/createProduct")
PRODUCT = json.loads((ROOT / "tiki/createProduct/valid/documented-configurable.json").read_text())


def test_fields_and_rules_of_a_payload_are_seen() -> None:
    coverage = Coverage()
    coverage.payload(CREATE, PRODUCT, source="payloads")
    coverage.payload(CREATE, {**PRODUCT, "name": ""}, source="payloads")
    seen = coverage.seen["tiki/createProduct"]
    assert seen.calls == {"payloads": 2}
    assert {"/name", "/variants", "/variants/*/sku"} <= seen.fields
    assert "tiki.product-name" in seen.satisfied & seen.violated
    assert "tiki.attribute-required" not in seen.satisfied  # needs a category
    category = {"id": PRODUCT["category_id"], "primary": 1, "attributes": []}
    other = {**category, "id": 1}
    coverage.payload(CREATE, PRODUCT, Facts(category=other), source="payloads")
    assert "tiki.attribute-required" not in coverage.seen["tiki/createProduct"].satisfied
    coverage.payload(CREATE, PRODUCT, Facts(category=category), source="payloads")
    assert "tiki.attribute-required" in coverage.seen["tiki/createProduct"].satisfied


def test_a_rule_is_not_satisfied_where_it_does_not_apply() -> None:
    coverage = Coverage()
    coverage.payload(contract.operation("tiki/updateSku"), {"price": 9}, source="payloads")
    seen = coverage.seen["tiki/updateSku"]
    assert "tiki.update-price" in seen.satisfied
    assert "tiki.update-active" not in seen.satisfied | seen.violated


def exchange(status: int | None, body: bytes = b"", **more: object) -> Coverage:
    coverage = Coverage()
    coverage.exchange(
        contract.operation("tiki/listOrders"),
        Exchange("GET", "", status, request_headers={"tiki-api": "FAKE"}, response_body=body),
        {"version": "v1"},
        "page=1&colour=red",
        source="guard",
    )
    return coverage


def test_statuses_parameters_and_responses_of_an_exchange_are_seen() -> None:
    seen = exchange(200, b'{"data": [], "paging": {}}').seen["tiki/listOrders"]
    assert seen.statuses == {200}
    assert seen.parameters == {"path version", "query page", "headers tiki-api"}
    assert exchange(200, b"no json").seen["tiki/listOrders"].violated == {
        "sellerspec.body-readable",
        "sellerspec.query-known",
    }
    assert exchange(None).seen["tiki/listOrders"].statuses == set()
    assert exchange(418).seen["tiki/listOrders"].statuses == {418}


def test_a_payload_for_an_operation_without_one_is_not_counted() -> None:
    coverage = Coverage()
    coverage.payload(contract.operation("tiki/listOrders"), {}, source="payloads")
    assert coverage.seen["tiki/listOrders"].fields == set()


def test_coverage_travels_as_json_and_adds_up() -> None:
    first, second = exchange(200), exchange(400)
    merged = Coverage.from_dict(json.loads(json.dumps(first.to_dict())))
    assert merged.to_dict() == first.to_dict()
    merged.merge(second)
    assert merged.seen["tiki/listOrders"].statuses == {200, 400}
    assert merged.seen["tiki/listOrders"].calls == {"guard": 2}
    for wrong in ({}, {**first.to_dict(), "seen": 3}, {**first.to_dict(), "seen": {"a/b": {}}}):
        with pytest.raises(SellerspecError, match="no contract coverage"):
            Coverage.from_dict(wrong)


def test_many_exchanges_are_looked_at_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "PENDING", 1)
    coverage = exchange(200)
    assert coverage._pending == []
    assert coverage.marketplaces() == ("tiki",)


def test_shares_count_what_there_is() -> None:
    (tiki,) = summary(exchange(200))
    assert str(tiki.shares["operations"]) == "1/13"
    assert tiki.shares["operations"].seen == ("listOrders",)
    assert "listOrders 200" in tiki.shares["statuses"].seen
    of = {operation.name: operation for operation in tiki.operations}
    assert of["listOrders"].calls == 1
    assert of["getOrder"].shares["fields"].percent == 100  # it has no body
    document = tiki.to_dict()
    assert document["of_operations"]["listOrders"]["parameters"]["seen"] == 3
    assert [marketplace.name for marketplace in summary(Coverage(), ["tnsl"])] == ["tnsl"]


def test_the_table_is_short_and_the_page_needs_no_other_file() -> None:
    summaries = summary(exchange(200))
    assert len(table(summaries).splitlines()) == 2
    shown = page(summaries, title="<coverage>")
    assert "&lt;coverage&gt;" in shown
    assert "http" not in shown
    assert "<code>query limit</code>" in shown
    assert "Nothing was seen" in page(())


def test_limits_are_read_and_enforced() -> None:
    assert limits("operations=90, rules=70.5") == {"operations": 90, "rules": 70.5}
    assert limits("") == {}
    with pytest.raises(SellerspecError, match="did you mean `rules`"):
        limits("rule=70")
    for wrong in ("rules", "rules=x", "rules=101"):
        with pytest.raises(SellerspecError, match="gives no percentage from 0 to 100"):
            limits(wrong)
    assert below_limits(summary(exchange(200)), {"operations": 5}) == []
    assert below_limits(summary(exchange(200)), {"operations": 50}) == [
        "tiki: operations 7.7 % (1/13), at least 50 % is required"
    ]
    assert below_limits((), {"rules": 1}) == ["nothing was covered at all, so rules=1 is not met"]


def test_tokopedia_and_tnsl_are_walked_too() -> None:
    for path in sorted(ROOT.glob("t[no]*/*/valid/*.json"))[::5]:
        if path.name.endswith((".facts.json", ".exchange.json")):
            continue
        coverage = Coverage()
        key = "/".join(path.relative_to(ROOT).parts[:2])
        coverage.payload(contract.operation(key), json.loads(path.read_text()), source="payloads")
        assert coverage.seen[key].satisfied
