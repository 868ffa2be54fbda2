"""Check that the discounts of one order add up: kinds, promotions, budgets."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tokopedia.amounts import Number, Order, complete, figure, is_sum, not_sum
from sellerspec.model import Json, Path
from sellerspec.rules import Violation, objects

PROMO = "promo_order_detail"
TOTALS = "total_discount_details"
KINDS = ("product", "shipping")


def discount_total(order: Order) -> Iterator[Violation]:
    """`total_discount` is the discounts on products and on shipping together"""
    parts = [figure(order.get(PROMO), f"total_discount_{kind}") for kind in KINDS]
    names = messages.names(f"total_discount_{kind}" for kind in KINDS)
    yield from is_sum(order, (PROMO, "total_discount"), parts, names)


def discount_details(order: Order) -> Iterator[Violation]:
    """the details of the discount add up to the total, and those of a kind to the total of that kind"""
    promo = order.get(PROMO)
    details = [detail for _, detail in objects(promo, TOTALS)]
    if not details or not complete(promo, TOTALS):
        return
    yield from is_sum(order, (PROMO, "total_discount"), _amounts(details), f"`amount` in `{TOTALS}`")
    for kind in KINDS:
        own = [detail for detail in details if _kind(detail) == f"discount_{kind}"]
        name = f"`amount` of `discount_{kind}` in `{TOTALS}`"
        yield from is_sum(order, (PROMO, f"total_discount_{kind}"), _amounts(own), name)


def promo_totals(order: Order) -> Iterator[Violation]:
    """the promotions add up to the discount and the cashback of the order"""
    promo = order.get(PROMO)
    promos = [one for _, one in objects(promo, "summary_promo")]
    for kind in ("discount", "cashback") if promos and complete(promo, "summary_promo") else ():
        parts = [figure(one, f"{kind}_amount") for one in promos]
        name = f"`{kind}_amount` in `summary_promo`"
        yield from is_sum(order, (PROMO, f"total_{kind}"), parts, name)


def promo_details(order: Order) -> Iterator[Violation]:
    """the details of a promotion add up to its discount"""
    for index, one in objects(order.get(PROMO), "summary_promo"):
        details = [detail for _, detail in objects(one, "discount_details")]
        if details and complete(one, "discount_details"):
            place = (PROMO, "summary_promo", index, "discount_amount")
            name = "`amount` in `discount_details`"
            yield from not_sum(one, "discount_amount", place, _amounts(details), name)


def discount_budgets(order: Order) -> Iterator[Violation]:
    """the benefits of the budgets of a discount add up to its amount"""
    for path, detail in _details(order):
        budgets = [budget for _, budget in objects(detail, "budget_details")]
        if budgets and complete(detail, "budget_details"):
            benefits = [figure(budget, "benefit_amount") for budget in budgets]
            name = "`benefit_amount` in `budget_details`"
            yield from not_sum(detail, "amount", (*path, "amount"), benefits, name)


def _details(order: Order) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    promo = order.get(PROMO)
    for index, detail in objects(promo, TOTALS):
        yield (PROMO, TOTALS, index), detail
    for number, one in objects(promo, "summary_promo"):
        for index, detail in objects(one, "discount_details"):
            yield (PROMO, "summary_promo", number, "discount_details", index), detail


def _amounts(details: list[Mapping[str, Json]]) -> list[Number | None]:
    return [figure(detail, "amount") for detail in details]


def _kind(detail: Mapping[str, Json]) -> Json:
    return detail.get("type", detail.get("Type"))
