"""What a safe rewrite may never do, and what it does: every way to write a value, with its certainty."""

from typing import Any

import pytest

import sellerspec
from sellerspec.schema.rewrites import listed, meant, rewrites, without_repetitions

LIST = "write a list with the text as its one item"


def ways(value: Any, **known: bool) -> list[tuple[Any, bool]]:
    """Return the other ways to write a value and whether they are safe, but for the list of one text."""
    return [(way.value, way.safe) for way in rewrites(value, **known) if way.title != LIST]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5000", [(5000, True)]),
        ("-1", [(-1, True)]),
        ("0", [(0, True)]),
        ("12.5", [(12.5, True)]),
        ("5000.00", [(5000, True)]),
        ("5000.0000", [(5000, True)]),
        ("999999999999999", [(999999999999999, True)]),
        (" 5000\u00a0", [("5000", True), (5000, True)]),
        # three digits after a point may be thousands, as in Vietnam and Indonesia
        ("149.000", [(149000, False)]),
        ("1.500", [(1500, False)]),
        ("1,500", [(1500, False)]),
        ("1 500 000", [(1500000, False)]),
        ("true", [(True, True)]),
        ("False", [(False, True)]),
    ],
)
def test_a_text_that_is_a_number_or_a_boolean(text: str, expected: list[tuple[Any, bool]]) -> None:
    assert ways(text) == expected
    assert [type(value) for value, _ in ways(text)] == [type(value) for value, _ in expected]


@pytest.mark.parametrize(
    "text",
    [
        "007", "0901234567", "00", "-01", "+5", "5.", ".5", "1e3", "1E3", "0x10", "1_000", "١٢٣", "５", "²",
        "1,5", "12,50", "1,50,000", "1.500,00", "1,500.00", "149000.000", "0.500", "1.2345", "NaN",
        "Infinity", "9007199254740993", "12345678901234567890", "1/2", "5 000 0", "yes", "1 item", "", " ",
        "03/04/2024", "2024-03-04", "2024-3-4 1:00", "04-03-2024 10:00:00", "10:00:00",
        "2024-02-30 10:00:00", "2024-03-04T24:00:00", "2024-03-04T10:60:00", "2024-03-04T10:00:00+25:00",
        "2024-03-04T10:00:00 +0700 WIB", "9999-12-31T23:59:59Z", "2024-W10-1T10:00:00",
        "Nguyễn  Văn A", "a b", "[1", "{", '{"a": 1, "a": 2}', "[NaN]",
    ],
)  # fmt: skip
def test_a_text_that_may_mean_something_else_stays(text: str) -> None:
    assert ways(text) == []


@pytest.mark.parametrize(
    ("value", "refused", "taken"),
    [
        (5000.0, [(5000, True)], [(5000, True)]),
        (5, [("5", False)], [("5", True)]),
        (1, [("1", False), (True, False)], [("1", True), (True, True)]),
        (0.0, [(0, True), (False, False)], [(0, True), (False, True)]),
        (2.5, [], []),
        (1e300, [], []),
        (10**18, [], []),
        (float("inf"), [], []),
        (True, [], [(1, True)]),
        (None, [([], False)], [([], False)]),
        ([1, 1], [], []),
        ({"a": 1}, [], []),
    ],
)
def test_a_number_sent_where_a_text_is_asked_for_may_have_lost_its_zeros(
    value: Any, refused: list[tuple[Any, bool]], taken: list[tuple[Any, bool]]
) -> None:
    assert repr(ways(value)) == repr(refused)
    assert repr(ways(value, taken=True)) == repr(taken)


