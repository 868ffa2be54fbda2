"""HAR 1.2, the archive format of browsers and proxies."""

import base64
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode

from sellerspec import __version__
from sellerspec.cassettes.convert.entries import NO_RESPONSE, NOT_CAPTURED, PREFLIGHT, Entries, read_entries
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.files.reading import body_bytes, method_name
from sellerspec.cassettes.files.writing import readable
from sellerspec.errors import ParseError
from sellerspec.io import urls
from sellerspec.io.compression import decompressed
from sellerspec.io.strict import quoted
from sellerspec.io.typed import member, optional, typed
from sellerspec.model import Exchange, Json

NO_BODY = frozenset((204, 205, 304))
"""Statuses of responses that have no body."""


def from_har(value: Json, *, name: str = "") -> Entries:
    """Return the exchanges of a HAR document.

    Preflights, and entries without a response or with a body that was not captured, are left out and
    counted: a body that nobody has seen is not an empty one.

    Args:
        value: the decoded document.
        name: of its file.

    Raises:
        ParseError: it is no HAR document.
    """
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    return read_entries(entries, _recorded, form="HAR", name=name, from_browser=True)


def _recorded(entry: Json) -> Recorded | str:
    if entry.get("response", entry) is None:
        return NO_RESPONSE
    request, response = member(entry, "request", dict), member(entry, "response", dict)
    method, status = member(request, "method", str, "/request"), member(response, "status", int, "/response")
    if status == 0:  # it was blocked or cancelled
        return NO_RESPONSE
    if method.upper() == "OPTIONS":
        return PREFLIGHT
    sent = _posted(request)
    content = _content(response, empty=status in NO_BODY or method.upper() == "HEAD")
    if sent is None or content is None:
        return NOT_CAPTURED
    request_headers, request_body = _plain(request, sent, "/request")
    response_headers, response_body = _plain(response, content, "/response")
    exchange = Exchange(
        method_name(method).upper(),
        member(request, "url", str, "/request"),
        status,
        request_headers=request_headers,
        request_body=request_body,
        response_headers=response_headers,
        response_body=response_body,
    )
    origin = Origin(at=optional(entry, "startedDateTime", ""))
    return Recorded(exchange, origin, reason=optional(response, "statusText", "", "/response"))


def _plain(message: Json, body: bytes, at: str) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a message as if it had never been packed.

    Browsers write bodies unpacked, with the headers of the packed ones.
    """
    headers: dict[str, str] = {}
    pairs: list[Json] = optional(message, "headers", [], at)
    for index, pair in enumerate(pairs):
        name = member(pair, "name", str, f"{at}/headers/{index}")
        value = member(pair, "value", str, f"{at}/headers/{index}")
        if not name.startswith(":"):  # HTTP/2 writes method and path as headers
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    encoding = _header(headers.items(), "content-encoding")
    if not encoding:
        return headers, body
    try:
        plain = decompressed(body, encoding)
    except ParseError:
        plain = body  # a file, such as a PDF, that the browser has unpacked
    kept = {name: value for name, value in headers.items() if name.lower() != "content-encoding"}
    return {name: str(len(plain)) if name.lower() == "content-length" else value
            for name, value in kept.items()}, plain  # fmt: skip


def _posted(request: Json) -> bytes | None:
    """Return the body of a request, or None if it was not captured."""
    at = "/request/postData"
    size = request.get("bodySize")
    data: dict[str, Json] = optional(request, "postData", {}, "/request")
    text = optional(data, "text", "", at)
    fields: list[Json] = optional(data, "params", [], at)
    if text:
        return _decoded(text, optional(data, "encoding", "", at), at)
    if not fields:
        return None if isinstance(size, int | float) and size > 0 else b""
    if optional(data, "mimeType", "", at).lower().startswith("multipart/"):
        return None  # the parts' own headers and their boundary are not known
    return urlencode(
        [
            (member(field, "name", str, f"{at}/params"), optional(field, "value", "", f"{at}/params"))
            for field in fields
        ]
    ).encode()


def _content(response: Json, *, empty: bool) -> bytes | None:
    """Return the body of a response, or None if it was not captured.

    Args:
        response: the response.
        empty: whether it has no body, whatever its sizes say.
    """
    at = "/response/content"
    content: dict[str, Json] = optional(response, "content", {}, "/response")
    text = content.get("text")
    if text is not None:
        return _decoded(typed(text, str, f"{at}/text"), optional(content, "encoding", "", at), at)
    sizes = (content.get("size"), response.get("bodySize"))
    return b"" if empty or sizes[0] == 0 or (sizes[0] is None and sizes[1] == 0) else None


def _decoded(text: str, encoding: str, at: str) -> bytes:
    if not encoding:
        return body_bytes(text)
    if encoding.lower() != "base64":
        raise ParseError(f"`{at}/encoding` is {quoted(encoding)}, not `base64`")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise ParseError(f"`{at}/text` is not base64") from None


def to_har(recorded: Sequence[Recorded]) -> Json:
    """Return exchanges as a HAR document; times that a cassette does not hold are -1."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "sellerspec", "version": __version__},
            "entries": [_entry(exchange) for exchange in recorded],
        }
    }


def _entry(recorded: Recorded) -> Json:
    exchange = recorded.exchange
    return {
        "startedDateTime": recorded.origin.at or "1970-01-01T00:00:00Z",
        "time": -1,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.request_headers.items()),
            "queryString": _pairs(parse_qsl(urls.split(exchange.url).query, keep_blank_values=True)),
            **_post_data(exchange),
            "headersSize": -1,
            "bodySize": len(exchange.request_body),
        },
        "response": {
            "status": exchange.status or 0,
            "statusText": recorded.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.response_headers.items()),
            "content": _content_of(exchange),
            "redirectURL": _header(exchange.response_headers.items(), "location"),
            "headersSize": -1,
            "bodySize": len(exchange.response_body),
        },
        "cache": {},
        "timings": {"send": -1, "wait": -1, "receive": -1},
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in items]


def _header(items: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for header, value in items if header.lower() == name), "")


def _post_data(exchange: Exchange) -> dict[str, Json]:
    if not exchange.request_body:
        return {}
    kind = _header(exchange.request_headers.items(), "content-type")
    return {"postData": {"mimeType": kind, **_text_of(exchange.request_body)}}


def _content_of(exchange: Exchange) -> Json:
    kind = _header(exchange.response_headers.items(), "content-type")
    return {"size": len(exchange.response_body), "mimeType": kind, **_text_of(exchange.response_body)}


def _text_of(body: bytes) -> dict[str, Json]:
    text = readable(body)
    if isinstance(text, str):
        return {"text": text}
    return {"text": base64.b64encode(text).decode(), "encoding": "base64"}
