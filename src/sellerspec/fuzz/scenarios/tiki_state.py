"""Tiki: what a run has to know of an account, and bodies about what the account has."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

from sellerspec import contract
from sellerspec.fuzz.target import Target
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json
from sellerspec.rules import number, objects

ABOUT_ORDERS = frozenset(
    ("confirmItems", "confirmDelivery", "updateDeliveryStatus", "printOrder", "listWarehouses", "listOrders")
)

SELLER = "1"
"""The account of our sandbox in whose name a run calls."""


def learn(target: Target) -> None:
    """Read the categories, warehouses and orders of the account; what only a sandbox tells, too."""
    known = target.known
    known["categories"] = {}
    tables = target.tables("sellers", "skus")
    known["seller"] = tables.get("sellers", {}).get(SELLER, {})
    known["skus"] = {
        each.get("sku"): each.get("listing_price")
        for each in tables.get("skus", {}).values()
        if each.get("seller") == SELLER
    }
    listed = target.read("listCategories")
    known["category"] = (
        listed[0].get("id") if isinstance(listed, list) and listed and isinstance(listed[0], dict) else None
    )
    known["category_ids"] = [
        each["id"] for each in listed or () if isinstance(each, dict) and type(each.get("id")) is int
    ]
    known["warehouses"] = target.read("listWarehouses") or []
    response = target.read("listOrders", query={"status": "all", "limit": 50})
    orders = response.get("data") if isinstance(response, dict) else None
    known["orders"] = [
        order
        for order in orders or []
        if isinstance(order, dict) and isinstance(order.get("order_code"), str)
    ]
    known.setdefault("trace", None)


def arrange(target: Target, facts: Facts, body: Json) -> bool:
    """Give our sandbox the category and the kind of seller of the facts, else a seller who may sell this."""
    seeded = facts.category is not None and target.control("POST", "seed", {"categories": [facts.category]})
    target.known["categories"] = {}
    tables = target.tables("sellers")
    seller = tables.get("sellers", {}).get(SELLER)
    if seller is None:
        return bool(seeded)
    wanted = {**seller, "kind": facts.seller or seller.get("kind")}
    for name, member in (("inventory_types", "inventory_type"), ("suppliers", "supplier")):
        told = getattr(facts, name)
        named = [each.get(member) for _, each in objects(body, "variants")]
        own = [*seller.get(name, ()), *(each for each in named if isinstance(each, str | int))]
        wanted[name] = list(dict.fromkeys(own) if told is None else told)
    if wanted == seller or not target.restore({**tables, "sellers": {**tables["sellers"], SELLER: wanted}}):
        return bool(seeded)
    target.known["seller"] = wanted
    return True


def live(target: Target, _: str, name: str) -> Json:
    """Return something that the account has."""
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
    """Ask for the category or the order that a call is about."""
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
    seen = target.known.setdefault("categories", {})
    if id not in seen:
        seen[id] = target.read("getCategory", path={"id": id})
    return seen[id]


def retarget(target: Target, id: str, body: Json, before: Facts) -> list[tuple[Mapping[str, Json], Json]]:
    """Return a body about orders and warehouses of this account under which the same rules speak."""
    if id == "createProduct" and before.category is not None and isinstance(body, dict):
        return [({}, each) for each in _categorised(target, body, before)] or [({}, body)]
    if id not in ("confirmItems", "confirmDelivery", "updateDeliveryStatus") or not isinstance(body, dict):
        return [({}, body)]
    if not isinstance(body.get("order_code"), str) or not body["order_code"]:
        return [({}, body)]
    ready = contract.contract("tiki").operation(id)
    wanted = {error.rule for error in ready.check(body, before).errors}
    found: list[tuple[Mapping[str, Json], Json]] = []
    now = target.now()
    for order in target.known.get("orders", ()):
        if order.get("status") != "queueing" or not isinstance(order.get("items"), list):
            continue
        here = Facts(order=order, warehouses=target.known.get("warehouses") or None, now=now)
        for tried in moved(target, body, before, order, now):
            if {error.rule for error in ready.check(tried, here).errors} == wanted:
                found.append(({}, tried))
                break
        if len(found) == 3:
            break
    return found or [({}, body)]


def _categorised(target: Target, body: Json, before: Facts) -> Iterator[Json]:
    """Yield a product in a category of the server under which the same rules speak."""
    ready = contract.contract("tiki").operation("createProduct")
    wanted = {finding.rule for finding in ready.check(body, before).findings}
    for id in target.known.get("category_ids", ())[:30]:
        tried = {**body, "category_id": id}
        category = _category(target, id)
        if category is not None and wanted == {
            finding.rule for finding in ready.check(tried, Facts(category=category)).findings
        }:
            yield tried


def moved(target: Target, body: Json, before: Facts, order: Json, now: datetime) -> Iterator[Json]:
    """Yield a body about another order: its code and items, a warehouse, and moments near now."""
    seen: list[Json] = []
    for each in _moved(target, body, before, order, now):
        # most bodies name no warehouse or no moment, and stay the same whichever is put in
        if each not in seen:
            seen.append(each)
            yield each


def _moved(target: Target, body: Json, before: Facts, order: Json, now: datetime) -> Iterator[Json]:
    ids = [item.get("id") for item in order["items"]]
    old = [item.get("id") for item in (before.order or {}).get("items", ())]
    there = {**body, "order_code": order["order_code"]}
    items = body.get("item_ids")
    if isinstance(items, list):
        there["item_ids"] = [_item(item, items.index(item), old, ids) for item in items]
    houses: list[Json] = target.known.get("warehouses") or []
    pairs = [(None, None), *product(houses[:5], houses[:5])]
    pairs.sort(key=lambda each: each[0] is not each[1])
    for time in (timedelta(days=1), None, timedelta(days=-1)):
        dated = {name: _near(value, now, time) for name, value in there.items()}
        for house, other in pairs:
            if house is None:
                yield dated
            else:
                named = {
                    "warehouse_code": house.get("warehouse_code"),
                    "seller_inventory_id": other.get("seller_inventory_id"),
                }
                yield {
                    **dated,
                    **{name: value for name, value in named.items() if type(dated.get(name)) is type(value)},
                }


def _item(each: Json, place: int, old: list[Json], ids: list[Json]) -> Json:
    if each in old and old.index(each) < len(ids):
        return ids[old.index(each)]
    return ids[place] if not old and type(each) is int and place < len(ids) else each


def _near(value: Json, now: datetime, time: timedelta | None) -> Json:
    if time is None or not isinstance(value, str) or moment(value) is None:
        return value
    return (now + time).strftime("%Y-%m-%d %H:%M:%S")
