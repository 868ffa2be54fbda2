"""The door to requests: guards around the adapters of a session."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from sellerspec.errors import UsageError
from sellerspec.guard.watch import Guard
from sellerspec.model import Exchange

Session = TypeVar("Session")


def guarded(session: Session, guard: Guard) -> Session:
    """Return the session, guarded.

    Raises:
        UsageError: it is not a session, or it is guarded already.
    """
    if not isinstance(session, requests.Session):
        raise UsageError(f"a `{type(session).__name__}` is no session of requests")
    if any(isinstance(adapter, Adapter) for adapter in session.adapters.values()):
        raise UsageError("this session is guarded already; `guard.release` takes the guard off")
    for prefix, inner in session.adapters.items():
        session.adapters[prefix] = Adapter(inner, guard)
    return session


class Adapter(BaseAdapter):
    """A guarded adapter; `guard` is its guard, `inner` the adapter that sends."""

    def __init__(self, inner: BaseAdapter, guard: Guard) -> None:
        super().__init__()
        self.inner = inner
        self.guard = guard

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Check, send, check."""
        __tracebackhide__ = True
        url = request.url or ""
        host = urlsplit(url).netloc
        if not self.guard.concerns(host):
            return self.inner.send(request, *args, **kwargs)
        headers, body = _text(request.headers), _body(request)
        exchange = Exchange(request.method or "GET", url, request_headers=headers, request_body=body)
        sent = self.guard.request(host, exchange)
        response = self.inner.send(request, *args, **kwargs)
        if sent is not None:
            self.guard.response(sent, response.status_code, response.headers, response.content)
        return response

    def close(self) -> None:
        """Close the adapter inside."""
        self.inner.close()


def _text(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }


def _body(request: requests.PreparedRequest) -> bytes:
    """Return the bytes of a body; a file or a generator is read and replaced by its bytes."""
    body: Any = request.body
    if body is None or isinstance(body, bytes):
        return body or b""
    if isinstance(body, str):
        return body.encode()
    read = body.read() if hasattr(body, "read") else b"".join(body)
    content: bytes = read.encode() if isinstance(read, str) else read
    request.body = content
    request.headers.pop("Transfer-Encoding", None)
    request.headers["Content-Length"] = str(len(content))
    return content
