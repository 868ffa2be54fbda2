"""HAR 1.2, the archive format of browsers and proxies."""

import base64
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode

from sellerspec import __version__
from sellerspec.cassettes.convert.entries import read_entries
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.files.writing import readable
from sellerspec.io import urls
from sellerspec.model import Exchange, Json


def from_har(value: Json, *, name: str = "") -> list[Recorded]:
    """Return the exchanges of a HAR document; entries without a response are left out.

    Args:
        value: the decoded document.
        name: of its file.

    Raises:
        ParseError: it is no HAR document.
    """
    entries = value.get("log", {}).get("entries") if isinstance(value, dict) else None
    return read_entries(entries, _recorded, form="HAR", name=name)


def _recorded(entry: Json) -> Recorded:
    request, response = entry["request"], entry["response"]
    exchange = Exchange(
        request["method"].upper(),
        request["url"],
        int(response["status"]),
        request_headers=_headers(request.get("headers", ())),
        request_body=_posted(request.get("postData")),
        response_headers=_headers(response.get("headers", ())),
        response_body=_content(response.get("content", {})),
    )
    origin = Origin(at=str(entry.get("startedDateTime", "")))
    return Recorded(exchange, origin, reason=response.get("statusText", ""))


def _headers(pairs: Iterable[Json]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for pair in pairs:
        name, value = pair["name"], pair["value"]
        if not name.startswith(":"):  # HTTP/2 writes method and path as headers
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _posted(data: Json) -> bytes:
    data = data or {}
    fields = [(param["name"], param.get("value", "")) for param in data.get("params", ())]
    text: str = data.get("text") or urlencode(fields)
    return text.encode()


def _content(content: Json) -> bytes:
    text = content.get("text") or ""
    return base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()


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
    return {"postData": {"mimeType": kind, "text": exchange.request_body.decode("utf-8", "replace")}}


def _content_of(exchange: Exchange) -> Json:
    kind = _header(exchange.response_headers.items(), "content-type")
    shared = {"size": len(exchange.response_body), "mimeType": kind}
    text = readable(exchange.response_body)
    if isinstance(text, str):
        return {**shared, "text": text}
    return {**shared, "text": base64.b64encode(text).decode(), "encoding": "base64"}
