"""Calls a marketplace: waits when it is busy, repeats only what is safe, raises one kind of error."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from connector.errors import Busy, MarketplaceError, Unclear, Unusable

ATTEMPTS = 3
PAUSE = 1.0
"""Seconds between two attempts, unless the marketplace says how long to wait."""

LONGEST = 60.0
"""Seconds that a marketplace can make us wait."""

log = logging.getLogger(__name__)

T = TypeVar("T")


Read = Callable[[Any], T]
"""Makes of the JSON of a response what the connector needs of it."""

UNUSABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What such a function raises for JSON of another shape."""


class Calls:
    """The calls of one client; it has the base URL and the token."""

    def __init__(self, client: httpx.Client, sleep: Callable[[float], Any] = time.sleep) -> None:
        self.client = client
        self.sleep = sleep

    def get(self, read: Read[T], path: str, query: dict[str, Any] | None = None) -> T:
        """Return what `read` makes of the response to a GET, which is safe to repeat."""
        return self._repeated(lambda: self._once(read, "GET", path, params=query), lambda: None)

    def put(self, read: Read[T], path: str, body: Any) -> T:
        """Return what `read` makes of the response to a PUT, which a second one does not change."""
        return self._repeated(lambda: self._once(read, "PUT", path, json=body), lambda: None)

    def post(self, read: Read[T], path: str, body: Any, taken: Callable[[], T | None]) -> T:
        """Return what `read` makes of the response to a POST; repeat it only if it was not taken.

        Args:
            read: see `Read`.
            path: below the base URL.
            body: is sent as JSON.
            taken: looks whether the marketplace took a call whose response did not arrive; returns the
                result, or None if the call was not taken.
        """
        return self._repeated(lambda: self._once(read, "POST", path, json=body), taken)

    def _repeated(self, call: Callable[[], T], taken: Callable[[], T | None]) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return call()
            except Busy as error:
                if isinstance(error, Unclear) and (result := taken()) is not None:
                    return result
                log.warning("attempt %d: %s; the next one in %g seconds", attempt, error, error.wait)
                self.sleep(error.wait)
        return call()

    def _once(self, read: Read[T], method: str, path: str, **sent: Any) -> T:
        call = f"{method} {path}"
        try:
            response = self.client.request(method, path, **sent)
        except httpx.HTTPError as error:
            raise Unclear(f"{call}: no response ({type(error).__name__})", PAUSE) from error
        return self.usable(call, response, read)

    @staticmethod
    def usable(call: str, response: httpx.Response, read: Read[T]) -> T:
        """Return what `read` makes of a response; the error says what became of the call."""
        if response.status_code == 429:
            raise Busy(f"{call}: too many calls", _wait(response))
        if response.status_code >= 500:
            raise Unclear(f"{call}: status {response.status_code}", _wait(response))
        if not response.is_success:
            kind = Unusable if response.status_code == 404 else MarketplaceError
            raise kind(f"{call}: status {response.status_code}: {response.text[:200]}")
        try:
            return read(response.json())
        except UNUSABLE as error:
            reason = f"{type(error).__name__}: {error}"
            raise Unusable(f"{call}: the response cannot be used ({reason})") from error


def _wait(response: httpx.Response) -> float:
    """Return the seconds of the header `Retry-After`, which may lack or hold a date."""
    text = response.headers.get("retry-after", "")
    return min(float(text), LONGEST) if text.isdecimal() else PAUSE
