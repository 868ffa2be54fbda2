"""Rules of categories, their attributes and the values of these, as responses have them.

All of them warn: the marketplace may lag behind its own state.
"""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki_shared import answers as shared
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer
from sellerspec.marketplaces.tiki_v2.paging import exchange_rule
from sellerspec.model import Facts, Json
from sellerspec.rules import Rule, Violation, number, objects

_SITE = ("open-site", "information API")
_LIVE = ("client-shop", "information API")

categories_filtered = exchange_rule("tiki-v2.categories-filtered", on="listCategories", source=_SITE)(
    shared.categories_filtered({"parent": "parent_id", "isPrimary": "is_primary"}, "data")
)
category_same = exchange_rule("tiki-v2.category-requested", on="getCategory", source=_SITE)(
    shared.category_requested()
)


@exchange_rule("tiki-v2.attributes-requested", on="getCategoryAttributes", source=_LIVE)
def attributes_requested(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed attribute is one of the category in the path"""
    asked = number(member(exchange, "request", "path", "id"))
    for index, attribute in objects(answer(exchange)[1], "data"):
        own = number(attribute.get("category_id"))
        if asked is not None and own is not None and own != asked:
            message = messages.must_equal("category_id", asked, "as in the path of the request", own)
            yield Violation((*BODY, "data", index, "category_id"), message)


@exchange_rule("tiki-v2.attribute-code-once", on="getCategoryAttributes", source=_LIVE)
def code_once(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a `code` stands once among the attributes of a category, because products name attributes by it"""
    attributes = objects(answer(exchange)[1], "data")
    codes = [(index, code) for index, item in attributes if isinstance(code := item.get("code"), str)]
    for index, first in repeated(codes):
        message = messages.unique("`code`", "attribute", [dict(codes)[index]], f"`data[{first}]`")
        yield Violation((*BODY, "data", index, "code"), message)


@exchange_rule("tiki-v2.values-of-one-attribute", on="getAttributeValues", source=_LIVE)
def one_attribute(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the listed values have one `attribute_code`"""
    values = objects(answer(exchange)[1], "data")
    codes = [(index, code) for index, item in values if isinstance(code := item.get("attribute_code"), str)]
    for index, code in codes:
        if code != codes[0][1]:
            source = f"that of `data[{codes[0][0]}]`"
            message = messages.must_equal("attribute_code", codes[0][1], source, code)
            yield Violation((*BODY, "data", index, "attribute_code"), message)


INFORMATION_RULES: tuple[Rule, ...] = (
    categories_filtered,
    category_same,
    attributes_requested,
    code_once,
    one_attribute,
)
