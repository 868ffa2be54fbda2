"""Tiki: what has to be known about an account, and bodies about things that the account has."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, product

from sellerspec import contract
from sellerspec.fuzz.scenarios.common import first_three, objects, same_violations
from sellerspec.fuzz.target import Retargeted, Target
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json
from sellerspec.rules import number

ABOUT_ORDERS = frozenset(
    ("confirmItems", "confirmDelivery", "updateDeliveryStatus", "printOrder", "listWarehouses", "listOrders")
)

SELLER = "1"
"""The account of our sandbox in whose name a run calls."""


def learn(target: Target) -> None:
    """Read the categories, warehouses and orders of the account, and what only a sandbox shows."""
    known = target.known
    known["categories"] = {}
    tables = target.tables("sellers", "skus")
    known["seller"] = tables.get("sellers", {}).get(SELLER, {})
    known["skus"] = {
        sku.get("sku"): sku.get("listing_price")
        for sku in tables.get("skus", {}).values()
        if sku.get("seller") == SELLER
    }
    categories = objects(target.read("listCategories"))
    known["category"] = categories[0].get("id") if categories else None
    known["category_ids"] = [category["id"] for category in categories if type(category.get("id")) is int]
    known["warehouses"] = target.read("listWarehouses") or []
    response = target.read("listOrders", query={"status": "all", "limit": 50})
    orders = objects(response.get("data")) if isinstance(response, dict) else []
    known["orders"] = [order for order in orders if isinstance(order.get("order_code"), str)]
    known.setdefault("trace", None)


def arrange(target: Target, facts: Facts, body: Json) -> bool:
    """Give our sandbox the category and the seller of the facts, else a seller who may sell the body."""
    seeded = facts.category is not None and target.control("POST", "seed", {"categories": [facts.category]})
    target.known["categories"] = {}
    tables = target.tables("sellers")
    seller = tables.get("sellers", {}).get(SELLER)
    if seller is None:
        return bool(seeded)
    wanted = {**seller, "kind": facts.seller or seller.get("kind")}
    variants = objects(body.get("variants")) if isinstance(body, dict) else []
    for name, member in (("inventory_types", "inventory_type"), ("suppliers", "supplier")):
        given = getattr(facts, name)
        used = [variant.get(member) for variant in variants]
        own = [*seller.get(name, ()), *(value for value in used if isinstance(value, str | int))]
        wanted[name] = list(dict.fromkeys(own) if given is None else given)
    if wanted == seller or not target.restore({**tables, "sellers": {**tables["sellers"], SELLER: wanted}}):
        return bool(seeded)
    target.known["seller"] = wanted
    return True


def live(target: Target, _: str, name: str) -> Json:
    """Return the id of something that the account has, by the name of a path parameter."""
    known = target.known
    given = target.options.ids.get(name)
    if given is not None:
        return given
    if name == "order_code":
        return next((order["order_code"] for order in known.get("orders", ())), None)
    if name == "sku":
        return next(iter(known.get("skus", ())), None)
    return {"id": known.get("category"), "trace_id": known.get("trace")}.get(name)


def facts(target: Target, id: str, path: Mapping[str, Json], body: Json) -> Facts:
    """Read the category or the order that a call is about."""
    given = body if isinstance(body, dict) else {}
    known = target.known
    if id == "updateSku":
        return Facts(listing_price=known.get("skus", {}).get(path.get("sku")), now=target.now())
    if id == "createProduct":
        seller = known.get("seller") or {}
        return Facts(
            category=_category(target, number(given.get("category_id"))),
            seller=seller.get("kind"),
            inventory_types=tuple(seller.get("inventory_types", ())) if seller else None,
            suppliers=tuple(seller.get("suppliers", ())) if seller else None,
            now=target.now(),
        )
    if id not in ABOUT_ORDERS:
        return Facts()
    code = path.get("order_code", given.get("order_code"))
    order = target.read("getOrder", path={"order_code": code}) if isinstance(code, str) and code else None
    return Facts(order=order, warehouses=known.get("warehouses") or None, now=target.now())


def _category(target: Target, id: int | None) -> Json:
    if id is None or id < 0 or id > 10**9:
        return None
    categories = target.known.setdefault("categories", {})
    if id not in categories:
        categories[id] = target.read("getCategory", path={"id": id})
    return categories[id]


def retarget(target: Target, id: str, body: Json, before: Facts) -> Retargeted:
    """Return a body about orders and warehouses of this account that violates the same rules."""
    if not isinstance(body, dict):
        return [({}, body)]
    if id == "createProduct" and before.category is not None:
        return [({}, tried) for tried in _categorised(target, body, before)] or [({}, body)]
    code = body.get("order_code")
    if id not in ("confirmItems", "confirmDelivery", "updateDeliveryStatus") or not isinstance(code, str):
        return [({}, body)]
    return first_three(_about_orders(target, id, body, before) if code else (), body)


def _about_orders(
    target: Target, id: str, body: Json, before: Facts
) -> Iterator[tuple[Mapping[str, Json], Json]]:
    fits = same_violations("tiki", id, body, before)
    now = target.now()
    for order in target.known.get("orders", ()):
        if order.get("status") == "queueing" and isinstance(order.get("items"), list):
            here = Facts(order=order, warehouses=target.known.get("warehouses") or None, now=now)
            bodies = moved(target, body, before, order, now)
            yield from islice((({}, tried) for tried in bodies if fits(tried, here)), 1)


def _categorised(target: Target, body: Json, before: Facts) -> Iterator[Json]:
    """Yield a product in categories of the server in which it has findings of the same rules."""
    ready = contract.operation("tiki/createProduct")
    wanted = {finding.rule for finding in ready.check(body, before).findings}
    for id in target.known.get("category_ids", ())[:30]:
        tried = {**body, "category_id": id}
        category = _category(target, id)
        if category is not None and wanted == {
            finding.rule for finding in ready.check(tried, Facts(category=category)).findings
        }:
            yield tried


def moved(target: Target, body: Json, before: Facts, order: Json, now: datetime) -> Iterator[Json]:
    """Yield a body about another order: its code and items, a warehouse, and times near now.

    Args:
        target: the server.
        body: about an order of an example.
        before: the facts of the example.
        order: that the body is to be about.
        now: the marketplace's local time.
    """
    seen: list[Json] = []
    for tried in _moved(target, body, before, order, now):
        # most bodies name no warehouse or no time, and are the same for every one
        if tried not in seen:
            seen.append(tried)
            yield tried


def _moved(target: Target, body: Json, before: Facts, order: Json, now: datetime) -> Iterator[Json]:
    ids = [item.get("id") for item in order["items"]]
    old = [item.get("id") for item in (before.order or {}).get("items", ())]
    renamed = {**body, "order_code": order["order_code"]}
    items = body.get("item_ids")
    if isinstance(items, list):
        renamed["item_ids"] = [_item(item, items.index(item), old, ids) for item in items]
    warehouses: list[Json] = (target.known.get("warehouses") or [])[:5]
    pairs = sorted(product(warehouses, warehouses), key=lambda pair: pair[0] is not pair[1])
    for distance in (timedelta(days=1), None, timedelta(days=-1)):
        dated = {name: _near(value, now, distance) for name, value in renamed.items()}
        yield dated
        for warehouse, other in pairs:
            named = {
                "warehouse_code": warehouse.get("warehouse_code"),
                "seller_inventory_id": other.get("seller_inventory_id"),
            }
            yield {
                **dated,
                **{name: value for name, value in named.items() if type(dated.get(name)) is type(value)},
            }


def _item(item: Json, place: int, old: list[Json], ids: list[Json]) -> Json:
    """Return the id of an item of the order in place of one of the example."""
    if item in old and old.index(item) < len(ids):
        return ids[old.index(item)]
    return ids[place] if not old and type(item) is int and place < len(ids) else item


def _near(value: Json, now: datetime, distance: timedelta | None) -> Json:
    if distance is None or not isinstance(value, str) or moment(value) is None:
        return value
    return (now + distance).strftime("%Y-%m-%d %H:%M:%S")
