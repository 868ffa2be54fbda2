"""Rules of createProduct about the variants of a product."""

from collections.abc import Iterator, Mapping

from sellerspec.comparisons import AllOrNone, Distinct, NotAmong, Same, compares
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.product import product_rule
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects
from sellerspec.schema.messages import seen

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
def sku_unique(same: Mapping[str, str], first: str) -> str:
    """each variant of a payload has another `sku`"""
    return _unique(same, first)


@product_rule(
    "tiki.variant-options-unique",
    catalogue="V09",
    source=("tis-2019", "V.1"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    status=422,
)
@compares(Distinct("variants", OPTIONS, as_many_as="option_attributes"))
def options_unique(same: Mapping[str, str], first: str) -> str:
    """no two variants have the same values for all option attributes"""
    return _unique(same, first)


def _unique(same: Mapping[str, str], first: str) -> str:
    names = messages.names(same)
    return messages.unique(
        names if len(same) == 1 else f"the pair of {names}", "variant", same.values(), first
    )


@product_rule(
    "tiki.variant-option-value",
    catalogue="V10",
    source=("tiki-docs-2020", "create product"),
    basis=Basis.OBSERVED,
)
@compares(NotAmong(OPTIONS, others="option_attributes", items="variants"))
def option_value(name: str, text: str) -> str:
    """an option holds a value, such as `Black`, not the name of the option attribute"""
    return messages.must_be(name, "a value such as `Black`, not an item of `option_attributes`", text)


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
            required = f"one that the seller has registered, {messages.listed(registered)}"
            yield Violation(
                ("variants", index, "inventory_type"),
                messages.must_be("inventory_type", required, given, registered),
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
        registered = facts.suppliers or ()
        if supplier is not None and supplier not in registered:
            required = f"one that the seller has registered, {messages.listed(registered)}"
            yield Violation(("variants", index, "supplier"), messages.must_be("supplier", required, supplier))


@product_rule(
    "tiki.variant-attribute-clash",
    catalogue="V20",
    source=("tis-2019", "V.3.4"),
    basis=Basis.INFERRED,
    unless={"properties": {"variants": {"items": {"properties": {"attributes": {"enum": [None, {}]}}}}}},
    hint="Tiki joins the attributes of both; the documents do not say which value counts",
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
                message = messages.must_equal(f"attributes.{code}", shared[code], "as in the product", value)
                yield Violation(("variants", index, "attributes", code), message)


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
