"""Check the sums of one order: lines, bundles, totals.

An order comes from the order list or from a notification, and may be malformed. Some of the vendor's
own examples do not add up, so all of these rules only warn.
"""

from collections.abc import Iterable, Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Json, Path
from sellerspec.rules import Violation, objects
from sellerspec.values import amount

Order = Mapping[str, Json]
Number = int | float

SLACK = 1e-6
"""Relative difference up to which two weights are equal; money is compared exactly."""

LINES = "`total_price` in `products`"

LARGEST = 10**15
"""Larger numbers are not compared, because arithmetic with them is not exact."""


def lines(order: Order, name: str = "products") -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of each product line of the order, which are in the list of that name."""
    for index, line in objects(order, name):
        yield (name, index), line


def complete(holder: Json, *names: str) -> bool:
    """Return whether these members are lists of objects alone, null, or missing.

    Only then a sum or a count of them says something: a part of another type is reported by itself.
    """
    lists = [member(holder, name) or () for name in names]
    return all(
        isinstance(items, list | tuple) and all(isinstance(item, dict) for item in items) for items in lists
    )


def bundles(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of each bundle of the order."""
    for index, bundle in objects(order.get("bundle_detail"), "bundle"):
        yield ("bundle_detail", "bundle", index), bundle


def items(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of each line in the bundle detail, bundled or single."""
    for path, bundle in bundles(order):
        for index, item in objects(bundle, "order_detail"):
            yield (*path, "order_detail", index), item
    yield from singles(order)


def singles(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of each single product in the bundle detail."""
    for index, item in objects(order.get("bundle_detail"), "non_bundle"):
        yield ("bundle_detail", "non_bundle", index), item


def figure(value: Json, *names: str) -> Number | None:
    """Return the first of these members that is a number; None if there is none, or it is too large."""
    for name in names:
        read = amount(member(value, name))
        if read is not None:
            return read if abs(read) <= LARGEST else None
    return None


def line_totals(order: Order) -> Iterator[Violation]:
    """the `total_price` of a product line is its price times its quantity"""
    yield from _line_totals(order, "products")


def line_weights(order: Order) -> Iterator[Violation]:
    """the `total_weight` of a line is the weight of a piece times the quantity"""
    yield from _line_weights(order, "products")
    for path, line in items(order):
        one = "product_weight" if "product_weight" in line else "weight"
        yield from _product(line, path, "total_weight", one, slack=SLACK)


def detail_totals(update: Order) -> Iterator[Violation]:
    """the `total_price` of a product in a status update is its price times its quantity"""
    yield from _line_totals(update, "product_details")


def detail_weights(update: Order) -> Iterator[Violation]:
    """the `total_weight` of a product in a status update is the weight of a piece times the quantity"""
    yield from _line_weights(update, "product_details")


def item_subtotals(order: Order) -> Iterator[Violation]:
    """the subtotal of a line in the bundle detail is its price times its quantity"""
    for path, line in items(order):
        one = "product_price" if "product_price" in line else "price"
        total = "subtotal_price" if "subtotal_price" in line else "total_price"
        yield from _product(line, path, total, one)


def bundle_subtotals(order: Order) -> Iterator[Violation]:
    """the `bundle_subtotal_price` of a bundle is its price times its quantity"""
    for path, bundle in bundles(order):
        yield from _product(bundle, path, "bundle_subtotal_price", "bundle_price", quantity="bundle_quantity")


def bundle_total(order: Order) -> Iterator[Violation]:
    """bundles and single products add up to the same amount as the product lines"""
    parts = [
        *(figure(bundle, "bundle_subtotal_price") for _, bundle in bundles(order)),
        *(figure(item, "subtotal_price", "total_price") for _, item in singles(order)),
    ]
    prices = _line_prices(order)
    if not parts or not prices or not complete(order.get("bundle_detail"), "bundle", "non_bundle"):
        return
    held, of_lines = summed(parts), summed(prices)
    if held is not None and of_lines is not None and held != of_lines:
        message = (
            f"the subtotals in `bundle_detail` (of each bundle, and of each item of `non_bundle`)"
            f" must add up to {of_lines}, the sum of {LINES}, got {held}"
        )
        yield Violation(("bundle_detail",), message)


def product_total(order: Order) -> Iterator[Violation]:
    """`ttl_product_price` is the sum of the product lines"""
    prices = _line_prices(order)
    if prices:
        yield from is_sum(order, ("amt", "ttl_product_price"), prices, LINES)


def amount_total(order: Order) -> Iterator[Violation]:
    """`ttl_amount` is product price, shipping and insurance together"""
    parts = ("ttl_product_price", "shipping_cost", "insurance_cost")
    amounts = [figure(order.get("amt"), name) for name in parts]
    yield from is_sum(order, ("amt", "ttl_amount"), amounts, messages.names(parts))


def _line_totals(order: Order, name: str) -> Iterator[Violation]:
    for path, line in lines(order, name):
        yield from _product(line, path, "total_price", "price")


def _line_weights(order: Order, name: str) -> Iterator[Violation]:
    for path, line in lines(order, name):
        yield from _product(line, path, "total_weight", "weight", slack=SLACK)


def _line_prices(order: Order) -> list[Number | None]:
    """Return the price of each product line; nothing if one of the lines cannot be read."""
    return [figure(line, "total_price") for _, line in lines(order)] if complete(order, "products") else []


def is_sum(
    order: Order, path: tuple[str, str], parts: Iterable[Number | None], name: str
) -> Iterator[Violation]:
    """Yield a violation if a figure of the order is not the sum of its parts, which are all known.

    Args:
        order: the order.
        path: of the figure.
        parts: what adds up to it.
        name: of the parts, for the message.
    """
    outer, total = path
    yield from not_sum(order.get(outer), total, path, parts, name)


def not_sum(
    holder: Json, total: str, path: Path, parts: Iterable[Number | None], name: str
) -> Iterator[Violation]:
    """Yield a violation if a member of an object is not the sum of its parts, which are all known."""
    stated, expected = figure(holder, total), summed(parts)
    if stated is not None and expected is not None and expected != stated:
        yield Violation(path, messages.must_equal(total, expected, f"the sum of {name}", stated))


def summed(figures: Iterable[Number | None]) -> Number | None:
    """Return the sum; None if one of the figures is not known."""
    known = list(figures)
    return None if None in known else sum(number for number in known if number is not None)


def _product(
    line: Mapping[str, Json],
    path: Path,
    total: str,
    one: str,
    *,
    quantity: str = "quantity",
    slack: float = 0.0,
) -> Iterator[Violation]:
    stated, price, count = figure(line, total), figure(line, one), figure(line, quantity)
    if stated is None or price is None or count is None:
        return
    expected = price * count
    if abs(stated - expected) > slack * max(abs(expected), 1):
        source = f"`{one}` times `{quantity}`"
        yield Violation((*path, total), messages.must_equal(total, _plain(expected), source, _plain(stated)))


def _plain(figure: Number) -> Number:
    """Return a number with 12 digits at most, as a message shows it."""
    rounded = float(f"{figure:.12g}")
    return int(rounded) if rounded.is_integer() else rounded
