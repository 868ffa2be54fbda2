"""A sandbox on a real socket: uvicorn in a thread of this process."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import orjson

from sellerspec.errors import MissingExtra, SellerspecError
from sellerspec.model import Json
from sellerspec.sandbox.asgi import Application
from sellerspec.sandbox.change import Change
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.server import Sandbox


class Box:
    """A running sandbox, for the tests of a client."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.url = url
        """Base address, without a slash at the end: `http://127.0.0.1:40123`."""

    @property
    def headers(self) -> dict[str, str]:
        """Request headers with the token of the first seller."""
        return self.sandbox.auth()

    def reset(self) -> None:
        """Go back to the seeded state; clock, faults and log too."""
        self.sandbox.reset()

    def advance(self, seconds: float) -> None:
        """Move the clock ahead; everything that becomes due happens."""
        self.sandbox.advance(seconds)

    def seed(self, documents: Json) -> int:
        """Add documents by kind, `{"orders": [...]}`; all or none. Return how many."""
        return self.sandbox.seed(documents)

    def move(self, name: str, state: str) -> None:
        """Move a product request, an order or an import to a state at once."""
        self.sandbox.move(name, state)

    def faults(self, *plans: Json) -> None:
        """Plan faults, `{"kind": "status", "operation": "getOrder", "count": 2, "status": 503}`."""
        self.sandbox.plan(list(plans))

    def scenario(self, operation: str, *responses: Json) -> None:
        """Plan the responses to the next calls of an operation: `200` for the usual one, `404`, ..."""
        self.sandbox.script(operation, list(responses))

    def defects(self, *ids: str) -> None:
        """Switch on exactly these defects."""
        self.sandbox.switch(ids)

    def mutate(self, changes: Iterable[Change]) -> None:
        """Have exactly these mutations, also after a reset."""
        self.sandbox.mutate(changes)

    @property
    def applied(self) -> set[str]:
        """The ids of the mutations that changed something since `mutate`."""
        return self.sandbox.applied

    def state(self) -> dict[str, Json]:
        """Return a copy of the state as JSON; what a test changes in it stays out of the sandbox."""
        state: dict[str, Json] = orjson.loads(orjson.dumps(self.sandbox.snapshot()))
        return state

    def restore(self, snapshot: Json) -> None:
        """Go to a state that `state` returned."""
        self.sandbox.restore(snapshot)

    def log(self) -> tuple[Entry, ...]:
        """Return the entries so far, the oldest first; an entry has `exchange` and `report()`."""
        with self.sandbox.lock:
            return self.sandbox.log.entries()

    def deliveries(self, *, wait: float = 5.0) -> list[Json]:
        """Return the notices with their attempts as soon as none is due; wait `wait` seconds at most."""
        self.sandbox.sender.idle(wait)
        return self.sandbox.deliveries()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises:
        SellerspecError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only for a socket with an explicit protocol
    transport = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        transport.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        transport.bind((host, port))
        transport.listen(512)
    except OSError as error:
        transport.close()
        raise SellerspecError(
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}"
        ) from None
    return transport


def address(transport: socket.socket) -> str:
    """Return the base address of a socket that listens."""
    host, port = transport.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(application: Any, transport: socket.socket, *, ready: Callable[[], None], **settings: Any) -> None:
    """Serve an ASGI application until interrupted; `ready` is called before the first request is handled.

    Args:
        application: of ASGI.
        transport: the socket, which listens.
        ready: called once.
        settings: of uvicorn, in place of ours.
    """
    server = server_of(application, **settings)
    # the socket listens already: requests that arrive from now on wait until the server runs
    ready()
    server.run(sockets=[transport])


@contextmanager
def started(application: Application, host: str = "127.0.0.1", port: int = 0) -> Iterator[Box]:
    """Serve from a thread while the block runs."""
    server = server_of(application)
    transport = listening(host, port)
    application.listens_on(host, address(transport))
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [transport]}, name="sellerspec-sandbox", daemon=True
    )
    thread.start()
    try:
        yield Box(application.sandbox, address(transport))
    finally:
        server.should_exit = True
        thread.join(10)
        transport.close()
        application.sandbox.close()


def server_of(application: Any, **settings: Any) -> Any:
    """Return a server of uvicorn for an ASGI application.

    Args:
        application: of ASGI.
        settings: of uvicorn, in place of ours.

    Raises:
        MissingExtra: uvicorn is not installed.
    """
    try:
        uvicorn = import_module("uvicorn")
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "uvicorn") from None
    ours: dict[str, Any] = {
        "log_level": "warning", "access_log": False, "lifespan": "off", "ws": "none", "server_header": False,
        "timeout_graceful_shutdown": 1, "timeout_keep_alive": 30, "proxy_headers": False,
        "http": "h11",  # it bounds the request line and the headers, whatever else is installed
    }  # fmt: skip
    return uvicorn.Server(uvicorn.Config(application, **{**ours, **settings}))
