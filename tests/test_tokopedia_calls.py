"""Tokopedia's calls: what a request and its answer owe each other, at the boundaries."""

from typing import Any

import pytest

import sellerspec
from sellerspec.marketplaces.tokopedia import orders, request
from sellerspec.model import NO_FACTS
from sellerspec.rulebook import Rule


def places(rule: Rule, value: Any) -> list[str]:
    assert rule.check is not None
    return [".".join(map(str, each.at)) for each in rule.check(value, NO_FACTS)]


@pytest.mark.parametrize("query", [{}, {"shop_id": 1}, {"warehouse_id": 1}])
def test_a_shop_or_a_warehouse_alone_is_no_choice_to_make(query: dict[str, int]) -> None:
    assert places(request.one_of_shop_and_warehouse, query) == []


@pytest.mark.parametrize(("ids", "again"), [((7, 8, 7), 2), ((8, 7, 8), 2), ((7, 7, None), 1)])
def test_an_order_that_comes_again_is_told_where_it_comes_again(ids: tuple[Any, ...], again: int) -> None:
    page = {"data": [{"order_id": each} for each in ids]}
    assert places(orders.order_once, page) == [f"data.{again}.order_id"]


def test_ids_that_are_no_numbers_are_not_compared() -> None:
    assert places(orders.order_once, {"data": [{"order_id": []}, {"order_id": "7"}, {"order_id": "7"}]}) == []


@pytest.mark.parametrize(("rule", "status"), [("token-valid", 401), ("rate-limit", 429)])
def test_what_nothing_here_can_break_is_explained_with_its_status(rule: str, status: int) -> None:
    assert sellerspec.rule(f"tokopedia.{rule}").status == status
