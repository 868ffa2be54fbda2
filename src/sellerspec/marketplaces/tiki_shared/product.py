"""Requirements of a product itself: its category, attributes, prices and pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from sellerspec.comparisons import AtLeast, Excludes, compares
from sellerspec.fix import moved
from sellerspec.io import pointers
from sellerspec.io.cells import clean
from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Fix, Json, Path
from sellerspec.rules import Violation, number, objects
from sellerspec.schema.messages import did_you_mean, is_harmless, seen
from sellerspec.schema.rewrites import meant


@compares(AtLeast("variants", "market_price", bound="price"))
def market_price_low(market_price: int, price: int, variant: str) -> str:
    """`market_price`, the price before discount, is at least `price`"""
    return messages.at_least(
        "market_price", price, f"the `price` of {variant}" if variant else "`price`", market_price
    )


@compares(Excludes("images", "image"))
def image_repeated(url: str) -> str:
    """`images` does not repeat the main picture, `image`"""
    return f"`images` must not contain `image`, got {seen(url)} in both"


_REQUIRES = "the category requires this attribute"


def known_attributes(facts: Facts) -> dict[str, Mapping[str, Json]]:
    """Return the attributes of the category by code.

    The Open API lists them by a call of its own; the first generation names them in the category.
    """
    listed = {"attributes": facts.attributes} if facts.attributes is not None else facts.category
    return {attribute["code"]: attribute for _, attribute in objects(listed, "attributes")}


def category_other(product: Json, facts: Facts) -> Iterator[Violation]:
    """the category given as a fact is the one that the product names"""
    named, known = number(member(product, "category_id")), number(facts.category["id"])
    if named is not None and named != known:
        message = messages.must_equal("category_id", known, "the category that was given", named)
        yield Violation(("category_id",), message)


def category_primary(product: Json, facts: Facts) -> Iterator[Violation]:
    """the category is a primary one, because only those take products"""
    name = "primary" if "primary" in facts.category else "is_primary"
    primary, wanted = facts.category[name], "1" if name == "primary" else "true"
    fits = number(primary) == 1 if name == "primary" else primary is True
    if isinstance(product, dict) and not fits:
        required = f"must name a category with `{name}` {wanted}"
        yield Violation(("category_id",), f"`category_id` {required}, got one with `{name}` {seen(primary)}")


def renamed(product: Json, path: Path, facts: Facts) -> Iterator[Fix]:
    """Propose the code that was meant."""
    known = known_attributes(facts)
    others = [code for code in known if code not in pointers.get(product, path[:-1])]
    if (code := meant(str(path[-1]), others)) is not None:
        yield Fix(f"rename the member to {quoted(code)}", (moved(path, (*path[:-1], code)),), safe=False)


def attribute_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """each key of `attributes`, also of a variant, is the code of an attribute of the category"""
    owners = ((path, attributes_of(holder)) for path, holder in holders(product))
    places = ((*path, "attributes", code) for path, own in owners for code in own)
    known = known_attributes(facts)
    for place in places if known else ():
        code = str(place[-1])
        if code not in known:
            name = (
                quoted(f"attributes.{code}")
                if is_harmless(code) and "://" not in code
                else "a member of `attributes`"
            )
            yield Violation(place, f"{name} is not an attribute of the category{did_you_mean(code, known)}")


def attribute_required(product: Json, facts: Facts) -> Iterator[Violation]:
    """each attribute that the category requires has a value, in the product or in every variant"""
    for code in _required(product, facts):
        for path, given in _without_value(product, code):
            why = _REQUIRES if not path else f"{_REQUIRES}, and other variants have it"
            message = messages.without_value(f"attributes.{code}", code in given, None, why)
            yield Violation((*path, "attributes", code), message)


def attribute_required_empty(product: Json, facts: Facts) -> Iterator[Violation]:
    """an attribute that the category requires is not an empty or blank text, in the product or a variant"""
    for code in _required(product, facts):
        for path, holder in holders(product):
            value = attributes_of(holder).get(code)
            if isinstance(value, str) and not clean(value):
                message = messages.without_value(f"attributes.{code}", True, value, _REQUIRES)
                yield Violation((*path, "attributes", code), message)


def attributes_of(value: Json) -> Mapping[str, Any]:
    """Return `attributes` of a product or a variant."""
    attributes = member(value, "attributes")
    return attributes if isinstance(attributes, dict) else {}


def _required(product: Json, facts: Facts) -> list[str]:
    known = known_attributes(facts) if isinstance(product, dict) else {}
    return [code for code, attribute in known.items() if _is_set(attribute["is_required"])]


def _is_set(value: Json) -> bool:
    """Return whether a mark is set: 1 in the first generation, true in the Open API."""
    return value is True or number(value) == 1


def holders(product: Json) -> Iterator[tuple[Path, Json]]:
    """Yield the product and each variant, with its path."""
    yield (), product
    for index, variant in objects(product, "variants"):
        yield ("variants", index), variant


def _without_value(product: Json, code: str) -> list[tuple[Path, Mapping[str, Any]]]:
    """Return where an attribute has no value, with the attributes there.

    It is the product, or, if some variants have a value of their own, each variant that has none.
    """
    (_, first), *others = [(path, attributes_of(holder)) for path, holder in holders(product)]
    if first.get(code) is not None:
        return []
    lacking = [(path, own) for path, own in others if own.get(code) is None]
    return [((), first)] if len(lacking) == len(others) else lacking
