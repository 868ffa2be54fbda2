"""Compare a server's verdict on one call with the contract's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sellerspec import contract
from sellerspec.contract.check import check_exchange
from sellerspec.contract.operation import OperationContract
from sellerspec.fuzz.findings import FuzzFinding, fuzz_finding
from sellerspec.fuzz.messages import Call, Reply, exchange_of
from sellerspec.io.strict import readable
from sellerspec.model import NO_FACTS, Basis, Facts, Finding, Json, Phase, Report, Severity
from sellerspec.openapi.spec import is_json

STATE = frozenset((401, 403, 404, 409, 429))
"""Statuses whose reason may lie outside the request: the account, the state, the rate."""

MARK = b"[sellerspec]"
"""Stands in each refusal of our sandbox whose words no source shows."""

BODILESS = frozenset(("HEAD", "OPTIONS", "TRACE"))
"""Methods that a server may accept on any path."""

PROBLEMS = {
    "hang": "the server does not answer",
    "reset": "the connection was cut",
    "garbage": "the answer is no HTTP",
    "too-large": "the answer has no reasonable end",
    "unreachable": "the server cannot be reached",
    "crash": "the application raised an exception",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A call, its reply, and what the contract says about both."""

    call: Call
    reply: Reply
    request: tuple[Finding, ...] = ()
    """Findings about the request."""

    response: tuple[Finding, ...] = ()
    """Findings about the response."""

    findings: tuple[FuzzFinding, ...] = ()
    """What the server did wrong."""

    matched: bool = True
    """Whether path and method of the call are those of its operation."""

    @property
    def accepted(self) -> bool:
        """Whether the server accepted the request."""
        return self.reply.success

    @property
    def body(self) -> Json:
        """The decoded body of the response; None if it is not JSON."""
        return readable(self.reply.body)


def verdict(
    call: Call, reply: Reply, facts: Facts = NO_FACTS, *, certain: bool = False, foreign_method: bool = False
) -> Verdict:
    """Return what is wrong with a reply.

    Args:
        call: what was sent.
        reply: what came back.
        facts: what is known about the server's state.
        certain: whether only the request can be a reason to refuse the call.
        foreign_method: whether no operation has the path with this method.
    """
    if reply.problem:
        return Verdict(call, reply, findings=tuple(_problem(call, reply)), matched=False)
    if foreign_method:
        return Verdict(call, reply, findings=tuple(_wrong_method(call, reply)), matched=False)
    ready = contract.operation(call.operation)
    report = check_exchange(exchange_of(call, reply), operation=ready.key, facts=facts, requests="always")
    request = tuple(finding for finding in report.findings if finding.pointer.startswith("/request"))
    if _leads_elsewhere(ready, call, reply):
        # the path is not the operation's: the server can only refuse it, in any words
        return Verdict(call, reply, request, matched=False)
    response = tuple(finding for finding in report.findings if not finding.pointer.startswith("/request"))
    findings = (
        *_status(call, reply),
        *_response(call, reply, response, valid_request=not any(map(_is_error, request))),
        *_content_type(ready, call, reply),
        *_agreement(call, reply, report, request, certain=certain),
    )
    return Verdict(call, reply, request, response, findings)


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _leads_elsewhere(ready: OperationContract, call: Call, reply: Reply) -> bool:
    """Return whether a call was refused and its path is not the operation's."""
    if not 400 <= reply.status < 500 or ready.operation.webhook:
        return False
    match = contract.contract(ready.operation.marketplace).routes.find(call.method, call.path, any_host=True)
    return match is None or match.operation != ready.operation.id


def _problem(call: Call, reply: Reply) -> Iterator[FuzzFinding]:
    if reply.problem in PROBLEMS:
        message = f"{PROBLEMS[reply.problem]}: {reply.detail}"
        yield fuzz_finding(call, reply.problem, message, reply=reply)


def _wrong_method(call: Call, reply: Reply) -> Iterator[FuzzFinding]:
    if reply.status >= 500 and reply.status != 501:
        message = f"{reply.status} for a method that the path does not know"
        yield fuzz_finding(call, "server-error", message, reply=reply)
    elif reply.success and call.method not in BODILESS:
        message = f"`{call.method[:20]}` is accepted, which the spec does not know for this path"
        yield fuzz_finding(call, "accepted-method", message, severity=Severity.WARNING, reply=reply)


