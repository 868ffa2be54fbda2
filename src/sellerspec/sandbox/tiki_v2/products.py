"""Products of a seller: the list, one product, and changes of price, status, stock and code."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json
from sellerspec.rules import number, objects
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import require_response, split_seller, within
from sellerspec.sandbox.state import Store
from sellerspec.sandbox.tiki.seed import text
from sellerspec.sandbox.tiki_v2 import stock
from sellerspec.sandbox.tiki_v2.events import MARKET_PRICE, PRICE, publish
from sellerspec.sandbox.tiki_v2.orders import warehouses_of
from sellerspec.sandbox.tiki_v2.paging import page

MEMBERS = (
    "product_id", "sku", "name", "master_id", "master_sku", "super_id", "super_sku", "active", "is_hidden",
    "original_sku", "type", "entity_type", "price", "market_price", "version", "created_at", "updated_at",
    "created_by", "thumbnail", "option_attributes",
)  # fmt: skip
"""The members of a product that every response has."""

PARTS = ("inventory", "images", "seller", "categories", "attributes")
"""The members that a call asks for."""

STATUSES = {1: 1, 2: 0}
"""`status` of updateSkus -> `active`; what 2 means is our reading."""

FOREIGN = "you do not have permission to update this product"
"""A real text of updateProductInfo."""


def sku_facts(call: Call) -> Facts:
    """Return the facts for the rules of updates."""
    return Facts(warehouses=warehouses_of(call), now=call.now)


def new_product(id: int, /, **members: Json) -> dict[str, Any]:
    """Return a product as the state keeps it: `members` in place of the usual ones."""
    return {
        "product_id": id,
        "sku": str(7_000_000_000_000 + id),
        "name": "",
        "master_id": id - 1,
        "master_sku": str(8_000_000_000_000 + id),
        "super_id": 0,
        "super_sku": "",
        "active": 1,
        "is_hidden": False,
        "original_sku": "",
        "type": "simple",
        "entity_type": "seller_simple",
        "price": 0,
        "market_price": 0,
        "version": 1,
        "created_by": "seller@seller.example",
        "thumbnail": None,
        "option_attributes": [],
        "attributes": {},
        "images": [],
        "category_id": None,
        "inventory_type": "backorder",
        **members,
    }


def pictures(urls: list[str], first_id: int) -> list[Json]:
    """Return pictures as a product has them."""
    return [
        {
            "id": first_id + index,
            "url": url,
            "path": url.rpartition("/")[2],
            "position": index,
            "label": None,
            "is_gallery": 1,
        }
        for index, url in enumerate(dict.fromkeys(urls))
    ]


def list_products(call: Call) -> Reply:
    """Return one page of the seller's products that pass the filters, the newest first."""
    products = [product for product in call.all_own("products") if _passes(product, call.query)]
    products.sort(key=lambda product: str(product["created_at"]), reverse=True)
    data, paging = page(call, products)
    include = _names(call.query.get("include"))
    return reply({"data": [shown(call.state, product, include) for product in data], "paging": paging})


def _passes(product: Json, query: Json) -> bool:
    return (
        str(query.get("name", "")).casefold() in str(product["name"]).casefold()
        and all(query.get(name) in (None, product[name]) for name in ("active", "category_id"))
        and all(_in_span(product, query, name) for name in ("created", "updated"))
    )


def _in_span(product: Json, query: Json, name: str) -> bool:
    begins, ends = moment(query.get(f"{name}_from_date")), moment(query.get(f"{name}_to_date"))
    return within(datetime.fromisoformat(product[f"{name}_at"]), begins, ends)


def _names(parts: Json) -> list[str]:
    names = parts if isinstance(parts, list) else str(parts or "").split(",")
    return [str(name).strip() for name in names]


def get_product(call: Call) -> Reply:
    """Return one product."""
    id = call.path["product_id"]
    unknown = Refused(404, "`product_id` must be that of a product", at="/request/path/product_id")
    product = call.require_own("products", id, unknown)
    return reply(shown(call.state, product, _names(call.query.get("includes"))))


def find_product(call: Call) -> Reply:
    """Return the product with a code, with all its parts."""
    code = str(call.query["original_sku"])
    found = with_code(call, code)
    if found is None:
        raise Refused(404, "`original_sku` must be that of a product", at="/request/query/original_sku")
    return reply(shown(call.state, found, PARTS))


def with_code(call: Call, code: str) -> Json:
    """Return the seller's product with a code; None if there is none."""
    return next((one for one in call.all_own("products") if one["original_sku"] == code), None)


def shown(state: Store, product: Json, include: list[str] | tuple[str, ...]) -> dict[str, Json]:
    """Return a product as the marketplace returns it, with the parts that are asked for."""
    parts: dict[str, Callable[[], Json]] = {
        "inventory": lambda: _inventory(state, product),
        "images": lambda: product["images"],
        "seller": lambda: _seller(state, product),
        "categories": lambda: _categories(state, product),
        "attributes": lambda: product["attributes"],
    }
    chosen = {name: part() for name, part in parts.items() if name in include}
    return {**{name: product[name] for name in MEMBERS}, **chosen}


def _inventory(state: Store, product: Json) -> Json:
    stocks = (one for one in state.all("stocks").values() if one["product_id"] == product["product_id"])
    kind = product["inventory_type"]
    return {
        "fulfillment_type": "tiki_delivery" if kind in ("instock", "backorder") else kind,
        "inventory_type": kind,
        "warehouse_stocks": [
            {"warehouse_id": one["warehouse_id"], **stock.quantities(one)} for one in stocks
        ],
    }


