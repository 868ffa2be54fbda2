"""`sellerspec mutate` and the example connector: it finds each planted fault, and none in what has none."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.example_connector import FAULTS, PYTEST, copied, python

pytestmark = pytest.mark.no_cover  # everything runs in other processes

ORDERS, PRODUCTS, RECEIVER = (f"tests/test_{name}.py" for name in ("orders", "products", "receiver"))
V2 = "tests/tiki_v2"
"""The tests of the twin of Tiki's Open API."""

V2_EVENTS, V2_ORDERS, V2_PRODUCTS, V2_STOCK = (
    f"{V2}/test_{name}.py" for name in ("events", "orders", "products", "stock")
)


@dataclass(frozen=True)
class Found:
    """What a run shows of a fault."""

    family: str
    operation: str
    tests: str
    """The file of tests that runs."""

    mutations: frozenset[str]
    """Kind and place of each mutation that the connector does not survive; of no other one."""


def responses(operation: str, *mutations: str, tests: str = ORDERS) -> Found:
    return Found("response", operation, tests, frozenset(mutations))


def behaviour(operation: str, *mutations: str, tests: str = ORDERS) -> Found:
    return Found("behaviour", operation, tests, frozenset(mutations))


def of(member: str, *kinds: str) -> list[str]:
    return [f"{kind}{member}" for kind in kinds]


IN_PRODUCT = ("name", "notes", "weight", "total_weight", "price", "total_price", "currency", "sku")

FOUND = {
    # responses that the contract allows
    "price-is-never-null": responses("tiki/getOrder", *of("/items/*/price", "null", "absent")),
    "sku-is-never-absent": responses("tiki/getOrder", "absent/items/*/original_sku"),
    "every-order-has-an-item": responses("tiki/getOrder", "empty-list/items"),
    "deadline-is-never-null": responses(
        "tiki/getOrder", *of("/items/*/must_confirmed_before_at", "null", "absent")
    ),
    "status-looked-up-in-a-dict": responses("tiki/getOrder", "unknown-value/status"),
    "confirmation-is-an-enum": responses(
        "tiki/getOrder", *of("/items/*/confirmation_status", "null", "absent", "unknown-value")
    ),
    "code-as-text-is-a-failure": responses("tiki/confirmItems", "number-as-text/code"),
    "name-has-a-first-letter": responses("tiki/getOrder", "empty-text/items/*/product_name"),
    "note-cut-in-its-bytes": responses("tiki/getOrder", "long-text/note"),
    "phone-is-never-null": responses(
        "tiki/getOrder", *of("/shipping", "null", "absent"), *of("/shipping/phone", "null", "absent")
    ),
    "incomplete-order-skipped": responses("tiki/listOrders", *of("/data/*/items/*/price", "null", "absent")),
    "last-page-believed": responses(
        "tiki/listOrders", "absent/paging", *of("/paging/last_page", "null", "absent", "zero")
    ),
    "items-taken-in-their-order": responses("tiki/getOrder", "other-order/items"),
    "notice-with-new-members-refused": responses(
        "tokopedia/orderNotification",
        "unknown-member/products/*/new_member",
        *(f"absent/products/*/{name}" for name in IN_PRODUCT),
        tests=RECEIVER,
    ),
    "app-id-is-a-number": responses("tokopedia/orderNotification", "number-as-text/fs_id", tests=RECEIVER),
    # behaviour that happens
    "short-page-is-the-last": behaviour("tiki/listOrders", "short-page"),
    "order-pulled-on-two-pages": behaviour("tiki/listOrders", "page-shifts"),
    "known-order-ends-the-list": behaviour("tiki/listOrders", "page-shifts"),
    "pushed-again-without-a-look": behaviour(
        "tiki/createProduct", "no-answer-after-change", "reset-in-body", tests=PRODUCTS
    ),
    "confirmed-again-without-a-look": behaviour(
        "tiki/confirmItems", "no-answer-after-change", "reset-in-body"
    ),
    "retried-for-ever": behaviour("tiki/getTracking", "server-error", "unavailable-html", tests=PRODUCTS),
    "busy-is-not-repeated": behaviour(
        "tiki/getTracking", "rate-limited", "rate-limited-bare", tests=PRODUCTS
    ),
    "retry-after-always-there": behaviour(
        "tiki/getTracking",
        "rate-limited-bare",
        "server-error-once",
        "server-error",
        "unavailable-html",
        tests=PRODUCTS,
    ),
    "json-before-status": behaviour("tiki/getTracking", "unavailable-html", tests=PRODUCTS),
    "canceled-order-counts-as-confirmed": behaviour(
        "tiki/confirmItems", "server-error", "unavailable-html", "token-expired", "buyer-cancels"
    ),
    "rejected-book-waited-for": behaviour("tiki/getTracking", "rejected-later", tests=PRODUCTS),
    "notice-twice-is-packed-twice": behaviour("tokopedia/orderNotification", "notice-twice", tests=RECEIVER),
    "newest-notice-wins": behaviour("tokopedia/orderStatus", "notices-out-of-order", tests=RECEIVER),
    # exceptions that are swallowed, and tokens in logs
    "push-swallows-everything": behaviour(
        "tiki/createProduct", "server-error", "unavailable-html", "token-expired", tests=PRODUCTS
    ),
    "failed-page-ends-the-list": behaviour(
        "tiki/listOrders", "server-error", "unavailable-html", "token-expired", "token-expires"
    ),
    "token-in-the-log": behaviour(
        "tiki/getTracking", "server-error-once", "server-error", "unavailable-html", tests=PRODUCTS
    ),
    "token-in-the-error": behaviour("tiki/getTracking", "no-answer", "reset-in-body", tests=PRODUCTS),
    # the twin
    "code-of-the-shop-always-there": responses(
        "tiki-v2/getOrder", *of("/items/*/product/seller_product_code", "null", "absent"), tests=V2_ORDERS
    ),
    "state-of-an-item-is-an-enum": responses(
        "tiki-v2/getOrder", "unknown-value/items/*/confirmation/status", tests=V2_ORDERS
    ),
    "pick-up-time-always-there": responses(
        "tiki-v2/listPickupSlots",
        *of("/pickup_slots", "null", "absent", "empty-list", "other-order"),
        *of("/pickup_slots/*/expected_pickup_time", "null", "absent"),
        tests=V2_ORDERS,
    ),
    "every-request-is-listed": responses("tiki-v2/listTracking", "absent/data", tests=V2_PRODUCTS),
    "stock-always-there": responses(
        "tiki-v2/getProduct",
        "null/inventory",
        *of("/inventory/warehouse_stocks", "null", "absent"),
        tests=V2_STOCK,
    ),
    "token-ends-on-a-date": responses("tiki-v2/createToken", "largest/expires_in", tests=V2_STOCK),
    "token-waited-for-without-end": behaviour(
        "tiki-v2/createToken", "no-answer", "no-answer-after-change", tests=V2_STOCK
    ),
    "refused-token-in-the-log": behaviour("tiki-v2/getProduct", "token-expired", tests=V2_STOCK),
    "queue-made-again-without-a-look": behaviour(
        "tiki-v2/createQueue", "no-answer-after-change", "reset-in-body", tests=V2_EVENTS
    ),
    "request-sent-again-without-a-look": behaviour(
        "tiki-v2/createProductRequest", "no-answer-after-change", "reset-in-body", tests=V2_PRODUCTS
    ),
    "refused-order-is-put-aside": behaviour(
        "tiki-v2/getOrder", "server-error", "unavailable-html", "token-expired", tests=V2_EVENTS
    ),
}
"""Fault -> what mutate names."""


