"""The registry: operations and rules with their sources; nothing is left out of the catalogue."""

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
from sellerspec.openapi.rule_texts import own_id
from sellerspec.rules import Rule

TIKI = {"G": 8, "P": 30, "V": 24, "T": 10, "U": 8, "O": 15, "C": 16, "D": 11, "S": 7, "R": 6}
"""How many rules rule part of the reference catalogue of Tiki has."""

RULES = sellerspec.rules()
NAMES = ("tiki", "tiki-v2", "tnsl", "tokopedia")


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


def test_every_operation_is_known_by_its_key_and_has_a_source() -> None:
    operations = sellerspec.operations()
    assert len(operations) == len({operation.key for operation in operations}) >= 29
    assert [operation for name in NAMES for operation in sellerspec.operations(name)] == list(operations)
    for operation in operations:
        assert sellerspec.operation(operation.key) == operation
        assert operation.source.document
        assert operation.summary
        assert bool(operation.path) is not operation.webhook


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_its_requirement_its_source_and_its_operations(rule: Rule) -> None:
    assert sellerspec.rule(rule.id) == rule
    assert re.fullmatch(r"(tiki|tiki-v2|tnsl|tokopedia)[.][a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert rule.requirement
    assert not rule.requirement.endswith(".")
    origin = contract.contract(rule.marketplace).spec.sources[rule.source.document]
    assert rule.source.seen or origin["note"], "the day is not known and nothing says why"
    assert set(rule.facts) <= set(FACTS)
    ids = set(contract.contract(rule.marketplace).spec.ids())
    assert rule.on == ("*",) or set(rule.on) <= ids
    assert bool(rule.why_not) is (rule.check is None and "#" not in rule.place)
    if "#" in rule.place:
        assert own_id(subschema(rule.place)["x-rule"], rule.marketplace) == rule.id


def subschema(place: str) -> Any:
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
    without_catalogue = {id for id in refusing if not sellerspec.rule(id).catalogue}
    assert not {id for id in without_catalogue if id.startswith("tiki.")}


def test_rules_are_listed_for_all_for_a_marketplace_and_for_an_operation() -> None:
    assert [rule for name in NAMES for rule in sellerspec.rules(name)] == list(RULES)
    of_update = sellerspec.rules("tiki/updateSku")
    assert {"tiki.update-price", "tiki.content-type"} <= {rule.id for rule in of_update}
    assert all("*" in rule.on or "updateSku" in rule.on for rule in of_update)
    everywhere = [rule for rule in sellerspec.rules("tiki") if rule.on == ("*",)]
    assert everywhere
    assert set(everywhere) <= set(of_update)


@pytest.mark.parametrize(
    ("ask", "message"),
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
        (
            lambda: sellerspec.operations("x"),
            "no marketplace named `x`; known: tiki, tiki-v2, tnsl, tokopedia",
        ),
        (
            lambda: sellerspec.operation("tiki/getOrdr"),
            "no operation named `tiki/getOrdr`; did you mean `tiki/getOrder`?",
        ),
    ],
)
def test_a_name_nobody_has_is_an_error(ask: object, message: str | None) -> None:
    with pytest.raises(UnknownName) as caught:
        ask()  # type: ignore[operator]
    assert message in (None, str(caught.value))


def test_every_function_that_makes_a_rule_is_listed() -> None:
    for name in marketplaces.NAMES:
        listed = {rule.id for rule in marketplaces.marketplace(name).rules}
        assert len(listed) == len(marketplaces.marketplace(name).rules)
        for module, rules in written(name):
            missing = {rule.id for rule in rules} - listed
            assert not missing, f"{module} has rules that {name} does not list: {missing}"


def written(name: str) -> list[tuple[str, list[Rule]]]:
    """Return the rules in the modules of a marketplace, by module."""
    package = importlib.import_module(f"sellerspec.marketplaces.{name.replace('-', '_')}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    modules = {module: vars(importlib.import_module(f"{package.__name__}.{module}")) for module in names}
    return [
        (module, [rule for rule in values.values() if isinstance(rule, Rule)])
        for module, values in modules.items()
    ]
