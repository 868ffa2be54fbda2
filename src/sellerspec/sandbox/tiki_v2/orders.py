"""The orders of a seller: the list, one order, and those that a user seeds."""

from typing import Any

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import require_response, split_seller
from sellerspec.sandbox.tiki_v2 import selection
from sellerspec.sandbox.tiki_v2.paging import page
from sellerspec.sandbox.tiki_v2.progress import arrive


def facts(call: Call) -> Facts:
    """Return the facts for the rules about orders."""
    document = call.own("orders", call.path.get("code"))
    return Facts(order=document["order"] if document else None, warehouses=warehouses_of(call), now=call.now)


def warehouses_of(call: Call) -> list[Json]:
    """Return the seller's warehouses, as listSellerWarehouses returns them."""
    prefix = f"{call.seller}/"
    warehouses = call.state.all("warehouses")
    return [warehouse for key, warehouse in warehouses.items() if key.startswith(prefix)]


def list_orders(call: Call) -> Reply:
    """Return one page of the seller's orders that pass the filters."""
    mine = (document["order"] for document in call.all_own("orders"))
    data, paging = page(call, selection.selected(mine, call.query, call.now))
    include = call.query.get("include")
    return reply({"data": [selection.shown(order, include) for order in data], "paging": paging})


def shown(document: Json, include: Json = None) -> Reply:
    """Return the response to getOrder."""
    return reply(selection.shown(document["order"], include))


def get_order(call: Call) -> Reply:
    """Return one order."""
    return shown(named(call), call.query.get("include"))


def named(call: Call) -> dict[str, Any]:
    """Return the document of the order that the path names."""
    unknown = Refused(404, "`code` must be that of an order of this seller", at="/request/path/code")
    document: dict[str, Any] = call.require_own("orders", call.path["code"], unknown)
    return document


def seed_order(world: World, raw: Json) -> None:
    """Add an order in the form of getOrder; its member `seller` may name another seller than the first."""
    seller, order = split_seller(raw)
    require_response(world, "getOrder", order)
    arrive(world, seller, order)
