"""Record the corpus anew: `python -m support.record_corpus [FOLDER] [--only NAME]`, by hand (`make corpus`).

Every operation of every marketplace is called on its sandbox over a real socket, and recorded by
vcrpy through `sellerspec.cassettes.vcr`: the success, and each documented refusal. For a refusal the
request itself is made wrong where that gives the status (no token, another token, an unknown name,
an example that breaks a rule). Where the sandbox has no reason of its own (429, 500), a scenario
makes it respond with the status. Each documented example of a spec becomes an exchange of its own.
"""

import json
import shutil
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from sellerspec import contract, marketplaces, sandbox
from sellerspec.cassettes import files, vcr
from sellerspec.cassettes.cleaning import scrubbed
from sellerspec.cassettes.convert import documented
from sellerspec.cassettes.convert.examples import made
from sellerspec.contract import xlsx_import
from sellerspec.contract.operation import OperationContract
from sellerspec.io import xlsx
from sellerspec.sandbox.running import Box
from support import tiki_v2_preludes
from support.sandboxes import SHEET_ROW, receiver

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "examples"
PORTS = {"tiki": 38401, "tiki-v2": 38404, "tnsl": 38402, "tokopedia": 38403}
"""Fixed, so that recording again changes only what has changed."""

NOW = {
    "tiki": datetime(2019, 11, 1, 12),
    "tiki-v2": datetime(2022, 3, 1, 12),
    "tnsl": datetime(2023, 12, 20, 10),
    "tokopedia": datetime(2022, 11, 1, 12),
}


@dataclass(frozen=True)
class Attempt:
    """One request that may give a status."""

    method: str
    path: str
    """With the query."""

    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: Any = None
    form: bool = False
    """Whether the body is sent as a form."""

    def send(self, box: Box) -> httpx.Response:
        content, headers = None, {**self.headers}
        if self.form and isinstance(self.body, dict):
            content = urlencode(self.body).encode()
            headers["content-type"] = "application/x-www-form-urlencoded"
        elif self.body is not None:
            content = json.dumps(self.body, ensure_ascii=False).encode()
            headers["content-type"] = "application/json"
        with httpx.Client(trust_env=False, headers={"user-agent": "sellerspec-corpus"}) as client:
            return client.request(
                self.method, box.url + self.path, headers=headers, content=content, files=self.files
            )


def with_order(box: Box, at: str) -> dict[str, Any]:
    """Ask for an order that the sandbox holds."""
    return {"path": at.replace("CODE", "347171001")}


def tracked(box: Box) -> dict[str, Any]:
    """Make a product, to ask where it stands."""
    body = json.loads((EXAMPLES / "tiki/createProduct/valid/documented-simple.json").read_text())
    made_ = Attempt("POST", "/v1/products", dict(box.headers), body).send(box)
    return {"path": f"/v1/tracking/{made_.json()['trace_id']}"}


def sheet() -> dict[str, Any]:
    """Return the upload of a workbook with one order."""
    columns = xlsx.read(xlsx_import.template("tnsl/importOrders"))[0].columns
    return {"file": ("orders.xlsx", xlsx.table("orders", columns, [SHEET_ROW]))}


def imported(box: Box, at: str) -> dict[str, Any]:
    """Import a workbook, to ask what became of it."""
    response = Attempt("POST", "/v1/order-imports", dict(box.headers), files=sheet()).send(box)
    box.advance(600)
    return {"path": at.replace("ID", response.json()["data"]["import_id"])}


PRELUDES: dict[str, Callable[[Box], dict[str, Any]]] = {
    **tiki_v2_preludes.PRELUDES,
    "tiki/getTracking": tracked,
    "tnsl/getOrder": partial(with_order, at="/v1/orders/CODE"),
    "tnsl/cancelOrder": partial(with_order, at="/v1/orders/CODE/cancel"),
    "tnsl/updateOrderExtra": partial(with_order, at="/v1/orders/CODE/extra"),
    "tnsl/updateOrderReceivable": partial(with_order, at="/v1/orders/CODE/receivable"),
    "tnsl/importOrders": lambda _: {"files": sheet(), "body": None},
    "tnsl/getImport": partial(imported, at="/v1/order-imports/ID"),
    "tnsl/exportImport": partial(imported, at="/v1/order-imports/ID/export"),
}
"""Operation -> function that prepares the sandbox and returns the changed fields of the request."""


def base(operation: OperationContract, box: Box) -> Attempt:
    """Return the request of the documented example, or the nearest that the sandbox knows."""
    requests = operation.spec.request.examples() if operation.spec.request is not None else {}
    body = next(iter(requests.values()), None)
    exchange = made(operation, ("http://sandbox",), body, operation.success, None, 0)
    split = urlsplit(exchange.url)
    path = split.path + (f"?{split.query}" if split.query else "")
    attempt = Attempt(operation.operation.method, path, dict(box.headers), body)
    prelude = PRELUDES.get(operation.key)
    return attempt if prelude is None else replace(attempt, **prelude(box))


def prepared(operation: OperationContract, box: Box) -> Attempt:
    """Begin anew and return the request of the success."""
    box.reset()
    return base(operation, box)


