"""The door to requests: guards on the sessions, whatever adapters they have or get."""

import io
from collections.abc import Mapping
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import BaseAdapter

from sellerspec.errors import UsageError
from sellerspec.guard.method import GuardedMethod
from sellerspec.guard.watch import Guard
from sellerspec.io.bodies import body_bytes
from sellerspec.model import Exchange

Session = TypeVar("Session")

PASSED = "sellerspec_passed"
"""Attribute of a prepared request that an `Adapter` has passed on."""


def guarded(session: Session, guard: Guard) -> Session:
    """Return the session, guarded.

    Raises:
        UsageError: it is not a session, or it is guarded already.
    """
    if not isinstance(session, requests.Session):
        raise UsageError(f"a `{type(session).__name__}` is no session of requests")
    _Send(session, "send", guard)
    _Adapters(session, "get_adapter", guard)
    return session


class _Adapters(GuardedMethod):
    """`get_adapter`: the adapter for a URL, guarded, also if it was mounted later."""

    def __call__(self, url: str) -> "Adapter":
        return Adapter(self.original(url=url), self.guard)


class _Send(GuardedMethod):
    """`send`: also checks an exchange that passed no adapter, because another library answered."""

    def __call__(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        __tracebackhide__ = True
        vars(request).pop(PASSED, None)
        response: requests.Response = self.original(request, **kwargs)
        if PASSED not in vars(request):
            first = response.history[0] if response.history else response
            Adapter(_Answered(first), self.guard).send(request, **kwargs)
        return response


class _Answered(BaseAdapter):
    """An adapter that has its response already."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__()
        self._response = response

    def send(self, *_: Any, **__: Any) -> requests.Response:
        return self._response


class Adapter(BaseAdapter):
    """A guarded adapter; `inner` is the adapter that sends."""

    def __init__(self, inner: BaseAdapter, guard: Guard) -> None:
        super().__init__()
        self.inner = inner
        self.guard = guard

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Check, send, check."""
        __tracebackhide__ = True
        url = request.url or ""
        setattr(request, PASSED, True)
        if not self.guard.concerns(url):
            return self.inner.send(request, *args, **kwargs)
        headers, body = _text(request.headers), _body(request)
        exchange = Exchange(request.method or "GET", url, request_headers=headers, request_body=body)
        sent = self.guard.request(exchange)
        response: Any = self.inner.send(request, *args, **kwargs)
        if hasattr(response, "connection"):
            response.connection = self  # a hook that sends again, with a new token, passes the guard too
        if sent is not None:
            content = _content(response, request.method)
            self.guard.response(sent, response.status_code, _plain(response.headers), content)
        answered: requests.Response = response
        return answered

    def close(self) -> None:
        """Close the adapter inside."""
        self.inner.close()


def _text(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a body that was decompressed."""
    return {name: value for name, value in headers.items() if name.lower() != "content-encoding"}


def _body(request: requests.PreparedRequest) -> bytes:
    """Return the bytes of a body; a file or a generator is read and replaced by its bytes."""
    body: Any = request.body
    content = body_bytes(body)
    if body is not None and not isinstance(body, bytes | str):
        request.body = content
        request.headers.pop("Transfer-Encoding", None)
        request.headers["Content-Length"] = str(len(content))
    return content


def _content(response: Any, method: str | None) -> bytes:
    """Return the decompressed body; the caller can read it again, also as it came: `stream`, `raw`."""
    raw = response.raw
    if response._content is not False or not isinstance(raw, urllib3.HTTPResponse):
        content: bytes = response.content
        if not isinstance(raw, urllib3.HTTPResponse):
            response.raw = io.BytesIO(content)
        return content
    try:
        packed = raw.read(decode_content=False)
        response.raw = _again(raw, packed, method)
        return _again(raw, packed, method).read(decode_content=True)
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error, response=response) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error, response=response) from error


def _again(raw: Any, packed: bytes, method: str | None) -> urllib3.HTTPResponse:
    """Return a response of urllib3 that was not read yet."""
    return urllib3.HTTPResponse(
        io.BytesIO(packed), raw.headers, raw.status, raw.version, reason=raw.reason, preload_content=False,
        original_response=raw._original_response, request_method=method, enforce_content_length=False,
        decode_content=raw.decode_content,
    )  # fmt: skip
