"""The record of a change of a sandbox, and the changes that are in force: defects and mutations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace

from sellerspec.contract import Contract
from sellerspec.model import Finding, Json, Report
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.messages import JSON, Reply


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that the marketplace is about to send."""

    operation: str
    url: str
    body: Json
    due: float = 0.0
    """When it is sent, in seconds as of `stamp`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a marketplace, by hooks into the handling of a call or of a notice."""

    id: str
    on: tuple[str, ...]
    """The operations whose calls or notices it changes."""

    _: KW_ONLY

    instead: Callable[[Call], Reply | None] | None = None
    """Replaces the whole handling of a call with a valid token, unless it returns None."""

    before: Callable[[Call], Reply | None] | None = None
    """Replaces the handler's response, unless it returns None; called only if no rule refuses."""

    after: Callable[[Call, Reply], Reply] | None = None
    """Changes the response."""

    forgives: Callable[[Call, Finding], bool] | None = None
    """Returns whether a finding is ignored."""

    notices: Callable[[Notice], list[Notice]] | None = None
    """Returns the notices to send in place of one."""

    keeps_contract: bool = False
    """Whether a response or a notice stays as it was if the changed one would break the contract."""

    anew: Callable[[], None] | None = None
    """Forgets what the hooks have counted; called when the sandbox is reset."""


class Changes:
    """The changes that are in force, in the order in which they act.

    The hooks of a mutation are observed: `applied` holds its id only if it changed something.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._defects: tuple[Change, ...] = ()
        self._mutations: tuple[Change, ...] = ()
        self.applied: set[str] = set()
        """Ids of the mutations that changed a response, a notice or the state."""

        self._in_trial = False

    @property
    def defects(self) -> tuple[str, ...]:
        """The ids of the defects that are on."""
        return tuple(defect.id for defect in self._defects)

    def switch(self, defects: Iterable[Change]) -> None:
        """Have exactly these defects."""
        self._defects = tuple(defects)

    def mutate(self, mutations: Iterable[Change]) -> None:
        """Have exactly these mutations beside the defects; none was applied yet."""
        self._mutations = tuple(mutations)
        self.applied = set()
        self.anew()

    def anew(self) -> None:
        """Let every mutation forget what it has counted."""
        for mutation in self._mutations:
            if mutation.anew is not None:
                mutation.anew()

    def _of(self, operation: str) -> Iterator[tuple[Change, bool]]:
        """Yield the changes of an operation, each with whether it is a mutation."""
        for defect in self._defects:
            if operation in defect.on:
                yield defect, False
        for mutation in self._mutations:
            if operation in mutation.on:
                yield mutation, True

    def instead(self, call: Call) -> Reply | None:
        """Return the response of the first change that replaces the handling of a call; None if none does."""
        for change, observed in self._of(call.id):
            if change.instead is not None:
                with call.world.changing():
                    response = change.instead(call)
                    changes_state = bool(call.state.effect())
                if response is not None and not self._kept(change, call, response):
                    response = None
                if observed and (response is not None or changes_state):
                    self.applied.add(change.id)
                if response is not None:
                    return response
        return None

    def forgiven(self, call: Call, report: Report) -> Report:
        """Return the report on a request without the findings that changes ignore."""
        for change, observed in self._of(call.id):
            if change.forgives is None or report.ok:
                continue
            kept = tuple(finding for finding in report.findings if not change.forgives(call, finding))
            forgiven = replace(report, findings=kept)
            if observed and _consequence(forgiven) != _consequence(report):
                self.applied.add(change.id)
            report = forgiven
        return report

    def handled(self, call: Call, handle: Callable[[Call], Reply]) -> Reply:
        """Return the response of the handler, or the one that a change gives before it is called."""
        hooks = [(change, observed) for change, observed in self._of(call.id) if change.before is not None]
        if not hooks:
            return handle(call)
        if not any(observed for _, observed in hooks):
            return self._by_hooks(call, handle, hooks)[0]
        with call.world.clock.stopped():
            usual = self._tried(call, handle)
            response, acting = self._by_hooks(call, handle, hooks)
        if (response, call.state.effect()) != usual:
            self.applied.update(acting)
        return response

    def _by_hooks(
        self, call: Call, handle: Callable[[Call], Reply], hooks: list[tuple[Change, bool]]
    ) -> tuple[Reply, list[str]]:
        """Return the response, and the ids of the mutations that have made it if it is not the usual one."""
        silent: list[str] = []
        for change, observed in hooks:
            response = change.before(call) if change.before is not None else None
            if response is not None and not self._kept(change, call, response):
                response = None
            if response is not None:
                return response, [change.id] if observed else []
            if observed:
                silent.append(change.id)
        return handle(call), silent

    def _tried(self, call: Call, handle: Callable[[Call], Reply]) -> tuple[Reply, Json]:
        """Return the response of the handler and what it does to the state, and undo that."""
        self._in_trial = True
        try:
            with call.state.trial():
                response = handle(call)
                return response, call.state.effect()
        finally:
            self._in_trial = False

    def after(self, call: Call, response: Reply) -> Reply:
        """Return the response as the changes leave it."""
        for change, observed in self._of(call.id):
            if change.after is None:
                continue
            state = call.state.effect() if observed else None
            changed = change.after(call, response)
            if changed != response and not self._kept(change, call, changed):
                continue
            if observed and (changed != response or call.state.effect() != state):
                self.applied.add(change.id)
            response = changed
        return response

    def _kept(self, change: Change, call: Call, response: Reply) -> bool:
        """Return whether a change may give a response: not if it must keep the contract and does not."""
        if not change.keeps_contract or response.ends != "whole" or response.content_type != JSON:
            return True
        exchange = call.request.exchange_with(response)
        report = call.operation.check_exchange(
            exchange, call.raw_path, call.request.query, call.facts, request=False
        )
        return report.ok

    def notices(self, notice: Notice) -> list[Notice]:
        """Return the notices to send in place of one; none for a handler that is only tried."""
        if self._in_trial:
            return []
        notices = [notice]
        for change, observed in self._of(notice.operation):
            if change.notices is None:
                continue
            changed = [made for notice in notices for made in change.notices(notice)]
            if changed == notices or not all(self._sendable(change, made) for made in changed):
                continue
            if observed:
                self.applied.add(change.id)
            notices = changed
        return notices

    def _sendable(self, change: Change, notice: Notice) -> bool:
        return not change.keeps_contract or self._contract.operation(notice.operation).check(notice.body).ok


def _consequence(report: Report) -> object:
    """Return what becomes of a request: the refusal, or what is found in one that is taken."""
    refused = report.server_response()
    return refused if refused.body is not None else report.findings