def refusals(operation: OperationContract, first: Attempt) -> Iterator[Attempt]:
    """Yield requests that something is wrong with, the plainest first."""
    yield replace(first, headers={})
    yield replace(
        first,
        headers={
            name: f"{value.split()[0]} FAKE-OTHER" if " " in value else "FAKE-OTHER"
            for name, value in first.headers.items()
        },
    )
    yield replace(first, headers=dict.fromkeys(first.headers, "FAKE-TOKEN-LOCKED"))
    folder = EXAMPLES / operation.operation.marketplace / operation.operation.id / "invalid"
    for path in sorted(folder.glob("*.json")):
        value = json.loads(path.read_text())
        if path.name.endswith(".facts.json"):
            continue
        if not path.name.endswith(".exchange.json"):
            yield replace(first, body=value)
        elif "request_body" not in value or isinstance(value["request_body"], dict | list):
            split = urlsplit(value["url"])
            bare = split.path
            if not bare.startswith(operation.operation.path.partition("{")[0]):
                bare = bare.removeprefix("/integration").removeprefix("/business")
            yield replace(
                first, path=bare + (f"?{split.query}" if split.query else ""), body=value.get("request_body")
            )
    template = operation.operation.path.split("/")
    parts = first.path.partition("?")[0].split("/")
    unknown = [
        "unknown-1" if placeholder[:1] == "{" and placeholder != "{version}" else part
        for placeholder, part in zip(template, parts, strict=True)
    ]
    yield replace(first, path="/".join(unknown) + "".join(first.path.partition("?")[1:]))
    numbers = [part if part != "unknown-1" else "999999999" for part in unknown]
    yield replace(first, path="/".join(numbers) + "".join(first.path.partition("?")[1:]))
    at, _, query = first.path.partition("?")
    yield replace(first, path=f"{at}?{urlencode([(name, '999999999') for name, _ in parse_qsl(query)])}")
    yield replace(first, body={})
    yield replace(first, body="no object")


def statuses(operation: OperationContract, box: Box) -> Iterator[tuple[int, Attempt, bool]]:
    """Yield each documented status with a request that gives it; False where a scenario has to."""
    first = prepared(operation, box)
    tried: dict[int, Attempt] = {}
    own = {status for status in operation.spec.responses if status < 429}
    for refusal in (first, *refusals(operation, first)):
        if own <= tried.keys():
            break
        prepared(operation, box)
        tried.setdefault(refusal.send(box).status_code, refusal)
    for status in operation.spec.responses:
        yield status, tried.get(status, first), status in tried


def corpus(folder: Path, names: Sequence[str]) -> int:
    """Record marketplaces into a folder; return how many cassettes there are."""
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)
        recorder = vcr(name, source="sandbox", keep=["5xx"])
        with sandbox.run(name, port=PORTS[name], now=NOW[name]) as box:
            for operation in contract.contract(name).operations():
                if operation.operation.webhook:
                    continue
                for status, attempt, own in list(statuses(operation, box)):
                    prepared(operation, box)
                    if not own:
                        box.scenario(operation.operation.id, status)
                    case = "success" if status < 300 else f"refused-{status}"
                    path = folder / name / operation.operation.id / f"{case}.yaml"
                    with recorder.use_cassette(str(path)):
                        response = attempt.send(box)
                    if response.status_code != status:
                        print(f"{operation.key}: {response.status_code}, not {status}: {response.text[:200]}")
                        path.unlink(missing_ok=True)
        examples(name, folder)
    if "tnsl" in names:
        notices_of_tnsl(folder)
    if "tokopedia" in names:
        notices_of_tokopedia(folder)
    return len(list(files.find([folder])))


def examples(name: str, folder: Path) -> None:
    """Write each documented example of a spec."""
    for operation, case, recorded in documented(name):
        clean, _ = scrubbed([recorded], marketplace=name)
        files.write(folder / name / operation / f"{case}.yaml", clean)


def notices_of_tnsl(folder: Path) -> None:
    """Record the notices that the sandbox of TNSL sends to a receiver."""
    tnsl = vcr("tnsl", source="sandbox", operation="tnsl/orderStatusSync")
    with receiver() as hook, sandbox.run("tnsl", now=NOW["tnsl"]) as box:
        body = json.loads((EXAMPLES / "tnsl/registerWebhooks/valid/documented.json").read_text())
        body["sync_webhook"]["order"]["url"] = hook.url
        Attempt("POST", "/v1/register-webhooks", dict(box.headers), body).send(box)
        with tnsl.use_cassette(str(folder / "tnsl/orderStatusSync/notice.yaml")):
            box.move("347171001", "shipping/delivery_failed_1")
            box.deliveries()
        hook.responses.append(400)
        with tnsl.use_cassette(str(folder / "tnsl/orderStatusSync/refused-400.yaml")):
            box.move("347171002", "shipping/delivery_failed_1")
            box.deliveries()


def notices_of_tokopedia(folder: Path) -> None:
    """Record the notices that the sandbox of Tokopedia sends to a receiver."""
    notice = "tokopedia/tokocabangOrderNotification"
    tokopedia = vcr("tokopedia", source="sandbox", operation=notice)
    with receiver() as hook, sandbox.run("tokopedia", now=NOW["tokopedia"]) as box:
        box.seed({"webhooks": [{"url": hook.url}]})
        with tokopedia.use_cassette(str(folder / f"{notice}/notice.yaml")):
            box.seed({"orders": [{"fulfill_by": 1, "warehouse_id": 19551, "order_id": 7}]})
            box.deliveries()


if __name__ == "__main__":
    parser = ArgumentParser(description="Record the corpus anew.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "cassettes")
    parser.add_argument("--only", choices=marketplaces.names())
    chosen = parser.parse_args()
    recorded = corpus(chosen.folder, [chosen.only] if chosen.only else marketplaces.names())
    print(f"{recorded} cassettes")
