"""Exchanges from the response objects of HTTP libraries, recognised by their attributes, without imports."""

from typing import Any

from sellerspec.errors import UsageError
from sellerspec.io.bodies import body_bytes
from sellerspec.model import Exchange


def exchange_of(response: Any) -> Exchange:
    """Return the exchange of a response of httpx, requests, werkzeug or starlette.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(response, Exchange):
        return response
    request = getattr(response, "request", None)
    status = getattr(response, "status_code", None)
    if request is None or not isinstance(status, int):
        kind = type(response).__name__
        raise UsageError(f"a `{kind}` is neither an exchange nor a response with its request")
    if hasattr(request, "environ"):
        sent, received = _sent_by_werkzeug(request), response.get_data()
    elif hasattr(response, "aread"):
        sent, received = request.content, response.content
    else:
        sent, received = _bytes(request.body), response.content
    return Exchange(
        request.method,
        str(request.url),
        status,
        request_headers=_headers(request.headers),
        request_body=sent,
        response_headers=_headers(response.headers),
        response_body=received,
    )


def _sent_by_werkzeug(request: Any) -> bytes:
    """Return the body of a request of werkzeug or Flask; their test client has read its stream before."""
    stream = request.environ.get("wsgi.input")
    if stream is not None and hasattr(stream, "seek") and not getattr(stream, "closed", False):
        stream.seek(0)
        sent: bytes = stream.read()
    else:
        sent = request.get_data()
    return sent


def _headers(headers: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers.items()}


def _bytes(body: Any) -> bytes:
    if body is None or isinstance(body, bytes | str):
        return body_bytes(body)
    kind = type(body).__name__
    raise UsageError(
        f"the request's body was a `{kind}`, which is read to its end: guard the session instead"
    )
