"""Tiki's Open API: what has to be known about an account, and bodies about things that the account has."""

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sellerspec.fuzz.scenarios.common import member, objects, same_violations
from sellerspec.fuzz.scenarios.tiki_v2_orders import CONFIRMATIONS, TAKES, about_orders, taken
from sellerspec.fuzz.target import Retargeted, Target
from sellerspec.model import Facts, Json
from sellerspec.rules import number

SELLER = "1"
"""The account of our sandbox in whose name a run calls."""

CLIENT: Mapping[str, str] = {"authorization": f"Basic {base64.b64encode(b'1234567890:FAKE-SECRET').decode()}"}
"""Headers of an app of our sandbox."""

UPDATES = ("updateSku", "updateSkus", "updateOriginalSku", "updateProductInfo")

TRACK_ID = re.compile("[0-9a-f]{32}")

OPEN = "awaiting_approve"
"""The state of a request that waits for a person."""

CLOSED = ("approved", "update_product_approved", "deleted")
"""States of requests that are neither deleted nor begin anew."""

LISTED = ("select", "multiselect")
"""Input types of attributes whose values are read."""

ARRANGED = frozenset(
    ("category", "attributes", "option_labels", "required_docs", "inventory_types", "warehouses")
)
"""The facts that our sandbox can be given."""

IN_CATEGORY: Mapping[str, str] = {"option_labels": "labels", "required_docs": "documents"}
"""Fact about a category -> the table of our sandbox in which it is kept."""


def learn(target: Target) -> None:
    """Read the categories, warehouses, products, orders, requests and queues of the account."""
    known = target.known
    known["categories"] = {}
    categories = objects(member(target.read("listCategories"), "data"))
    known["category_ids"] = [one["id"] for one in categories if number(one.get("id")) is not None]
    known["warehouses"] = objects(member(target.read("listSellerWarehouses", query={"limit": 50}), "data"))
    known["seller"] = target.read("getSeller") or {}
    listed = target.read("listProducts", query={"limit": 50, "include": "inventory"})
    known["products"] = [one for one in objects(member(listed, "data")) if number(one.get("product_id"))]
    orders = objects(member(target.read("listOrders", query={"limit": 50}), "data"))
    known["orders"] = [one for one in orders if isinstance(one.get("code"), str)]
    known["queues"] = [one["code"] for one in objects(target.read("listQueues")) if "code" in one]
    _queue(target)


def _queue(target: Target) -> None:
    """Give our sandbox a queue with a subscription; any other server keeps those that it has."""
    known = target.known
    if not known["queues"] and target.is_sandbox:
        made = target.read("createQueue", body={"name": "sellerspec"})
        known["queues"] = [made["code"]] if isinstance(made, dict) and "code" in made else []
        for code in known["queues"]:
            body = {"event_type": "ORDER_CREATED_SUCCESSFULLY"}
            target.read("createSubscription", path={"code": code}, body=body)
    known["subscriptions"] = [
        one.get("code")
        for code in known["queues"][:1]
        for one in objects(target.read("listSubscriptions", path={"code": code}))
    ]


def live(target: Target, id: str, name: str) -> Json:
    """Return the id of something that the account has: of a path parameter of an operation."""
    given = target.options.ids.get(name)
    if given is not None:
        return given
    known = target.known
    if id in TAKES:
        return next((order["code"] for order in taken(target, id)), None)
    of_queues = "Queue" in id or "Subscription" in id or id == "pullEvents"
    choices: dict[str, Any] = {
        "code": known.get("queues", ()) if of_queues else [one["code"] for one in known.get("orders", ())],
        "subscription_code": known.get("subscriptions", ()),
        "product_id": [one["product_id"] for one in known.get("products", ())],
        "id": _ids(target, id),
    }
    if name in ("request_id", "track_id"):
        return _open_request(target).get(name)
    return next(iter(choices.get(name, ())), None)


def _open_request(target: Target) -> dict[str, Json]:
    """Return the latest request that waits for a person; our sandbox is brought to have one."""
    tracked = _tracked(target)
    waiting = next((one for one in tracked if one.get("state") == OPEN), None)
    if waiting is None and tracked and target.is_sandbox:
        target.control("POST", "move", {"name": tracked[0]["track_id"], "state": OPEN})
        waiting = next(iter(_tracked(target)), None)
    return waiting or next((one for one in tracked if one.get("state") not in CLOSED), {})


def _tracked(target: Target) -> list[dict[str, Json]]:
    listed = objects(member(target.read("listTracking"), "data"))
    return [one for one in listed if isinstance(one.get("track_id"), str)]


