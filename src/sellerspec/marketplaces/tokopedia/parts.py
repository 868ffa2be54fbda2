"""Check that the parts of one order agree: ids, bundles, times.

An order comes from the order list or from a notification, and may be malformed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tokopedia.amounts import Order, bundles, complete, items, lines
from sellerspec.marketplaces.tokopedia.formats import moment
from sellerspec.model import Json
from sellerspec.rules import Violation, number, objects
from sellerspec.values import identifier

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 253402300799
"""The last second of the year 9999."""

NO_TIME = "0001-"
"""Prefix of a time that is not set: the year 1."""


def bundle_flag(order: Order) -> Iterator[Violation]:
    """`have_product_bundle` is true exactly where `bundle_detail` holds a bundle"""
    flag, detail = order.get("have_product_bundle"), order.get("bundle_detail")
    if flag is True and detail is None:
        given = "bundle_detail" in order
        message = messages.without_value("bundle_detail", given, None, "`have_product_bundle` is true")
        yield Violation(("bundle_detail",), message)
        return
    known = isinstance(flag, bool) and isinstance(detail, dict) and complete(detail, "bundle")
    if known and flag is not bool(member(detail, "bundle")):
        why = f"because `bundle_detail` has {'no' if flag else 'a'} bundle"
        message = messages.must_equal("have_product_bundle", not flag, why, flag)
        yield Violation(("have_product_bundle",), message)


def bundle_order_ids(order: Order) -> Iterator[Violation]:
    """each line in the bundle detail names the order it belongs to"""
    own = number(order.get("order_id"))
    for path, item in items(order):
        other = number(item.get("order_id"))
        if own is not None and other is not None and other != own:
            yield Violation((*path, "order_id"), _not_of_order(own, other))


def part_order_ids(order: Order) -> Iterator[Violation]:
    """promotions and partial fulfilment name the order they belong to"""
    own = number(order.get("order_id"))
    for name in ("promo_order_detail", "pof_info"):
        other = number(member(order, name, "order_id"))
        if own is not None and other is not None and other != own:
            yield Violation((name, "order_id"), _not_of_order(own, other))


def bundle_products(order: Order) -> Iterator[Violation]:
    """each product of the bundle detail stands among the product lines"""
    known = _ids(order)
    for path, item in items(order):
        name = "product_id" if "product_id" in item else "id"
        product = number(item.get(name))
        if known and product is not None and product not in known:
            yield Violation((*path, name), _not_ordered(name, known, product))


def bundle_ids(order: Order) -> Iterator[Violation]:
    """a bundled line repeats `bundle_id` and `bundle_variant_id` of its bundle"""
    for path, bundle in bundles(order):
        for index, item in objects(bundle, "order_detail"):
            for name in ("bundle_id", "bundle_variant_id"):
                own, other = identifier(bundle.get(name)), identifier(item.get(name))
                if own is not None and other is not None and own != other:
                    message = messages.must_equal(name, own, f"the `{name}` of its bundle", other)
                    yield Violation((*path, "order_detail", index, name), message)


def total_product(order: Order) -> Iterator[Violation]:
    """`total_product` is the number of lines in the bundle detail"""
    stated, detail = number(member(order, "bundle_detail", "total_product")), order.get("bundle_detail")
    if not complete(detail, "bundle", "non_bundle") or not all(
        complete(bundle, "order_detail") for _, bundle in bundles(order)
    ):
        return
    count = sum(1 for _ in items(order))
    if stated is not None and stated != count:
        source = "the number of products in `bundle_detail`"
        message = messages.must_equal("total_product", count, source, stated)
        yield Violation(("bundle_detail", "total_product"), message)


def paid_after_created(order: Order) -> Iterator[Violation]:
    """an order is paid after it was created"""
    created, paid = _created(order), _time(order.get("payment_date"))
    if created and paid and paid < created:
        message = messages.not_before("payment_date", "create_time", _text(created), _text(paid))
        yield Violation(("payment_date",), message)


def deadlines_in_order(order: Order) -> Iterator[Violation]:
    """the deadlines come after the order, and shipping is due after acceptance"""
    before, named = _created(order), "create_time"
    for name in ("accept_deadline", "confirm_shipping_deadline"):
        due = _time(member(order, "shipment_fulfillment", name))
        if due and before and due < before:
            message = messages.not_before(name, named, _text(before), _text(due))
            yield Violation(("shipment_fulfillment", name), message)
        before, named = due or before, name if due else named


def fulfilled_products(order: Order) -> Iterator[Violation]:
    """what was delivered or rejected stands among the product lines"""
    known = _ids(order)
    for index, done in objects(order, "products_fulfilled"):
        product = number(done.get("product_id"))
        if known and product is not None and product not in known:
            message = _not_ordered("product_id", known, product)
            yield Violation(("products_fulfilled", index, "product_id"), message)


def fulfilled_quantities(order: Order) -> Iterator[Violation]:
    """no more of a product is delivered and rejected than was ordered"""
    ordered, done = _ordered(order), dict[int, int]()
    for index, line in objects(order, "products_fulfilled"):
        product = number(line.get("product_id"))
        if product is None or product not in ordered:
            continue
        counts = (number(line.get(f"quantity_{outcome}")) or 0 for outcome in ("deliver", "reject"))
        done[product] = done.get(product, 0) + sum(counts)
        if done[product] > ordered[product]:
            most = f"at most {ordered[product]}, the `quantity` of product {product}"
            message = f"`quantity_deliver` plus `quantity_reject` must be {most}, got {done[product]}"
            yield Violation(("products_fulfilled", index, "quantity_deliver"), message)


def _not_of_order(own: int, other: int) -> str:
    return messages.must_equal("order_id", own, "the `order_id` of the order", other)


def _not_ordered(name: str, known: set[int], product: int) -> str:
    return messages.must_be(name, f"an `id` in `products`, {messages.listed(sorted(known))}", product)


def _text(time: datetime) -> str:
    return str(time.replace(tzinfo=None))


def _ordered(order: Order) -> dict[int, int]:
    """Return the pieces ordered of each product; nothing if a product line cannot be read."""
    ordered: dict[int, int] = {}
    for _, line in lines(order):
        product, quantity = number(line.get("id")), number(line.get("quantity"))
        if product is None or quantity is None:
            return {}
        ordered[product] = ordered.get(product, 0) + quantity
    return ordered if complete(order, "products") else {}


def _ids(order: Order) -> set[int]:
    """Return the ids of the product lines; nothing if one of them cannot be read."""
    ids = [number(line.get("id")) for _, line in lines(order)]
    return {id for id in ids if id is not None} if None not in ids and complete(order, "products") else set()


def _created(order: Order) -> datetime | None:
    seconds = number(order.get("create_time"))
    if seconds is not None and 0 < seconds <= LAST_SECOND:
        return EPOCH + timedelta(seconds=seconds)
    return None


def _time(text: Json) -> datetime | None:
    return moment(text) if isinstance(text, str) and not text.startswith(NO_TIME) else None
