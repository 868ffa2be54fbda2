"""TNSL: an order from creation to its end, imports, notices, and who sees what."""

import time
from collections.abc import Mapping
from typing import Any

from sellerspec import contract
from sellerspec.contract import xlsx_import
from sellerspec.contract.examples import examples
from sellerspec.errors import SellerspecError
from sellerspec.fuzz.listener import Listener
from sellerspec.fuzz.scenarios.common import agrees, filtered, foreign, must, pages, unknown
from sellerspec.fuzz.scenarios.notices import WAIT, judged
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.io import xlsx
from sellerspec.model import Facts, Json

ABOUT_ONE = ("cancelOrder", "updateOrderExtra", "updateOrderReceivable", "getOrder")
WORKED = 120.0
"""Seconds after which our sandbox has worked off an import."""

BOUNDARY = "sellerspec-invented-boundary"
SYNC = "tnsl/orderStatusSync"


def results(body: Any) -> Any:
    """Return the items of a list's response."""
    inner = body.get("data") if isinstance(body, dict) else None
    return inner.get("results") if isinstance(inner, dict) else None


def data(body: Any) -> Any:
    """Return what the envelope of a success holds."""
    return body.get("data") if isinstance(body, dict) else None


def learn(target: Target) -> None:
    """Read the account's orders and imports."""
    listed = results(target.read("listOrders", query={"limit": 50})) or []
    target.known["orders"] = [each for each in listed if isinstance(each, dict) and each.get("order_code")]
    imports = results(target.read("listImports")) or []
    target.known["imports"] = [import_.get("import_id") for import_ in imports if isinstance(import_, dict)]


def live(target: Target, _: str, name: str) -> Json:
    """Return something that the account has."""
    given = target.options.ids.get(name)
    if given is not None:
        return given
    if name == "order_code":
        return next((order["order_code"] for order in target.known.get("orders", ()) if _open(order)), None)
    return next(iter(target.known.get("imports", ())), None) if name == "import_id" else None


def _open(order: Json) -> bool:
    return order.get("main_state") in ("new", "awaiting_confirmation", "processing")


def facts(target: Target, id: str, path: Mapping[str, Json], _: Json) -> Facts:
    """Ask for the order that a call is about."""
    code = path.get("order_code")
    if id not in ABOUT_ONE or not code:
        return Facts()
    return Facts(order=data(target.read("getOrder", path={"order_code": code})))


def retarget(target: Target, id: str, body: Json, before: Facts) -> list[tuple[Mapping[str, Json], Json]]:
    """Return the body with orders of this account under which the same rules speak."""
    if id not in ABOUT_ONE:
        return [({}, body)]
    ready = contract.contract("tnsl").operation(id)
    wanted = {error.rule for error in ready.check(body, before).errors}
    found: list[tuple[Mapping[str, Json], Json]] = [
        ({"order_code": order["order_code"]}, body)
        for order in target.known.get("orders", ())
        if {error.rule for error in ready.check(body, Facts(order=order)).errors} == wanted
    ]
    return found[:3] or [({}, body)]


def orders(target: Target) -> None:
    """Create an order, change it, cancel it; after each step it reads as it was left."""
    session = target.session
    bodies = [
        example.value for example in examples("tnsl/createOrder") if example.valid and not example.is_exchange
    ]
    for place, body in enumerate(bodies[:4]):
        call = target.call("createOrder", body={**body, "ref_code": f"FUZZ-{place}"})
        judged_ = target.send(call)
        order = data(judged_.body) if judged_.accepted else None
        if not isinstance(order, dict) or not order.get("order_code"):
            continue
        code = order["order_code"]
        read = target.send(target.call("getOrder", path={"order_code": code}))
        session.transition("createOrder -> getOrder")
        if must(target, read, [call]):
            shown = {
                name: body[name]
                for name in ("is_fulfillment_only", "items", "receivable", "extra_info")
                if name in body
            }
            agrees(target, read, shown, data(read.body), "the new order", [call])
        _changed(target, code, call)
        _canceled(target, code, call)
    whole = pages(
        target, "listOrders", lambda page: {"limit": 4, "offset": page * 4}, results, "order_code", size=4
    )
    for name in ("main_state", "ref_code"):
        for value in list(dict.fromkeys(each.get(name) for each in whole if each.get(name)))[:3]:
            filtered(
                target,
                "listOrders",
                whole,
                {name: value, "limit": 50},
                {name: name},
                results,
                "order_code",
                exact=False,
            )
    unknown(target, "getOrder", {"order_code": "999999999"})
    if target.other:
        theirs = results(target.read("listOrders", headers=target.other)) or []
        for their in theirs[:2]:
            foreign(target, "getOrder", {"order_code": their.get("order_code")})
        both = {each.get("order_code") for each in whole} & {their.get("order_code") for their in theirs}
        session.expect(
            not both, target.call("listOrders"), "foreign-shown", "the list holds an order of another account"
        )


def _changed(target: Target, code: str, made: Any) -> None:
    for id, body, member in (
        ("updateOrderExtra", {"delivery_partner": "Invented Carrier 2"}, "extra_info"),
        ("updateOrderExtra", {"shipping_label_url": "https://labels.seller.example/2"}, "extra_info"),
        ("updateOrderReceivable", {"receivable": 120_000}, "receivable"),
    ):
        call = target.call(id, path={"order_code": code}, body=body)
        judged_ = target.send(call)
        target.session.transition(f"createOrder -> {id}")
        if not judged_.accepted:
            continue
        written = data(judged_.body)
        read = target.send(target.call("getOrder", path={"order_code": code}))
        target.session.transition(f"{id} -> getOrder")
        if must(target, read, [made, call]) and isinstance(written, dict):
            agrees(
                target,
                read,
                {member: written.get(member)},
                data(read.body),
                "the changed order",
                [made, call],
            )
            if member in body:
                agrees(target, read, body, data(read.body), "the changed order", [made, call])


