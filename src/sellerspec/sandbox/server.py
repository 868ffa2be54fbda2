"""The sandbox itself: handles requests, and lets a test control it from outside."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sellerspec import contract
from sellerspec.contract.call import wrong_method
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import ParseError, UnknownName, UsageError
from sellerspec.model import Finding, Json, Path, pointer
from sellerspec.sandbox import shapes
from sellerspec.sandbox.behaviour import FIRST_SELLER, Behaviour, Call, Refused, planned_refusal, refusal
from sellerspec.sandbox.change import Change, Changes, Notice
from sellerspec.sandbox.clock import Clock, stamp
from sellerspec.sandbox.credentials import Credentials
from sellerspec.sandbox.defect import Defect
from sellerspec.sandbox.faults import Fault, Faults
from sellerspec.sandbox.limit import Limit
from sellerspec.sandbox.log import Entry, Log
from sellerspec.sandbox.messages import Reply, Request, reply
from sellerspec.sandbox.paths import Paths
from sellerspec.sandbox.settings import Settings
from sellerspec.sandbox.state import NotWritten, Store
from sellerspec.sandbox.webhooks import Sender

ASSUMED = "sellerspec-assumed"
"""Header of a response that no document states: it holds the key of the assumed operation."""


class Sandbox:
    """One simulated marketplace. Every public method may be called from any thread."""

    def __init__(
        self, marketplace: str, behaviour: Behaviour, known: Mapping[str, Defect], settings: Settings
    ) -> None:
        """Make a sandbox ready, with every operation compiled: a broken spec does not start.

        Raises:
            UnknownName: one of the defects is not known.
            SpecError: the spec contradicts itself.
            ParseError: the file of the state holds no state of this marketplace.
            UsageError: another sandbox has that file open.
        """
        self.marketplace = marketplace
        self.behaviour = behaviour
        self.settings = settings
        self.base = ""
        self.known_defects = known
        self.contract = contract.contract(marketplace, settings.overlays)
        for operation in self.contract.operations():
            _ = operation.request
        self.lock = threading.RLock()
        self.clock = Clock(settings.now)
        self.state = Store(settings.state)
        self.faults = Faults(tuple(behaviour.handlers))
        self.log = Log(settings.log_size, self.contract.marketplace)
        self.limit = Limit(settings.rate_limit or behaviour.rate, self.clock.elapsed)
        self.sender = Sender(self.state, self.clock, self.lock, frozenset(settings.webhook_hosts))
        self.credentials = Credentials(self.contract)
        self.tokens = behaviour.tokens_with(settings.token)
        self._paths = Paths(self.contract, settings.overlays)
        self._changes = Changes(self.contract)
        self.listeners: list[Callable[[Entry | Notice], None]] = []
        """Called with each entry of the log and each notice that is about to be sent."""

        self.switch(settings.defects)
        self._seed_state()

    def _seed_state(self) -> None:
        fresh = Store()
        with fresh.transaction():
            self.behaviour.seed(fresh, self.clock.start)
        self._pristine = fresh.snapshot()
        if self.state.empty:
            self.state.restore(self._pristine)
            return
        try:
            shapes.require_state(self.marketplace, self.state.snapshot())
            elapsed = (self.state.get("settings", "clock") or {}).get("elapsed", 0.0)
            self.clock.require_before_end(elapsed)
        except UsageError as error:
            self.state.close()
            problem = f"no state of a `{self.marketplace}` sandbox: {error}"
            raise ParseError(problem, name=str(self.settings.state)) from None
        self.clock.set_elapsed(elapsed)
        self.sender.wake()

    def close(self) -> None:
        """Stop sending notices and close the state's file."""
        self.sender.close()
        with self.lock:
            self.state.close()

    @property
    def token(self) -> str:
        """The token of the first seller."""
        return next(token for token, seller in self.tokens.items() if seller == FIRST_SELLER)

    def known_tokens(self) -> set[str]:
        """Return the tokens of all sellers, with those that apps were given as things are now."""
        return {*self.tokens, *self.state.tokens()}

    def auth(self, token: str | None = None) -> dict[str, str]:
        """Return the request headers that carry a token; the first seller's by default."""
        return self.credentials.headers(token or self.token)

    def switch(self, ids: Iterable[str]) -> None:
        """Switch on exactly these defects; they act in the order of the marketplace's list.

        Raises:
            UnknownName: one of them is not a defect of this marketplace.
        """
        wanted = list(ids)
        shapes.require("defects", {"on": wanted})
        if unknown := [id for id in wanted if id not in self.known_defects]:
            raise UnknownName("defect", str(unknown[0]), tuple(self.known_defects))
        with self.lock:
            self._changes.switch(defect for id, defect in self.known_defects.items() if id in wanted)

    @property
    def defects(self) -> tuple[str, ...]:
        """The ids of the defects that are on."""
        return self._changes.defects

    def mutate(self, changes: Iterable[Change]) -> None:
        """Have exactly these mutations beside the defects; a reset keeps them on, and they begin anew."""
        with self.lock:
            self._changes.mutate(changes)

    @property
    def applied(self) -> set[str]:
        """The ids of the mutations that changed a response, a notice or the state since `mutate`."""
        with self.lock:
            return set(self._changes.applied)

    def plan(self, faults: Json) -> None:
        """Plan one fault or a list of them; see `Faults.add`."""
        faults = shapes.json_of(faults)
        shapes.require("faults", faults)
        with self.lock:
            self.faults.add(faults)

    def script(self, operation: str, responses: list[Json]) -> None:
        """Plan the responses to the next calls of an operation; see `Faults.script`."""
        script = shapes.json_of({"operation": operation, "responses": responses})
        shapes.require("scenarios", script)
        with self.lock:
            self.faults.script(operation, script["responses"])

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change the state in one transaction; then send the notices it has made."""
        with self.lock:
            with self.state.transaction():
                yield
            self.sender.wake()

    def reset(self) -> None:
        """Go back to the seeded state in one step; faults, log and clock too."""
        with self.lock:
            self.state.restore(self._pristine)
            self.clock.set_elapsed(0.0)
            self.faults.clear()
            self.limit.clear()
            self.log.clear()
            self._changes.anew()

    def advance(self, seconds: float) -> None:
        """Move the clock ahead; everything that becomes due happens.

        Raises:
            UsageError: the clock does not run backwards, or it has ended by then.
            NotWritten: the file of the state cannot be written.
        """
        shapes.require("clock", {"advance": seconds})
        if not seconds >= 0:
            raise UsageError("/advance: the clock does not run backwards")
        with self.lock:
            elapsed = self.clock.elapsed() + seconds
            self.clock.require_before_end(elapsed)
            with self.state.transaction():
                self.state.put("settings", "clock", {"elapsed": elapsed})
            self.clock.set_elapsed(elapsed)
            self.settle()
            self.sender.wake()

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        now = stamp(self.clock.now())
        if self.state.next_due() > now:
            return
        with self.changing():
            for kind, document in self.state.due(now):
                self.behaviour.due[kind](self, document)

    def snapshot(self) -> dict[str, Json]:
        """Return the state as JSON."""
        with self.lock:
            return {
                "marketplace": self.marketplace,
                "elapsed": self.clock.elapsed(),
                "tables": self.state.snapshot(),
            }

    def restore(self, snapshot: Json) -> None:
        """Go to a state that `snapshot` returned.

        Raises:
            UsageError: it is not a state, or another marketplace's; the message begins with the place.
            NotWritten: the file of the state cannot be written.
        """
        snapshot = shapes.json_of(snapshot)
        shapes.require("state", snapshot)
        if snapshot["marketplace"] != self.marketplace:
            raise UsageError(f"/marketplace: not a state of a `{self.marketplace}` sandbox")
        elapsed = float(snapshot.get("elapsed", 0.0))
        try:
            self.clock.require_before_end(elapsed)
        except UsageError as error:
            raise UsageError(f"/elapsed: {error}") from None
        shapes.require_state(self.marketplace, snapshot["tables"])
        with self.lock:
            self.state.restore(snapshot["tables"])
            self.clock.set_elapsed(elapsed)
            self._changes.anew()
        self.sender.wake()

    def seed(self, documents: Json) -> int:
        """Add documents by kind, `{"orders": [...]}`; all or none. Return how many.

        Raises:
            UsageError: a kind that does not exist, or a document that the marketplace could not send.
        """
        documents = shapes.json_of(documents)
        shapes.require("seed", documents)
        for kind in documents:
            if kind not in self.behaviour.seeds:
                known = ", ".join(self.behaviour.seeds)
                raise UsageError(f"no list of `{kind[:40]}` to seed; known: {known}")
        with self.changing():
            for kind, items in documents.items():
                for index, item in enumerate(items):
                    self._seed_one(kind, item, (kind, index))
        return sum(map(len, documents.values()))

    def _seed_one(self, kind: str, item: Json, at: Path) -> None:
        seller = item.get("seller", FIRST_SELLER) if isinstance(item, dict) else FIRST_SELLER
        if str(seller) not in self.tokens.values():
            sellers = ", ".join(sorted(set(self.tokens.values())))
            raise UsageError(f"{pointer((*at, 'seller'))}: no such seller; known: {sellers}")
        try:
            self.behaviour.seeds[kind](self, item)
        except Refused as refused:
            raise UsageError(f"{pointer(at)}{refused.finding.pointer}: {refused.finding.message}") from None
        for changed, key in self.state.changed():
            shapes.require_document(self.marketplace, changed, self.state.get(changed, key), at)

    def move(self, name: str, state: str) -> None:
        """Move a product request, an order or an import to a state at once.

        Raises:
            UsageError: nothing has that name, or it has no such state.
        """
        shapes.require("move", {"name": name, "state": state})
        with self.lock:
            self.settle()
            for kind, enter in self.behaviour.moves.items():
                document = self.state.get(kind, name)
                if document is not None:
                    try:
                        with self.changing():
                            enter(self, document, state)
                    except Refused as refused:
                        raise UsageError(refused.finding.message) from None
                    return
        raise UsageError(f"nothing here is called `{name[:60]}`")

    def notify(self, operation: str, url: str, body: Json, *, event: str = "") -> None:
        """Send a notice once the present transaction is committed."""
        for notice in self._changes.notices(Notice(operation, url, body, stamp(self.clock.now()))):
            self.sender.add(notice, event)
            self._publish(notice)

    def _publish(self, event: Entry | Notice) -> None:
        for listener in self.listeners:
            listener(event)

    def deliveries(self) -> list[Json]:
        """Return the notices with their attempts, the oldest first."""
        return self.sender.notices()

    def handle(self, request: Request) -> Reply:
        """Return the reply to one request."""
        started = time.perf_counter()
        with self.lock:
            try:
                self.settle()
                response, call = self._respond(request)
            except NotWritten as error:
                response, call = self._refuse(refusal(500, str(error))), None
            seconds = time.perf_counter() - started
            entry = Entry(self.log.number + 1, self.clock.now(), seconds, request, response)
            if call is not None:
                entry = replace(
                    entry,
                    operation=call.operation,
                    path=call.raw_path,
                    facts=call.facts,
                    changed=call.changed,
                )
            self.log.add(entry)
            self._publish(entry)
        return response

    def _respond(self, request: Request) -> tuple[Reply, Call | None]:
        """Return the reply, and the call if the request is one of an operation."""
        match = self._paths.match(request)
        if elsewhere := self._paths.elsewhere(request, match):
            return self._refuse(refusal(404, f"the path {elsewhere}", at="/request/path")), None
        if match is None:
            return self._refuse(refusal(404, "no operation has this path", at="/request/path")), None
        if not match.method_fits:
            known = self.contract.operation(match.operation)
            other = known.under_another_version(request.method, self._paths.url(request))
            refused = wrong_method(request.method, known.operation, other)
            response = self._refuse(replace(refused, status=405))
            return replace(response, headers={"allow": ", ".join(self._paths.methods(request))}), None
        token = self.credentials.token(request.headers)
        operation = self.contract.operation(match.operation)
        call = Call(self, operation, request, match.path, self.behaviour.seller_of(self, token))
        faults = self.faults.next(call.id)
        fault = next((fault for fault in faults if fault.kind != "latency"), None)
        response = self.planned(fault) if fault else self._barred(call, token) or self._handled(call)
        if operation.assumed:
            response = replace(response, headers={**response.headers, ASSUMED: operation.key})
        delay = sum(fault.seconds for fault in faults if fault.kind == "latency")
        return replace(response, delay=delay) if delay else response, call

    def planned(self, fault: Fault) -> Reply:
        """Return the response of a fault; one with an error code has text and status of its rule."""
        response = fault.reply()
        if response is None:
            response = self._refuse(planned_refusal(fault, self.contract.rules() if fault.code else ()))
        return self._limited(response, 1.0) if response.status == 429 else response

    def _barred(self, call: Call, token: str) -> Reply | None:
        """Refuse a call for its sender, its rate or its size."""
        if call.operation.spec.security:
            if token and not call.seller:
                return self.unknown_token(call.operation, self.behaviour.ended(self, token))
            if (barred := self.behaviour.barred(call, token)) is not None:
                return self._refuse(barred)
        if wait := self.limit.wait(call.seller if self.behaviour.rate else token):
            finding = refusal(429, f"more than {self.limit.rate:g} calls a second")
            return self._limited(self._refuse(finding), wait)
        if call.request.unread is not None:
            return self._refuse(refusal(400, call.request.unread.reason, at="/request/body"))
        return None

    def unknown_token(self, operation: OperationContract, why: str = "") -> Reply:
        """Return the refusal of a token that no seller has."""
        return self._refuse(self.credentials.unknown(operation, why))

    def _limited(self, response: Reply, seconds: float) -> Reply:
        """Return a 429 with the marketplace's headers for the seconds to wait."""
        return replace(response, headers=self.behaviour.limited(seconds, self.limit.rate or 1.0))

    def _handled(self, call: Call) -> Reply:
        if (instead := self._changes.instead(call)) is not None:
            return instead
        if call.id in self.behaviour.facts:
            call.facts = self.behaviour.facts[call.id](call)
        with self.changing():
            response = self._changes.after(call, self._honest(call))
            call.changed = self.state.changes()
        return response

    def _honest(self, call: Call) -> Reply:
        """Return the response to be changed: a refusal of the rules, or the handler's."""
        report = call.operation.check_exchange(call.exchange, call.raw_path, call.request.query, call.facts)
        call.report = self._changes.forgiven(call, report)
        refused = call.report.server_response()
        if refused.body is not None:
            return reply(refused.body, refused.status)
        return self._changes.handled(call, self._by_handler)

    def _by_handler(self, call: Call) -> Reply:
        try:
            return self.behaviour.handlers[call.id](call)
        except Refused as error:
            return self._refuse(error.finding)

    def _refuse(self, finding: Finding) -> Reply:
        response = self.contract.marketplace.refusal((finding,))
        return reply(response.body, response.status)
