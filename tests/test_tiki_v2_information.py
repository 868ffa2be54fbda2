"""Responses of the reading calls of the Open API: what is compared with the request, and what is not."""

import json
from typing import Any

import pytest

from sellerspec import Exchange, check_exchange

BASE = "https://api.tiki.vn/integration"
HEADERS = {"Authorization": "Bearer example-token", "tiki-api": "example-token"}
BAG = {
    "id": 7566,
    "name": "Túi trống",
    "description": "Túi trống",
    "parent_id": 1846,
    "is_primary": True,
    "is_product_listing_enabled": True,
    "no_license_seller_enabled": True,
}
WAREHOUSE = {"id": 371835, "name": "Kho", "status": 1, "type": "requisition"}


def found(path: str, body: Any, status: int = 200) -> set[str]:
    """Return the rules that a response violates."""
    exchange = Exchange(
        "GET",
        f"{BASE}/{path}",
        status,
        request_headers=HEADERS,
        response_headers={"Content-Type": "application/json"},
        response_body=json.dumps(body).encode(),
    )
    return {finding.rule for finding in check_exchange(exchange).findings}


@pytest.mark.parametrize("keyword", ["Tui", "T%C3%9AI", "trong%20tui", "t%C3%BAi%20tr%E1%BB%91ng"])
def test_a_name_is_found_without_marks_and_capitals(keyword: str) -> None:
    assert found(f"v2/categories?parent=1846&isPrimary=true&name={keyword}", {"data": [BAG]}) == set()


@pytest.mark.parametrize(
    ("path", "body", "rules"),
    [
        ("v2/categories?isPrimary=1&parent=abc", {"data": [BAG]}, ["category-filter", "category-parent"]),
        ("v2/categories?isPrimary=false", {"data": [BAG]}, ["categories-filtered"]),
        ("v2/sellers/me/warehouses?status=x", {"data": [WAREHOUSE]}, ["warehouse-status"]),
        ("v2/sellers/me/warehouses?page=0&limit=0", {"data": [WAREHOUSE]}, ["page", "limit"]),
        ("v2/requests?include=products", {"data": {}}, ["request-list", "paging"]),
        ("v2/categories/7567", {"data": BAG}, ["category-read"]),
    ],
)
def test_a_filter_that_cannot_be_read_is_compared_with_nothing(
    path: str, body: Any, rules: list[str]
) -> None:
    assert found(path, body) == {f"tiki-v2.{rule}" for rule in rules}


def test_a_filter_of_the_first_version_that_cannot_be_read_is_compared_with_nothing() -> None:
    category = {"id": 7, "name": "Sách", "parent": 2, "primary": 1}
    rules = found("v1/categories?parent=abc&primary=x", [category])
    assert rules == {"tiki.category-parent", "tiki.category-primary-filter"}


def test_a_refusal_is_compared_with_nothing() -> None:
    assert found("v2/categories/1", {"errors": ["Category not found id: 1"]}, 404) == set()


@pytest.mark.parametrize("first", [0, 1])
def test_both_positions_that_sources_show_are_taken(first: int) -> None:
    paging = {"total": 1, "current_page": 1, "from": first, "to": 1, "per_page": 20, "last_page": 1}
    value = {"id": 1, "attribute_code": "origin", "position": 0, "value": "Anh"}
    assert found("v2/attributes/498/values", {"data": [value], "paging": paging}) == set()


@pytest.mark.parametrize(
    ("total", "last", "fits"), [(0, 0, True), (0, 1, True), (40, 2, True), (41, 2, False)]
)
def test_the_last_page_is_that_of_the_last_entry(total: int, last: int, fits: bool) -> None:
    paging = {"total": total, "current_page": 1, "from": 1, "to": 1, "per_page": 20, "last_page": last}
    rules = found("v2/attributes/498/values", {"data": [], "paging": paging})
    assert rules == (set() if fits else {"tiki-v2.paging-pages"})
