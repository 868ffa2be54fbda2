"""Fuzz a receiver of webhooks: what a seller runs, and a marketplace calls.

A receiver has to take every valid notice with 2xx, never response 5xx to anything, and (where a
check for it is given) stay the same under a notice that comes twice.
"""

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.errors import UsageError
from sellerspec.fuzz import baseline as baselines
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.generated import ODD
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.result import FuzzResult
from sellerspec.fuzz.session import Finished, Session
from sellerspec.fuzz.spoiled import spoiled
from sellerspec.fuzz.transport import AppTransport, Call, Got, Transport, UrlTransport
from sellerspec.io.pointers import drop, paths, put
from sellerspec.model import NO_FACTS, Json, Severity
from sellerspec.strategies import good, shapes
from sellerspec.strategies.vary import varied

PHASES = ("valid", "duplicates", "order", "malformed", "variations")

RECEIVER_ORDER: Mapping[str, str] = {"orderStatusSync": "order_code", "orderStatus": "order_id"}
"""Webhook -> the member by which its notices are about one thing."""


def receive(
    operation: str,
    *,
    app: Any = None,
    url: str | None = None,
    seed: int = 0,
    max_time: float = 30.0,
    state: Callable[[], Json] | None = None,
    baseline: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    verify: bool = True,
    **settings: Any,
) -> FuzzResult:
    """Send a receiver notices of every kind: valid, repeated, out of order, late, malformed, hostile.

    Args:
        operation: key of a webhook, e.g. `tokopedia/tokocabangOrderNotification`.
        app: an ASGI application that takes the notices at `path` of its own choice; or
        url: the full address that takes them.
        seed: the same seed sends the same.
        max_time: seconds after which nothing more is sent.
        state: returns what the receiver has made of the notices so far; it is compared before and
            after a duplicate.
        baseline: path of a file of known findings.
        progress: called with phase, requests and findings so far.
        verify: whether certificates are checked.
        settings: `path` of the application, and as for `run`.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it is no webhook, or neither or both of `app` and `url`.
    """
    ready = contract.operation(operation)
    if not ready.operation.webhook:
        raise UsageError(f"`{operation}` is called by sellers; a receiver takes a webhook")
    if (app is None) == (url is None):
        raise UsageError("give either `app` or `url`: one receiver to fuzz")
    path = str(settings.pop("path", "/"))
    options = Options(seed=seed, max_time=max_time, **settings)
    transport: Transport
    if app is not None:
        transport = AppTransport(app, timeout=options.timeout, largest=options.largest)
    else:
        transport, path = (
            UrlTransport(str(url), timeout=options.timeout, largest=options.largest, verify=verify),
            "",
        )
    known = baselines.read(_path(baseline)) if baseline is not None else ()
    session = Session(ready.operation.marketplace, transport, options, progress=progress)
    receiver = _Receiver(session, operation, path, options, state)
    try:
        for phase, share in zip(PHASES, (0.3, 0.3, 0.3, 0.5, 1.0), strict=True):
            session.enter(phase, share)
            try:
                receiver.phase(phase)
            except Finished:
                if session.gone:
                    break
    finally:
        transport.close()
    new, old, stale = baselines.applied(session.findings.all(), known)
    return FuzzResult(
        ready.operation.marketplace,
        options.seed,
        options.profile,
        new,
        session.coverage,
        session.requests,
        session.seconds,
        old,
        stale,
        session.gone,
    )


def _path(name: str) -> Any:
    from pathlib import Path

    return Path(name)


