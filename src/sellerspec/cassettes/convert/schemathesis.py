"""The cassette that schemathesis writes with `--report vcr`, which vcrpy cannot load."""

import base64

from sellerspec.cassettes.convert.entries import NO_RESPONSE, Entries, read_entries
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.files.reading import body_bytes, method_name
from sellerspec.errors import ParseError
from sellerspec.io.typed import member, optional, texts
from sellerspec.model import Exchange, Json


def from_schemathesis(value: Json, *, name: str = "") -> Entries:
    """Return the exchanges of a schemathesis report; calls without a response are left out and counted.

    Args:
        value: the decoded report.
        name: of its file.

    Raises:
        ParseError: it is no such report.
    """
    items = value.get("http_interactions") if isinstance(value, dict) else None
    return read_entries(items, _recorded, form="a report of schemathesis", name=name)


def _recorded(item: Json) -> Recorded | str:
    if item.get("response", item) is None:
        return NO_RESPONSE
    request, response = member(item, "request", dict), member(item, "response", dict)
    status = member(response, "status", dict, "/response")
    code = member(status, "code", str, "/response/status")
    if not (code.isascii() and code.isdigit() and len(code) == 3):
        raise ParseError("`/response/status/code` is no status, like `'200'`")
    exchange = Exchange(
        method_name(member(request, "method", str, "/request")).upper(),
        member(request, "uri", str, "/request"),
        int(code),
        request_headers=_headers(request, "/request"),
        request_body=_body(request, "/request"),
        response_headers=_headers(response, "/response"),
        response_body=_body(response, "/response"),
    )
    at = Origin(at=optional(item, "recorded_at", ""))
    return Recorded(exchange, at, reason=optional(status, "message", "", "/response/status"))


def _headers(message: Json, at: str) -> dict[str, str]:
    headers: dict[str, Json] = optional(message, "headers", {}, at)
    return {name: ", ".join(texts(values, f"{at}/headers/{name}")) for name, values in headers.items()}


def _body(message: Json, at: str) -> bytes:
    body: dict[str, Json] = optional(message, "body", {}, at)
    at = f"{at}/body"
    packed = optional(body, "base64_string", "", at)
    try:
        return base64.b64decode(packed, validate=True) or body_bytes(optional(body, "string", "", at))
    except ValueError:
        raise ParseError(f"`{at}/base64_string` is not base64") from None
