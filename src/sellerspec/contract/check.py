"""The public functions `check` and `check_exchange`."""

from collections.abc import Sequence

from sellerspec import contract
from sellerspec.contract.call import Requests
from sellerspec.model import NO_FACTS, Exchange, Facts, Json, Report


def check(
    operation: str,
    payload: bytes | str | Json,
    *,
    facts: Facts | None = None,
    strict: bool = False,
    engine: str | None = None,
    overlays: Sequence[str] = (),
) -> Report:
    """Return everything that a marketplace would refuse in a request body, without sending it.

    All findings come in one pass. A broken member hides only the rules that read it. Equal
    payloads give equal reports.

    Args:
        operation: key `marketplace/operationId` of an operation or a webhook, e.g.
            `tiki/createProduct`.
        payload: the JSON body as bytes or text, or the decoded value: dict, list, int, float,
            bool or None. A `str` is always read as JSON text. Amounts are in the unit that the
            marketplace documents (Tiki: dong).
        facts: what the payload cannot know. Rules that need a fact which is not given are in
            `report.unchecked`.
        strict: turn warnings into errors.
        engine: `jsonschema-rs` (default), or `jsonschema`, the slower reference.
        overlays: paths of OpenAPI Overlay files that correct the spec first.

    Returns:
        A report with pointers into the payload, e.g. `/variants/1/price`; findings are sorted
        by place, then by rule. `report.ok` is True if nothing would be refused.

    Raises:
        UnknownName: there is no such operation or engine; the message names the nearest.
        ParseError: the payload is not JSON, or has a member twice; with line and column.
        UsageError: the operation has no JSON body.
        SpecError: an overlay does not fit the spec.

    >>> check("tiki/updateSku", {"price": 0}).findings[0].pointer
    '/price'
    """
    ready = contract.operation(operation, overlays, engine)
    given = facts or NO_FACTS
    if isinstance(payload, (bytes, str)):
        report = ready.check_text(payload, given)
    else:
        report = ready.check(payload, given)
    return report.strict() if strict and report.findings else report


def check_exchange(
    exchange: Exchange,
    *,
    facts: Facts | None = None,
    strict: bool = False,
    operation: str | None = None,
    marketplace: str | None = None,
    requests: Requests = "accepted",
    engine: str | None = None,
    overlays: Sequence[str] = (),
) -> Report:
    """Check a request and its response against the contract.

    Args:
        exchange: the request and its response; without a status only the request is checked.
        facts: what the exchange cannot know, as for `check`.
        strict: turn warnings into errors.
        operation: key of the operation if the URL does not show it, e.g. for a webhook.
        marketplace: its name, if the host is not one of the spec's and the path is ambiguous.
        requests: check the request only if the response accepted it (`accepted`: status below
            400, or none yet), `always`, or `never`.
        engine: as for `check`.
        overlays: as for `check`.

    Returns:
        A report with pointers into the exchange, e.g. `/request/body/variants/1/price`,
        `/request/query/limit`, `/request/headers/tiki-api`, `/response/status` or
        `/response/body/0/state`. A body that cannot be read is a finding, not an error.

    Raises:
        UnknownName: no operation has that method and URL, or operations of two marketplaces have.
        SpecError: an overlay does not fit the spec.
    """
    corrected = tuple(overlays)
    if operation is not None:
        ready = contract.operation(operation, corrected, engine)
        called = contract.of_operation(ready, exchange, corrected)
    else:
        called = contract.find(exchange, marketplace=marketplace, overlays=corrected, engine=engine)
    report = called.check(exchange, facts or NO_FACTS, requests=requests)
    return report.strict() if strict else report
