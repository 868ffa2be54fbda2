"""Sums of one order: lines, bundles, totals. The same in the order list and in notifications.

Each function takes one order, however broken, and yields where its figures disagree. The vendor's
own examples disagree in places, so all of it only warns.
"""

from collections.abc import Iterable, Iterator, Mapping

from sellerspec.model import Json, Path
from sellerspec.rules import Violation, objects

Order = Mapping[str, Json]
Number = int | float

SLACK = 1e-6
"""Relative difference below which two weights are the same; money is compared exactly."""

LARGEST = 10**15
"""Figures beyond this are left alone: arithmetic on them is not exact."""


def lines(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each product line of the order."""
    for index, line in objects(order, "products"):
        yield ("products", index), line


def bundles(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each bundle of the order."""
    for index, bundle in objects(order.get("bundle_detail"), "bundle"):
        yield ("bundle_detail", "bundle", index), bundle


def items(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each line in the bundle detail, bundled or single."""
    for at, bundle in bundles(order):
        for index, item in objects(bundle, "order_detail"):
            yield (*at, "order_detail", index), item
    yield from singles(order)


def singles(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield place and value of each single product in the bundle detail."""
    for index, item in objects(order.get("bundle_detail"), "non_bundle"):
        yield ("bundle_detail", "non_bundle", index), item


def figure(value: Mapping[str, Json], *names: str) -> Number | None:
    """Return the first member of these names that is a number, or None."""
    for name in names:
        found = value.get(name)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return found if abs(found) <= LARGEST else None
    return None


def line_totals(order: Order) -> Iterator[Violation]:
    """the `total_price` of a product line is its price times its quantity"""
    for at, line in lines(order):
        yield from _product(line, at, "total_price", "price")


def line_weights(order: Order) -> Iterator[Violation]:
    """the `total_weight` of a line is the weight of a piece times the quantity"""
    for at, line in lines(order):
        yield from _product(line, at, "total_weight", "weight", slack=SLACK)
    for at, line in items(order):
        one = "product_weight" if "product_weight" in line else "weight"
        yield from _product(line, at, "total_weight", one, slack=SLACK)


def item_subtotals(order: Order) -> Iterator[Violation]:
    """the subtotal of a line in the bundle detail is its price times its quantity"""
    for at, line in items(order):
        one = "product_price" if "product_price" in line else "price"
        total = "subtotal_price" if "subtotal_price" in line else "total_price"
        yield from _product(line, at, total, one)


def bundle_subtotals(order: Order) -> Iterator[Violation]:
    """the `bundle_subtotal_price` of a bundle is its price times its quantity"""
    for at, bundle in bundles(order):
        yield from _product(bundle, at, "bundle_subtotal_price", "bundle_price", quantity="bundle_quantity")


def bundle_total(order: Order) -> Iterator[Violation]:
    """bundles and single products add up to the same amount as the product lines"""
    parts = [
        *(figure(each, "bundle_subtotal_price") for _, each in bundles(order)),
        *(figure(each, "subtotal_price", "total_price") for _, each in singles(order)),
    ]
    held, listed = _sum(parts), _sum(figure(line, "total_price") for _, line in lines(order))
    if parts and held is not None and listed is not None and held != listed:
        yield Violation(("bundle_detail",), f"parts add up to {held}, the product lines to {listed}")


def product_total(order: Order) -> Iterator[Violation]:
    """`ttl_product_price` is the sum of the product lines"""
    stated = _amount(order, "ttl_product_price")
    totals = [figure(line, "total_price") for _, line in lines(order)]
    asked = _sum(totals)
    if stated is not None and totals and asked is not None and asked != stated:
        yield Violation(("amt", "ttl_product_price"), f"{stated}, the product lines add up to {asked}")


def amount_total(order: Order) -> Iterator[Violation]:
    """`ttl_amount` is product price, shipping and insurance together"""
    stated = _amount(order, "ttl_amount")
    asked = _sum(_amount(order, name) for name in ("ttl_product_price", "shipping_cost", "insurance_cost"))
    if stated is not None and asked is not None and asked != stated:
        yield Violation(("amt", "ttl_amount"), f"{stated}, its parts add up to {asked}")


def discount_total(order: Order) -> Iterator[Violation]:
    """`total_discount` is the discounts on products and on shipping together"""
    promo = order.get("promo_order_detail")
    if not isinstance(promo, dict):
        return
    stated = figure(promo, "total_discount")
    asked = _sum(figure(promo, name) for name in ("total_discount_product", "total_discount_shipping"))
    if stated is not None and asked is not None and asked != stated:
        yield Violation(("promo_order_detail", "total_discount"), f"{stated}, its parts add up to {asked}")


def _amount(order: Order, name: str) -> Number | None:
    amounts = order.get("amt")
    return figure(amounts, name) if isinstance(amounts, dict) else None


def _sum(figures: Iterable[Number | None]) -> Number | None:
    """Return what figures add up to; None if one of them is not known."""
    known: list[Number] = []
    for each in figures:
        if each is None:
            return None
        known.append(each)
    return sum(known)


def _product(
    line: Mapping[str, Json],
    at: Path,
    total: str,
    one: str,
    *,
    quantity: str = "quantity",
    slack: float = 0.0,
) -> Iterator[Violation]:
    stated, each, count = figure(line, total), figure(line, one), figure(line, quantity)
    if stated is None or each is None or count is None:
        return
    asked = each * count
    if abs(stated - asked) > slack * max(abs(asked), 1):
        yield Violation((*at, total), f"{stated:.12g}, `{one}` x `{quantity}` is {asked:.12g}")
