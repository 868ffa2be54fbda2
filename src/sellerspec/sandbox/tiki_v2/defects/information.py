"""Seeded defects of categories with their attributes, of brands, warehouses and the seller."""

from sellerspec.model import Finding, Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.shared_defects import entries


@defect("page-zero-accepted", "forgives", "listBrands", rules=("tiki-v2.page",))
def page_zero(call: Call, finding: Finding) -> bool:
    """the page 0 of a list is not refused"""
    return finding.rule == "tiki-v2.page" and call.query.get("page") == 0


@changing("other-category-shown", "getCategory", rules=("tiki-v2.category-requested",))
def other_category(_: Call, body: Json) -> Json:
    """another category than the requested one is shown"""
    return {**body, "id": body["id"] + 1}


@changing("category-primary-as-number", "listCategories", "getCategory", rules=("tiki-v2.category-entry",))
def primary_as_number(_: Call, body: Json) -> Json:
    """`is_primary` is 0 or 1, as in the first generation"""
    for category in entries(body):
        category["is_primary"] = int(category["is_primary"])
    return body


@changing("categories-bare", "listCategories", rules=("tiki-v2.category-list",))
def bare(_: Call, body: Json) -> Json:
    """the categories are a bare list, as in the first generation"""
    return body["data"]


@defect("primary-filter-turned-round", "before", "listCategories", rules=("tiki-v2.categories-filtered",))
def primary_turned_round(call: Call) -> None:
    """`isPrimary` selects what it should leave out"""
    if isinstance(call.query.get("isPrimary"), bool):
        call.query["isPrimary"] = not call.query["isPrimary"]


@changing("attributes-of-another-category", "getCategoryAttributes", rules=("tiki-v2.attributes-requested",))
def other_attributes(_: Call, body: Json) -> Json:
    """the attributes are those of another category"""
    for attribute in body["data"]:
        attribute["category_id"] += 1
    return body


@changing("attribute-code-repeated", "getCategoryAttributes", rules=("tiki-v2.attribute-code-once",))
def code_repeated(_: Call, body: Json) -> Json:
    """all attributes of a category have the code of the first"""
    for attribute in body["data"]:
        attribute["code"] = body["data"][0]["code"]
    return body


@changing("attribute-required-as-number", "getCategoryAttributes", rules=("tiki-v2.attribute-entry",))
def required_as_number(_: Call, body: Json) -> Json:
    """`is_required` of an attribute is 0 or 1"""
    for attribute in body["data"]:
        attribute["is_required"] = int(attribute["is_required"])
    return body


@changing("values-of-two-attributes", "getAttributeValues", rules=("tiki-v2.values-of-one-attribute",))
def two_attributes(_: Call, body: Json) -> Json:
    """the last value is one of another attribute"""
    for value in body["data"][-1:]:
        value["attribute_code"] = "another_attribute"
    return body


@changing("brand-twice", "listBrands", rules=("tiki-v2.entry-once",))
def brand_twice(_: Call, body: Json) -> Json:
    """the first brand of a page is also its last"""
    return {**body, "data": [*body["data"], *body["data"][:1]]}


@changing("brands-total-low", "listBrands", rules=("tiki-v2.paging-total",))
def total_low(_: Call, body: Json) -> Json:
    """`total` of the brands is 0"""
    return {**body, "paging": {**body["paging"], "total": 0}}


@changing("operation-models-as-text", "getSeller", rules=("tiki-v2.seller",))
def models_as_text(_: Call, body: Json) -> Json:
    """`operation_models` is a text with commas"""
    return {**body, "operation_models": ",".join(body["operation_models"])}


@changing("mapping-to-nothing", "listSellerInventories", rules=("tiki-v2.inventory-mapping-known",))
def to_nothing(_: Call, body: Json) -> Json:
    """a mapping names inventories that are not listed"""
    return {**body, "seller_inventories": []}


INFORMATION: tuple[Defect, ...] = (
    page_zero,
    forgiving("unreadable-filter-accepted", "listCategories", "tiki-v2.category-filter"),
    other_category,
    primary_as_number,
    bare,
    shared.not_read(
        "category-filters-ignored", "the filters of the categories are ignored", "listCategories",
        names=("name", "parent", "isPrimary"), rules=("tiki-v2.categories-filtered",),
    ),
    primary_turned_round,
    shared.unknown_accepted("unknown-category-200", "getCategory"),
    other_attributes,
    code_repeated,
    required_as_number,
    two_attributes,
    shared.page_too_long("values-limit-ignored", "getAttributeValues", rules=("tiki-v2.limit-kept",)),
    brand_twice,
    total_low,
    shared.page_repeated("brands-page-from-zero", "listBrands", rules=("tiki-v2.page-kept",)),
    shared.dropped("labels-dropped", "data", "getOptionLabels", rules=("tiki-v2.option-label-list",)),
    shared.dropped("documents-dropped", "data", "getRequiredDocs", rules=("tiki-v2.required-docs-list",)),
    shared.dropped("warehouse-code-dropped", "code", "listTikiWarehouses",
                   rules=("tiki-v2.tiki-warehouse-entry",)),
    models_as_text,
    shared.not_read(
        "warehouse-filter-ignored", "warehouses with any status are listed", "listSellerWarehouses",
        names=("status",), rules=("tiki-v2.seller-warehouses-filtered",),
    ),
    shared.not_read(
        "supplies-filter-ignored", "the warehouses that supply any warehouse of Tiki are listed",
        "listSellerInventories", names=("tiki_warehouse_codes",), rules=("tiki-v2.inventories-filtered",),
    ),
    to_nothing,
)  # fmt: skip
