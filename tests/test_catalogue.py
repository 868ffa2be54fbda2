"""What there is: operations and rules, each with its source; nothing is left out of the catalogue."""

import importlib
import pkgutil
import re
from typing import Any

import pytest

import sellerspec
from sellerspec import contract, marketplaces
from sellerspec.errors import UnknownName
from sellerspec.io import resources
from sellerspec.model import FACTS, Basis, Severity
from sellerspec.rules import Rule

TIKI = {"G": 8, "P": 30, "V": 24, "T": 10, "U": 8, "O": 15, "C": 16, "D": 11, "S": 7, "R": 6}
"""How many rules each part of the reference catalogue of Tiki has."""

RULES = sellerspec.rules()
NAMES = ("tiki", "tnsl", "tokopedia")


def test_all_135_entries_of_the_tiki_catalogue_are_carried_by_a_rule() -> None:
    wanted = {f"{part}{number:02}" for part, count in TIKI.items() for number in range(1, count + 1)}
    assert len(wanted) == 135
    assert {entry for rule in sellerspec.rules("tiki") for entry in rule.catalogue} == wanted


def test_the_operations_of_tiki_are_these() -> None:
    assert {operation.id for operation in sellerspec.operations("tiki")} == {
        "listCategories",
        "getCategory",
        "createProduct",
        "listTracking",
        "getTracking",
        "updateSku",
        "listOrders",
        "getOrder",
        "listWarehouses",
        "confirmItems",
        "confirmDelivery",
        "updateDeliveryStatus",
        "printOrder",
    }


def test_every_operation_is_found_by_its_key_and_has_a_source() -> None:
    found = sellerspec.operations()
    assert len(found) == len({each.key for each in found}) >= 29
    assert [operation for name in NAMES for operation in sellerspec.operations(name)] == list(found)
    for each in found:
        assert sellerspec.operation(each.key) == each
        assert each.source.document
        assert each.summary
        assert bool(each.path) is not each.webhook


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.id)
def test_a_rule_says_what_it_asks_where_it_comes_from_and_whom_it_concerns(each: Rule) -> None:
    assert sellerspec.rule(each.id) == each
    assert re.fullmatch(r"(tiki|tnsl|tokopedia)[.][a-z0-9]+(-[a-z0-9]+)*", each.id)
    assert each.requirement
    assert not each.requirement.endswith(".")
    origin = contract.contract(each.marketplace).spec.sources[each.source.document]
    assert each.source.seen or origin["note"], "the day is not known and nothing says why"
    assert set(each.needs) <= set(FACTS)
    ids = set(contract.contract(each.marketplace).spec.ids())
    assert each.on == ("*",) or set(each.on) <= ids
    assert bool(each.why_not) is (each.check is None and "#" not in each.place)
    if "#" in each.place:
        assert stands_at(each.place)["x-rule"] == each.id
    if each.text is not None and each.basis not in (Basis.DOCUMENTED, Basis.OBSERVED):
        assert each.text in SHOWN or each.code in CODES, "a text that no source shows is invented"


SHOWN = {rule.text for rule in RULES if rule.basis in (Basis.DOCUMENTED, Basis.OBSERVED)}
CODES = {entry for rule in RULES for entry in rule.catalogue if entry.startswith("ORD_")}
"""The codes of Tokopedia's table of errors, which gives each its text."""


def stands_at(place: str) -> Any:
    """Return the subschema at `file#pointer`, below the folder of the specs."""
    name, _, pointer = place.partition("#")
    path = resources.data_root() / name
    value = (resources.read_json if path.suffix == ".json" else resources.read_yaml)(path)
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_a_rule_id_is_given_once() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_what_is_inferred_refuses_only_where_the_catalogue_decides_so() -> None:
    refusing = {
        rule.id
        for rule in RULES
        if rule.basis is Basis.INFERRED and rule.severity is Severity.ERROR and not rule.why_not
    }
    allowed = {"tiki.sku-unique", "tiki.variant-options-unique"}
    assert allowed <= refusing
    without_catalogue = {each for each in refusing if not sellerspec.rule(each).catalogue}
    assert not {each for each in without_catalogue if each.startswith("tiki.")}


def test_rules_are_found_for_all_for_a_marketplace_and_for_an_operation() -> None:
    assert [rule for name in NAMES for rule in sellerspec.rules(name)] == list(RULES)
    of_update = sellerspec.rules("tiki/updateSku")
    assert {"tiki.update-price", "tiki.content-type"} <= {each.id for each in of_update}
    assert all("*" in each.on or "updateSku" in each.on for each in of_update)
    everywhere = [rule for rule in sellerspec.rules("tiki") if rule.on == ("*",)]
    assert everywhere
    assert set(everywhere) <= set(of_update)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda: sellerspec.rule("tiki.varient-price"),
            "no rule named `tiki.varient-price`; did you mean `tiki.variant-price`?",
        ),
        (
            lambda: sellerspec.rule("tikki.variant-price"),
            "no rule named `tikki.variant-price`; did you mean `tiki.variant-price`?",
        ),
        (lambda: sellerspec.rules("tikki"), "no marketplace named `tikki`; did you mean `tiki`?"),
        (lambda: sellerspec.rules("tiki/x"), None),
        (lambda: sellerspec.operations("x"), "no marketplace named `x`; known: tiki, tnsl, tokopedia"),
        (
            lambda: sellerspec.operation("tiki/getOrdr"),
            "no operation named `tiki/getOrdr`; did you mean `tiki/getOrder`?",
        ),
    ],
)
def test_a_name_nobody_has_is_an_error(ask: object, said: str | None) -> None:
    with pytest.raises(UnknownName) as caught:
        ask()  # type: ignore[operator]
    assert said in (None, str(caught.value))


def test_every_function_that_makes_a_rule_is_listed() -> None:
    for name in marketplaces.NAMES:
        listed = {rule.id for rule in marketplaces.marketplace(name).rules}
        assert len(listed) == len(marketplaces.marketplace(name).rules)
        for module, found in written(name):
            missing = {each.id for each in found} - listed
            assert not missing, f"{module} has rules that {name} does not list: {missing}"


def written(name: str) -> list[tuple[str, list[Rule]]]:
    """Return the rules that stand in the modules of a marketplace, by module."""
    package = importlib.import_module(f"sellerspec.marketplaces.{name}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    modules = {each: vars(importlib.import_module(f"{package.__name__}.{each}")) for each in names}
    return [
        (each, [rule for rule in found.values() if isinstance(rule, Rule)]) for each, found in modules.items()
    ]