def query(target: Target, given: dict[str, Json]) -> dict[str, Json]:
    """Return a query about a request or a product of the account."""
    own = dict(given)
    if TRACK_ID.fullmatch(str(given.get("track_id"))):
        own["track_id"] = _open_request(target).get("track_id", given["track_id"])
    return own


def _ids(target: Target, id: str) -> list[Json]:
    """Return ids of categories, or of attributes with values."""
    categories: list[Json] = target.known.get("category_ids", [])
    if id != "getAttributeValues":
        return categories
    return [
        attribute["id"]
        for category in categories
        for attribute in category_facts(target, category).attributes or ()
        if attribute.get("input_type") in LISTED
    ]


def category_facts(target: Target, id: int) -> Facts:
    """Read what a category asks of products."""
    categories: dict[int, Facts] = target.known.setdefault("categories", {})
    if id not in categories:
        path = {"id": id}
        read = target.read("getCategory", path=path)
        categories[id] = Facts() if read is None else Facts(
            category=read,
            attributes=[
                _with_values(target, one) for one in _data(target, "getCategoryAttributes", path=path)
            ],
            option_labels=_data(target, "getOptionLabels", path=path),
            required_docs=_data(target, "getRequiredDocs", query={"category_id": id}),
        )  # fmt: skip
    return categories[id]


def _data(target: Target, id: str, **given: Json) -> list[Json]:
    return objects(member(target.read(id, **given), "data"))


def _with_values(target: Target, attribute: dict[str, Json]) -> Json:
    if attribute.get("input_type") not in LISTED:
        return attribute
    query = {"limit": 100}
    values = _data(target, "getAttributeValues", path={"id": attribute.get("id")}, query=query)
    return {**attribute, "values": values}


def facts(target: Target, id: str, path: Mapping[str, Json], body: Json) -> Facts:
    """Read the order or the category that a call is about, or name the seller's warehouses."""
    warehouses = target.known.get("warehouses") or None
    if id in TAKES:
        order = target.read("getOrder", path={"code": path["code"]}) if path.get("code") else None
        return Facts(order=order, warehouses=warehouses, now=target.now())
    if id != "createProductRequest":
        return Facts(warehouses=warehouses, now=target.now())
    return _product_facts(target, body, target.now())


def _product_facts(target: Target, body: Json, now: datetime) -> Facts:
    category = number(member(body, "category_id"))
    known = category_facts(target, category) if category is not None and 0 < category < 10**9 else Facts()
    types = member(target.known.get("seller"), "operation_models")
    return Facts(
        category=known.category,
        attributes=known.attributes,
        option_labels=known.option_labels,
        required_docs=known.required_docs,
        inventory_types=tuple(types) if isinstance(types, list) else None,
        warehouses=target.known.get("warehouses") or None,
        now=now,
    )


def arrange(target: Target, facts: Facts, body: Json) -> bool:
    """Give our sandbox the category, the seller and the warehouses of the facts."""
    if ARRANGED.isdisjoint(facts.given()):
        return False
    tables: dict[str, Any] = {kind: dict(table) for kind, table in target.tables().items()}
    id = number(member(body, "category_id")) or number(member(facts.category, "id"))
    seller = tables.get("sellers", {}).get(SELLER)
    if seller is None:
        return False
    before = {kind: dict(table) for kind, table in tables.items()}
    if id is not None:
        _arrange_category(tables, id, facts)
    if facts.inventory_types is not None:
        tables["sellers"][SELLER] = {**seller, "operation_models": list(facts.inventory_types)}
    model: Json = next(iter(tables.get("warehouses", {}).values()), {})
    for warehouse in facts.warehouses or ():
        tables["warehouses"][f"{SELLER}/{warehouse['id']}"] = {
            **model,
            "seller_id": seller["id"],
            **warehouse,
        }
    if tables == before or not target.restore(tables):
        return False
    learn(target)
    return True


