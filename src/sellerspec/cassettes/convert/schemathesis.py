"""The cassette that schemathesis writes with `--report vcr`, which vcrpy cannot load."""

import base64
from collections.abc import Mapping

from sellerspec.cassettes.convert.entries import read_entries
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.model import Exchange, Json


def from_schemathesis(value: Json, *, name: str = "") -> list[Recorded]:
    """Return the exchanges of a schemathesis report; calls without a response are left out.

    Args:
        value: the decoded report.
        name: of its file.

    Raises:
        ParseError: it is no such report.
    """
    items = value.get("http_interactions") if isinstance(value, dict) else None
    return read_entries(items, _recorded, form="a report of schemathesis", name=name)


def _recorded(item: Json) -> Recorded:
    request, response = item["request"], item["response"]
    exchange = Exchange(
        request["method"].upper(),
        request["uri"],
        int(response["status"]["code"]),
        request_headers=_headers(request.get("headers")),
        request_body=_body(request.get("body")),
        response_headers=_headers(response.get("headers")),
        response_body=_body(response.get("body")),
    )
    reason = str(response["status"].get("message") or "")
    return Recorded(exchange, Origin(at=str(item.get("recorded_at") or "")), reason=reason)


def _headers(value: Json) -> dict[str, str]:
    return {key: ", ".join(map(str, texts)) for key, texts in (value or {}).items()}


def _body(value: Json) -> bytes:
    if not isinstance(value, Mapping):
        return b""
    if value.get("base64_string") is not None:
        return base64.b64decode(value["base64_string"])
    text: str = value.get("string") or ""
    return text.encode()
