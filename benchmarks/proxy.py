"""The checking proxy beside a bare reverse proxy of the same libraries: at most 1.5 times its processor time.

Both are uvicorn and httpx, in front of one server that answers with a documented order at once. The bare
one passes everything on and judges nothing; coverage is collected, nothing is recorded.

    python benchmarks/proxy.py --calls 4000
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import httpx

from sellerspec import sandbox
from sellerspec.contract.project import Project
from sellerspec.proxy.application import Application
from sellerspec.proxy.checker import Checker
from sellerspec.proxy.settings import Settings
from sellerspec.sandbox.messages import Request
from sellerspec.sandbox.running import address, listening, server_of

BUDGET = 1.5
CLIENTS = 20
ORDER = "/integration/v1/orders/20939384"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


def upstream() -> Callable[..., Any]:
    """Return an application that answers every request with one order."""
    app = sandbox.app("tiki", token=TOKEN["tiki-api"])
    reply = app.sandbox.handle(Request("GET", ORDER, headers=TOKEN))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(reply.content)).encode())]

    async def answer(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": reply.content})

    return answer


def bare(url: str) -> Callable[..., Any]:
    """Return a reverse proxy that judges nothing."""
    client = httpx.AsyncClient(trust_env=False, timeout=60)

    async def pass_on(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"connection")]
        request = client.build_request(scope["method"], url + scope["path"], headers=headers, content=body)
        response = await client.send(request, stream=True)
        raw = [(name, value) for name, value in response.headers.raw if name.lower() != b"connection"]
        await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        await response.aclose()

    return pass_on


def checking(url: str) -> Callable[..., Any]:
    """Return the checking proxy."""
    application = Application(Checker(Settings(marketplace="tiki", upstream=url), Project, print))
    application.listens_on("127.0.0.1")
    return application


def served(make: Callable[..., Any], arguments: tuple[str, ...], ours: Connection) -> None:
    """Serve in a process of its own; say the address, and for each message the processor time so far."""
    transport = listening("127.0.0.1", 0)
    server = server_of(make(*arguments), date_header=False)
    threading.Thread(target=server.run, kwargs={"sockets": [transport]}, daemon=True).start()
    ours.send(address(transport))
    while ours.recv():
        ours.send(time.process_time())


def start(make: Callable[..., Any], *arguments: str) -> tuple[str, Connection]:
    """Start a server; return its address, and the connection to its process."""
    theirs, ours = multiprocessing.Pipe()
    multiprocessing.Process(target=served, args=(make, arguments, ours), daemon=True).start()
    return theirs.recv(), theirs


async def called(url: str, calls: int) -> None:
    """Send that many requests with `CLIENTS` clients; each response is an order."""

    async def client(number: int) -> None:
        async with httpx.AsyncClient(headers=TOKEN, trust_env=False, timeout=60) as own:
            for _ in range(number):
                response = await own.get(url + ORDER)
                assert response.json()["order_code"] == "20939384"

    await asyncio.gather(*(client(calls // CLIENTS) for _ in range(CLIENTS)))


def spent(url: str, process: Connection, calls: int) -> float:
    """Return the processor time of a server for that many requests, in seconds."""
    process.send(True)
    before: float = process.recv()
    asyncio.run(called(url, calls))
    process.send(True)
    after: float = process.recv()
    return after - before


def main() -> None:
    """Measure both in turns, so that what else the machine does meets both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000, help="requests of each turn")
    parser.add_argument("--turns", type=int, default=5)
    chosen = parser.parse_args()
    behind, _ = start(upstream)
    servers = {"bare": start(bare, behind), "checking": start(checking, behind)}
    for url, process in servers.values():
        spent(url, process, 10 * CLIENTS)  # what is compiled at first use
    times: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(chosen.turns):
        for name, (url, process) in servers.items():
            times[name].append(spent(url, process, chosen.calls))
    least = {name: min(values) for name, values in times.items()}
    ratio = least["checking"] / least["bare"]
    for name, seconds in least.items():
        print(f"{name:9} {1e6 * seconds / chosen.calls:7.0f} µs of processor time for a call")
    print(json.dumps({"ratio": round(ratio, 2), "budget": BUDGET}))
    sys.exit(ratio > BUDGET)


if __name__ == "__main__":
    main()
