"""What the process of pytest and its workers send each other, as JSON."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from threading import Lock

import orjson

from sellerspec.model import Exchange, Json
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.suite import Failure

BYTES = "latin-1"
"""Each byte is one character."""


class Channel:
    """One end of the connection; both threads of a worker may send."""

    def __init__(self, connection: "Connection[bytes, bytes]") -> None:
        self._connection = connection
        self._lock = Lock()

    def send(self, message: Json) -> None:
        """Send a message; nothing happens if the other end is gone, which the next `receive` shows."""
        with self._lock, suppress(OSError):
            self._connection.send_bytes(orjson.dumps(message))

    def receive(self, timeout: float | None = None) -> Json:
        """Return the next message; None if there is none in time.

        Raises:
            EOFError: the other end is gone.
        """
        try:
            if not self._connection.poll(timeout):
                return None
            return orjson.loads(self._connection.recv_bytes())
        except OSError:
            raise EOFError from None


@dataclass(frozen=True, slots=True)
class Order:
    """Asks a worker to run tests."""

    mutations: tuple[Mutation, ...]
    limits: Mapping[str, float]
    """Test -> seconds after which it hangs; the tests run in this order."""

    until_red: bool = False
    records: bool = False
    """Whether the result of a test holds its calls, for the plan and to compare later runs with them."""

    usual: Mapping[str, Json] = field(default_factory=dict)
    """Test -> `Tested.usual` without mutation."""

    shows: bool = False
    """Whether the result of a test holds what it has printed."""

    def to_dict(self) -> dict[str, Json]:
        """Return the order as JSON."""
        return {
            "mutations": list(map(sent, self.mutations)),
            "limits": dict(self.limits),
            "until_red": self.until_red,
            "records": self.records,
            "usual": dict(self.usual),
            "shows": self.shows,
        }

    @staticmethod
    def of(raw: Mapping[str, Json]) -> "Order":
        """Return the order that was sent."""
        return Order(**{**raw, "mutations": tuple(Mutation(**mutation) for mutation in raw["mutations"])})


@dataclass(frozen=True, slots=True)
class Tested:
    """What one test has shown."""

    test: str
    failures: tuple[Failure, ...] = ()
    observed: tuple[Failure, ...] = ()
    calls: Mapping[str, tuple[Exchange, ...]] = field(default_factory=dict)
    """Key of an operation -> its exchanges."""

    usual: Json = None
    """The writes of the test, and the lines of what was observed; both count in no later run."""

    shown: str = ""
    """Its traceback, and what it has printed; "" if the order does not ask for it."""

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "test": self.test,
            "failures": list(map(asdict, self.failures)),
            "observed": list(map(asdict, self.observed)),
            "calls": {key: list(map(_exchange, exchanges)) for key, exchanges in self.calls.items()},
            "usual": self.usual,
            "shown": self.shown,
        }

    @staticmethod
    def of(raw: Mapping[str, Json]) -> "Tested":
        """Return what was sent."""
        return Tested(
            raw["test"],
            _failures(raw["failures"]),
            _failures(raw["observed"]),
            {key: tuple(map(_exchange_of, exchanges)) for key, exchanges in raw["calls"].items()},
            raw["usual"],
            raw["shown"],
        )


def _failures(raw: Iterable[Mapping[str, Json]]) -> tuple[Failure, ...]:
    return tuple(Failure(**failure) for failure in raw)


def sent(mutation: Mutation) -> dict[str, Json]:
    """Return a mutation without its id, which follows from the rest."""
    return asdict(mutation)


def _exchange(exchange: Exchange) -> dict[str, Json]:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "request_headers": dict(exchange.request_headers),
        "request_body": exchange.request_body.decode(BYTES),
        "response_headers": dict(exchange.response_headers),
        "response_body": exchange.response_body.decode(BYTES),
    }


def _exchange_of(raw: Mapping[str, Json]) -> Exchange:
    bodies = {name: raw[name].encode(BYTES) for name in ("request_body", "response_body")}
    return Exchange(**{**raw, **bodies})
