"""Rules of createProduct about the product itself: its category, attributes, prices and pictures."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki_shared import product as shared
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, rule, texts
from sellerspec.schema.rewrites import corrected

product_rule = partial(rule, on="createProduct")
category_rule = partial(product_rule, needs="category.attributes")


market_price_low = product_rule(
    "tiki.market-price-low",
    catalogue="P08",
    source=("tis-2019", "V.1"),
    basis=Basis.INFERRED,
    hint="Tiki accepted payloads with a `market_price` below `price`, as in an example of tis-2019 V.4.3.1",
)(shared.market_price_low)


image_repeated = product_rule(
    "tiki.image-repeated",
    catalogue="P19",
    source=("tis-2019", "V.3.3"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    hint="Tiki adds the main picture by itself",
)(shared.image_repeated)


category_other = product_rule(
    "tiki.category-other",
    needs="category.id",
    catalogue="P04",
    source=("tis-2019", "V.2"),
    basis=Basis.INFERRED,
    hint="give the response of `getCategory` for this category as the fact",
)(shared.category_other)


category_primary = product_rule(
    "tiki.category-primary",
    needs="category.primary",
    catalogue="P03",
    source=("tis-2019", "V.3.1"),
    basis=Basis.DOCUMENTED,
    status=422,
    hint="listCategories with `primary=1` lists the categories that take products",
)(shared.category_primary)


@category_rule(
    "tiki.category-attributes",
    catalogue="P04",
    source=("tiki-issues", "299"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    status=404,
)
def category_attributes(product: Json, facts: Facts) -> Iterator[Violation]:
    """the category has a list of attributes"""
    if isinstance(product, dict) and not facts.category["attributes"]:
        id = number(facts.category["id"])
        message = messages.must_be("category_id", "a category that has attributes", id) + ", which has none"
        yield Violation(("category_id",), message, f"Attributes not found for category_id: {id}")


attribute_known = category_rule(
    "tiki.attribute-known",
    catalogue="P10",
    source=("tis-2019", "V.3.2"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    fixes=shared.renamed,
)(shared.attribute_known)


attribute_required = category_rule(
    "tiki.attribute-required",
    catalogue="P11",
    source=("tis-2019", "V.3.2"),
    basis=Basis.DOCUMENTED,
    status=422,
)(shared.attribute_required)


attribute_required_empty = category_rule(
    "tiki.attribute-required-empty",
    catalogue="P11",
    source=("tis-2019", "V.4.3.1"),
    basis=Basis.INFERRED,
)(shared.attribute_required_empty)


@category_rule(
    "tiki.option-attribute-known",
    catalogue="P26",
    source=("tis-2019", "V.3.3"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    fixes=lambda product, path, facts: corrected(product, path, shared.known_attributes(facts)),
    hint="Tiki accepted other texts too, although the document requires the code of an attribute",
)
def option_attribute_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """each option attribute is the code of an attribute of the category"""
    known = shared.known_attributes(facts)
    for index, code in texts(product, "option_attributes") if known else ():
        if code and code not in known:
            name, required = f"option_attributes[{index}]", "the code of an attribute of the category"
            yield Violation(("option_attributes", index), messages.must_be(name, required, code, known))


PRODUCT_RULES: tuple[Rule, ...] = (
    market_price_low,
    image_repeated,
    category_other,
    category_primary,
    category_attributes,
    attribute_known,
    attribute_required,
    attribute_required_empty,
    option_attribute_known,
)