def _seller(state: Store, product: Json) -> Json:
    seller = state.get("sellers", product["seller"]) or {}
    return {name: seller.get(name) for name in ("id", "name", "logo")}


def _categories(state: Store, product: Json) -> Json:
    category = state.get("categories", str(product["category_id"]))
    if category is None:
        return []
    shown = {name: category[name] for name in ("id", "name", "is_primary")}
    return [{**shown, "url_key": f"c{category['id']}"}]


def update_sku(call: Call) -> Reply:
    """Change price, status or stock of one product."""
    _update(call.world, _identified(call, call.body, ""), call.body)
    return reply({"state": "approved"})


def update_skus(call: Call) -> Reply:
    """Change several products: all or none."""
    updates = [
        (_identified(call, update, f"/data/{index}")["product_id"], update)
        for index, update in objects(call.body, "data")
    ]
    for id, update in updates:
        # read again: two updates may name one product
        _update(call.world, call.own("products", id), update)
    return reply({"state": "approved"})


def _identified(call: Call, update: Json, at: str) -> Json:
    """Return the product that an update names; if it has both names, `product_id` counts."""
    name = "product_id" if update.get("product_id") is not None else "original_sku"
    given = update[name]
    if name == "product_id":
        return owned(call, given, f"{at}/{name}")
    product = with_code(call, str(given))
    if product is None:
        raise Refused(404, f"`{name}` must be that of a product of this seller", at=f"{at}/{name}")
    return product


def owned(call: Call, id: Json, at: str) -> Json:
    """Return a product of the seller by its id; a product of another seller is a 403."""
    product = call.state.get("products", str(number(id)))
    if product is None:
        raise Refused(404, "`product_id` must be that of a product", at=at)
    if product["seller"] != call.seller:
        raise Refused(403, "`product_id` must be that of a product of this seller", text=FOREIGN, at=at)
    return product


def _update(world: World, product: Json, update: Json) -> None:
    price, active = number(update.get("price")), number(update.get("active"))
    if "status" in update:
        active = STATUSES.get(number(update["status"]) or 0, product["active"])
    changes = {"price": price, "active": active}
    put(world, product, {name: value for name, value in changes.items() if value is not None})
    for warehouse, available in _quantities(update):
        stock.set_available(world, product["seller"], product["product_id"], warehouse, available)


def _quantities(update: Json) -> Iterator[tuple[int, int]]:
    for _, entry in objects(update, "warehouse_quantities"):
        warehouse, available = number(entry.get("warehouse_id")), number(entry.get("qty_available"))
        if warehouse is not None and available is not None:
            yield warehouse, available


def put(world: World, product: Json, changes: dict[str, Json]) -> None:
    """Change members of a product, and publish another price."""
    if all(product[name] == value for name, value in changes.items()):
        return
    changed = {**product, **changes, "version": product["version"] + 1, "updated_at": text(world.clock.now())}
    world.state.put("products", str(product["product_id"]), changed)
    for name, event in (("price", PRICE), ("market_price", MARKET_PRICE)):
        if changed[name] != product[name]:
            payload = {
                "product_id": product["product_id"],
                "original_sku": changed["original_sku"] or "",
                f"{name}_from": product[name],
                f"{name}_to": changed[name],
            }
            publish(world, product["seller"], event, payload)


def update_original_sku(call: Call) -> Reply:
    """Give a product another code, at once."""
    product, code = owned(call, call.body["product_id"], "/product_id"), str(call.body["original_sku"])
    other = with_code(call, code)
    if other is not None and other["product_id"] != product["product_id"]:
        raise Refused(400, "`original_sku` must not be that of another product", at="/original_sku")
    put(call.world, product, {"original_sku": code})
    return reply({"state": "approved"})


def seed_product(world: World, raw: Json) -> None:
    """Add a product as getProduct returns it, with its stock; its member `seller` may name the owner's id."""
    seller, product = split_seller(raw)
    require_response(world, "getProduct", product)
    at = text(world.clock.now())
    known = {name: product[name] for name in (*MEMBERS, "attributes", "images") if name in product}
    moments = {name: known.get(name) or at for name in ("created_at", "updated_at")}
    inventory = product.get("inventory") or {}
    category = next((one["id"] for _, one in objects(product, "categories")), None)
    # the detail of v2 has `id`
    known["product_id"] = id = number(product.get("product_id", product.get("id"))) or 0
    kept = new_product(id, **{**known, **moments, "category_id": category})
    kept["inventory_type"] = inventory.get("inventory_type") or kept["inventory_type"]
    for name in ("attributes", "images"):
        kept[name] = kept[name] or ({} if name == "attributes" else [])
    kept["version"] = number(kept["version"]) or 1
    world.state.put("products", str(kept["product_id"]), {"seller": seller, **kept})
    for _, one in objects(inventory, "warehouse_stocks"):
        place = stock.key(kept["product_id"], one["warehouse_id"])
        kept_stock = {
            "seller": seller,
            "product_id": kept["product_id"],
            "warehouse_id": one["warehouse_id"],
            "available": one["quantity_available"],
            "reserved": one["quantity_reserved"],
        }
        world.state.put("stocks", place, kept_stock)
