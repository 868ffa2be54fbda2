"""Fuzz a receiver of webhooks: what a seller runs, and a marketplace calls.

A receiver has to accept every valid notice with 2xx, must never respond with 5xx, and must not
change when a notice comes twice (if a function returns its state). The kind of a finding depends on
the notice: valid (`server-error`, `refused-valid`, with the member that is the cause), repeated
(`duplicate-fails`, `duplicate-changes`) or malformed (`malformed-fails`).
"""

import copy
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from sellerspec import contract
from sellerspec.errors import UsageError, needs
from sellerspec.fuzz import baseline as baselines
from sellerspec.fuzz.causes import cause_of
from sellerspec.fuzz.findings import fuzz_finding
from sellerspec.fuzz.generated import ODD
from sellerspec.fuzz.messages import Call, Reply
from sellerspec.fuzz.options import options_of
from sellerspec.fuzz.result import FuzzResult, concluded
from sellerspec.fuzz.session import Progress, Session
from sellerspec.fuzz.violating_notices import violating_notices
from sellerspec.io.pointers import drop, paths, put
from sellerspec.model import NO_FACTS, Json, pointer
from sellerspec.strategies import fits, good, shapes
from sellerspec.strategies.vary import varied
from sellerspec.strategies.words import Seeded

SUBJECTS: Mapping[str, str] = {"orderStatusSync": "order_code"}
"""Webhook -> the member with the id of the order; `order_id` for all others."""


class _Kinds(NamedTuple):
    """The kinds of the findings about one group of notices."""

    server_error: str
    """For a response of 5xx."""

    refused: str = ""
    """For any other response that is not 2xx; "" if the receiver may refuse the notice."""


VALID = _Kinds("server-error", "refused-valid")
REPEATED = _Kinds("duplicate-fails", "duplicate-fails")
MALFORMED = _Kinds("malformed-fails")


def receive(
    operation: str,
    *,
    app: Any = None,
    url: str | None = None,
    seed: int = 0,
    max_time: float = 30.0,
    state: Callable[[], Json] | None = None,
    baseline: str | Path | None = None,
    progress: Progress | None = None,
    verify: bool = True,
    path: str = "/",
    **settings: Any,
) -> FuzzResult:
    """Send a receiver notices of every kind: valid, repeated, out of order, malformed, hostile.

    Args:
        operation: key of a webhook, e.g. `tokopedia/tokocabangOrderNotification`.
        app: an ASGI application that takes the notices at `path`. Give either `app` or `url`.
        url: the full address that takes the notices.
        seed: the same seed sends the same notices.
        max_time: seconds after which nothing more is sent.
        state: returns the state of the receiver as JSON; it is compared before and after a
            duplicate.
        baseline: path of a file of known findings.
        progress: called with phase, requests and findings so far.
        verify: whether TLS certificates are verified.
        path: the path at which `app` takes the notices.
        settings: as for `run`.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it is no webhook, or neither or both of `app` and `url`.
        MissingExtra: httpx is not installed.
    """
    ready = contract.operation(operation)
    if not ready.operation.webhook:
        raise UsageError(f"`{operation}` is called by sellers; a receiver takes a webhook")
    needs("fuzz", "httpx")
    from sellerspec.fuzz.transport import connected

    options = options_of(seed=seed, max_time=max_time, **settings)
    known = baselines.read(Path(baseline)) if baseline is not None else ()
    transport = connected(options, app=app, url=url, verify=verify)
    try:
        session = Session(ready.operation.marketplace, transport, options, progress=progress)
        receiver = _Receiver(session, operation, path if url is None else "", state)
        session.run(
            (
                ("valid", 0.3, receiver.valid),
                ("duplicates", 0.3, receiver.duplicates),
                ("order", 0.3, receiver.order),
                ("malformed", 0.5, receiver.malformed),
                ("variations", 1.0, receiver.variations),
            )
        )
    finally:
        transport.close()
    return concluded(session, known)