def _arrange_category(tables: dict[str, Any], id: int, facts: Facts) -> None:
    category = tables["categories"].get(str(id)) or next(iter(tables["categories"].values()))
    tables["categories"][str(id)] = {**category, "is_primary": True, "parent_id": None, "id": id}
    if facts.category is not None:
        tables["categories"][str(id)] |= facts.category
    for name, table in IN_CATEGORY.items():
        if getattr(facts, name) is not None:
            entries = tables.get(table, {})
            known: dict[str, Json] = next((kept[0] for kept in entries.values() if kept), {})
            tables[table] = {
                **entries,
                str(id): [_entry(place, one, known) for place, one in enumerate(getattr(facts, name), 1)],
            }
    if facts.attributes is None:
        return
    model = next(iter(tables["attributes"].values()))
    kept = {key: one for key, one in tables["attributes"].items() if one["category_id"] != id}
    for raw in facts.attributes:
        # an id of its own, because other categories have attributes with values of their own
        own = id * 1000 + int(raw.get("id") or 0)
        members = {name: value for name, value in raw.items() if name != "values"}
        kept[f"{id}/{own}"] = {**model, "input_type": "text", **members, "id": own, "category_id": id}
        if raw.get("values") is not None:
            code = raw.get("code")
            tables.setdefault("values", {})[str(own)] = [
                {"position": place, "attribute_code": code, **value}
                for place, value in enumerate(raw["values"])
            ]
    tables["attributes"] = kept


def _entry(place: int, given: Json, model: dict[str, Json]) -> Json:
    """Return a label or a document as our sandbox has it; the facts may have the label's text alone."""
    return {**model, **(given if isinstance(given, dict) else {"id": place, "label": given})}


def retarget(target: Target, id: str, body: Json, before: Facts) -> Retargeted:
    """Return a body about products, warehouses and orders of this account that violates the same rules."""
    if not isinstance(body, dict):
        return [({}, body)]
    if id == "createProductRequest":
        stocked = {**body, "variants": _stocked(target, body["variants"])} if "variants" in body else body
        placed = _placed(target, stocked, body, before)
        # without facts of its own an example is not about a category, so one of them is enough
        most = 1 if ARRANGED.isdisjoint(before.given()) else 3
        return [({}, tried) for tried in islice(placed, most)] or [({}, stocked)]
    if id in UPDATES:
        return [({}, _about_own(target, body))]
    if id in CONFIRMATIONS:
        return about_orders(target, id, body, before)
    return [({}, body)]


def _placed(target: Target, stocked: dict[str, Json], body: dict[str, Json], before: Facts) -> Iterator[Json]:
    """Yield a product in categories of the server that has findings of the same rules.

    Args:
        target: the server.
        stocked: the product with warehouses of the account.
        body: the product of the example.
        before: the facts of the example.
    """
    fits = same_violations("tiki-v2", "createProductRequest", body, before)
    bodies = [stocked] if stocked == body else [stocked, body]
    categories = target.known.get("category_ids", ())[:30]
    tries = [stocked, *({**one, "category_id": id} for id in categories for one in bodies)]
    now = target.now()
    for tried in tries:
        if fits(tried, _product_facts(target, tried, now)):
            yield tried


def _stocked(target: Target, variants: Json) -> Json:
    """Return variants with the first warehouses of the account in place of those of the example."""
    mine = [one["id"] for one in target.known.get("warehouses", ())]
    if not isinstance(variants, list) or not mine:
        return variants
    stocks = [stock for one in objects(variants) for stock in objects(one.get("warehouse_stocks"))]
    named = list(dict.fromkeys(stock.get("warehouseId") for stock in stocks))
    ids = {old: new for old, new in zip(named, mine, strict=False) if number(old) is not None}
    return _renamed(variants, ids)


def _renamed(value: Json, ids: Mapping[Json, Json]) -> Json:
    """Return a value with other ids of warehouses."""
    if isinstance(value, list):
        return [_renamed(item, ids) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _named_otherwise(name, part, ids) for name, part in value.items()}


def _named_otherwise(name: str, part: Json, ids: Mapping[Json, Json]) -> Json:
    if name in ("warehouseId", "warehouse_id") and type(part) is int:
        return ids.get(part, part)
    if name == "seller_warehouse" and isinstance(part, str):
        parts = (one.strip() for one in part.split(","))
        return ",".join(str(ids.get(int(one), one)) if one.isdigit() else one for one in parts)
    return _renamed(part, ids)


def _about_own(target: Target, body: dict[str, Json]) -> Json:
    """Return an update of products that the account has."""
    mine = target.known.get("products", ())
    if isinstance(body.get("data"), list):
        entries = body["data"]
        return (
            {**body, "data": [_own(one, mine[place % len(mine) :]) for place, one in enumerate(entries)]}
            if mine
            else body
        )
    return _own(body, mine)


def _own(update: Json, mine: Any) -> Json:
    if not isinstance(update, dict) or not mine:
        return update
    changed = dict(update)
    if type(update.get("product_id")) is int and update["product_id"] > 0:
        changed["product_id"] = mine[0]["product_id"]
    if (
        isinstance(update.get("original_sku"), str)
        and update["original_sku"].strip()
        and "product_id" not in update
    ):
        changed["original_sku"] = mine[0]["original_sku"]
    return changed
