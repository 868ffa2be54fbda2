"""Judge one call and its response: does the server say what the contract says?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sellerspec import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.transport import Call, Got
from sellerspec.model import NO_FACTS, Basis, Exchange, Facts, Finding, Json, Phase, Report, Severity
from sellerspec.openapi.spec import is_json

STATE = frozenset((401, 403, 404, 409, 429))
"""Refusals that may be about more than the request: who asks, what there is, how often."""

MARK = b"[sellerspec]"
"""Stands in each refusal of our sandbox whose words no source shows."""

SAYS_NOTHING = frozenset(("HEAD", "OPTIONS", "TRACE"))


@dataclass(frozen=True, slots=True)
class Judged:
    """A call, its response, and what the contract says of both."""

    call: Call
    got: Got
    request: tuple[Finding, ...]
    """Findings about the request."""

    response: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    trouble: tuple[FuzzFinding, ...]
    understood: bool = True
    """Whether the call was one of its operation: its path leads there, with the method of it."""

    @property
    def accepted(self) -> bool:
        """Whether the server took the request."""
        return 200 <= self.got.code < 300

    @property
    def body(self) -> Json:
        """The decoded response; None where it is no JSON."""
        from sellerspec.errors import ParseError
        from sellerspec.io import strict

        try:
            return strict.decode(self.got.body)
        except ParseError:
            return None


def validator(
    call: Call, got: Got, facts: Facts = NO_FACTS, *, certain: bool = False, foreign_method: bool = False
) -> Judged:
    """Return what is wrong with a response.

    Args:
        call: what was sent.
        got: what came back.
        facts: what is known of the server's state.
        certain: whether nothing but the request can be a reason to refuse it.
        foreign_method: whether the call has a method that its path is not made for.
    """
    ready = contract.operation(call.operation)
    if got.problem:
        return Judged(call, got, (), (), (), tuple(_broken_down(call, got)), understood=False)
    if foreign_method:
        return Judged(call, got, (), (), (), tuple(_wrong_method(call, got)), understood=False)
    report = _report(ready, call, got, facts)
    if _elsewhere(ready, call, got):
        # a path that is not the operation's: what is not there can only be refused, in whatever words
        return Judged(
            call,
            got,
            tuple(each for each in report.findings if each.pointer.startswith("/request")),
            (),
            (),
            (),
            understood=False,
        )
    request = tuple(each for each in report.findings if each.pointer.startswith("/request"))
    response = tuple(each for each in report.findings if not each.pointer.startswith("/request"))
    trouble = [
        *_status(call, got),
        *_response(call, got, response, asked_well=not request),
        *_content_type(ready, call, got),
        *_agreement(call, got, report, request, certain=certain),
    ]
    return Judged(call, got, request, response, report.unchecked, tuple(trouble))


def _elsewhere(ready: OperationContract, call: Call, got: Got) -> bool:
    """Say whether a call was refused because its path leads nowhere, or to another operation."""
    if not 400 <= got.code < 500 or ready.operation.webhook:
        return False
    routes = contract.contract(ready.operation.marketplace).routes
    found = routes.find(call.method, call.path, any_host=True)
    return found is None or found.operation != ready.operation.id


def _report(ready: OperationContract, call: Call, got: Got, facts: Facts) -> Report:
    from sellerspec.contract.check import check_exchange

    exchange = Exchange(
        call.method,
        call.path,
        got.status,
        request_headers=call.headers,
        request_body=call.body,
        response_headers=got.headers,
        response_body=got.body,
    )
    return check_exchange(exchange, operation=ready.key, facts=facts, requests="always")


def finding(
    call: Call,
    kind: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    got: Got | None = None,
    rule: str = "",
    basis: Basis = Basis.INFERRED,
    at: str = "",
) -> FuzzFinding:
    """Return a finding about a call."""
    status = got.status if got is not None else None
    return FuzzFinding(
        kind, call.operation, severity, message[:160], rule, basis, at, status=status, call=call
    )


_PROBLEMS = {
    "hang": "the server does not answer",
    "reset": "the connection was cut",
    "garbage": "the answer is no HTTP",
    "too-large": "the answer has no reasonable end",
    "unreachable": "the server cannot be reached",
    "crash": "the application raised an exception",
}


def _broken_down(call: Call, got: Got) -> Iterator[FuzzFinding]:
    if got.problem in _PROBLEMS:
        yield finding(call, got.problem, f"{_PROBLEMS[got.problem]}: {got.detail}", got=got)


def _wrong_method(call: Call, got: Got) -> Iterator[FuzzFinding]:
    if got.code >= 500 and got.status != 501:
        yield finding(call, "server-error", f"{got.status} for a method that the path does not know", got=got)
    elif 200 <= got.code < 300 and call.method not in SAYS_NOTHING:
        message = f"`{call.method[:20]}` is accepted, which the spec does not know for this path"
        yield finding(call, "accepted-method", message, severity=Severity.WARNING, got=got)


def _status(call: Call, got: Got) -> Iterator[FuzzFinding]:
    if got.code >= 500:
        yield finding(call, "server-error", f"the server answers {got.status}", got=got)
    elif 300 <= got.code < 400:
        where = got.headers.get("location", "")[:60]
        yield finding(
            call, "redirect", f"the server answers {got.status} to `{where}`; not followed", got=got
        )


def _response(
    call: Call, got: Got, findings: tuple[Finding, ...], *, asked_well: bool
) -> Iterator[FuzzFinding]:
    if got.code >= 500:
        return
    ours = MARK in got.body
    for each in findings:
        if each.severity is Severity.WARNING and (ours or (got.code < 300 and not asked_well)):
            # our sandbox says of this refusal that nobody has documented it: what it lacks is no news;
            # and what the right response to an odd question is (a page of -1 orders), nobody knows
            continue
        yield FuzzFinding(
            "response",
            call.operation,
            each.severity,
            each.message,
            each.rule,
            each.basis,
            each.pointer,
            status=got.status,
            call=call,
        )


def _content_type(ready: OperationContract, call: Call, got: Got) -> Iterator[FuzzFinding]:
    documented = ready.spec.responses.get(got.code)
    if documented is None or not got.body or not documented.contents or got.code >= 500:
        return
    sent = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    known = [content.partition(";")[0].lower() for content in documented.contents]
    if sent not in known and not (is_json(sent) and any(is_json(each) for each in known)):
        message = f"the answer is served as `{sent[:40]}`, the spec has `{known[0]}`"
        yield finding(call, "content-type", message, got=got, at="/response/headers/content-type")


def _agreement(
    call: Call,
    got: Got,
    report: Report,
    request: tuple[Finding, ...],
    *,
    certain: bool,
) -> Iterator[FuzzFinding]:
    """Compare the server's verdict with ours."""
    broken = [each for each in request if each.severity is Severity.ERROR and each.phase is Phase.SYNC]
    accepted = 200 <= got.code < 300
    if accepted and broken:
        worst = broken[0]
        severity = Severity.ERROR if worst.basis in (Basis.DOCUMENTED, Basis.OBSERVED) else Severity.WARNING
        message = f"accepted, although {worst.pointer}: {worst.message}"
        for rule in dict.fromkeys(each.rule for each in broken):
            one = next(each for each in broken if each.rule == rule)
            yield finding(
                call,
                "accepted-invalid",
                message if one is worst else f"accepted, although {one.pointer}: {one.message}",
                severity=severity,
                got=got,
                rule=rule,
                basis=one.basis,
                at=one.pointer,
            )
    elif not accepted and not broken and 400 <= got.code < 500:
        warned = any(each.severity is Severity.WARNING for each in request)
        open_ = got.status in STATE or report.unchecked or warned or not certain
        if not open_:
            message = f"refused with {got.status}, although nothing in the request is against the contract"
            yield finding(call, "refused-valid", message, severity=Severity.ERROR, got=got)
    elif broken and got.code < 500 and len({each.rule for each in broken}) == 1:
        yield from _words(call, got, broken[0])


def _words(call: Call, got: Got, broken: Finding) -> Iterator[FuzzFinding]:
    """Compare a refusal with the documented one of the single rule that was broken."""
    if got.status in STATE and got.status != broken.status:
        return
    if broken.server_text and got.status == broken.status:
        body = got.body.decode("utf-8", "replace")
        forms = (
            broken.server_text,
            *(json.dumps(broken.server_text, ensure_ascii=each)[1:-1] for each in (True, False)),
        )
        if not any(form in body for form in forms):
            message = f"refused, but not in the documented words: {broken.server_text[:80]}"
            yield _refusal(call, got, broken, "other-text", message)
    elif broken.status is not None and broken.basis is Basis.DOCUMENTED and got.status != broken.status:
        yield _refusal(
            call, got, broken, "other-status", f"refused with {got.status}; documented is {broken.status}"
        )


def _refusal(call: Call, got: Got, broken: Finding, kind: str, message: str) -> FuzzFinding:
    return finding(
        call, kind, message, severity=Severity.WARNING, got=got, rule=broken.rule, basis=broken.basis
    )


__all__ = ["Judged", "finding", "validator"]
