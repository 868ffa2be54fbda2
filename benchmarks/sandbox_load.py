"""The sandbox under 50 clients: no update is lost, no 5xx; ready, reset and rates within budget.

Half of the calls change a variant (updateSku), each client its own and always upward, half read an
order. At the end the state must hold the last change that each client saw acknowledged. Then Prism,
where `npx` finds it, responses the same calls on the same machine: it keeps no state, and its rates
stand beside ours for comparison only.

    python benchmarks/sandbox_load.py --seconds 60
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles
from urllib.request import Request as Sent
from urllib.request import urlopen

from sellerspec import sandbox
from sellerspec.sandbox.messages import Request

CLIENTS = 50
TOKEN = "FAKE-TOKEN-FOR-TESTS"
READY, RESET, IN_PROCESS = 0.300, 0.005, 1_500
SPEC = Path(__file__).parents[1] / "openapi" / "tiki.yaml"


class Tally:
    """What the clients of one run saw."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.times: list[float] = []
        self.kept: dict[str, int] = {}


def request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: box\r\ntiki-api: {TOKEN}\r\naccept: application/json\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> int:
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    else:  # chunked, as Prism may response
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12])


async def client(port: int, sku: str, ends: float, tally: Tally) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    read = request("GET", "/v1/orders/20939384")
    quantity = 0
    while time.perf_counter() < ends:
        quantity += 1
        body = json.dumps({"quantity": quantity}).encode()
        for sent in (request("POST", f"/v1/products/{sku}/updateSku", body), read):
            begun = time.perf_counter()
            status = await ask(reader, writer, sent)
            tally.times.append(time.perf_counter() - begun)
            tally.statuses[status] += 1
            if sent is not read and status == 200:
                tally.kept[sku] = quantity
    writer.close()


async def load(port: int, seconds: float) -> Tally:
    tally = Tally()
    ends = time.perf_counter() + seconds
    await asyncio.gather(*(client(port, f"LOAD-{number}", ends, tally) for number in range(CLIENTS)))
    return tally


def shown(name: str, tally: Tally, seconds: float) -> None:
    rate, p99 = len(tally.times) / seconds, quantiles(tally.times, n=100)[98] * 1000
    print(f"{name:24}{rate:9.0f} calls/s   p99 {p99:7.1f} ms   {dict(sorted(tally.statuses.items()))}")


def serve(*arguments: str) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-m", "sellerspec", "serve", "tiki", *arguments]
    # as in any project, byte code is kept: the first start writes it
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline().rpartition(":")[2])


def control(port: int, path: str, value: object) -> None:
    address, headers = f"http://127.0.0.1:{port}/__sellerspec/{path}", {"Content-Type": "application/json"}
    made = Sent(address, json.dumps(value).encode(), headers, method="PUT")
    urlopen(made, timeout=10).close()


def snapshot(port: int) -> dict[str, dict[str, dict[str, int]]]:
    with urlopen(f"http://127.0.0.1:{port}/__sellerspec/state", timeout=60) as response:
        state: dict[str, dict[str, dict[str, dict[str, int]]]] = json.load(response)
    return state["tables"]


def with_skus(port: int) -> None:
    """Put a variant for each client on sale."""
    with urlopen(f"http://127.0.0.1:{port}/__sellerspec/state", timeout=60) as response:
        state = json.load(response)
    known = state["tables"]["skus"]["1/DANG19951995"]
    for number in range(CLIENTS):
        state["tables"]["skus"][f"1/LOAD-{number}"] = {**known, "sku": f"LOAD-{number}", "quantity": 0}
    control(port, "state", state)


def under_load(name: str, seconds: float, *arguments: str) -> bool:
    process, port = serve(*arguments)
    try:
        with_skus(port)
        tally = asyncio.run(load(port, seconds))
        skus = snapshot(port)["skus"]
    finally:
        process.terminate()
        process.wait(10)
    shown(name, tally, seconds)
    lost = [sku for sku, quantity in tally.kept.items() if skus[f"1/{sku}"]["quantity"] != quantity]
    failed = sum(count for status, count in tally.statuses.items() if status != 200)
    print(f"{'':24}lost updates: {len(lost)}, answers other than 200: {failed}")
    return not lost and not failed and len(tally.kept) == CLIENTS


def ready() -> float:
    begun = time.perf_counter()
    process, port = serve()
    with socket.create_connection(("127.0.0.1", port)) as transport:
        transport.sendall(request("GET", "/v1/categories/218"))
        transport.recv(16)
    took = time.perf_counter() - begun
    process.terminate()
    process.wait(10)
    return took


def in_process() -> tuple[float, float]:
    """Return calls a second through the application itself, and the seconds of a reset after them."""
    application = sandbox.app("tiki")
    body = json.dumps({"quantity": 5}).encode()
    headers = {"tiki-api": TOKEN, "content-type": "application/json"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    path = "/v1/products/DANG19951995/updateSku"
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": raw}
    assert application.respond(Request("POST", path, "", headers, body)).status == 200

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    async def send(_: object) -> None:
        pass

    async def many(calls: int) -> float:
        begun = time.perf_counter()
        for _ in range(calls):
            await application(scope, receive, send)
        return calls / (time.perf_counter() - begun)

    rate = asyncio.run(many(5_000))
    begun = time.perf_counter()
    application.sandbox.reset()
    took = time.perf_counter() - begun
    application.sandbox.close()
    return rate, took


def prism(seconds: float) -> None:
    npx = shutil.which("npx")
    if npx is None:
        print(f"{'prism':24}not run: there is no npx here")
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        npx,
        "-y",
        "@stoplight/prism-cli@5",
        "mock",
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-v",
        "error",
        str(SPEC),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        ends = time.monotonic() + 90
        while time.monotonic() < ends and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            print(f"{'prism':24}not run: it did not start")
            return
        shown("prism, no state", asyncio.run(load(port, seconds)), seconds)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--no-prism", action="store_true")
    chosen = parser.parse_args()
    good = True
    best = min(ready() for _ in range(10))
    print(f"{'ready after':24}{best * 1000:9.0f} ms       budget {READY * 1000:.0f} ms, the best of 10")
    rate, took = in_process()
    print(f"{'in process':24}{rate:9.0f} calls/s  budget {IN_PROCESS}")
    print(f"{'reset':24}{took * 1000:9.2f} ms       budget {RESET * 1000:.0f} ms")
    good = best <= READY and rate >= IN_PROCESS and took <= RESET
    good = under_load("sandbox, in memory", chosen.seconds, "--port", "0") and good
    file = Path(".bench") / "load.db"
    file.parent.mkdir(exist_ok=True)
    for path in file.parent.glob("load.db*"):
        path.unlink()
    good = under_load("sandbox, SQLite", min(chosen.seconds, 10), "--state", str(file)) and good
    if not chosen.no_prism:
        prism(min(chosen.seconds, 15))
    print("within budget" if good else "NOT within budget")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
