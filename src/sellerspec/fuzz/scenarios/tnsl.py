"""TNSL: an order from creation to its end, imports, notices, and who sees what."""

import time
from collections.abc import Mapping

from sellerspec.contract import xlsx_import
from sellerspec.contract.examples import valid_payloads
from sellerspec.errors import SellerspecError
from sellerspec.fuzz.listener import Listener
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.scenarios.common import (
    Listing,
    agrees,
    filtered,
    first_three,
    member,
    not_shared,
    objects,
    pages,
    read_back,
    same_violations,
    unknown,
)
from sellerspec.fuzz.scenarios.notices import WAIT, check_notices
from sellerspec.fuzz.target import Retargeted, Scenario, Sequence, Target
from sellerspec.io import xlsx
from sellerspec.marketplaces.tnsl.sheet import COLUMNS, TITLE
from sellerspec.model import Facts, Json

ABOUT_ONE = ("cancelOrder", "updateOrderExtra", "updateOrderReceivable", "getOrder")
"""Operations about one order."""

IMPORTED = 120.0
"""Seconds after which our sandbox has finished an import."""

BOUNDARY = "sellerspec-invented-boundary"
SYNC = "tnsl/orderStatusSync"
ORDERS = Listing("listOrders", "order_code", ("data", "results"), detail="getOrder")
IMPORTS = Listing("listImports", "import_id", ("data", "results"))

CHANGES = (
    ("updateOrderExtra", {"delivery_partner": "Invented Carrier 2"}, "extra_info"),
    ("updateOrderExtra", {"shipping_label_url": "https://labels.seller.example/2"}, "extra_info"),
    ("updateOrderReceivable", {"receivable": 120_000}, "receivable"),
)
"""Operation, body, and the member of an order that it changes."""


def learn(target: Target) -> None:
    """Read the account's orders and imports."""
    orders = objects(member(target.read("listOrders", query={"limit": 50}), *ORDERS.at))
    target.known["orders"] = [order for order in orders if order.get("order_code")]
    target.known["imports"] = [import_.get("import_id") for import_ in IMPORTS.read(target)]


def live(target: Target, _: str, name: str) -> Json:
    """Return the id of something that the account has, by the name of a path parameter."""
    given = target.options.ids.get(name)
    if given is not None:
        return given
    if name == "order_code":
        return next((order["order_code"] for order in target.known.get("orders", ()) if _open(order)), None)
    return next(iter(target.known.get("imports", ())), None) if name == "import_id" else None


def _open(order: Json) -> bool:
    return order.get("main_state") in ("new", "awaiting_confirmation", "processing")


def facts(target: Target, id: str, path: Mapping[str, Json], _: Json) -> Facts:
    """Read the order that a call is about."""
    code = path.get("order_code")
    if id not in ABOUT_ONE or not code:
        return Facts()
    return Facts(order=member(target.read("getOrder", path={"order_code": code}), "data"))


def retarget(target: Target, id: str, body: Json, before: Facts) -> Retargeted:
    """Return the body with orders of this account under which it violates the same rules."""
    if id not in ABOUT_ONE:
        return [({}, body)]
    fits = same_violations("tnsl", id, body, before)
    orders = (order for order in target.known.get("orders", ()) if fits(body, Facts(order=order)))
    return first_three((({"order_code": order["order_code"]}, body) for order in orders), body)


def orders(target: Target) -> None:
    """Create, change and cancel an order; expect that a read after each step shows the change."""
    for place, body in enumerate(valid_payloads("tnsl/createOrder")[:4]):
        call = target.call("createOrder", body={**body, "ref_code": f"FUZZ-{place}"})
        code = _created(target, call)
        if code is not None:
            path = {"order_code": code}
            members = ("is_fulfillment_only", "items", "receivable", "extra_info")
            expected = {name: body[name] for name in members if name in body}
            step = "createOrder -> getOrder"
            read_back(target, step, path, expected, "the new order", before=[call], at=("data",))
            _changed(target, path, call)
            _canceled(target, path, call)
    mine = pages(target, ORDERS, lambda page: {"limit": 4, "offset": page * 4}, size=4)
    for name in ("main_state", "ref_code"):
        values = dict.fromkeys(member(order, name) for order in mine if member(order, name))
        for value in list(values)[:3]:
            filtered(target, ORDERS, mine, name, value, exact=False, limit=50)
    unknown(target, "getOrder", {"order_code": "999999999"})
    not_shared(target, ORDERS, mine)


def _created(target: Target, call: Call) -> Json:
    """Create an order; return its code, None if it is refused."""
    verdict = target.send(call)
    return (member(verdict.body, "data", "order_code") or None) if verdict.accepted else None


def _changed(target: Target, path: Mapping[str, Json], made: Call) -> None:
    for id, body, name in CHANGES:
        call = target.call(id, path=path, body=body)
        verdict = target.send(call)
        target.session.transition(f"createOrder -> {id}")
        if verdict.accepted:
            written = member(verdict.body, "data")
            expected = {name: member(written, name)} if isinstance(written, dict) else {}
            expected |= body if expected and name in body else {}
            before = [made, call]
            step = f"{id} -> getOrder"
            read_back(target, step, path, expected, "the changed order", before=before, at=("data",))


