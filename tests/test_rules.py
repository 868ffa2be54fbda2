"""How a rule is made of a function, and how rule functions read a payload that may be anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from sellerspec.model import Basis, Facts, Json, Phase, Severity, Source
from sellerspec.rules import (
    Rule,
    Violation,
    dated,
    default_severity,
    number,
    objects,
    rule,
    texts,
)


def check(value: Json, _: Facts) -> Iterator[Violation]:
    """a value is
    not zero

    More about it.
    """
    if value == 0:
        yield Violation((), "0")


def test_a_rule_is_made_of_a_function_whose_docstring_says_what_it_asks() -> None:
    made = rule("acme.not-zero", on="create", source=("doc", "1"), basis=Basis.DOCUMENTED)(check)
    assert made == Rule(
        id="acme.not-zero",
        on=("create",),
        requirement="a value is not zero",
        source=Source("doc", "1"),
        severity=Severity.ERROR,
        check=check,
        place=f"{__name__}.check",
    )
    assert (made.marketplace, made.basis) == ("acme", Basis.DOCUMENTED)


def test_a_rule_carries_all_it_was_told() -> None:
    record: dict[str, Any] = {
        "on": ("a", "b"),
        "severity": Severity.ERROR,
        "catalogue": ("X1", "X2"),
        "phase": Phase.ASYNC,
        "status": 422,
        "text": "no",
        "code": "E1",
        "hint": "do",
        "needs": ("now", "order"),
        "reads": "query",
        "unless": {"const": 1},
    }
    made = rule("acme.not-zero", source=("doc", "1"), basis=Basis.OBSERVED, **record)(check)
    assert made == Rule(
        id="acme.not-zero",
        requirement="a value is not zero",
        source=Source("doc", "1", Basis.OBSERVED),
        check=check,
        place=f"{__name__}.check",
        **record,
    )


def test_one_name_stands_for_a_list_of_one() -> None:
    made = rule("a.b", on="x", source=("d", ""), basis=Basis.INFERRED, catalogue="X1", needs="now")(check)
    assert (made.on, made.catalogue, made.needs) == (("x",), ("X1",), ("now",))
    assert made.severity is Severity.WARNING


def test_a_function_without_a_docstring_asks_nothing() -> None:
    def silent(value: Json, _: Facts) -> Iterator[Violation]:
        yield from check(value, _)

    assert rule("a.b", on="x", source=("d", ""), basis=Basis.INFERRED)(silent).requirement == ""


@pytest.mark.parametrize("basis", Basis)
def test_only_what_is_documented_refuses_by_default(basis: Basis) -> None:
    assert (default_severity(basis) is Severity.ERROR) is (basis is Basis.DOCUMENTED)


def test_a_rule_gets_the_day_its_document_was_seen() -> None:
    made = rule("a.b", on="x", source=("doc", "1"), basis=Basis.INFERRED)(check)
    assert dated(made, {"doc": "2019-11-26"}).source == Source("doc", "1", Basis.INFERRED, "2019-11-26")
    assert dated(made, {}).source == made.source


@pytest.mark.parametrize(
    "value", [None, 5, "x", [], {}, {"k": None}, {"k": "x"}, {"k": {"a": 1}}, {"other": [{}]}]
)
def test_what_has_no_such_list_has_no_items(value: Any) -> None:
    assert list(objects(value, "k")) == []
    assert list(texts(value, "k")) == []


def test_items_keep_their_index_where_others_are_left_out() -> None:
    value: Any = {"k": [None, {"a": 1}, "x", [], "y", {}]}
    assert list(objects(value, "k")) == [(1, {"a": 1}), (5, {})]
    assert list(texts(value, "k")) == [(2, "x"), (4, "y")]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (5, 5),
        (-5, -5),
        (0, 0),
        ("12", 12),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("-5", -5),
        ("--5", None),
        ("1.0", None),
        (1.0, 1),
        (1.5, None),
        (10**18, 10**18),
        (10**18 + 1, None),
        (1e300, None),
        (float("inf"), None),
        (float("nan"), None),
        ("", None),
        (" 1", None),
        ("٣", None),
        ("²", None),
        (True, None),
        (False, None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_B13_a_number_is_an_integer_a_float_without_fraction_or_digits(value: Any, read: int | None) -> None:
    assert number(value) == read
    assert not isinstance(number(value), bool)
