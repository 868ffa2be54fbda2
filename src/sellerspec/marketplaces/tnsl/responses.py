"""Rules about responses: what a success has to do with its request, and whether its parts agree.

TNSL may lag behind, and no document shows these responses. So all but one of the rules only warn.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import is_placeholder, member, repeated
from sellerspec.marketplaces.tnsl.orders import (
    CANCELLABLE,
    DOES_NOT_DELIVER,
    EXTRA,
    OPEN_STATES,
    OVERVIEW,
    moment,
)
from sellerspec.model import Basis, Facts, Json, Path
from sellerspec.rules import Violation, number, objects, rule
from sellerspec.schema.messages import plural

DATA: Path = ("response", "body", "data")
"""Where the order, the import or the page lies in an exchange."""

DELIVERY = "tnsl_fee_order_delivery"
"""Key of the fee that the documents show for delivering an order."""

PERSONAL = frozenset(("full_name", "phone", "street", "email"))
"""Members that a response may hide in part, so they are not compared."""

CODES = frozenset(
    ("ref_code", "warehouse_code", "ward_tiki_code", "product_sku", "cancel_reason_code", *EXTRA)
)
"""Members with a text that is not personal: a message may show it."""

WINDOWS = ("created", "updated")
WAREHOUSE = ("shipping", "warehouse_code")

FILTERS: Mapping[str, Path] = {
    "main_state": ("main_state",),
    "ref_code": ("ref_code",),
    "warehouse_code": WAREHOUSE,
    "state": ("state",),
}
"""Query parameter -> the member of a listed order or import that it filters by."""

FINISHED = ("done", "failed")
"""States of an import after which its counts change no more; assumed."""

CALLED = (
    "getQuotes", "registerWebhooks", "createOrder", "listOrders", "getOrder", "cancelOrder",
    "updateOrderExtra", "updateOrderReceivable", "importOrders", "listImports", "getImport", "exportImport",
)  # fmt: skip
"""Every operation that TNSL answers."""

compared = partial(rule, reads="exchange", basis=Basis.ASSUMED)


def data_of(exchange: Json) -> Mapping[str, Json]:
    """Return `data` of a response that is a success; empty for any other response."""
    response = member(exchange, "response")
    data = member(response, "body", "data")
    success = 200 <= response["status"] < 300
    return data if success and isinstance(data, dict) else {}


def _differing(shown: Json, sent: Json, at: Path) -> Iterator[Violation]:
    """Yield a violation for each value in a response that is not the one which was sent.

    Members that the response does not have, or that were not sent, are not compared, nor are placeholders of
    a scrubbed recording: they do not say what stood there.
    """
    if isinstance(shown, dict) and isinstance(sent, dict):
        for name in sent:
            if name in shown and name not in PERSONAL:
                yield from _differing(shown[name], sent[name], (*at, name))
    elif isinstance(shown, list) and isinstance(sent, list) and len(shown) == len(sent):
        for index, pair in enumerate(zip(shown, sent, strict=True)):
            yield from _differing(*pair, (*at, index))
    elif shown != sent and not (is_placeholder(shown) or is_placeholder(sent)):
        yield Violation(at, _not_as_sent(at, shown, sent))


def _not_as_sent(at: Path, shown: Json, sent: Json) -> str:
    """Return the message about a value that is not the one which was sent; personal texts are not shown."""
    name = next(str(step) for step in reversed(at) if isinstance(step, str))
    if isinstance(shown, list) and isinstance(sent, list):
        return f"{quoted(name)} must have {plural(len(sent), 'item')}, as in the request, got {len(shown)}"
    if name in CODES or not (isinstance(shown, str) or isinstance(sent, str)):
        return messages.must_equal(name, sent, "as in the request", shown)
    return messages.same_text(name, "as in the request", shown)


@compared("tnsl.created-as-sent", on="createOrder", source=(OVERVIEW, "Create Order"))
def created_as_sent(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response of createOrder shows the order as it was sent"""
    sent = member(exchange, "request", "body")
    if isinstance(sent, dict):
        yield from _differing(data_of(exchange), sent, DATA)