def _canceled(target: Target, path: Mapping[str, Json], made: Call) -> None:
    call = target.call("cancelOrder", path=path, body=next(iter(valid_payloads("tnsl/cancelOrder")), {}))
    verdict = target.send(call)
    target.session.transition("createOrder -> cancelOrder")
    if verdict.accepted:
        expected = {"main_state": "canceled"}
        step = "cancelOrder -> getOrder"
        read_back(target, step, path, expected, "the canceled order", before=[made, call], at=("data",))


ROW = (
    "E2E",
    "FUZZ-IMPORT-1",
    "sgn",
    "VN039007006",
    "Người Bịa",
    "0000000000",
    "1 Đường Bịa",
    "",
    100_000,
    "",
    "",
    "9587541851263",
    2,
    50_000,
)
"""A valid order of an import, in the order of the columns."""


def imports(target: Target) -> None:
    """Import a file with a valid and an invalid order; the import reports both."""
    try:
        rows = [ROW, ("no such kind", "FUZZ-IMPORT-2", *ROW[2:])]
        file = xlsx.table(TITLE, [column.name for column in COLUMNS], rows)
        xlsx_import.check_workbook("tnsl/importOrders", file)
    except SellerspecError:
        return
    call = target.call("importOrders", content=form(file), headers=form_headers(target.headers))
    verdict = target.send(call, certain=False)
    id = member(verdict.body, "data", "import_id") if verdict.accepted else None
    if not id:
        return
    target.known["imports"] = [id]
    if not target.advance(IMPORTED):
        time.sleep(min(1.0, max(0.0, target.session.left)))
    _imported(target, id, call)
    target.send(target.call("exportImport", path={"import_id": id}))
    target.session.transition("getImport -> exportImport")
    target.send(target.call("listImports"))
    unknown(target, "getImport", {"import_id": "999999999"})


def _imported(target: Target, id: Json, call: Call) -> None:
    """Expect that an import counts its orders, and that one of the two was made."""
    read = read_back(target, "importOrders -> getImport", {"import_id": id}, before=[call])
    shown = member(read.body, "data")
    if not read.accepted or member(shown, "state") not in ("done", "failed"):
        return
    entries = objects(shown.get("orders"))
    created = sum(bool(entry.get("order_code")) for entry in entries)
    counts = {"total_orders": 2, "created_orders": created, "failed_orders": len(entries) - created}
    for name, count in counts.items():
        agrees(target, read, f"the import: `{name}`", shown.get(name), count, [call])
    message = f"{created} of a good and a bad order were made"
    target.session.expect(created == 1, read, "import", message, before=[call])


def form(file: bytes) -> bytes:
    """Return a file as the body of a form."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="orders.xlsx"\r\n'
        "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n\r\n"
    )
    return head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


def form_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a call with a form."""
    return {**headers, "content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def notices(target: Target) -> None:
    """Register a listener with our sandbox, cancel an order and check the notice of it."""
    if not target.is_sandbox or not target.options.listen:
        return
    with Listener(target.options.listen) as listener:
        if not target.send(target.call("registerWebhooks", body=_registration(listener.url))).accepted:
            return
        body = {**valid_payloads("tnsl/createOrder")[0], "ref_code": "FUZZ-NOTICE"}
        code = _created(target, target.call("createOrder", body=body))
        if code is None:
            return
        cancel = valid_payloads("tnsl/cancelOrder")[0]
        cause = target.call("cancelOrder", path={"order_code": code}, body=cancel)
        if target.send(cause).accepted:
            target.session.transition("cancelOrder -> orderStatusSync")
            received = listener.wait(1, WAIT)
            about = [notice for notice in received if member(notice, "data", "order_code") == code]
            check_notices(target, SYNC, about, cause, _cancel_problem)


def _registration(url: str) -> Json:
    body = valid_payloads("tnsl/registerWebhooks")[0]
    webhooks = objects(list(body.get("sync_webhook", {}).values()))
    return {**body, "sync_webhook": {"order": {**(webhooks or [{}])[0], "url": url}}}


def _cancel_problem(notice: Json) -> str:
    state = member(notice, "data", "main_state")
    return "" if state == "canceled" else f"the notice of a cancel tells of the state `{str(state)[:30]}`"


SCENARIO = Scenario(
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    certain=("getQuotes", "createOrder", "listOrders", "getOrder", "listImports"),
    sequences=(
        Sequence(
            orders,
            (
                "createOrder",
                "getOrder",
                "listOrders",
                "cancelOrder",
                "updateOrderExtra",
                "updateOrderReceivable",
            ),
        ),
        Sequence(imports, ("importOrders", "getImport", "listImports", "exportImport")),
        Sequence(notices, ("registerWebhooks", "cancelOrder")),
    ),
    transitions=(
        "createOrder -> getOrder",
        "createOrder -> updateOrderExtra",
        "updateOrderExtra -> getOrder",
        "createOrder -> updateOrderReceivable",
        "updateOrderReceivable -> getOrder",
        "createOrder -> cancelOrder",
        "cancelOrder -> getOrder",
        "listOrders -> listOrders (next page)",
        "importOrders -> getImport",
        "getImport -> exportImport",
        "cancelOrder -> orderStatusSync",
    ),
    tokens=({"authorization": "Bearer not-a-real-token"}, {"authorization": "Bearer not-a-real-token-2"}),
)
