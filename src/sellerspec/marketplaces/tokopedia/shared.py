"""The requirements that the order list and the order notifications share, as rules of each."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps

from sellerspec.marketplaces.tokopedia import amounts, parts
from sellerspec.marketplaces.tokopedia.amounts import Order
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Check, Rule, Violation, objects, rule

NOTIFICATIONS = ("tokocabangOrderNotification", "orderNotification")
CheckOrder = Callable[[Order], Iterable[Violation]]


def _of_each(check: CheckOrder) -> Check:
    @wraps(check)
    def of_response(response: Json, _: Facts) -> Iterator[Violation]:
        for index, order in objects(response, "data"):
            for violation in check(order):
                yield violation._replace(path=("data", index, *violation.path))

    return of_response


def _of_body(check: CheckOrder) -> Check:
    @wraps(check)
    def of_body(order: Json, _: Facts) -> Iterator[Violation]:
        if isinstance(order, dict):
            yield from check(order)

    return of_body


def listed(name: str, check: CheckOrder, section: str, *catalogue: str) -> Rule:
    """Make a rule of the order list: the check runs on each order of a response."""
    return rule(
        name,
        on="listOrders",
        reads="response",
        source=("tokopedia-order-list", section),
        basis=Basis.INFERRED,
        catalogue=catalogue,
    )(_of_each(check))


def notified(name: str, check: CheckOrder, section: str, *catalogue: str) -> Rule:
    """Make a rule of the order notifications: the check runs on the body."""
    return rule(
        name,
        on=NOTIFICATIONS,
        source=("tokocabang-order-notification", section),
        basis=Basis.INFERRED,
        catalogue=catalogue,
    )(_of_body(check))


TABLE, EXAMPLE, NOTES = "Response Parameters", "Success Response Examples", "Notes"

LISTED: tuple[Rule, ...] = (
    listed("tokopedia.order-line-total", amounts.line_totals, EXAMPLE, "K010"),
    listed("tokopedia.order-line-weight", amounts.line_weights, EXAMPLE),
    listed("tokopedia.order-item-subtotal", amounts.item_subtotals, EXAMPLE, "K010"),
    listed("tokopedia.order-bundle-subtotal", amounts.bundle_subtotals, EXAMPLE, "K010"),
    listed("tokopedia.order-bundle-total", amounts.bundle_total, EXAMPLE, "K010"),
    listed("tokopedia.order-product-total", amounts.product_total, EXAMPLE, "K010"),
    listed("tokopedia.order-amount-total", amounts.amount_total, EXAMPLE, "K010"),
    listed("tokopedia.order-discount-total", amounts.discount_total, EXAMPLE),
    listed("tokopedia.order-bundle-flag", parts.bundle_flag, NOTES),
    listed("tokopedia.order-bundle-order-id", parts.bundle_order_ids, EXAMPLE, "K010"),
    listed("tokopedia.order-part-order-id", parts.part_order_ids, EXAMPLE),
    listed("tokopedia.order-bundle-product", parts.bundle_products, EXAMPLE),
    listed("tokopedia.order-bundle-id", parts.bundle_ids, EXAMPLE),
    listed("tokopedia.order-total-product", parts.total_product, EXAMPLE, "K011"),
    listed("tokopedia.order-deadline-order", parts.deadlines_in_order, EXAMPLE, "K010"),
    listed("tokopedia.order-fulfilled-product", parts.fulfilled_products, EXAMPLE),
    listed("tokopedia.order-fulfilled-quantity", parts.fulfilled_quantities, EXAMPLE),
)

NOTIFIED: tuple[Rule, ...] = (
    notified("tokopedia.notified-line-total", amounts.line_totals, EXAMPLE, "K023"),
    notified("tokopedia.notified-line-weight", amounts.line_weights, EXAMPLE, "K026"),
    notified("tokopedia.notified-item-subtotal", amounts.item_subtotals, EXAMPLE, "K023"),
    notified("tokopedia.notified-bundle-subtotal", amounts.bundle_subtotals, EXAMPLE, "K023"),
    notified("tokopedia.notified-bundle-total", amounts.bundle_total, EXAMPLE, "K023"),
    notified("tokopedia.notified-product-total", amounts.product_total, EXAMPLE, "K023"),
    notified("tokopedia.notified-amount-total", amounts.amount_total, EXAMPLE, "K023"),
    notified("tokopedia.notified-bundle-flag", parts.bundle_flag, TABLE),
    notified("tokopedia.notified-bundle-order-id", parts.bundle_order_ids, EXAMPLE, "K023"),
    notified("tokopedia.notified-bundle-product", parts.bundle_products, EXAMPLE, "K023"),
    notified("tokopedia.notified-bundle-id", parts.bundle_ids, EXAMPLE),
    notified("tokopedia.notified-total-product", parts.total_product, EXAMPLE, "K011"),
    notified("tokopedia.notified-paid-after-created", parts.paid_after_created, EXAMPLE, "K024"),
    notified("tokopedia.notified-deadline-order", parts.deadlines_in_order, EXAMPLE),
)
