"""Exchanges from the response objects of HTTP libraries, told apart by their shape, not imported."""

from typing import Any

from sellerspec.errors import UsageError
from sellerspec.model import Exchange


def exchange_of(thing: Any) -> Exchange:
    """Return the exchange behind a response of httpx, requests, werkzeug or starlette.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(thing, Exchange):
        return thing
    request = getattr(thing, "request", None)
    status = getattr(thing, "status_code", None)
    if request is None or not isinstance(status, int):
        raise UsageError(f"a `{type(thing).__name__}` is neither an exchange nor a response with its request")
    if hasattr(request, "environ"):
        return _of_werkzeug(thing, request)
    if hasattr(thing, "aread"):
        body, sent = thing.content, request.content
    else:
        body, sent = thing.content, _bytes(request.body)
    return Exchange(
        request.method,
        str(request.url),
        status,
        request_headers=_headers(request.headers),
        request_body=sent,
        response_headers=_headers(thing.headers),
        response_body=body,
    )


def _of_werkzeug(response: Any, request: Any) -> Exchange:
    """Of werkzeug, and so of Flask; the test client has read the request's stream, so rewind it."""
    stream = request.environ.get("wsgi.input")
    if stream is not None and hasattr(stream, "seek") and not getattr(stream, "closed", False):
        stream.seek(0)
        sent = stream.read()
    else:
        sent = request.get_data()
    return Exchange(
        request.method,
        request.url,
        response.status_code,
        request_headers=_headers(request.headers),
        request_body=sent,
        response_headers=_headers(response.headers),
        response_body=response.get_data(),
    )


def _headers(headers: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers.items()}


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)
