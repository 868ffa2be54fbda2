"""Tokopedia's calls: what a request and its response owe each other, at the boundaries."""

from typing import Any

import pytest

import sellerspec
from sellerspec.marketplaces.tokopedia import envelope, orders, request
from sellerspec.model import NO_FACTS, Basis, Finding, Severity, Source
from sellerspec.rules import Rule


def places(rule: Rule, value: Any) -> list[str]:
    assert rule.check is not None
    return [".".join(map(str, violation.path)) for violation in rule.check(value, NO_FACTS)]


@pytest.mark.parametrize("query", [{}, {"shop_id": 1}, {"warehouse_id": 1}])
def test_a_shop_or_a_warehouse_alone_is_no_choice_to_make(query: dict[str, int]) -> None:
    assert places(request.one_of_shop_and_warehouse, query) == []


@pytest.mark.parametrize(("ids", "again"), [((7, 8, 7), 2), ((8, 7, 8), 2), ((7, 7, None), 1)])
def test_an_order_that_comes_again_is_told_where_it_comes_again(ids: tuple[Any, ...], again: int) -> None:
    page = {"data": [{"order_id": id_} for id_ in ids]}
    assert places(orders.order_once, page) == [f"data.{again}.order_id"]


def test_ids_that_are_no_numbers_are_not_compared() -> None:
    assert places(orders.order_once, {"data": [{"order_id": []}, {"order_id": "x"}, {"order_id": "x"}]}) == []


@pytest.mark.parametrize(("rule", "status"), [("token-valid", 401), ("rate-limit", 429)])
def test_what_nothing_here_can_break_is_explained_with_its_status(rule: str, status: int) -> None:
    assert sellerspec.rule(f"tokopedia.{rule}").status == status


@pytest.mark.parametrize(
    ("findings", "code", "status"),
    [
        (((None, None),), "", 400),
        (((None, None), ("ORD_DLV_013", None), ("ORD_DLV_028", None)), "ORD_DLV_013", 400),
        ((("ORD_DLV_013", None), (None, 401)), "", 401),
    ],
)
def test_a_refused_token_decides_then_the_first_code_then_the_first_finding(
    findings: tuple[tuple[str | None, int | None], ...], code: str, status: int
) -> None:
    known = Source("doc", "1", Basis.DOCUMENTED)
    response = envelope.refusal(
        tuple(
            Finding("own", Severity.ERROR, f"/{at}", "", Basis.DOCUMENTED, known, code=code, status=status)
            for at, (code, status) in enumerate(findings)
        )
    )
    assert (response.status, response.body["header"]["error_code"]) == (status, code)
