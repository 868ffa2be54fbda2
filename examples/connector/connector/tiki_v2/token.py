"""The access token: asked for by the app's id and secret, and again before it ends or after a 401."""

from collections.abc import Callable, Generator
from typing import Any

import httpx

from connector.calls import Calls

PATH = "/sc/oauth2/token"
MARGIN = 60.0
"""Seconds before the end of a token in which it is not used any more."""


class Token(httpx.Auth):
    """Puts the access token into each call of a client."""

    requires_response_body = True

    def __init__(self, url: str, id: str, secret: str, now: Callable[[], float]) -> None:
        """Ask for tokens at the host of `url`; `now` returns seconds."""
        self._url = f"{url.rstrip('/')}{PATH}"
        self._app = httpx.BasicAuth(id, secret)
        self._now = now
        self._token, self._ends = "", 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a call with a token that has not ended; if it is refused, once more with a new one."""
        if not self._token or self._now() >= self._ends:
            yield from self._renewed(request)
        request.headers["authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401:
            yield from self._renewed(request)
            request.headers["authorization"] = f"Bearer {self._token}"
            yield request

    def _renewed(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        asked, form = self._now(), {"grant_type": "client_credentials"}
        # the timeouts of a call are in its extensions; without them this one would wait for ever
        asking = httpx.Request("POST", self._url, data=form, extensions=request.extensions)
        response = yield next(self._app.auth_flow(asking))
        self._token, lives = Calls.usable(f"POST {PATH}", response, token)
        self._ends = asked + lives - MARGIN


def token(raw: Any) -> tuple[str, float]:
    """Return an access token, and the seconds that it lives."""
    return raw["access_token"], float(raw["expires_in"])
