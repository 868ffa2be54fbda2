"""Send notices: one after the other, again after a failure; every attempt is kept."""

import threading
import time
from importlib import import_module
from operator import itemgetter

import orjson

from sellerspec.errors import MissingExtra, SellerspecError
from sellerspec.model import Json
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.clock import Clock, stamp
from sellerspec.sandbox.hosts import is_loopback, normal_host
from sellerspec.sandbox.messages import JSON
from sellerspec.sandbox.state import Store

KIND = "notices"
PENDING = "notices-pending"
"""Kind of the pending notices: key -> when the notice is due. It is separate so that a search is fast."""

WAITS = (1.0, 5.0, 25.0, 125.0)
"""Virtual seconds after each failed attempt until the next; our choice, no marketplace documents its own."""

TIMEOUT = 5.0
"""Real seconds that a receiver has to respond."""


class Sender:
    """Delivers the notices of one sandbox from a thread that the first notice starts."""

    def __init__(self, state: Store, clock: Clock, lock: threading.RLock, hosts: frozenset[str]) -> None:
        self._state = state
        self._clock = clock
        self._lock = lock
        self._hosts = hosts
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._sending: str | None = None
        self._given_up: dict[str, tuple[Json, dict[str, Json]]] = {}
        """Key -> a notice that could not be sent or not be noted, and its members that say so."""

    def add(self, notice: Notice, event: str) -> None:
        """Add a notice, inside a transaction; call `wake` after the transaction."""
        key = f"{self._state.number('notice'):08}"
        self._state.put(PENDING, key, notice.due)
        document = {"operation": notice.operation, "url": notice.url, "event": event, "body": notice.body}
        self._state.put(KIND, key, {**document, "state": "pending", "attempts": []})

    def wake(self) -> None:
        """Send the notices that are due.

        Raises:
            MissingExtra: there is one, and httpx is not installed.
        """
        if self._closed or self._next() is None:
            return
        with self._lock:
            if self._thread is None:
                client = _client()
                self._thread = threading.Thread(
                    target=self._run, args=(client,), name="sellerspec-webhooks", daemon=True
                )
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Stop; pending notices stay pending."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT + 1)

    def idle(self, timeout: float) -> bool:
        """Wait until no notice is due and each was sent at least once; return False if that takes too long.

        Args:
            timeout: real seconds.
        """
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            now = stamp(self._clock.now())
            with self._lock:
                waits = any(due <= now or not notice["attempts"] for due, _, notice in self._pending())
            if self._sending is None and not waits:
                return True
            time.sleep(0.005)
        return False

    def notices(self) -> list[Json]:
        """Return the notices with their attempts, the oldest first."""
        with self._lock:
            return [
                {"id": key, **notice, **self._problem(key, notice)}
                for key, notice in self._state.all(KIND).items()
            ]

    def _problem(self, key: str, notice: Json) -> dict[str, Json]:
        """Return the members of a notice that was given up; none after a reset, which makes another one."""
        given_up, members = self._given_up.get(key, (None, {}))
        return members if given_up is notice else {}

    def _pending(self) -> list[tuple[float, str, Json]]:
        """Return the notices that are not given up, each with when it is due and its key."""
        pending = ((due, key, self._state.get(KIND, key)) for key, due in self._state.all(PENDING).items())
        return [(due, key, notice) for due, key, notice in pending if not self._problem(key, notice)]

    def _next(self) -> tuple[float, str, Json] | None:
        """Return when the next notice is due, its key and itself."""
        with self._lock:
            return min(self._pending(), key=itemgetter(0, 1), default=None)

    def _run(self, client: Json) -> None:
        with client:
            while not self._closed:
                self._wake.clear()  # before the look-up: a notice that is added meanwhile sets it again
                pending = self._next()
                wait = pending[0] - stamp(self._clock.now()) if pending else None
                if pending is None or (wait is not None and wait > 0):
                    self._wake.wait(wait)
                    continue
                _, key, notice = pending
                self._sending = key
                try:
                    self._attempt(client, key, notice)
                finally:
                    self._sending = None

    def _attempt(self, client: Json, key: str, notice: Json) -> None:
        """Send a notice and note the result; whatever happens to one, the next ones are sent."""
        attempt: dict[str, Json] = {"at": self._clock.now().isoformat(sep=" ", timespec="seconds")}
        started = time.monotonic()
        try:
            result, again = self._send(client, notice)
            attempt = {**result, **attempt, "seconds": round(time.monotonic() - started, 4)}
            self._record(key, notice, attempt, again=again)
        except Exception as error:  # the thread sends the notices of all; one must not end it
            reason = str(error) if isinstance(error, SellerspecError) else "it is no notice"
            attempts = [*notice.get("attempts", ()), attempt]
            members = {"state": "failed", "attempts": attempts, "problem": f"given up: {reason}"}
            with self._lock:
                self._given_up[key] = notice, members

    def _send(self, client: Json, notice: Json) -> tuple[dict[str, Json], bool]:
        """Send a notice; return the status or the error, and whether a failure is worth another attempt."""
        body, headers = orjson.dumps(notice["body"]), {"content-type": JSON}
        try:
            request = client.build_request("POST", notice["url"], content=body, headers=headers)
            # the host of the request itself: two readers of one URL may see two hosts
            host = normal_host(request.url.host)
        except Exception:  # httpx raises errors of many types for what is no URL
            return {"error": f"not sent: `{str(notice['url'])[:80]}` is no address"}, False
        if not (is_loopback(host) or host in self._hosts):
            message = f"`{host[:80]}` is not this machine; name it as a webhook host to allow it"
            return {"error": f"not sent: {message}"}, False
        try:
            return {"status": client.send(request).status_code}, True
        except Exception as error:  # a problem of the receiver, of any type, belongs into the log
            return {"error": _problem_of(error)}, True

    def _record(self, key: str, notice: Json, attempt: dict[str, Json], *, again: bool) -> None:
        with self._lock, self._state.transaction():
            if self._state.get(KIND, key) is not notice:  # a reset came in between
                return
            attempts = [*notice["attempts"], attempt]
            delivered = 200 <= attempt.get("status", 0) < 300
            again = again and not delivered and len(attempts) <= len(WAITS)
            state = "delivered" if delivered else "pending" if again else "failed"
            self._state.put(KIND, key, {**notice, "attempts": attempts, "state": state})
            if again:
                self._state.put(PENDING, key, stamp(self._clock.now()) + WAITS[len(attempts) - 1])
            else:
                self._state.drop(PENDING, key)


def _problem_of(error: Exception) -> str:
    """Return why a receiver did not respond, for a person, by the kind of an error of httpx."""
    kind = type(error).__name__
    if kind.endswith("Timeout"):
        return f"no response within {TIMEOUT:g} seconds"
    if kind == "ConnectError":
        return "no connection: nothing listens at this address"
    return "the connection ended without a response that is HTTP"


def _client() -> Json:
    try:
        httpx = import_module("httpx")
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "httpx") from None
    # trust_env=False: a proxy of the environment would take the notice off this machine
    return httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False)