@compared("tnsl.created-open", on="createOrder", source=(OVERVIEW, "Cancel Order"))
def created_open(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an order that was just created is `new`, `awaiting_confirmation` or `processing`"""
    state = data_of(exchange).get("main_state")
    if isinstance(state, str) and state not in CANCELLABLE:
        required = f"{OPEN_STATES} in an order that was just created"
        yield Violation((*DATA, "main_state"), messages.must_be("main_state", required, state))


@compared(
    "tnsl.same-order",
    on=("getOrder", "cancelOrder", "updateOrderExtra", "updateOrderReceivable"),
    source=(OVERVIEW, "Get Order Detail"),
)
def same_order(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response is about the order that the path names"""
    yield from _same(exchange, "order_code")


@compared("tnsl.same-import", on="getImport", source=(OVERVIEW, "Get Order Import detail"))
def same_import(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response is about the import that the path names"""
    yield from _same(exchange, "import_id")


def _same(exchange: Json, name: str) -> Iterator[Violation]:
    shown = data_of(exchange).get(name)
    named = member(exchange, "request", "path", name)
    if isinstance(shown, str) and any(_differing(shown, named, DATA)):
        message = messages.must_equal(name, named, "as in the path of the request", shown)
        yield Violation((*DATA, name), message)


@compared("tnsl.cancel-done", on="cancelOrder", source=(OVERVIEW, "Cancel Order"))
def cancel_done(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a cancel that succeeds is answered with the canceled order and the reason that was sent"""
    order = data_of(exchange)
    state = order.get("main_state")
    if isinstance(state, str) and state != "canceled":
        message = messages.must_be("main_state", "`canceled` after a successful cancel", state)
        yield Violation((*DATA, "main_state"), message)
    extra, sent = order.get("extra_info"), member(exchange, "request", "body")
    if isinstance(extra, dict) and isinstance(sent, dict):
        yield from _differing(extra, sent, (*DATA, "extra_info"))


@compared(
    "tnsl.extra-stored",
    on="updateOrderExtra",
    basis=Basis.DOCUMENTED,
    source=(OVERVIEW, "Update Extra Order"),
)
def extra_stored(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an update overwrites the stored fields with those that are sent"""
    order, sent = data_of(exchange), member(exchange, "request", "body")
    fields = [field for field in EXTRA if isinstance(member(sent, field), str)]
    if fields and "extra_info" in order:
        after, at = order["extra_info"], (*DATA, "extra_info")
        if after is None:
            yield Violation(at, f"`extra_info` must have {messages.names(fields)} of the request, got null")
        elif isinstance(after, dict):
            for field in fields:
                if field not in after:
                    yield Violation((*at, field), messages.missing(field, "the request has it"))
                else:
                    yield from _differing(after[field], sent[field], (*at, field))


@compared("tnsl.receivable-stored", on="updateOrderReceivable", source=(OVERVIEW, "Update order receivable"))
def receivable_stored(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an update of the receivable is answered with the amount that was sent"""
    order, sent = data_of(exchange), member(exchange, "request", "body", "receivable")
    if sent is not None and "receivable" in order and order["receivable"] != sent:
        message = messages.must_equal("receivable", sent, "as in the request", order["receivable"])
        yield Violation((*DATA, "receivable"), message)


@compared(
    "tnsl.update-shown",
    on=("updateOrderExtra", "updateOrderReceivable"),
    source=(OVERVIEW, "Update Extra Order"),
)
def update_shown(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response of an update has the member that was changed"""
    order, sent = data_of(exchange), member(exchange, "request", "body")
    name = "receivable" if member(sent, "receivable") is not None else "extra_info"
    if order and name not in order:
        yield Violation((*DATA, name), messages.missing(name, "the request changes it"))


@compared("tnsl.list-filtered", on=("listOrders", "listImports"), source=(OVERVIEW, "Get Order List"))
def list_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each item of a list meets the filters of the request"""
    query = member(exchange, "request", "query")
    for index, item in objects(data_of(exchange), "results"):
        for path, message in (*_not_chosen(query, item), *_outside(query, item)):
            yield Violation((*DATA, "results", index, *path), message)


def _not_chosen(query: Json, item: Json) -> Iterator[tuple[Path, str]]:
    for name, path in FILTERS.items():
        value = member(item, *map(str, path))
        if name in query and isinstance(value, str) and any(_differing(value, query[name], path)):
            yield path, messages.must_equal(name, query[name], f"the filter `{name}` of the request", value)


def _outside(query: Json, item: Json) -> Iterator[tuple[Path, str]]:
    for kind in WINDOWS:
        name, first, last = f"{kind}_at", f"{kind}_from", f"{kind}_to"
        at = moment(item.get(name))
        begins, ends = moment(query.get(first)), moment(query.get(last))
        if at is not None and begins is not None and at < begins:
            yield (name,), messages.not_before(name, first, query[first], item[name])
        if at is not None and ends is not None and at > ends:
            yield (name,), messages.not_after(name, last, query[last], item[name])


@compared("tnsl.list-page", on=("listOrders", "listImports"), source=(OVERVIEW, "Get Order List"))
def list_page(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a page has at most `limit` items, each once, and `count` counts the items of all pages"""
    page, query = data_of(exchange), member(exchange, "request", "query")
    results, count = page.get("results"), number(page.get("count"))
    if not isinstance(results, list):
        return
    limit, offset = number(query.get("limit")), number(query.get("offset", 0))
    if limit is not None and 0 < limit < len(results):
        message = messages.too_many("`results`", "item", limit, "the `limit` of the request", len(results))
        yield Violation((*DATA, "results"), message)
    if count is not None and offset is not None and offset >= 0:
        if results and count < offset + len(results):
            source = "the sum of `offset` and the number of `results`"
            message = messages.at_least("count", offset + len(results), source, count)
            yield Violation((*DATA, "count"), message)
        elif not results and offset < count and limit != 0:
            message = f"`results` must not be empty, because `count` is {count} and `offset` is {offset}"
            yield Violation((*DATA, "results"), message)
    yield from _twice(page)


def _twice(page: Json) -> Iterator[Violation]:
    for name in ("order_code", "import_id"):
        for path, message in _repeated(page, "results", name, "item"):
            yield Violation((*DATA, *path), message)


def _repeated(holder: Json, items: str, name: str, among: str) -> Iterator[tuple[Path, str]]:
    """Yield path and message of each text of a member that an object of the list before it has too."""
    keys = {i: item[name] for i, item in objects(holder, items) if isinstance(item.get(name), str)}
    for index, first in repeated(keys.items()):
        at = f"`{items}[{first}]`"
        yield (items, index, name), messages.unique(f"`{name}`", among, [keys[index]], at)


@rule(
    "tnsl.import-counts",
    on=("importOrders", "getImport", "listImports"),
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Get Order Import detail"),
    reads="response",
)
def import_counts(response: Json, _: Facts) -> Iterator[Violation]:
    """the counts of an import agree with each other and with its list of orders"""
    data = member(response, "data")
    imports: list[tuple[Path, Json]] = [
        (("results", index), item) for index, item in objects(data, "results")
    ]
    for at, item in imports or [((), data)]:
        for path, message in (*_miscounted(item), *_unexplained(item)):
            yield Violation(("data", *at, *path), message)


def _miscounted(item: Json) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the counts of one import, and where."""
    counts = {name: number(member(item, f"{name}_orders")) for name in ("total", "created", "failed")}
    total, created, failed = counts.values()
    if total is not None and created is not None and failed is not None:
        ended, source = created + failed, "the sum of `created_orders` and `failed_orders`"
        if ended > total or (_finished(item) and ended < total):
            equal = messages.must_equal if _finished(item) else messages.at_least
            yield ("total_orders",), equal("total_orders", ended, source, total)
    entries = objects(item, "orders") if _finished(item) else []
    made = sum(bool(entry.get("order_code")) for _, entry in entries)
    listed = {"total": len(entries), "created": made, "failed": len(entries) - made}
    for name, count in counts.items() if entries else ():
        if count is not None and count != listed[name]:
            source = f"the number of `orders`{_SUCH[name]}"
            yield (f"{name}_orders",), messages.must_equal(f"{name}_orders", listed[name], source, count)


_SUCH = {"total": "", "created": " with an `order_code`", "failed": " without an `order_code`"}


def _unexplained(item: Json) -> Iterator[tuple[Path, str]]:
    """Yield each order of a finished import that has both a code and a reason, or neither."""
    for index, entry in objects(item, "orders") if _finished(item) else ():
        reason = entry.get("message")
        if bool(entry.get("order_code")) is not bool(reason):
            continue
        if reason:
            message = (
                "`message` must be empty, because the order has an `order_code`, got a reason of failure"
            )
        else:
            why = "the order has no `order_code`, so it failed"
            message = messages.without_value("message", "message" in entry, reason, why)
        yield ("orders", index, "message"), message


def _finished(item: Json) -> bool:
    return member(item, "state") in FINISHED


@compared(
    "tnsl.export-workbook", on="exportImport", basis=Basis.INFERRED, source=(OVERVIEW, "Get Export Order")
)
def export_workbook(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an export that succeeds is an Excel file, not JSON and not a page"""
    response = member(exchange, "response")
    if not 200 <= response["status"] < 300:
        return
    content_type = str(response["headers"].get("content-type", "")).lower()
    if response.get("body") is not None:
        yield Violation(("response", "body"), "the body of the response must be an Excel file, got JSON")
    elif content_type.startswith("text/") or "json" in content_type or "html" in content_type:
        media_type = content_type.partition(";")[0]
        message = messages.must_be("Content-Type", "that of an Excel file", media_type)
        yield Violation(("response", "headers", "content-type"), f"the header {message}")


@compared("tnsl.status-code", on=CALLED, basis=Basis.INFERRED, source=("tnsl-quotes", "401 example"))
def status_code(exchange: Json, _: Facts) -> Iterator[Violation]:
    """`status_code` in the body of a refusal is the HTTP status"""
    code = number(member(exchange, "response", "body", "error", "status_code"))
    status = member(exchange, "response", "status")
    if code is not None and code != status:
        message = messages.must_equal("status_code", status, "the HTTP status", code)
        yield Violation(("response", "body", "error", "status_code"), message)


@rule(
    "tnsl.fee-once",
    on="getQuotes",
    basis=Basis.INFERRED,
    source=("tnsl-quotes", "Success example"),
    reads="response",
)
def fee_once(response: Json, _: Facts) -> Iterator[Violation]:
    """a list of fees has one line for each fee"""
    for name in ("fee_standard", "fee_2h"):
        for path, message in _repeated(member(response, "data"), name, "fee_key", "fee"):
            yield Violation(("data", *path), message)


@compared("tnsl.fee-of-kind", on="getQuotes", basis=Basis.INFERRED, source=("tnsl-quotes", "Request fields"))
def fee_of_kind(exchange: Json, _: Facts) -> Iterator[Violation]:
    """an order that TNSL does not deliver is quoted without a fee for delivery"""
    if member(exchange, "request", "body", "is_fulfillment_only") is not True:
        return
    for name in ("fee_standard", "fee_2h"):
        for index, line in objects(data_of(exchange), name):
            if line.get("fee_key") == DELIVERY:
                message = f"`fee_key` must not be `{DELIVERY}`: {DOES_NOT_DELIVER}"
                yield Violation((*DATA, name, index, "fee_key"), message)


RULES = (
    created_as_sent,
    created_open,
    same_order,
    same_import,
    cancel_done,
    extra_stored,
    receivable_stored,
    update_shown,
    list_filtered,
    list_page,
    import_counts,
    export_workbook,
    status_code,
    fee_once,
    fee_of_kind,
)
