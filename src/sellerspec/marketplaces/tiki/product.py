"""Rules of createProduct about the product itself: its category, attributes, prices and pictures."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sellerspec.comparisons import AtLeast, Excludes, compares
from sellerspec.fix import moved
from sellerspec.io import pointers
from sellerspec.io.cells import clean
from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Basis, Facts, Fix, Json, Path, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule, texts
from sellerspec.schema.messages import did_you_mean, is_harmless, seen
from sellerspec.schema.rewrites import corrected, meant

product_rule = partial(rule, on="createProduct")
category_rule = partial(product_rule, needs="category.attributes")


@product_rule(
    "tiki.market-price-low",
    catalogue="P08",
    source=("tis-2019", "V.1"),
    basis=Basis.INFERRED,
    hint="Tiki accepted payloads with a `market_price` below `price`, as in an example of tis-2019 V.4.3.1",
)
@compares(AtLeast("variants", "market_price", bound="price"))
def market_price_low(market_price: int, price: int, variant: str) -> str:
    """`market_price`, the price before discount, is at least `price`"""
    return messages.at_least(
        "market_price", price, f"the `price` of {variant}" if variant else "`price`", market_price
    )


@product_rule(
    "tiki.image-repeated",
    catalogue="P19",
    source=("tis-2019", "V.3.3"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    hint="Tiki adds the main picture by itself",
)
@compares(Excludes("images", "image"))
def image_repeated(url: str) -> str:
    """`images` does not repeat the main picture, `image`"""
    return f"`images` must not contain `image`, got {seen(url)} in both"


_REQUIRES = "the category requires this attribute"


def attribute_codes(category: Json) -> dict[str, Mapping[str, Json]]:
    """Return the attributes of a category by code."""
    return {attribute["code"]: attribute for _, attribute in objects(category, "attributes")}


@product_rule(
    "tiki.category-other",
    needs="category.id",
    catalogue="P04",
    source=("tis-2019", "V.2"),
    basis=Basis.INFERRED,
    hint="give the response of `getCategory` for this category as the fact",
)
def category_other(product: Json, facts: Facts) -> Iterator[Violation]:
    """the category given as a fact is the one that the product names"""
    named, known = number(member(product, "category_id")), number(facts.category["id"])
    if named is not None and named != known:
        message = messages.must_equal("category_id", known, "the category that was given", named)
        yield Violation(("category_id",), message)


@product_rule(
    "tiki.category-primary",
    needs="category.primary",
    catalogue="P03",
    source=("tis-2019", "V.3.1"),
    basis=Basis.DOCUMENTED,
    status=422,
    hint="listCategories with `primary=1` lists the categories that take products",
)
def category_primary(product: Json, facts: Facts) -> Iterator[Violation]:
    """the category is a primary one, because only those take products"""
    primary = facts.category["primary"]
    if isinstance(product, dict) and number(primary) != 1:
        message = (
            f"`category_id` must name a category with `primary` 1, got one with `primary` {seen(primary)}"
        )
        yield Violation(("category_id",), message)


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


def _renamed(product: Json, path: Path, facts: Facts) -> Iterator[Fix]:
    known = attribute_codes(facts.category)
    others = [code for code in known if code not in pointers.get(product, path[:-1])]
    if (code := meant(str(path[-1]), others)) is not None:
        yield Fix(f"rename the member to {quoted(code)}", (moved(path, (*path[:-1], code)),), safe=False)


@category_rule(
    "tiki.attribute-known",
    catalogue="P10",
    source=("tis-2019", "V.3.2"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    fixes=_renamed,
)
def attribute_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """each key of `attributes`, also of a variant, is the code of an attribute of the category"""
    holders = ((path, _attributes(holder)) for path, holder in _holders(product))
    places = ((*path, "attributes", code) for path, own in holders for code in own)
    known = attribute_codes(facts.category)
    for place in places if known else ():
        code = str(place[-1])
        if code not in known:
            name = (
                quoted(f"attributes.{code}")
                if is_harmless(code) and "://" not in code
                else "a member of `attributes`"
            )
            yield Violation(place, f"{name} is not an attribute of the category{did_you_mean(code, known)}")


@category_rule(
    "tiki.attribute-required",
    catalogue="P11",
    source=("tis-2019", "V.3.2"),
    basis=Basis.DOCUMENTED,
    status=422,
)
def attribute_required(product: Json, facts: Facts) -> Iterator[Violation]:
    """each attribute that the category requires has a value, in the product or in every variant"""
    for code in _required(product, facts):
        for path, given in _without_value(product, code):
            why = _REQUIRES if not path else f"{_REQUIRES}, and other variants have it"
            message = messages.without_value(f"attributes.{code}", code in given, None, why)
            yield Violation((*path, "attributes", code), message)


@category_rule(
    "tiki.attribute-required-empty",
    catalogue="P11",
    source=("tis-2019", "V.4.3.1"),
    basis=Basis.INFERRED,
)
def attribute_required_empty(product: Json, facts: Facts) -> Iterator[Violation]:
    """an attribute that the category requires is not an empty or blank text, in the product or a variant"""
    for code in _required(product, facts):
        for path, holder in _holders(product):
            value = _attributes(holder).get(code)
            if isinstance(value, str) and not clean(value):
                message = messages.without_value(f"attributes.{code}", True, value, _REQUIRES)
                yield Violation((*path, "attributes", code), message)


@category_rule(
    "tiki.option-attribute-known",
    catalogue="P26",
    source=("tis-2019", "V.3.3"),
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    fixes=lambda product, path, facts: corrected(product, path, attribute_codes(facts.category)),
    hint="Tiki accepted other texts too, although the document requires the code of an attribute",
)
def option_attribute_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """each option attribute is the code of an attribute of the category"""
    known = attribute_codes(facts.category)
    for index, code in texts(product, "option_attributes") if known else ():
        if code and code not in known:
            name, required = f"option_attributes[{index}]", "the code of an attribute of the category"
            yield Violation(("option_attributes", index), messages.must_be(name, required, code, known))


def _attributes(value: Json) -> Mapping[str, Any]:
    attributes = member(value, "attributes")
    return attributes if isinstance(attributes, dict) else {}


def _required(product: Json, facts: Facts) -> list[str]:
    known = attribute_codes(facts.category) if isinstance(product, dict) else {}
    return [code for code, attribute in known.items() if number(attribute["is_required"]) == 1]


def _holders(product: Json) -> Iterator[tuple[Path, Json]]:
    """Yield the product and each variant, with its path."""
    yield (), product
    for index, variant in objects(product, "variants"):
        yield ("variants", index), variant


def _without_value(product: Json, code: str) -> list[tuple[Path, Mapping[str, Any]]]:
    """Return where an attribute has no value, with the attributes there.

    It is the product, or, if some variants have a value of their own, each variant that has none.
    """
    (_, first), *others = [(path, _attributes(holder)) for path, holder in _holders(product)]
    if first.get(code) is not None:
        return []
    lacking = [(path, own) for path, own in others if own.get(code) is None]
    return [((), first)] if len(lacking) == len(others) else lacking


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
