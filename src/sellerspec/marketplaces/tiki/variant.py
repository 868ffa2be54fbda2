"""Rules of createProduct about the variants of a product."""

from collections.abc import Iterator

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.product import product_rule
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import (
    AllOrNone,
    Distinct,
    NotAmong,
    Rule,
    Same,
    Violation,
    compares,
    number,
    objects,
)

ABROAD = "cross_border"
"""The inventory type of sellers abroad; every other one belongs to sellers in Vietnam."""

OPTIONS = ("option1", "option2")
"""The options of a variant: one for each option attribute of the product."""


@product_rule(
    "tiki.sku-unique",
    catalogue="V02",
    source=("tis-2019", "V.4.6"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    status=422,
)
@compares(Distinct("variants", ("sku",)))
def sku_unique(first: int) -> str:
    """each variant of a payload has a `sku` of its own"""
    return f"the same `sku` as variant {first}"


@product_rule(
    "tiki.variant-options-unique",
    catalogue="V09",
    source=("tis-2019", "V.1"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    status=422,
)
@compares(Distinct("variants", OPTIONS, as_many_as="option_attributes"))
def options_unique(first: int) -> str:
    """no two variants have the same values for all option attributes"""
    return f"the same options as variant {first}"


@product_rule(
    "tiki.variant-option-value",
    catalogue="V10",
    source=("tiki-docs-2020", "create product"),
    basis=Basis.OBSERVED,
    hint="an option holds the value, such as `Black`, not the attribute's code",
)
@compares(NotAmong(OPTIONS, others="option_attributes", items="variants"))
def option_value() -> str:
    """an option holds a value, not the name of the option attribute"""
    return "the same text as an option attribute"


@product_rule(
    "tiki.variants-one-supplier",
    catalogue="V16",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
    hint="the text asks for one place of storage for each product; no refusal is known",
)
@compares(Same("variants", "supplier"))
def one_supplier() -> str:
    """all variants of a product have the same `supplier`"""
    return "another supplier than the variants before"


@product_rule(
    "tiki.variants-inventory-types-mixed",
    catalogue="V13",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
)
@compares(AllOrNone("variants", "inventory_type", ABROAD))
def inventory_types_mixed(first: int) -> str:
    """a payload does not mix `cross_border` with the inventory types of sellers in Vietnam"""
    return f"beside another kind in variant {first}"


@product_rule(
    "tiki.variant-inventory-type-seller",
    catalogue="V13",
    source=("tis-2019", "V.3.4"),
    basis=Basis.DOCUMENTED,
    needs="seller",
    status=422,
)
def inventory_type_seller(product: Json, facts: Facts) -> Iterator[Violation]:
    """sellers abroad use `cross_border`, sellers in Vietnam every other inventory type"""
    abroad = facts.seller == "global"
    for index, variant in objects(product, "variants"):
        given = variant.get("inventory_type")
        if isinstance(given, str) and (given != ABROAD if abroad else given == ABROAD):
            yield Violation(
                ("variants", index, "inventory_type"), f"not for a seller of the kind `{facts.seller}`"
            )


@product_rule(
    "tiki.variant-inventory-type-registered",
    catalogue="V12",
    source=("tiki-issues", "372"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    needs="inventory_types",
    status=422,
)
def inventory_type_registered(product: Json, facts: Facts) -> Iterator[Violation]:
    """the inventory type is one that the seller has registered"""
    registered = facts.inventory_types or ()
    for index, variant in objects(product, "variants"):
        given = variant.get("inventory_type")
        if isinstance(given, str) and given not in registered:
            yield Violation(
                ("variants", index, "inventory_type"),
                "not an inventory type that the seller has registered",
                _unregistered(given, registered),
            )


def _unregistered(given: str, registered: tuple[str, ...]) -> str | None:
    """Return the observed refusal; None if several types are registered, which was never observed."""
    if len(registered) != 1:
        return None
    (only,) = registered
    return (
        "variants inventory_type error => Seller haven't registered inventory_type = "
        f"{given} ,please choose 1 over here : [{only}]"
    )


@product_rule(
    "tiki.variant-supplier-registered",
    catalogue=("V15", "V17"),
    source=("tis-2019", "V.3.4"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    needs="suppliers",
    hint="sellers in Vietnam register suppliers themselves, sellers abroad get one from Tiki's support",
)
def supplier_registered(product: Json, facts: Facts) -> Iterator[Violation]:
    """the `supplier` is one that the seller has registered"""
    for index, variant in objects(product, "variants"):
        supplier = number(variant.get("supplier"))
        if supplier is not None and supplier not in (facts.suppliers or ()):
            yield Violation(("variants", index, "supplier"), f"{supplier}, not a registered supplier")


@product_rule(
    "tiki.variant-attribute-clash",
    catalogue="V20",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
    unless={"properties": {"variants": {"items": {"properties": {"attributes": {"enum": [None, {}]}}}}}},
    hint="attributes of both are joined; who wins is not said",
)
def attribute_clash(product: Json, _: Facts) -> Iterator[Violation]:
    """an attribute of a variant does not contradict the same attribute of the product"""
    shared = member(product, "attributes")
    if not isinstance(shared, dict):
        return
    for index, variant in objects(product, "variants"):
        own = variant.get("attributes")
        for code, value in own.items() if isinstance(own, dict) else ():
            if value not in (None, "") and shared.get(code) not in (None, "", value):
                yield Violation(("variants", index, "attributes", code), "another value than the product's")


VARIANT_RULES: tuple[Rule, ...] = (
    sku_unique,
    options_unique,
    option_value,
    one_supplier,
    inventory_types_mixed,
    inventory_type_seller,
    inventory_type_registered,
    supplier_registered,
    attribute_clash,
)