def _canceled(target: Target, code: str, made: Any) -> None:
    body: Json = next(
        (
            example.value
            for example in examples("tnsl/cancelOrder")
            if example.valid and not example.is_exchange
        ),
        {},
    )
    call = target.call("cancelOrder", path={"order_code": code}, body=body)
    judged_ = target.send(call)
    target.session.transition("createOrder -> cancelOrder")
    if judged_.accepted:
        read = target.send(target.call("getOrder", path={"order_code": code}))
        target.session.transition("cancelOrder -> getOrder")
        if must(target, read, [made, call]):
            agrees(
                target, read, {"main_state": "canceled"}, data(read.body), "the canceled order", [made, call]
            )


def imports(target: Target) -> None:
    """Import a file with a good and a bad order; the import tells of both."""
    good = (
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
    bad = ("no such kind", "FUZZ-IMPORT-2", *good[2:])
    from sellerspec.marketplaces.tnsl.sheet import COLUMNS, TITLE

    try:
        file = xlsx.table(TITLE, [column.name for column in COLUMNS], [good, bad])
        xlsx_import.check_workbook("tnsl/importOrders", file)
    except SellerspecError:
        return
    call = target.call("importOrders", content=form(file), headers=form_headers(target.headers))
    judged_ = target.send(call, certain=False)
    taken = data(judged_.body) if judged_.accepted else None
    if not isinstance(taken, dict) or not taken.get("import_id"):
        return
    id = taken["import_id"]
    target.known["imports"] = [id]
    if not target.advance(WORKED):
        time.sleep(min(1.0, max(0.0, target.session.left)))
    read = target.send(target.call("getImport", path={"import_id": id}))
    target.session.transition("importOrders -> getImport")
    found = data(read.body)
    if must(target, read, [call]) and isinstance(found, dict) and found.get("state") in ("done", "failed"):
        entries = [order for order in found.get("orders") or () if isinstance(order, dict)]
        created = sum(bool(entry.get("order_code")) for entry in entries)
        agrees(
            target,
            read,
            {"total_orders": 2, "created_orders": created, "failed_orders": len(entries) - created},
            found,
            "the import",
            [call],
        )
        target.session.expect(
            created == 1,
            read.call,
            "import",
            f"{created} of a good and a bad order were made",
            got=read.got,
            before=[call],
        )
    target.send(target.call("exportImport", path={"import_id": id}))
    target.session.transition("getImport -> exportImport")
    target.send(target.call("listImports"))
    unknown(target, "getImport", {"import_id": "999999999"})


def form(file: bytes) -> bytes:
    """Return a file as the body of a form."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="orders.xlsx"\r\n'
        "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n\r\n"
    )
    return head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


def form_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of such a call."""
    return {**headers, "content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def notices(target: Target) -> None:
    """Register a listener, cancel an order and take the notice of it."""
    if not target.is_sandbox or not target.options.listen:
        return
    listener = Listener(target.options.listen)
    try:
        registration = next(
            example.value
            for example in examples("tnsl/registerWebhooks")
            if example.valid and not example.is_exchange
        )
        body = {**registration, "sync_webhook": {"order": {**_target(registration), "url": listener.url}}}
        call = target.call("registerWebhooks", body=body)
        if not target.send(call).accepted:
            return
        first = next(
            example.value
            for example in examples("tnsl/createOrder")
            if example.valid and not example.is_exchange
        )
        order = data(target.send(target.call("createOrder", body={**first, "ref_code": "FUZZ-NOTICE"})).body)
        if not isinstance(order, dict):
            return
        cancel = next(
            example.value
            for example in examples("tnsl/cancelOrder")
            if example.valid and not example.is_exchange
        )
        cause = target.call("cancelOrder", path={"order_code": order.get("order_code")}, body=cancel)
        if target.send(cause).accepted:
            target.session.transition("cancelOrder -> orderStatusSync")
            found = [each for each in listener.wait(1, WAIT) if _about(each, order.get("order_code"))]
            judged(target, SYNC, found, cause, _tells_cancel)
    finally:
        listener.close()


def _target(registration: Json) -> dict[str, Json]:
    targets = registration.get("sync_webhook", {})
    return dict(next((target for target in targets.values() if isinstance(target, dict)), {}))


def _about(notice: Json, code: Json) -> bool:
    inner = data(notice)
    return isinstance(inner, dict) and inner.get("order_code") == code


def _tells_cancel(notice: Json) -> str:
    inner = data(notice) or {}
    state = inner.get("main_state") if isinstance(inner, dict) else None
    return "" if state == "canceled" else f"the notice of a cancel tells of the state `{str(state)[:30]}`"


BOOK = Scenario(
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    certain=frozenset(("getQuotes", "createOrder", "listOrders", "getOrder", "listImports")),
    sequences=(
        Sequence(
            "orders",
            orders,
            frozenset(
                (
                    "createOrder",
                    "getOrder",
                    "listOrders",
                    "cancelOrder",
                    "updateOrderExtra",
                    "updateOrderReceivable",
                )
            ),
        ),
        Sequence("imports", imports, frozenset(("importOrders", "getImport", "listImports", "exportImport"))),
        Sequence("notices", notices, frozenset(("registerWebhooks", "cancelOrder"))),
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
