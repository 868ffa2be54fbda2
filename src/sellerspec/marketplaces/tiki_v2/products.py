"""Rules of the products that are read and updated."""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki_v2.facts import warehouse_ids
from sellerspec.model import Basis, Facts, Json, Path, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.schema.messages import seen

UPDATES = ("updateSku", "updateSkus")
update_rule = partial(rule, on=UPDATES, status=422)
SITE = ("open-site", "update SKU")


def updates(body: Json) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each update: the body of updateSku, each of `data` of updateSkus."""
    if isinstance(member(body, "data"), list):
        for index, update in objects(body, "data"):
            yield ("data", index), update
    elif isinstance(body, dict):
        yield (), body


def listed_warehouses(text: Json) -> set[int] | None:
    """Return the ids of a text like `1034, 1015`; None where one is no number or too long."""
    if not isinstance(text, str):
        return None
    ids = [id.strip() for id in text.split(",")] if text.strip() else []
    return {int(id) for id in ids} if all(id.isdecimal() and len(id) < 19 for id in ids) else None


@update_rule("tiki-v2.update-warehouses-listed", source=SITE, basis=Basis.INFERRED)
def warehouses_listed(body: Json, _: Facts) -> Iterator[Violation]:
    """`seller_warehouse` lists the warehouses of `warehouse_quantities`, all of them and no other"""
    for place, update in updates(body):
        text, given = update.get("seller_warehouse"), update.get("warehouse_quantities")
        listed = listed_warehouses(text)
        if listed is None or not isinstance(given, list):
            continue
        ids = [
            id
            for _, entry in objects(update, "warehouse_quantities")
            if (id := number(entry.get("warehouse_id")))
        ]
        if len(ids) == len(given) and set(ids) != listed:
            named = ", ".join(map(str, dict.fromkeys(ids)))
            required = f"must list the warehouses of `warehouse_quantities`, `{named}`"
            yield Violation((*place, "seller_warehouse"), f"`seller_warehouse` {required}, got {seen(text)}")


@update_rule("tiki-v2.update-warehouse-once", source=SITE, basis=Basis.INFERRED)
def warehouse_once(body: Json, _: Facts) -> Iterator[Violation]:
    """a warehouse stands once in `warehouse_quantities`"""
    for place, update in updates(body):
        keys = (
            (index, id)
            for index, entry in objects(update, "warehouse_quantities")
            if (id := number(entry.get("warehouse_id"))) is not None
        )
        for index, first in repeated(keys):
            message = f"`warehouse_id` must be another than in entry {first}, got the same"
            yield Violation((*place, "warehouse_quantities", index, "warehouse_id"), message)


@update_rule(
    "tiki-v2.update-warehouse-known",
    source=("client-shop", "a real refusal of updateSku"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    needs="warehouses",
)
def warehouse_known(body: Json, facts: Facts) -> Iterator[Violation]:
    """the warehouses of an update are the seller's"""
    known = warehouse_ids(facts)
    for place, update in updates(body):
        for index, entry in objects(update, "warehouse_quantities"):
            id = number(entry.get("warehouse_id"))
            if id is not None and id not in known:
                message = messages.must_be(
                    "warehouse_id", f"a warehouse of the seller, {messages.listed(known)}", id
                )
                text = f"update error [Warehouse '[{id}]' are not found]"
                yield Violation((*place, "warehouse_quantities", index, "warehouse_id"), message, text)


@rule(
    "tiki-v2.stock-sum",
    on=("listProducts", "getProduct", "findProduct"),
    source=("open-site", "inventory type"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    reads="response",
)
def stock_sum(body: Json, _: Facts) -> Iterator[Violation]:
    """the available quantity of a warehouse is the sum of the sellable and the reserved one"""
    products: list[tuple[Path, Json]] = [
        (("data", index), product) for index, product in objects(body, "data")
    ]
    for place, product in products or [((), body)]:
        for index, stock in objects(member(product, "inventory"), "warehouse_stocks"):
            available, sellable, reserved = (
                number(stock.get(f"quantity_{name}")) for name in ("available", "sellable", "reserved")
            )
            if available is None or sellable is None or reserved is None or available == sellable + reserved:
                continue
            why = "the sum of sellable and reserved"
            message = messages.must_equal("quantity_available", sellable + reserved, why, available)
            at = ("inventory", "warehouse_stocks", index, "quantity_available")
            yield Violation((*place, *at), message)


PRODUCT_RULES: tuple[Rule, ...] = (warehouses_listed, warehouse_once, warehouse_known, stock_sum)