def _status(call: Call, reply: Reply) -> Iterator[FuzzFinding]:
    if reply.status >= 500:
        yield fuzz_finding(call, "server-error", f"the server answers {reply.status}", reply=reply)
    elif 300 <= reply.status < 400:
        location = reply.headers.get("location", "")[:60]
        message = f"the server answers {reply.status} to `{location}`; not followed"
        yield fuzz_finding(call, "redirect", message, reply=reply)


def _response(
    call: Call, reply: Reply, findings: tuple[Finding, ...], *, valid_request: bool
) -> Iterator[FuzzFinding]:
    if reply.status >= 500:
        return
    undocumented = reply.status >= 400 and MARK in reply.body
    for finding in findings:
        if finding.severity is Severity.WARNING and (
            undocumented or (reply.status < 300 and not valid_request)
        ):
            # no source documents this refusal of our sandbox, nor the success of an invalid request
            # (a page of -1 orders)
            continue
        yield fuzz_finding(
            call, "response", finding.message, severity=finding.severity, reply=reply, rule=finding.rule,
            basis=finding.basis, at=finding.pointer,
        )  # fmt: skip


def _content_type(ready: OperationContract, call: Call, reply: Reply) -> Iterator[FuzzFinding]:
    documented = ready.spec.response(reply.status)
    if documented is None or not reply.body or not documented.contents or reply.status >= 500:
        return
    if documented.is_free:
        return
    sent = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    known = [content.partition(";")[0].lower() for content in documented.contents]
    if sent not in known and not (is_json(sent) and any(map(is_json, known))):
        message = f"the answer is served as `{sent[:40]}`, the spec has `{known[0]}`"
        yield fuzz_finding(call, "content-type", message, reply=reply, at="/response/headers/content-type")


def _agreement(
    call: Call, reply: Reply, report: Report, request: tuple[Finding, ...], *, certain: bool
) -> Iterator[FuzzFinding]:
    """Compare whether the server accepted the request with whether the contract does."""
    violated = [
        finding for finding in request if finding.severity is Severity.ERROR and finding.phase is Phase.SYNC
    ]
    if reply.success:
        yield from _accepted(call, reply, violated)
    elif violated and reply.status < 500:
        if len({finding.rule for finding in violated}) == 1:
            yield from _refusal(call, reply, violated[0])
    elif not violated and 400 <= reply.status < 500 and reply.status not in STATE:
        warned = any(finding.severity is Severity.WARNING for finding in request)
        if certain and not warned and not report.unchecked:
            message = f"refused with {reply.status}, although nothing in the request is against the contract"
            yield fuzz_finding(call, "refused-valid", message, reply=reply)


def _accepted(call: Call, reply: Reply, violated: list[Finding]) -> Iterator[FuzzFinding]:
    """Yield a finding for each rule that an accepted request violates."""
    first: dict[str, Finding] = {}
    for finding in violated:
        first.setdefault(finding.rule, finding)
    for rule, finding in first.items():
        certain = violated[0].basis in (Basis.DOCUMENTED, Basis.OBSERVED)
        yield fuzz_finding(
            call, "accepted-invalid", f"accepted, although {finding.pointer}: {finding.message}",
            severity=Severity.ERROR if certain else Severity.WARNING, reply=reply,
            rule=rule, basis=finding.basis, at=finding.pointer,
        )  # fmt: skip


def _refusal(call: Call, reply: Reply, violated: Finding) -> Iterator[FuzzFinding]:
    """Compare a refusal with the documented one of the only rule that is violated."""
    if reply.status in STATE and reply.status != violated.status:
        return
    kind = message = ""
    if violated.server_text and reply.status == violated.status:
        if not _contains(reply, violated.server_text):
            kind = "other-text"
            message = f"refused, but not in the documented words: {violated.server_text[:80]}"
    elif violated.basis is Basis.DOCUMENTED and violated.status not in (None, reply.status):
        kind = "other-status"
        message = f"refused with {reply.status}; documented is {violated.status}"
    if kind:
        yield fuzz_finding(
            call, kind, message, severity=Severity.WARNING, reply=reply, rule=violated.rule,
            basis=violated.basis,
        )  # fmt: skip


def _contains(reply: Reply, text: str) -> bool:
    """Return whether a body holds a text, plain or as JSON writes it."""
    body = reply.body.decode("utf-8", "replace")
    written = (json.dumps(text, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False))
    return text in body or any(form in body for form in written)
