"""Rules of one order, made from the checks in `amounts` and `parts`: for the list and for notifications."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tokopedia import amounts, discounts, parts
from sellerspec.marketplaces.tokopedia.amounts import Order
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, objects, rule

NOTIFICATIONS = ("tokocabangOrderNotification", "orderNotification")
UPDATES = ("orderStatus",)
CheckOrder = Callable[[Order], Iterable[Violation]]


def listed(name: str, check: CheckOrder, section: str, *catalogue: str) -> Rule:
    """Make a rule of the order list: the check runs on each order of a response."""

    @wraps(check)
    def of_response(response: Json, _: Facts) -> Iterator[Violation]:
        for index, order in objects(response, "data"):
            for violation in check(order):
                yield violation._replace(path=("data", index, *violation.path))

    source = ("tokopedia-order-list", section)
    of_list = rule(
        name, on="listOrders", reads="response", source=source, basis=Basis.INFERRED, catalogue=catalogue
    )
    return of_list(of_response)


def notified(
    name: str, check: CheckOrder, section: str, *catalogue: str, on: tuple[str, ...] = NOTIFICATIONS
) -> Rule:
    """Make a rule of the order notifications, or of other webhooks: the check runs on the body."""

    @wraps(check)
    def of_body(order: Json, _: Facts) -> Iterable[Violation]:
        return check(order) if isinstance(order, dict) else ()

    document = "tokocabang-order-notification" if on == NOTIFICATIONS else "tokopedia-order-webhook"
    source = (document, section)
    return rule(name, on=on, source=source, basis=Basis.INFERRED, catalogue=catalogue)(of_body)


TABLE, EXAMPLE, NOTES = "Response Parameters", "Success Response Examples", "Notes"
UPDATE = "order status"

LISTED: tuple[Rule, ...] = (
    listed("tokopedia.order-line-total", amounts.line_totals, EXAMPLE, "K010"),
    listed("tokopedia.order-line-weight", amounts.line_weights, EXAMPLE),
    listed("tokopedia.order-item-subtotal", amounts.item_subtotals, EXAMPLE, "K010"),
    listed("tokopedia.order-bundle-subtotal", amounts.bundle_subtotals, EXAMPLE, "K010"),
    listed("tokopedia.order-bundle-total", amounts.bundle_total, EXAMPLE, "K010"),
    listed("tokopedia.order-product-total", amounts.product_total, EXAMPLE, "K010"),
    listed("tokopedia.order-amount-total", amounts.amount_total, EXAMPLE, "K010"),
    listed("tokopedia.order-discount-total", discounts.discount_total, EXAMPLE),
    listed("tokopedia.order-discount-details", discounts.discount_details, EXAMPLE),
    listed("tokopedia.order-discount-budget", discounts.discount_budgets, EXAMPLE),
    listed("tokopedia.order-promo-total", discounts.promo_totals, EXAMPLE),
    listed("tokopedia.order-promo-details", discounts.promo_details, EXAMPLE),
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

UPDATED: tuple[Rule, ...] = (
    notified("tokopedia.status-line-total", amounts.detail_totals, UPDATE, on=UPDATES),
    notified("tokopedia.status-line-weight", amounts.detail_weights, UPDATE, on=UPDATES),
)


@rule("tokopedia.invoice-number-present", on=NOTIFICATIONS, catalogue="K003",
      source=("tokocabang-order-notification", "Response Parameters"), basis=Basis.DOCUMENTED,
      unless={"anyOf": [{"required": ["invoice_ref_num"]}, {"required": ["invoice_num"]}]})  # fmt: skip
def invoice_number_present(order: Json, _: Facts) -> Iterator[Violation]:
    """a notification has an invoice number, under one of its two names"""
    if isinstance(order, dict) and "invoice_ref_num" not in order and "invoice_num" not in order:
        why = "a notification must have it, or `invoice_num`"
        yield Violation(("invoice_ref_num",), messages.missing("invoice_ref_num", why))


@rule("tokopedia.invoice-numbers-agree", on=NOTIFICATIONS, catalogue="K003",
      source=("tokocabang-order-notification", "Response Parameters"), basis=Basis.INFERRED,
      unless={"not": {"required": ["invoice_ref_num", "invoice_num"]}})  # fmt: skip
def invoice_numbers_agree(order: Json, _: Facts) -> Iterator[Violation]:
    """`invoice_num` and `invoice_ref_num` are one invoice number under two names"""
    number, other = member(order, "invoice_num"), member(order, "invoice_ref_num")
    if isinstance(number, str) and isinstance(other, str) and number != other:
        message = messages.must_equal("invoice_num", other, "as in `invoice_ref_num`", number)
        yield Violation(("invoice_num",), message)


RULES: tuple[Rule, ...] = (*LISTED, *NOTIFIED, *UPDATED, invoice_number_present, invoice_numbers_agree)