def mutated(folder: Path, *options: str, tests: str | tuple[str, ...] = "tests") -> tuple[int, Any]:
    """Return the exit code of a run and its report."""
    chosen = (tests,) if isinstance(tests, str) else tests
    words = ("mutate", *options, "--format", "json", "--output", "report.json")
    done = python("-m", "sellerspec", *words, "--", sys.executable, *PYTEST, *chosen, cwd=folder)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode, json.loads((folder / "report.json").read_text())


def weaknesses(report: Any) -> set[str]:
    return {mutation["id"] for mutation in report["mutations"] if mutation["state"] == "weakness"}


def test_every_fault_is_in_the_list() -> None:
    assert {path.stem for path in FAULTS.glob("*.patch")} == {*FOUND}
    assert len(FOUND) >= 20


@pytest.mark.parametrize("fault", sorted(FOUND))
def test_a_fault_is_found_with_the_member_or_the_behaviour_named(fault: str, tmp_path: Path) -> None:
    found = FOUND[fault]
    folder = copied(tmp_path, FAULTS / f"{fault}.patch")
    options = ("--only", found.family, "--operation", found.operation)
    code, report = mutated(folder, *options, tests=found.tests)
    assert weaknesses(report) == {f"{found.operation}:{mutation}" for mutation in found.mutations}
    assert code == 1


@pytest.mark.timeout(1200)  # thousands of mutations, each with the tests that it reaches
@pytest.mark.parametrize("tests", [("tests", "--ignore", V2), (V2,)], ids=["first", "twin"])
def test_the_connector_survives_everything_and_its_suite_notices_defects(
    tests: tuple[str, ...], tmp_path: Path
) -> None:
    code, report = mutated(copied(tmp_path), tests=tests)
    assert weaknesses(report) == set()
    assert report["figures"]["noticed"]["percent"] >= 80
    assert code == 0
    assert len(report["mutations"]) > 1000
