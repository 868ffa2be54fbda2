"""Servers that violate HTTP. Every server is a raw socket that sends one response."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.servers import listening

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def server(behave: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server and the beginnings of the requests that it got."""
    transport = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    seen: list[bytes] = []
    transport.settimeout(0.1)

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(2)
            seen.append(connection.recv(65536))
            behave(connection, over)

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                connection, _ = transport.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{transport.getsockname()[1]}", seen
    finally:
        over.set()
        thread.join(3)
        transport.close()


def hang(_: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def reset(connection: socket.socket, _: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def garbage(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Send a header byte after byte: each is in time, the response never is."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not over.is_set():
        connection.sendall(b"a")
        time.sleep(0.05)


def gigabyte(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n"
    )
    part = b" " * (1 << 20)
    for _ in range(1024):
        if over.is_set():
            return
        connection.sendall(part)


def endless(connection: socket.socket, over: threading.Event) -> None:
    """Send chunks without end, too slowly to be too large."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    while not over.is_set():
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.02)


def respond(text: bytes) -> Behaviour:
    def response(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(text)

    return response


@contextlib.contextmanager
def responding(responses: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the address of a server that responds with JSON by path, with 404 to unknown paths."""

    class Handler(BaseHTTPRequestHandler):
        def response(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            body = responses.get(self.path.partition("?")[0])
            self.send_response(404 if body is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = response  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield url
