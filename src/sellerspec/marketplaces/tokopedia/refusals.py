"""Rules of refusals: status, code and reason belong together, and a refusal for rate has its headers."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial

from sellerspec.io.resources import data_dir
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import OURS, member
from sellerspec.marketplaces.tokopedia import request
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.openapi import rule_texts
from sellerspec.rules import Rule, Violation, rule

GUIDE = "tokopedia-guide"
STATUSES = {"ORD_USC_015": 500, "RBAC_MDLW_001": 403}
"""Error code of a shop that is not linked to the app -> its status, until October 2022 and since then."""

RATE_HEADERS = tuple(
    f"x-ratelimit-{name}" for name in ("limit", "remaining", "reset-after", "full-reset-after")
)

refused = partial(rule, on="listOrders", reads="exchange", basis=Basis.DOCUMENTED, severity=Severity.WARNING)


@refused("tokopedia.unlinked-status", source=(GUIDE, "news of 17 October 2022"))
def unlinked_status(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a shop that is not linked is refused with 403 and RBAC_MDLW_001, earlier with 500 and ORD_USC_015"""
    status, code = member(exchange, "response", "status"), _code(exchange)
    wanted = STATUSES.get(code)
    if wanted is not None and status != wanted:
        message = f"the HTTP status must be {wanted}, which belongs to `{code}`, got {status}"
        yield Violation(("response", "status"), message)


@refused("tokopedia.reason-of-code", source=("tokopedia-order-list", "Error Codes"))
def reason_of_code(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the reason of a refusal is the message that the table has for its error code"""
    code, reason = _code(exchange), member(exchange, "response", "body", "header", "reason")
    known = _reasons().get(code) if code and isinstance(reason, str) else None
    if known is None or reason.startswith(OURS) or _plain(reason) in {_plain(text) for text in known}:
        return
    message = f"`reason` must be {quoted(known[0], 100)}, the message of `{code}`, got another text"
    yield Violation(("response", "body", "header", "reason"), message)


@refused("tokopedia.rate-limit-headers", source=(GUIDE, "rate limit"))
def rate_limit_headers(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a refusal for the rate has the four headers `X-Ratelimit-…`"""
    if member(exchange, "response", "status") == 429:
        headers = member(exchange, "response", "headers") or {}
        for name in RATE_HEADERS if headers else ():
            if name not in headers:
                message = f"a response with status 429 must have the header `{name}`"
                yield Violation(("response", "headers", name), message)


def _code(exchange: Json) -> str:
    status, header = member(exchange, "response", "status"), member(exchange, "response", "body", "header")
    code = member(header, "error_code") if isinstance(status, int) and status >= 400 else None
    return code if isinstance(code, str) else ""


@cache
def _reasons() -> Mapping[str, tuple[str, ...]]:
    """Return the documented messages of each error code, as the texts of the rules have them."""
    stated = rule_texts.read({"$ref": "rules.yaml"}, folder := data_dir("schemas") / "tokopedia", folder)
    texts = [(text.get("refusal", {}).get("text"), text.get("catalogue", ())) for text in stated.values()]
    texts += [(function.text, function.catalogue) for function in request.RULES]
    reasons: dict[str, tuple[str, ...]] = {}
    for text, ids in texts:
        for id in ids if text else ():
            reasons[id] = (*reasons.get(id, ()), text)
    return reasons


def _plain(reason: str) -> str:
    """Return a reason without what differs between the pages: case, `fs_id` for FS ID, the number of days."""
    return re.sub(r"[0-9]+", "%d", reason.casefold().replace("_", " ")).strip()


RULES: tuple[Rule, ...] = (unlinked_status, reason_of_code, rate_limit_headers)