def test_null_is_an_empty_list_only_where_nothing_but_a_list_is_allowed() -> None:
    assert ways(None, typed=True) == [([], True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2019-11-03T23:59:59",
            [("2019-11-03 23:59:59", True), ("2019-11-03T23:59:59+07:00", False)],
        ),
        ("2019-11-03 23:59", [("2019-11-03 23:59:00", True), ("2019-11-03T23:59:00+07:00", False)]),
        (
            "2019-11-03T23:59:59.250",
            [("2019-11-03 23:59:59", False), ("2019-11-03T23:59:59+07:00", False)],
        ),
        (
            "2019-11-03T23:59:59.000Z",
            [
                ("2019-11-04 06:59:59", False),
                ("2019-11-03T23:59:59+00:00", True),
                ("2019-11-03T23:59:59Z", True),
            ],
        ),
        (
            "2019-11-03 23:59:59 +0000 UTC",
            [
                ("2019-11-04 06:59:59", False),
                ("2019-11-03T23:59:59+00:00", True),
                ("2019-11-03T23:59:59Z", True),
            ],
        ),
        (
            "2024-03-31 02:30:00+0200",
            [("2024-03-31 07:30:00", False), ("2024-03-31T02:30:00+02:00", True)],
        ),
        ("0999-01-01T00:00:00", [("0999-01-01 00:00:00", True), ("0999-01-01T00:00:00+07:00", False)]),
    ],
)
def test_a_time_keeps_its_clock_and_its_offset_or_is_unsafe(
    text: str, expected: list[tuple[Any, bool]]
) -> None:
    assert ways(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://img.example/a b.jpg", [("https://img.example/a%20b.jpg", True)]),
        ("https://img.example/a.jpg https://img.example/b.jpg", []),
        ("https://img.example/a.jpg, b.jpg", []),
        ("https://img example/a.jpg", []),
        ('<img src="https://img.example/a.jpg"> and a blank', []),
        ("see https://img.example/a b.jpg", []),
        ("//img.example/a.jpg", [("https://img.example/a.jpg", False)]),
        ("http://img.example/a.jpg", [("https://img.example/a.jpg", False)]),
    ],
)
def test_an_address(text: str, expected: list[tuple[Any, bool]]) -> None:
    assert ways(text) == expected


STATES = (
    "successful_delivery",
    "canceled",
    "drop_ship",
    "dropship",
    "delivery_failed_1",
    "delivery_failed_2",
)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("CANCELED", ("canceled", True)),
        (" canceled\n", ("canceled", True)),
        ("Drop-Ship", ("drop_ship", True)),
        ("Delivery Failed 1", ("delivery_failed_1", True)),
        ("cancelled", ("canceled", False)),
        ("unsuccessful_delivery", None),
        ("un-canceled", None),
        ("delivery_failed_3", None),
        ("delivery_failed", None),
        ("canceled!", ("canceled", False)),
        ("drop--ship", None),  # as near to one as to the other
    ],
)
def test_a_listed_text_is_written_only_where_one_can_be_meant(
    text: str, way: tuple[str, bool] | None
) -> None:
    assert [(each.value, each.safe) for each in listed(text, STATES)] == ([way] if way else [])


def test_what_is_no_text_is_no_slip_of_one() -> None:
    assert meant(1, ("1",)) is None
    assert meant("hnn", ("hn", 7, None)) is None


def test_only_repeated_texts_and_numbers_are_dropped() -> None:
    assert [way.value for way in without_repetitions(["b", "a", "b", 1, 1])] == [["b", "a", 1]]
    line = {"sku": "A", "qty": 1}
    assert list(without_repetitions([line, line])) == []
    assert list(without_repetitions([1, True])) == []
    assert list(without_repetitions([1, 1.0])) == []


def test_two_equal_lines_of_an_order_stay_two() -> None:
    line = {"product_sku": "A", "qty": "2"}
    payload = {
        "is_fulfillment_only": False,
        "shipping": {"ward_tiki_code": "VN039007006", "warehouse_code": "sgn"},
        "items": [line, line],
    }
    fixed = sellerspec.check("tnsl/getQuotes", payload).fixed(unsafe=True)
    assert fixed.payload["items"] == [{"product_sku": "A", "qty": 2}, {"product_sku": "A", "qty": 2}]
