"""Say what a marketplace would refuse, without asking it."""

from collections.abc import Sequence

from sellerspec import contract
from sellerspec.contract.call import Requests, named
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
    """Say what a marketplace would refuse in a request body, without sending it.

    Every finding comes in one pass: a broken member hides only the rules that would have to
    read it. The same payload always gives an equal report.

    Args:
        operation: `marketplace/operationId`, e.g. `tiki/createProduct`; a webhook's too.
        payload: the JSON body, as bytes or text, or already decoded (then a Python string
            cannot be told from a text and is read as one).
        facts: what the payload cannot know; rules that need a missing fact are listed in
            `report.unchecked`.
        strict: raise warnings to errors.
        engine: `jsonschema-rs` (default) or `jsonschema`, the reference.
        overlays: paths of OpenAPI Overlay files that correct the spec first.

    Raises:
        UnknownName: there is no such operation; names the nearest.
        ParseError: the payload is no JSON; says where.
        UsageError: the operation has no JSON body.

    >>> check("tiki/updateSku", {"price": 0}).findings[0].pointer
    '/price'
    """
    if overlays or engine:
        ready = contract.operation(operation, tuple(overlays), engine)
    else:
        ready = contract.uncorrected(operation)
    judged = ready.check_text if isinstance(payload, (bytes, str)) else ready.check
    report = judged(payload, facts or NO_FACTS)
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

    Pointers lead into the exchange: `/request/body/variants/1/price`, `/request/query/limit`,
    `/request/headers/tiki-api`, `/response/status`, `/response/body/0/state`.

    Args:
        exchange: what went over the wire; without a status only the request is judged.
        facts: as for `check`.
        strict: raise warnings to errors.
        operation: key of the operation, where the URL cannot tell (a webhook).
        marketplace: name, where the host is not one of the spec's and paths are ambiguous.
        requests: judge the request only if the response accepted it (status below 400, or none
            yet), always, or never.
        engine: as for `check`.
        overlays: as for `check`.

    Raises:
        UnknownName: no operation has that method and URL, or two marketplaces have.
    """
    corrected = tuple(overlays)
    if operation is not None:
        ready = contract.operation(operation, corrected, engine)
        owner = contract.contract(ready.operation.marketplace, corrected, engine)
        called = named(ready, owner.routes, exchange)
    else:
        called = contract.find(exchange, marketplace=marketplace, overlays=corrected, engine=engine)
    report = called.check(exchange, facts or NO_FACTS, requests=requests)
    return report.strict() if strict else report
