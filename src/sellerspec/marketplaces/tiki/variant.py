"""Rules of createProduct about the variants of a product."""

from collections.abc import Iterator

from sellerspec.comparisons import AllOrNone, Same, compares
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki.product import product_rule
from sellerspec.marketplaces.tiki_shared import variant as shared
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects
from sellerspec.schema.messages import seen

ABROAD = "cross_border"
"""The inventory type of sellers abroad; every other one belongs to sellers in Vietnam."""

sku_unique = product_rule(
    "tiki.sku-unique",
    catalogue="V02",
    source=("tis-2019", "V.4.6"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    status=422,
)(shared.sku_unique)


options_unique = product_rule(
    "tiki.variant-options-unique",
    catalogue="V09",
    source=("tis-2019", "V.1"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    status=422,
)(shared.options_unique)


option_value = product_rule(
    "tiki.variant-option-value",
    catalogue="V10",
    source=("tiki-docs-2020", "create product"),
    basis=Basis.OBSERVED,
)(shared.option_value)


@product_rule(
    "tiki.variants-one-supplier",
    catalogue="V16",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
)
@compares(Same("variants", "supplier"))
def one_supplier(supplier: int, other: int, first: str) -> str:
    """all variants of a product have the same `supplier`, because a product is stored in one place"""
    return f"`supplier` must be the same in all variants, got {supplier} here and {other} in {first}"


@product_rule(
    "tiki.variants-inventory-types-mixed",
    catalogue="V13",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
)
@compares(AllOrNone("variants", "inventory_type", ABROAD))
def inventory_types_mixed(given: Json, other: Json, first: str) -> str:
    """a payload does not mix `cross_border` with the inventory types of sellers in Vietnam"""
    required = f"`{ABROAD}` in all variants or in none"
    return f"{messages.must_be('inventory_type', required, given)} here and {seen(other)} in {first}"


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
            required = f"must be `{ABROAD}`" if abroad else f"must not be `{ABROAD}`"
            got = f", got {seen(given)}" if abroad else ""
            seller = "`global` (abroad)" if abroad else "`vietnam`"
            message = f"`inventory_type` {required}{got}: the seller is {seller}"
            yield Violation(("variants", index, "inventory_type"), message)


inventory_type_registered = product_rule(
    "tiki.variant-inventory-type-registered",
    catalogue="V12",
    source=("tiki-issues", "372"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    needs="inventory_types",
    status=422,
)(shared.inventory_type_registered)


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
        registered = facts.suppliers or ()
        if supplier is not None and supplier not in registered:
            required = f"one that the seller has registered, {messages.listed(registered)}"
            yield Violation(("variants", index, "supplier"), messages.must_be("supplier", required, supplier))


attribute_clash = product_rule(
    "tiki.variant-attribute-clash",
    catalogue="V20",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
    unless={"properties": {"variants": {"items": {"properties": {"attributes": {"enum": [None, {}]}}}}}},
    hint="Tiki joins the attributes of both; the documents do not say which value counts",
)(shared.attribute_clash)


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
