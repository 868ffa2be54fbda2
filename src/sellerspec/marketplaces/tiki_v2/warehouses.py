"""Rules of createProductRequest about the warehouses that hold the stock of a variant."""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import repeated
from sellerspec.marketplaces.tiki_v2.facts import warehouse_ids
from sellerspec.marketplaces.tiki_v2.products import listed_warehouses
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.schema.messages import seen

_rule = partial(rule, on="createProductRequest", status=422)


def _stocks(variant: Mapping[str, Json]) -> list[tuple[int, int]]:
    """Return index and warehouse of each stock of a variant."""
    stocks = objects(variant, "warehouse_stocks")
    return [(index, id) for index, stock in stocks if (id := number(stock.get("warehouseId"))) is not None]


@_rule(
    "tiki-v2.variant-warehouses-listed",
    source=("client-nest", ""),
    basis=Basis.INFERRED,
)
def variant_warehouses(product: Json, _: Facts) -> Iterator[Violation]:
    """`seller_warehouse` of a variant lists the warehouses of its `warehouse_stocks`, and no other"""
    for index, variant in objects(product, "variants"):
        listed, given = variant.get("seller_warehouse"), variant.get("warehouse_stocks")
        ids = [id for _, id in _stocks(variant)]
        if not isinstance(listed, str) or not isinstance(given, list) or len(ids) != len(given):
            continue
        if set(ids) != listed_warehouses(listed):
            named = f"`{', '.join(map(str, dict.fromkeys(ids)))}`" if ids else "which is empty"
            required = f"must list the warehouses of `warehouse_stocks`, {named}"
            message = f"`seller_warehouse` {required}, got {seen(listed)}"
            yield Violation(("variants", index, "seller_warehouse"), message)


@_rule(
    "tiki-v2.variant-warehouse-once",
    source=("client-nest", ""),
    basis=Basis.INFERRED,
)
def variant_warehouse_once(product: Json, _: Facts) -> Iterator[Violation]:
    """a warehouse stands once in the `warehouse_stocks` of a variant"""
    for index, variant in objects(product, "variants"):
        for entry, first in repeated(_stocks(variant)):
            message = f"`warehouseId` must be another than in entry {first}, got the same"
            yield Violation(("variants", index, "warehouse_stocks", entry, "warehouseId"), message)


@_rule(
    "tiki-v2.variant-warehouse-known",
    source=("client-shop", "a real refusal of updateSku"),
    basis=Basis.INFERRED,
    severity=Severity.ERROR,  # although inferred: an update with an unknown warehouse was refused
    needs="warehouses",
)
def variant_warehouse_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """the warehouses of a variant are the seller's"""
    known = warehouse_ids(facts)
    for index, variant in objects(product, "variants"):
        for entry, id in _stocks(variant):
            if id not in known:
                required = f"a warehouse of the seller, {messages.listed(known)}"
                place = ("variants", index, "warehouse_stocks", entry, "warehouseId")
                yield Violation(place, messages.must_be("warehouseId", required, id))


WAREHOUSE_RULES: tuple[Rule, ...] = (variant_warehouses, variant_warehouse_once, variant_warehouse_known)