class _Receiver:
    """Sends notices to one address and judges the responses."""

    def __init__(
        self, session: Session, operation: str, path: str, options: Options, state: Callable[[], Json] | None
    ) -> None:
        self._session = session
        self._operation = operation
        self._path = path
        self._options = options
        self._state = state
        self._random = random.Random(options.seed)  # noqa: S311 - decisions that can be repeated, no secrets
        self._notices = good(operation, NO_FACTS)

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to `limit` - 1."""
        return self._random.randrange(limit)

    def phase(self, name: str) -> None:
        """Run one phase."""
        phases = {
            "valid": self._valid,
            "duplicates": self._duplicates,
            "order": self._order,
            "malformed": self._malformed,
            "variations": self._variations,
        }
        phases[name]()

    def _send(
        self, content: bytes, *, valid: bool, what: str, headers: Mapping[str, str] | None = None
    ) -> Got:
        sent = {"content-type": "application/json", **self._options.headers, **(headers or {})}
        call = Call(self._operation, "POST", self._path, sent, content)
        judged = self._session.send(call, quiet=True)
        got = judged.got
        if got.problem:
            for each in judged.trouble:
                self._session.found(each)
        elif got.status is not None and got.status >= 500:
            self._found(call, "server-error", f"{what} is answered with {got.status}", got)
        elif valid and got.status is not None and not 200 <= got.status < 300:
            self._found(
                call,
                "refused-valid",
                f"{what} is refused with {got.status}: the marketplace would send it again",
                got,
            )
        return got

    def _found(
        self, call: Call, kind: str, message: str, got: Got, severity: Severity = Severity.ERROR
    ) -> None:
        self._session.found(
            FuzzFinding(kind, self._operation, severity, message, status=got.status, call=call)
        )

    def _valid(self) -> None:
        for notice in self._notices:
            self._send(orjson.dumps(notice), valid=True, what="a valid notice")
        for one in spoiled(self._operation):
            if one.keeps:
                got = self._send(
                    orjson.dumps(one.value), valid=True, what=f"a notice that keeps `{one.rule}`"
                )
                if 200 <= got.code < 300:
                    # some rules speak only of what breaks them: these are kept by what mends it
                    self._session.coverage.kept.add(one.rule)

    def _duplicates(self) -> None:
        for notice in self._notices[:20]:
            content = orjson.dumps(notice)
            self._send(content, valid=True, what="a valid notice")
            before = self._state() if self._state is not None else None
            got = self._send(content, valid=True, what="a notice that comes again")
            after = self._state() if self._state is not None else None
            if before != after:
                call = Call(
                    self._operation, "POST", self._path, {"content-type": "application/json"}, content
                )
                self._found(
                    call,
                    "duplicate-changes",
                    "a notice that comes again changes what the receiver knows",
                    got,
                )

    def _order(self) -> None:
        """Send notices about one thing backwards, as late ones come."""
        for notices in _histories(self._operation, self._notices):
            for notice in reversed(notices):
                self._send(orjson.dumps(notice), valid=True, what="a notice that comes out of order")

    def _malformed(self) -> None:
        for name, content in {"empty": b"", "null": b"null", "list": b"[]", "text": b'"text"', **ODD}.items():
            self._send(content, valid=False, what=f"a body that is no notice ({name})")
        for kind in ("text/plain", "application/xml", ""):
            self._send(
                orjson.dumps(self._notices[0]),
                valid=False,
                what=f"a notice served as `{kind}`",
                headers={"content-type": kind},
            )
        for each in spoiled(self._operation):
            if not each.keeps:
                self._send(orjson.dumps(each.value), valid=False, what=f"a notice that breaks `{each.rule}`")
        for mangled in _mangled(self._notices[0]):
            self._send(
                orjson.dumps(mangled), valid=False, what="a notice with a member missing or of another type"
            )

    def _variations(self) -> None:
        ready = contract.operation(self._operation)
        schema = shapes.body_schema(self._operation)
        rounds = self._options.extent.rounds * 10
        number = 0
        while rounds < 0 or number < rounds:
            number += 1
            start = self._notices[self.below(len(self._notices))]
            body = varied(self, start, schema, lambda value: not ready.check(value).findings)
            self._send(orjson.dumps(body), valid=True, what="a valid notice")


def _histories(operation: str, notices: tuple[Json, ...]) -> Iterator[list[Json]]:
    """Yield notices that are all about one thing, in the order in which they would come."""
    member = RECEIVER_ORDER.get(operation.partition("/")[2], "order_id")
    told = [copy.deepcopy(notice) for notice in notices if isinstance(notice, dict)]
    insides: list[dict[str, Json]] = [
        each["data"] if isinstance(each.get("data"), dict) else each for each in told
    ]
    for inside in insides:
        if member in inside and member in insides[0]:
            inside[member] = insides[0][member]
    yield told[:12]


def _mangled(notice: Json) -> Iterator[Json]:
    """Yield the notice with each member gone, null, and of another type."""
    for path in list(paths(notice))[:60]:
        if path:
            if isinstance(path[-1], str):
                yield drop(notice, path)
            yield put(notice, path, None)
            yield put(notice, path, {"unexpected": ["x"]})
