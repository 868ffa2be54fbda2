"""Rules of the seller's warehouses and inventories, as responses have them.

All of them warn: the marketplace may lag behind its own state.
"""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, not_passing
from sellerspec.marketplaces.tiki_v2.paging import exchange_rule
from sellerspec.model import Facts, Json
from sellerspec.rules import Rule, Violation, number, objects
from sellerspec.values import items

_INVENTORIES = ("open-site", "order API")


@exchange_rule(
    "tiki-v2.seller-warehouses-filtered",
    on="listSellerWarehouses",
    source=("client-elixir", "seller warehouses"),
)
def warehouses_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed warehouse has the `status` of the request"""
    query, body = answer(exchange)
    for index, warehouse in objects(body, "data"):
        for name, message in not_passing(query, warehouse, {"status": "status"}):
            yield Violation((*BODY, "data", index, name), message)


@exchange_rule("tiki-v2.inventories-filtered", on="listSellerInventories", source=_INVENTORIES)
def inventories_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each mapping is of a warehouse of Tiki that the request names"""
    query, body = answer(exchange)
    codes = [code for code in str(query.get("tiki_warehouse_codes") or "").split(",") if code]
    for index, mapping in objects(body, "mappings") if codes else ():
        code = mapping.get("tiki_warehouse_code")
        if isinstance(code, str) and code not in codes:
            required = f"one of the `tiki_warehouse_codes` of the request, {messages.listed(codes)}"
            message = messages.must_be("tiki_warehouse_code", required, code)
            yield Violation((*BODY, "mappings", index, "tiki_warehouse_code"), message)


@exchange_rule("tiki-v2.inventory-mapping-known", on="listSellerInventories", source=_INVENTORIES)
def mapping_known(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a mapping names inventories that the response lists"""
    body = answer(exchange)[1]
    known = [number(inventory.get("id")) for _, inventory in objects(body, "seller_inventories")]
    if None in known:
        return
    for index, mapping in objects(body, "mappings"):
        for entry, given in items(mapping, "seller_inventory_ids"):
            id = number(given)
            if id is not None and id not in known:
                required = f"the `id` of a listed inventory, {messages.listed(known)}"
                message = messages.must_be(f"seller_inventory_ids[{entry}]", required, id)
                yield Violation((*BODY, "mappings", index, "seller_inventory_ids", entry), message)


SELLER_RULES: tuple[Rule, ...] = (warehouses_filtered, inventories_filtered, mapping_known)
