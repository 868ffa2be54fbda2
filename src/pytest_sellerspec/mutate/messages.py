"""What the process of pytest and its workers send each other."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from sellerspec.model import Exchange, Json
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.suite import Failure


class Channel:
    """One end of the connection; both threads of a worker may send."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._lock = Lock()

    def send(self, message: Any) -> None:
        """Send a message; nothing happens if the other end is gone, which the next `receive` shows."""
        with self._lock, suppress(OSError):
            self._connection.send(message)

    def receive(self, timeout: float | None = None) -> Any:
        """Return the next message; None if there is none in time.

        Raises:
            EOFError: the other end is gone.
        """
        try:
            return self._connection.recv() if self._connection.poll(timeout) else None
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
