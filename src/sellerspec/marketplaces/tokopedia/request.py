"""Rules of a request for the order list: combinations of its parameters."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, rule
from sellerspec.schema.messages import seen

LIST = "tokopedia-order-list"
DAYS = 3
LONGEST = DAYS * 24 * 60 * 60
"""Seconds from `from_date` to `to_date`: more are refused; for exactly this many the texts differ."""

ALLOWED = f"`to_date` must be less than {LONGEST} seconds ({DAYS} days) after `from_date`"

RANGE_TEXT = "Date Range must be less than 3 days"
"""The reason in the documented refusal; the table of codes has a placeholder for the days."""

query_rule = partial(rule, on="listOrders", reads="query")


def _span(query: Json) -> int | None:
    start, end = number(query.get("from_date")), number(query.get("to_date"))
    return None if start is None or end is None else end - start


@query_rule("tokopedia.one-of-shop-and-warehouse", catalogue="ORD_DLV_008",
            source=(LIST, "Error Codes"), basis=Basis.DOCUMENTED, code="ORD_DLV_008",
            text="please choose one between shop id or warehouse id",
            unless={"not": {"required": ["shop_id", "warehouse_id"]}})  # fmt: skip
def one_of_shop_and_warehouse(query: Json, _: Facts) -> Iterator[Violation]:
    """a request names a shop or a warehouse, not both"""
    if query.get("shop_id") not in (None, "") and query.get("warehouse_id") not in (None, ""):
        message = "`warehouse_id` must not be given together with `shop_id`: choose one"
        yield Violation(("warehouse_id",), message)


@query_rule("tokopedia.date-range", catalogue=("ORD_DLV_013", "K012"),
            source=(LIST, "Error Codes"), basis=Basis.DOCUMENTED, code="ORD_DLV_013", text=RANGE_TEXT,
            hint="a longer span is listed by several requests, each of less than three days")  # fmt: skip
def date_range(query: Json, _: Facts) -> Iterator[Violation]:
    """the dates of a request are less than three days apart"""
    span = _span(query)
    if span is not None and span > LONGEST:
        yield Violation(("to_date",), f"{ALLOWED}, got {span} seconds")


@query_rule("tokopedia.date-range-boundary", catalogue=("ORD_DLV_013", "K012"),
            source=(LIST, "Notes"), basis=Basis.INFERRED, code="ORD_DLV_013")  # fmt: skip
def date_range_boundary(query: Json, _: Facts) -> Iterator[Violation]:
    """the dates of a request are not exactly three days apart: the texts differ on that"""
    span = _span(query)
    if span == LONGEST:
        yield Violation(("to_date",), f"{ALLOWED}, got {span} seconds, which may be refused")


@query_rule("tokopedia.date-order", source=(LIST, "Request Parameters"), basis=Basis.INFERRED)
def date_order(query: Json, _: Facts) -> Iterator[Violation]:
    """`to_date` does not lie before `from_date`"""
    span = _span(query)
    if span is not None and span < 0:
        start, end = number(query["from_date"]), number(query["to_date"])
        yield Violation(("to_date",), messages.not_before("to_date", "from_date", start, end))


@query_rule("tokopedia.order-type-value", catalogue=("ORD_DLV_028", "K014"),
            source=(LIST, "Error Codes"), basis=Basis.INFERRED, severity=Severity.WARNING, code="ORD_DLV_028",
            unless={"not": {"required": ["order_type"]}})  # fmt: skip
def order_type_value(query: Json, _: Facts) -> Iterator[Violation]:
    """a request has no `order_type`: its values are documented nowhere, and others are refused"""
    if number(query.get("order_type")) is not None:
        given = seen(query["order_type"])
        message = f"leave out `order_type`: its values are not documented, so {given} may be refused"
        yield Violation(("order_type",), message)


RULES: tuple[Rule, ...] = (
    one_of_shop_and_warehouse,
    date_range,
    date_range_boundary,
    date_order,
    order_type_value,
)
