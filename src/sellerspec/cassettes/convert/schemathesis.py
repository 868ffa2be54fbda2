"""The cassette that schemathesis writes with `--report vcr`, which vcrpy cannot load."""

import base64
import binascii
from collections.abc import Mapping

from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.errors import ParseError
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
    if not isinstance(items, list):
        raise ParseError("no report of schemathesis: there is no list `http_interactions`", name=name)
    exchanges = []
    for index, item in enumerate(items):
        try:
            if item["response"] is not None:
                exchanges.append(_recorded(item, name, index))
        except (KeyError, TypeError, ValueError, AttributeError, LookupError, binascii.Error) as error:
            raise ParseError(
                f"interaction {index} is not of schemathesis' form: {str(error)[:80]}", name=name
            ) from None
    return exchanges


def _recorded(item: Json, name: str, index: int) -> Recorded:
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
    return Recorded(exchange, Origin(at=str(item.get("recorded_at") or "")), name, index, reason=reason)


def _headers(value: Json) -> dict[str, str]:
    return {key: ", ".join(map(str, texts)) for key, texts in (value or {}).items()}


def _body(value: Json) -> bytes:
    if not isinstance(value, Mapping):
        return b""
    if value.get("base64_string") is not None:
        return base64.b64decode(value["base64_string"])
    text: str = value.get("string") or ""
    return text.encode()
