"""Tiki's Open API: categories with what they ask of products, brands, and the warehouses that supply Tiki."""

from sellerspec.fuzz.scenarios.common import Listing, filtered, member, objects, pages, unknown
from sellerspec.fuzz.target import Sequence, Target
from sellerspec.model import NO_FACTS, Json
from sellerspec.strategies import good

CATEGORIES = Listing("listCategories", "id", ("data",))
BRANDS = Listing("listBrands", "id", ("data",))

LISTED = ("select", "multiselect")
"""Input types of attributes that have a list of values."""

MOST = 3
"""Categories and attributes that are looked at, of those that take products."""

USES = (
    "listCategories", "getCategory", "getCategoryAttributes", "getAttributeValues", "getOptionLabels",
    "getRequiredDocs", "listBrands", "listTikiWarehouses", "listSellerInventories",
)  # fmt: skip

STEPS = (
    "listCategories -> getCategoryAttributes",
    "getCategoryAttributes -> getAttributeValues",
    "getCategoryAttributes -> createProductRequest",
    "listBrands -> listBrands (next page)",
    "listTikiWarehouses -> listSellerInventories",
)


def information(target: Target) -> None:
    """Read what a connector reads before it makes products; the rules of the responses judge it."""
    categories = CATEGORIES.read(target)
    for primary in (True, False):
        wanted = [one for one in categories if one.get("is_primary") is primary]
        query = {"isPrimary": str(primary).lower()}
        listed = target.send(target.call("listCategories", query=query))
        missing = CATEGORIES.keys(wanted) - CATEGORIES.keys(CATEGORIES.items(listed) or [])
        message = f"{len(missing)} categories that fit the filter are missing"
        target.session.expect(not missing or not listed.accepted, listed, "filter-loses", message)
    parents = [one["parent_id"] for one in categories if one.get("parent_id") is not None]
    for parent in parents[:1]:
        filtered(target, CATEGORIES, list(categories), "parent", parent, name="parent_id")
    unknown(target, "getCategory", {"id": 999_999_999})
    for category in [one for one in categories if one.get("is_primary") is True][:MOST]:
        _category(target, {"id": category.get("id")})
    pages(target, BRANDS, lambda page: {"page": page + 1, "limit": 1}, size=1, most=MOST)
    for warehouse in objects(target.read("listTikiWarehouses"))[:MOST]:
        named = {"tiki_warehouse_codes": warehouse.get("code")}
        target.send(target.call("listSellerInventories", query=named))
        target.session.transition("listTikiWarehouses -> listSellerInventories")


def _category(target: Target, path: dict[str, Json]) -> None:
    read = target.send(target.call("getCategoryAttributes", path=path))
    target.session.transition("listCategories -> getCategoryAttributes")
    attributes = objects(member(read.body, "data"))
    if any(one.get("is_required") is True for one in attributes):
        # the rules know the attributes of the category, so they judge the response
        product = next(iter(good("tiki-v2/createProductRequest", NO_FACTS)))
        simple = {"option_attributes": [], "variants": [{"sku": "fuzz-without-attributes", "price": 50_000}]}
        without = {**product, **simple, "category_id": path["id"], "attributes": {}}
        target.send(target.call("createProductRequest", body=without), certain=False)
        target.session.transition("getCategoryAttributes -> createProductRequest")
    listed = [one for one in attributes if one.get("input_type") in LISTED]
    for attribute in listed[:MOST]:
        values = target.call("getAttributeValues", path={"id": attribute.get("id")}, query={"limit": 20})
        target.send(values)
        target.session.transition("getCategoryAttributes -> getAttributeValues")
    target.send(target.call("getOptionLabels", path=path))
    target.send(target.call("getRequiredDocs", query={"category_id": path["id"]}))


SEQUENCES = (Sequence(information, USES),)
