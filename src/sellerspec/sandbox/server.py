"""The sandbox itself: one call in, one response out, and what a user can ask of it from outside."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sellerspec import contract
from sellerspec.contract.call import wrong_method
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.route import Match
from sellerspec.errors import UnknownName, UsageError
from sellerspec.model import NO_FACTS, Facts, Finding, Json, Report
from sellerspec.sandbox.behaviour import Behaviour, Refused, Request, refusal
from sellerspec.sandbox.clock import Clock, stamp
from sellerspec.sandbox.defect import Defect, Notice
from sellerspec.sandbox.faults import Fault, Faults, delayed, disturbed
from sellerspec.sandbox.limit import Limit
from sellerspec.sandbox.log import Log
from sellerspec.sandbox.messages import Call, Reply, reply
from sellerspec.sandbox.settings import Settings
from sellerspec.sandbox.state import Store
from sellerspec.sandbox.webhooks import Sender


class Sandbox:
    """One marketplace, played. Every public method may be called from any thread."""

    def __init__(
        self, marketplace: str, behaviour: Behaviour, known: Mapping[str, Defect], settings: Settings
    ) -> None:
        """Make a sandbox ready: the whole spec is compiled, so that a broken one does not start.

        Raises:
            UnknownName: one of the defects is not known.
            SpecError: the spec contradicts itself.
        """
        self.marketplace = marketplace
        self.behaviour = behaviour
        self.settings = settings
        self.base = ""
        self.known_defects = known
        # without overlays the very contract that everything else in this process uses
        self.contract = contract.contract(
            *((marketplace, settings.overlays) if settings.overlays else (marketplace,))
        )
        for operation in self.contract.operations():
            _ = operation.request
        self.lock = threading.RLock()
        self.clock = Clock(settings.now)
        self.state = Store(settings.state)
        self.faults = Faults(tuple(behaviour.handlers))
        self.log = Log(settings.log_size, self.contract.marketplace)
        self.limit = Limit(settings.rate_limit, self.clock.elapsed)
        self.sender = Sender(self.state, self.clock, self.lock, settings.webhook_hosts)
        self.tokens = dict(behaviour.tokens)
        if settings.tokens:
            others = {token: seller for token, seller in self.tokens.items() if seller != "1"}
            self.tokens = {**others, **settings.tokens}
        servers = self.contract.spec.servers
        self._origin, _, self._prefix = servers[0].partition("://")[2].partition("/")
        self._origin = f"{servers[0].partition('://')[0]}://{self._origin}"
        self._prefix = f"/{self._prefix}" if self._prefix else ""
        self._defects: tuple[Defect, ...] = ()
        self.switch(settings.defects)
        fresh = Store()
        with fresh.transaction():
            behaviour.seed(fresh, self.clock.start)
        self._pristine = fresh.snapshot()
        if self.state.empty:
            self.state.restore(self._pristine)
        else:
            self.clock.set_elapsed((self.state.get("settings", "clock") or {}).get("elapsed", 0.0))
            self.sender.wake()

    def close(self) -> None:
        """Stop sending notices and close the state's file."""
        self.sender.close()
        with self.lock:
            self.state.close()

    @property
    def token(self) -> str:
        """The token of the first seller."""
        return next(token for token, seller in self.tokens.items() if seller == "1")

    def auth(self, token: str | None = None) -> dict[str, str]:
        """Return the request headers that carry a token; the first seller's by default."""
        return dict(self.behaviour.headers(token or self.token))

    def switch(self, ids: tuple[str, ...] | list[str]) -> None:
        """Switch on exactly these defects; whatever their order here, they act in that of their list.

        Raises:
            UnknownName: one of them is not a defect of this marketplace.
        """
        known = tuple(self.known_defects)
        for id_ in ids:
            if id_ not in known:
                raise UnknownName("defect", str(id_), known)
        self._defects = tuple(each for id, each in self.known_defects.items() if id in ids)

    @property
    def defects(self) -> tuple[str, ...]:
        """The ids of the defects that are on."""
        return tuple(defect.id for defect in self._defects)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change the state: all that is done inside is kept, or nothing; then notices go out."""
        with self.lock:
            with self.state.transaction():
                yield
            self.sender.wake()

    def reset(self) -> None:
        """Go back to the seeded state, at once and as a whole; plans, log and clock too."""
        with self.lock:
            self.clock.reset()
            self.state.restore(self._pristine)
            self.faults.clear()
            self.limit.clear()
            self.log.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock ahead; what falls due on the way happens.

        Raises:
            UsageError: the clock does not run backwards.
        """
        if not 0 <= seconds <= 1e9:
            raise UsageError("the clock is moved ahead by 0 to 1,000,000,000 seconds")
        with self.lock:
            self.clock.advance(seconds)
            with self.changing():
                self.state.put("settings", "clock", {"elapsed": self.clock.elapsed()})
            self.settle()

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        now = stamp(self.clock.now())
        soonest = self.state.agenda.next()
        if soonest is None or soonest > now:
            return
        with self.changing():
            for kind, key, document in self.state.due(now):
                self.behaviour.due(self, kind, key, document)

    def snapshot(self) -> dict[str, Json]:
        """Return the whole state as JSON."""
        with self.lock:
            return {
                "marketplace": self.marketplace,
                "elapsed": self.clock.elapsed(),
                "tables": self.state.snapshot(),
            }

    def restore(self, snapshot: Json) -> None:
        """Go to a state that `snapshot` returned.

        Raises:
            UsageError: it is none, or another marketplace's.
        """
        if not isinstance(snapshot, dict) or snapshot.get("marketplace") != self.marketplace:
            raise UsageError(f"not a state of a `{self.marketplace}` sandbox")
        tables, elapsed = snapshot.get("tables"), snapshot.get("elapsed", 0.0)
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise UsageError("`tables` of a state is an object of objects")
        if not isinstance(elapsed, int | float) or isinstance(elapsed, bool):
            raise UsageError("`elapsed` of a state is a number of seconds")
        with self.lock:
            self.state.restore(tables)
            self.clock.set_elapsed(float(elapsed))
        self.sender.wake()

    def seed(self, things: Json) -> int:
        """Add things by kind, `{"orders": [...]}`; all or none. Return how many.

        Raises:
            UsageError: a kind that there is not, or a thing that the marketplace could not response.
        """
        if not isinstance(things, dict):
            raise UsageError("seeds are an object: kind -> list")
        count = 0
        with self.changing():
            for kind, each_of in things.items():
                put = self.behaviour.seeds.get(kind)
                if put is None or not isinstance(each_of, list):
                    raise UsageError(
                        f"no list of `{str(kind)[:40]}` to seed; known: {', '.join(self.behaviour.seeds)}"
                    )
                for index, each in enumerate(each_of):
                    try:
                        put(self, each)
                    except Refused as refused:
                        raise UsageError(
                            f"/{kind}/{index}{refused.finding.pointer}: {refused.finding.message}"
                        ) from None
                    count += 1
        return count

    def move(self, name: str, state: str) -> None:
        """Move a product request, an order or an import to a state at once.

        Raises:
            UsageError: nothing has that name, or it has no such state.
        """
        with self.lock:
            self.settle()
            with self.changing():
                try:
                    if not self.behaviour.move(self, name, state):
                        raise UsageError(f"nothing here is called `{name[:60]}`")
                except Refused as refused:
                    raise UsageError(refused.finding.message) from None

    def notify(self, operation: str, url: str, body: Json, *, event: str = "") -> None:
        """Send a notice once the present change is kept."""
        notices = [Notice(operation, url, body)]
        for defect in self._defects:
            if defect.notices is not None and defect.concerns(operation):
                notices = [after for before in notices for after in defect.notices(before)]
        for notice in notices:
            self.sender.add(notice, event)

    def deliveries(self) -> list[Json]:
        """Return the notices with their attempts, the oldest first."""
        with self.lock:
            return [{"id": key, **each} for key, each in self.state.all("notices").items()]

    def handle(self, call: Call) -> Reply:
        """Response one call."""
        begun = time.perf_counter()
        with self.lock:
            self.settle()
            response, operation, path, facts = self._response(call)
            self.log.add(
                self.clock.now(), call, response, operation, path, facts, time.perf_counter() - begun
            )
        return response

    def _response(self, call: Call) -> tuple[Reply, OperationContract | None, Mapping[str, str], Facts]:
        match = self._find(call)
        if match is None:
            nowhere = refusal(404, "no operation has this path", at="/request/path")
            return self._refuse(nowhere), None, {}, NO_FACTS
        operation = self.contract.operation(match.operation)
        if not match.method_fits:
            wrong = replace(wrong_method(call.method), status=405)
            response = self._refuse(wrong)
            allowed = ", ".join(sorted(self._methods(call)))
            return replace(response, headers={"allow": allowed}), None, match.path, NO_FACTS
        delay, planned, envelope = disturbed(self.faults.next(match.operation))
        if planned is not None:
            return delayed(planned, delay), operation, match.path, NO_FACTS
        if envelope is not None:
            response = self._refuse(self._planned(envelope))
            return delayed(response, delay), operation, match.path, NO_FACTS
        response, facts = self._of_operation(call, operation, match)
        return delayed(response, delay), operation, match.path, facts

    def _planned(self, plan: Fault) -> Finding:
        """Return the refusal behind a planned response; one with a code has the text of its rule."""
        rule = None
        if plan.code:
            rule = next(
                (each for each in self.contract.rules() if plan.code in (each.code, *each.catalogue)), None
            )
        text = rule.text if rule else None
        return refusal(plan.status, "a fault that was asked for", text=text, code=plan.code or None)

    def _of_operation(self, call: Call, operation: OperationContract, match: Match) -> tuple[Reply, Facts]:
        token = self.behaviour.credential(call.headers)
        seller = self.tokens.get(token or "", "")
        if operation.spec.security:
            if token and not seller:
                return self._refuse(self.behaviour.wrong_token(operation)), NO_FACTS
            if seller in self.behaviour.locked:
                return self._refuse(refusal(403, "this token may not do this")), NO_FACTS
        wait = self.limit.wait(token or "")
        if wait:
            response = self._refuse(refusal(429, f"more than {self.limit.rate:g} calls a second"))
            return replace(response, headers={**response.headers, **self.behaviour.limited(wait)}), NO_FACTS
        if call.oversized:
            most = self.settings.max_body
            return self._refuse(
                refusal(400, f"a body of more than {most} bytes", at="/request/body")
            ), NO_FACTS
        request = Request(self, operation, call, match.path, seller)
        present = [defect for defect in self._defects if defect.concerns(operation.operation.id)]
        facts = self.behaviour.facts(request)
        with self.changing():
            response = self._honest(request, facts, present)
            for each in present:
                if each.after is not None:
                    response = each.after(request, response)
        return response, facts

    def _honest(self, request: Request, facts: Facts, present: list[Defect]) -> Reply:
        report = request.operation.check_exchange(
            request.exchange, request.raw_path, request.call.query, facts
        )
        if not report.ok:
            report = self._overlook(request, report, present)
        request.report = report
        response = report.server_response()
        if response.body is not None:
            return reply(response.body, response.status)
        for each in present:
            instead = each.before(request) if each.before is not None else None
            if instead is not None:
                return instead
        try:
            return self.behaviour.handlers[request.operation.operation.id](request)
        except Refused as refused:
            return self._refuse(refused.finding)

    def _overlook(self, request: Request, report: Report, present: list[Defect]) -> Report:
        forgiving = [each.forgives for each in present if each.forgives is not None]
        kept = tuple(
            finding
            for finding in report.findings
            if not any(forgives(request, finding) for forgives in forgiving)
        )
        return replace(report, findings=kept)

    def _refuse(self, finding: Finding) -> Reply:
        response = self.contract.marketplace.refusal((finding,))
        return reply(response.body, response.status)

    def _find(self, call: Call, method: str | None = None) -> Match | None:
        below = call.path if call.path.startswith(self._prefix + "/") else self._prefix + call.path
        return self.contract.routes.find(method or call.method, f"{self._origin}{below}")

    def _methods(self, call: Call) -> set[str]:
        found = {name: self._find(call, name) for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
        return {method for method, match in found.items() if match is not None and match.method_fits}