class _Receiver:
    """Sends notices to one address and checks the replies."""

    def __init__(self, session: Session, operation: str, path: str, state: Callable[[], Json] | None) -> None:
        self._session = session
        self._operation = operation
        self._path = path
        self._state = state
        self._choice = Seeded(session.options.seed)
        self._notices = good(operation, NO_FACTS)
        self._accepted: deque[Json] = deque(maxlen=100)
        """The latest valid notices that the receiver accepted."""

    def valid(self) -> None:
        """Send valid notices; then report those on which the receiver fails, compared with the accepted."""
        failed = [(notice, reply) for notice in self._notices if not (reply := self._deliver(notice)).success]
        for notice, reply in failed:
            self._report_cause(notice, reply)
        for notice in violating_notices(self._operation):
            if notice.satisfies:
                reply = self._send_valid(notice.value)
                if reply.success:
                    # some rules apply only to what violates them: the valid twin satisfies such a rule
                    self._session.coverage.satisfied.add(notice.rule)

    def duplicates(self) -> None:
        """Send valid notices twice, and compare the state of the receiver."""
        for notice in self._notices[:20]:
            content = orjson.dumps(notice)
            if not self._send_valid(notice).success:
                continue
            before = self._state() if self._state is not None else None
            reply = self._send(content, "a notice that comes again", REPEATED)
            if self._state is not None and self._state() != before:
                message = "a notice that comes again changes what the receiver knows"
                self._report(self._call(content), "duplicate-changes", message, reply)

    def order(self) -> None:
        """Send notices about one thing in reverse order, as late ones come."""
        for notice in reversed(_history(self._operation, self._notices)):
            self._send_valid(notice)

    def malformed(self) -> None:
        """Send bodies that are no notice, and notices that violate their contract."""
        for name, content in {"empty": b"", "null": b"null", "list": b"[]", "text": b'"text"', **ODD}.items():
            self._send(content, f"a body that is no notice ({name})", MALFORMED)
        first = self._notices[0]
        for kind in ("text/plain", "application/xml", ""):
            headers = {"content-type": kind}
            self._send(orjson.dumps(first), f"a notice served as `{kind}`", MALFORMED, headers=headers)
        for notice in violating_notices(self._operation):
            if not notice.satisfies:
                what = f"a notice that breaks `{notice.rule}`"
                self._send(orjson.dumps(notice.value), what, MALFORMED, rule=notice.rule)
        for mangled in _mangled(first):
            what = "a notice with a member missing or of another type"
            self._send(orjson.dumps(mangled), what, MALFORMED)

    def variations(self) -> None:
        """Send variations of valid notices until rounds or time are over."""
        schema = shapes.body_schema(self._operation)
        known = shapes.known_values(self._operation)
        rounds = self._session.options.extent.rounds * 10
        number = 0
        while rounds < 0 or number < rounds:
            number += 1
            start = self._notices[self._choice.below(len(self._notices))]
            self._send_valid(varied(self._choice, start, schema, self._is_valid, known=known))

    def _send_valid(self, notice: Json) -> Reply:
        """Send a valid notice; report why the receiver fails on it, if it does."""
        reply = self._deliver(notice)
        if not reply.success:
            self._report_cause(notice, reply)
        return reply

    def _deliver(self, notice: Json) -> Reply:
        """Send a valid notice; keep it if the receiver accepts it."""
        reply = self._reply(self._call(orjson.dumps(notice)))
        if reply.success:
            self._accepted.append(notice)
        return reply

    def _report_cause(self, notice: Json, reply: Reply) -> None:
        """Report that the receiver fails on a valid notice, with the member that makes it fail."""
        if reply.problem:
            return
        cause = cause_of(notice, self._accepted, self._is_valid, self._fails)
        if cause is None:
            self._check_reply(self._call(orjson.dumps(notice)), "a valid notice", VALID, reply)
            return
        call, at = self._call(orjson.dumps(cause.notice)), pointer(("request", "body", *cause.path))
        self._check_reply(call, f"a valid notice {cause}", VALID, reply, at=at)

    def _is_valid(self, notice: Json) -> bool:
        return fits(contract.operation(self._operation), notice)

    def _fails(self, notice: Json) -> bool:
        reply = self._reply(self._call(orjson.dumps(notice)))
        return not reply.problem and not reply.success

    def _call(self, content: bytes, headers: Mapping[str, str] | None = None) -> Call:
        sent = {"content-type": "application/json", **self._session.options.headers, **(headers or {})}
        return Call(self._operation, "POST", self._path, sent, content)

    def _send(
        self,
        content: bytes,
        what: str,
        kinds: _Kinds,
        *,
        rule: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        call = self._call(content, headers)
        reply = self._reply(call)
        if not reply.problem:
            self._check_reply(call, what, kinds, reply, rule=rule)
        return reply

    def _reply(self, call: Call) -> Reply:
        """Send a call and return the reply; a cut connection is a problem if it comes again."""
        verdict = self._session.send(call, quiet=True)
        if verdict.reply.problem == "reset":
            verdict = self._session.send(call, quiet=True)
        for finding in verdict.findings if verdict.reply.problem else ():
            self._session.report(finding)
        return verdict.reply

    def _check_reply(
        self, call: Call, what: str, kinds: _Kinds, reply: Reply, *, rule: str = "", at: str = ""
    ) -> None:
        """Report a reply that a receiver must not give to such a notice."""
        if reply.status >= 500:
            self._report(call, kinds.server_error, f"{what} is answered with {reply.status}", reply, rule, at)
        elif kinds.refused and not reply.success:
            message = f"{what} is refused with {reply.status}: the marketplace would send it again"
            self._report(call, kinds.refused, message, reply, rule, at)

    def _report(
        self, call: Call, kind: str, message: str, reply: Reply, rule: str = "", at: str = ""
    ) -> None:
        self._session.report(fuzz_finding(call, kind, message, reply=reply, rule=rule, at=at))


def _history(operation: str, notices: tuple[Json, ...]) -> list[Json]:
    """Return some notices, changed so that all are about the same order."""
    member = SUBJECTS.get(operation.partition("/")[2], "order_id")
    history = [copy.deepcopy(notice) for notice in notices if isinstance(notice, dict)][:12]
    bodies = [notice["data"] if isinstance(notice.get("data"), dict) else notice for notice in history]
    for body in bodies:
        if member in body and member in bodies[0]:
            body[member] = bodies[0][member]
    return history


def _mangled(notice: Json) -> Iterator[Json]:
    """Yield the notice with each member missing, null, and of another type."""
    for path in list(paths(notice))[1:60]:
        if isinstance(path[-1], str):
            yield drop(notice, path)
        yield put(notice, path, None)
        yield put(notice, path, {"unexpected": ["x"]})
