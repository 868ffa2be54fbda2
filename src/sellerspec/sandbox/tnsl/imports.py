"""TNSL's imports of Excel files: taken in at once, worked off by the clock, exported with their result."""

from io import BytesIO
from types import ModuleType

from sellerspec.contract import xlsx_import
from sellerspec.errors import MissingExtra, ParseError
from sellerspec.io import xlsx
from sellerspec.marketplaces.tnsl import sheet as template
from sellerspec.model import Json, Severity
from sellerspec.sandbox.behaviour import Refused, Request, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.tnsl.orders import made, page, success, within
from sellerspec.sandbox.tnsl.seed import text

WORK = 30.0
"""Virtual seconds that an import is `processing`; our choice."""

STATES = ("processing", "done", "failed")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("row", "ref_code", "order_code", "state", "message")
"""Of the exported file; assumed, like everything about it."""


def import_orders(request: Request) -> Reply:
    """Take in a file; its orders are made when the import is worked off."""
    name, data = _file(request)
    try:
        findings = xlsx_import.check_workbook("tnsl/importOrders", data, name=name)
        sheets = xlsx.read(data, name=name)
    except ParseError as error:
        raise Refused(422, error.problem, at="/request/body/file") from None
    refused = [finding for finding in findings if finding.finding.severity is Severity.ERROR]
    for each in refused:
        if each.row == 1 or not sheets:
            raise Refused(422, each.finding.message, at=f"/request/body/file{each.finding.pointer}")
    sheet = next((each for each in sheets if each.name == template.TITLE), sheets[0])
    problems: dict[int, list[str]] = {}
    for each in refused:
        problems.setdefault(each.row, []).append(f"{each.column}: {each.finding.message}")
    rows = [
        {
            "row": order.rows[0],
            "ref_code": order.payload.get("ref_code"),
            "payload": dict(order.payload),
            "problem": "; ".join(said for row in order.rows for said in problems.get(row, ())) or None,
        }
        for order in template.orders(sheet)
    ]
    id = str(request.state.number("import"))
    entry = {
        "seller": request.seller,
        "due": stamp(request.now) + WORK,
        "rows": rows,
        "import": {
            "import_id": id,
            "file_name": name,
            "state": STATES[0],
            "total_orders": len(rows),
            "created_orders": 0,
            "failed_orders": 0,
            "created_at": text(request.now),
            "orders": [],
        },
    }
    request.state.put("imports", id, entry)
    return success(request.world, entry["import"])


def _file(request: Request) -> tuple[str, bytes]:
    """Return name and bytes of the form's part `file`."""
    kind = request.call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused(400, "not `multipart/form-data`", at="/request/headers/content-type")
    parser = _parser()
    if not parser.multipart.parse_options_header(kind)[1].get(b"boundary"):
        # without one the parser cannot begin, and says so on the terminal
        raise Refused(400, "the form has no boundary", at="/request/headers/content-type")
    found: list[tuple[str, bytes]] = []

    def on_file(part: Json) -> None:
        if part.field_name == b"file":
            part.file_object.seek(0)
            found.append(((part.file_name or b"").decode("utf-8", "replace"), part.file_object.read()))

    try:
        parser.parse_form({"Content-Type": kind.encode()}, BytesIO(request.call.body), None, on_file)
    except parser.exceptions.FormParserError as error:
        raise Refused(
            400, f"not a form that can be read: {type(error).__name__}", at="/request/body"
        ) from None
    if not found:
        raise Refused(400, "the part `file` is missing", at="/request/body/file")
    return found[0]


def _parser() -> ModuleType:
    try:
        import python_multipart
        import python_multipart.exceptions
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "python_multipart") from None
    return python_multipart


def work(world: World, key: str, entry: Json, state: str | None = None) -> None:
    """Make the orders of an import; `state` ends it so, whatever came of it."""
    done = []
    for row in entry["rows"]:
        problem = row["problem"] or (f"[sellerspec] import moved to `{state}`" if state == "failed" else None)
        code = None if problem else made(world, entry["seller"], row["payload"])["order_code"]
        done.append({"row": row["row"], "ref_code": row["ref_code"], "order_code": code, "message": problem})
    created = sum(each["order_code"] is not None for each in done)
    summary = {
        **entry["import"],
        "state": state or ("done" if created or not done else "failed"),
        "created_orders": created,
        "failed_orders": len(done) - created,
        "orders": done,
    }
    world.state.put("imports", key, {"seller": entry["seller"], "rows": entry["rows"], "import": summary})


def list_imports(request: Request) -> Reply:
    """Response one page of the seller's imports, the newest first."""
    wanted = request.query.get("state")
    found = [
        each["import"]
        for each in reversed(list(request.state.all("imports").values()))
        if each["seller"] == request.seller
        and wanted in (None, each["import"]["state"])
        and within(request.query, each["import"])
    ]
    return success(request.world, page(request.query, found))


def _own(request: Request) -> Json:
    found = request.state.get("imports", str(request.path["import_id"]))
    if found is None or found["seller"] != request.seller:
        raise Refused(404, "no import of this partner has this id", at="/request/path/import_id")
    return found["import"]


def get_import(request: Request) -> Reply:
    """Response one import."""
    return success(request.world, _own(request))


def export_import(request: Request) -> Reply:
    """Response the import and what became of it as an Excel file."""
    found = _own(request)
    rows = [
        (
            order["row"],
            order["ref_code"],
            order["order_code"],
            "created" if order["order_code"] else "failed",
            order["message"],
        )
        for order in found["orders"]
    ]
    data = xlsx.table("result", COLUMNS, rows)
    name = f'attachment; filename="import-{found["import_id"]}.xlsx"'
    return Reply(200, data, XLSX, {"content-disposition": name})
