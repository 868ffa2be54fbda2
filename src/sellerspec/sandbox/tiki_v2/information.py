"""Categories with their attributes, labels and documents, brands, warehouses, and the seller."""

from collections.abc import Iterable, Iterator
from typing import Any

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import require_response
from sellerspec.sandbox.tiki_v2.orders import warehouses_of
from sellerspec.sandbox.tiki_v2.paging import page

CATEGORY = (
    "id", "name", "description", "parent_id", "is_primary", "is_product_listing_enabled",
    "no_license_seller_enabled",
)  # fmt: skip
"""The members of a category in a response."""

PICK_UP, RETURN = "requisition", "withdrawal"

BY_TYPE = {1: PICK_UP, 0: RETURN, 2: RETURN}
"""Type of a warehouse in the query -> the one in the response; sources number them differently."""


def list_categories(call: Call) -> Reply:
    """Return the categories that pass the filters."""
    query = call.query
    language, part = query.get("lang", "vi"), str(query.get("name", "")).casefold()
    wanted = {
        "parent_id": query.get("parent"),
        "is_primary": query.get("isPrimary"),
        "is_cross_border": query.get("isCrossBorder"),
    }
    categories = call.state.all("categories").values()
    passing = (
        category
        for category in categories
        if part in category["names"][language].casefold()
        and all(value in (None, category[name]) for name, value in wanted.items())
    )
    return reply({"data": [shown(category, language) for category in passing]})


def get_category(call: Call) -> Reply:
    """Return one category, with those above it if they are asked for."""
    category = _named(call)
    body = shown(category)
    if call.query.get("includeParents"):
        body["parents"] = [shown(parent) for parent in _above(call, category)]
    return reply(body)


def shown(category: Json, language: str = "vi") -> dict[str, Json]:
    """Return a category as the marketplace returns it."""
    return {**{name: category[name] for name in CATEGORY}, "name": category["names"][language]}


def _named(call: Call) -> Json:
    """Return the category that the path names."""
    id = call.path["id"]
    category = call.state.get("categories", str(id))
    if category is None:
        message = "`id` must be that of a category"
        raise Refused(404, message, text=f"Category not found id: {id}", at="/request/path/id")
    return category


def _above(call: Call, category: Json) -> Iterator[Json]:
    seen = {category["id"]}
    while (id := category["parent_id"]) is not None and id not in seen:
        category = call.state.get("categories", str(id))
        if category is None:
            return
        seen.add(id)
        yield category


def get_category_attributes(call: Call) -> Reply:
    """Return the attributes of a category."""
    return reply({"data": attributes_of(call, _named(call)["id"])})


def attributes_of(call: Call, category_id: Json) -> list[Json]:
    """Return the attributes of a category, as getCategoryAttributes returns them."""
    attributes = call.state.all("attributes").values()
    return [attribute for attribute in attributes if attribute["category_id"] == category_id]


def get_attribute_values(call: Call) -> Reply:
    """Return the values of an attribute that have a part."""
    id = str(call.path["id"])
    values = call.state.get("values", id)
    if values is None and not any(str(one["id"]) == id for one in call.state.all("attributes").values()):
        raise Refused(404, "`id` must be that of an attribute", at="/request/path/id")
    return _page(call, _with_part(values or [], "value", call.query.get("q")))


def get_option_labels(call: Call) -> Reply:
    """Return the labels that options of products of a category may have."""
    return reply({"data": labels_of(call, _named(call)["id"])})


def labels_of(call: Call, category_id: Json) -> list[Json]:
    """Return the option labels of a category."""
    return list(call.state.get("labels", str(category_id)) or [])


def get_required_docs(call: Call) -> Reply:
    """Return the documents that products of a category need."""
    id = call.query["category_id"]
    if call.state.get("categories", str(id)) is None:
        raise Refused(404, "`category_id` must be that of a category", at="/request/query/category_id")
    brand = call.state.get("brands", str(call.query.get("brand_listdata_id")))
    return reply({"data": [*documents_of(call, id), *(brand["documents"] if brand else ())]})


def documents_of(call: Call, category_id: Json) -> list[Json]:
    """Return the documents that a category needs."""
    return list(call.state.get("documents", str(category_id)) or [])


def list_brands(call: Call) -> Reply:
    """Return the brands whose name has a part."""
    brands = ({"id": brand["id"], "name": brand["name"]} for brand in call.state.all("brands").values())
    return _page(call, _with_part(brands, "name", call.query.get("name")))


def _with_part(entries: Iterable[Json], member: str, part: Json) -> list[Json]:
    wanted = str(part or "").casefold()
    return [entry for entry in entries if wanted in str(entry[member]).casefold()]


def _page(call: Call, entries: list[Json]) -> Reply:
    data, paging = page(call, entries)
    return reply({"data": data, "paging": paging})


def list_tiki_warehouses(call: Call) -> Reply:
    """Return the warehouses of Tiki."""
    return reply(list(call.state.all("tiki-warehouses").values()))


def get_seller(call: Call) -> Reply:
    """Return the seller whose token is sent."""
    seller = call.state.get("sellers", call.seller)
    return reply({name: value for name, value in seller.items() if name != "seller"})


def list_seller_warehouses(call: Call) -> Reply:
    """Return the seller's warehouses that pass the filters."""
    status, type = call.query.get("status"), BY_TYPE.get(call.query.get("type", ""))
    passing = [
        warehouse
        for warehouse in warehouses_of(call)
        if status in (None, warehouse["status"]) and type in (None, warehouse["type"])
    ]
    return _page(call, passing)


def list_seller_inventories(call: Call) -> Reply:
    """Return the warehouses that supply warehouses of Tiki; all of them if the call names none."""
    named = call.query.get("tiki_warehouse_codes")
    codes = [str(code) for code in named] if isinstance(named, list) else str(named or "").split(",")
    supplying = {
        code: ids
        for key, ids in call.state.all("supplies").items()
        for seller, _, code in [key.partition("/")]
        if seller == call.seller and (named is None or code in codes)
    }
    mapped = {id for ids in supplying.values() for id in ids}
    inventories = [
        {name: warehouse[name] for name in ("id", "name", "address", "type")}
        for warehouse in warehouses_of(call)
        if warehouse["id"] in mapped and warehouse["type"] == PICK_UP and warehouse["status"] == 1
    ]
    shown_ids = {inventory["id"] for inventory in inventories}
    mappings: list[dict[str, Any]] = [
        {"tiki_warehouse_code": code, "seller_inventory_ids": [id for id in ids if id in shown_ids]}
        for code, ids in supplying.items()
    ]
    return reply({"seller_inventories": inventories, "mappings": mappings})


def seed_category(world: World, raw: Json) -> None:
    """Add a category as getCategory returns it."""
    require_response(world, "getCategory", raw)
    names = {"en": raw["name"], "vi": raw["name"]}
    category = {**dict.fromkeys(CATEGORY), **raw, "names": names, "is_cross_border": False}
    world.state.put("categories", str(raw["id"]), category)
