"""TNSL's imports of Excel files: accepted at once, processed by the clock, exported with their result."""

from collections.abc import Iterable
from io import BytesIO
from types import ModuleType

from sellerspec.contract import xlsx_import
from sellerspec.errors import MissingExtra, ParseError
from sellerspec.io import xlsx
from sellerspec.marketplaces.common import OURS
from sellerspec.marketplaces.tnsl import sheet as template
from sellerspec.model import Json, Severity
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.tnsl.orders import add_order, in_spans, page, success
from sellerspec.sandbox.tnsl.seed import text

PROCESSING = 30.0
"""Virtual seconds that an import is `processing`; our choice."""

STATES = ("processing", "done", "failed")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "sellerspec result"
"""Name of the sheet of an exported file: what stands in it is assumed."""

COLUMNS = ("row", "ref_code", "order_code", "state", "message")
"""Columns of the exported file; assumed."""


def import_orders(call: Call) -> Reply:
    """Accept a file; its orders are created when the import is processed."""
    name, data = _file(call)
    rows = _rows(name, data)
    id = str(call.state.number("import"))
    summary = {
        "import_id": id,
        "file_name": name,
        "state": STATES[0],
        "total_orders": len(rows),
        "created_orders": 0,
        "failed_orders": 0,
        "created_at": text(call.now),
        "orders": [],
    }
    due = stamp(call.now) + PROCESSING
    call.state.put("imports", id, {"seller": call.seller, "due": due, "rows": rows, "import": summary})
    return success(call.world, summary)


def _rows(name: str, data: bytes) -> list[Json]:
    """Return the orders of a workbook, each with its first row and why it cannot be created."""
    try:
        cells = xlsx_import.check_workbook("tnsl/importOrders", data, name=name)
        _, sheet = xlsx_import.opened("tnsl/importOrders", data, name=name)
    except ParseError as error:
        raise Refused(422, error.problem, at="/request/body/file") from None
    problems: dict[int, list[str]] = {}
    for cell in cells:
        if cell.finding.severity is Severity.ERROR:
            if cell.row == 1:
                raise Refused(422, cell.finding.message, at=f"/request/body/file{cell.finding.pointer}")
            problems.setdefault(cell.row, []).append(f"{cell.column}: {cell.finding.message}")
    return [
        {
            "row": order.rows[0],
            "ref_code": order.payload.get("ref_code"),
            "payload": dict(order.payload),
            "problem": _own_words(message for row in order.rows for message in problems.get(row, ())),
        }
        for order in template.orders(sheet)
    ]


def _own_words(messages: Iterable[str]) -> str | None:
    """Return messages as one text, marked as ours; None without any."""
    text = "; ".join(messages)
    return f"{OURS}{text}" if text else None


def _file(call: Call) -> tuple[str, bytes]:
    """Return name and bytes of the form's part `file`."""
    content_type = call.request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise Refused(400, "`Content-Type` must be `multipart/form-data`", at="/request/headers/content-type")
    parser = _parser()
    if not parser.multipart.parse_options_header(content_type)[1].get(b"boundary"):
        # without a boundary the parser prints an error to the terminal
        raise Refused(400, "`Content-Type` must have a `boundary`", at="/request/headers/content-type")
    files: list[tuple[str, bytes]] = []

    def on_file(part: Json) -> None:
        if part.field_name == b"file":
            part.file_object.seek(0)
            files.append(((part.file_name or b"").decode("utf-8", "replace"), part.file_object.read()))

    headers = {"Content-Type": content_type.encode()}
    try:
        parser.parse_form(headers, BytesIO(call.request.body), None, on_file)
    except parser.exceptions.FormParserError:
        raise Refused(400, "the body must be a form that can be read", at="/request/body") from None
    if not files:
        raise Refused(400, "the part `file` is missing", at="/request/body/file")
    return files[0]


def _parser() -> ModuleType:
    try:
        import python_multipart
        import python_multipart.exceptions
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "python_multipart") from None
    return python_multipart


def move(world: World, document: Json, state: str) -> None:
    """Put an import into a final state at once."""
    if state not in STATES[1:] or document["import"]["state"] != STATES[0]:
        raise Refused(400, "only an import that is `processing` can be moved, to `done` or `failed`")
    work(world, document, state)


def work(world: World, document: Json, state: str | None = None) -> None:
    """Create the orders of an import; without `state` the result decides its state."""
    orders = []
    for row in document["rows"]:
        problem = row["problem"] or (f"{OURS}import moved to `{state}`" if state == "failed" else None)
        code = None if problem else add_order(world, document["seller"], row["payload"])["order_code"]
        orders.append(
            {"row": row["row"], "ref_code": row["ref_code"], "order_code": code, "message": problem}
        )
    created = sum(order["order_code"] is not None for order in orders)
    summary = {
        **document["import"],
        "state": state or ("done" if created or not orders else "failed"),
        "created_orders": created,
        "failed_orders": len(orders) - created,
        "orders": orders,
    }
    kept = {"seller": document["seller"], "rows": document["rows"], "import": summary}
    world.state.put("imports", summary["import_id"], kept)


def list_imports(call: Call) -> Reply:
    """Return one page of the seller's imports, the newest first."""
    state = call.query.get("state")
    imports = [
        document["import"]
        for document in reversed(call.all_own("imports"))
        if state in (None, document["import"]["state"]) and in_spans(call.query, document["import"])
    ]
    return success(call.world, page(call.query, imports))


def _own(call: Call) -> Json:
    unknown = Refused(
        404, "`import_id` must be that of an import of this partner", at="/request/path/import_id"
    )
    return call.require_own("imports", call.path["import_id"], unknown)["import"]


def get_import(call: Call) -> Reply:
    """Return one import."""
    return success(call.world, _own(call))


def export_import(call: Call) -> Reply:
    """Return an import and its result as an Excel file."""
    summary = _own(call)
    rows = [
        (
            order["row"],
            order["ref_code"],
            order["order_code"],
            "created" if order["order_code"] else "failed",
            order["message"],
        )
        for order in summary["orders"]
    ]
    name = f'attachment; filename="import-{summary["import_id"]}.xlsx"'
    return Reply(200, xlsx.table(TITLE, COLUMNS, rows), XLSX, {"content-disposition": name})
