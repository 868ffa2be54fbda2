"""The server under test: calls of its operations, what is known about its state, our sandbox's controls."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

from sellerspec import contract
from sellerspec.errors import ParseError
from sellerspec.fuzz.messages import Call, Reply, form_content
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.session import Session
from sellerspec.fuzz.verdict import Verdict
from sellerspec.io import urls
from sellerspec.io.strict import readable
from sellerspec.model import NO_FACTS, Facts, Json
from sellerspec.openapi.spec import FORM, OperationSpec
from sellerspec.strategies.words import Seeded

if TYPE_CHECKING:
    from sellerspec.fuzz.transport import Transport

CONTROL = "/__sellerspec"

CREDENTIALS = ("authorization", "tiki-api")
"""Names of the headers that say who calls."""

Retargeted = list[tuple[Mapping[str, Json], Json]]
"""Path parameters and body of each call."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A documented sequence of calls, with statements about what is read between them."""

    run: "Callable[[Target], None]"
    uses: tuple[str, ...]
    """operationIds; the sequence runs if at least one of them was chosen."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is known about one marketplace beyond its spec: how to learn facts, documented sequences."""

    path: Mapping[str, Json] = field(default_factory=dict)
    """Path parameters that are the same for every call."""

    query: "Callable[[Target, dict[str, Json]], dict[str, Json]]" = lambda _, query: query
    """Adapts the query of an example to the account."""

    live: "Callable[[Target, str, str], Json]" = lambda _, __, ___: None
    """Returns a value of a path parameter that the server knows; None if none is known: operationId, name."""

    facts: "Callable[[Target, str, Mapping[str, Json], Json], Facts]" = lambda _, __, ___, ____: NO_FACTS
    """Reads the facts that the rules of an operation need: operationId, path parameters, body."""

    retarget: "Callable[[Target, str, Json, Facts], Retargeted]" = lambda _, __, body, ___: [({}, body)]
    """Returns path parameters and bodies that name existing things of the server and violate the same
    rules as a body. Arguments: operationId, body, facts of the example."""

    arrange: "Callable[[Target, Facts, Json], bool]" = lambda _, __, ___: False
    """Brings our sandbox into a state in which facts about the account hold, else into one in which
    only a body can be a reason to refuse it; returns whether the state has changed."""

    learn: "Callable[[Target], None]" = lambda _: None
    """Reads what has to be known about the server before a phase begins."""

    certain: tuple[str, ...] = ()
    """Operations that a server refuses only because of the request, if the things in the path exist."""

    sequences: "tuple[Sequence, ...]" = ()
    transitions: tuple[str, ...] = ()
    """Names of the steps that sequences take: `createOrder -> getOrder`."""

    tokens: tuple[Mapping[str, str], ...] = ()
    """Headers of the two sellers of our sandbox."""

    apps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """operationId of a call that no seller's token belongs to -> headers of an app of our sandbox."""


class Target:
    """Calls operations by their ids."""

    def __init__(
        self, session: Session, transport: "Transport", scenario: Scenario, options: Options
    ) -> None:
        self.session = session
        self.scenario = scenario
        self.options = options
        self.marketplace = session.marketplace
        self.choice = Seeded(options.seed)
        self.headers = dict(options.headers)
        self.other = dict(options.other_headers)
        """Headers of a second account."""

        self.known: dict[str, Json] = {}
        """What the scenario has learned about the server."""

        self.is_sandbox = False
        self._transport = transport

    def detect_sandbox(self) -> None:
        """Find out whether this is our own sandbox, and use its tokens if none were given."""
        about = self.control("GET", "")
        self.is_sandbox = isinstance(about, dict) and about.get("marketplace") == self.marketplace
        if self.is_sandbox and self.scenario.tokens:
            self.headers = self.headers or dict(self.scenario.tokens[0])
            self.other = self.other or dict(self.scenario.tokens[1])

    def headers_of(self, id: str) -> Mapping[str, str]:
        """Return the account's headers for a call of an operation: its token, where one belongs to it."""
        if id not in self.scenario.apps:
            return self.headers
        own = self.scenario.apps[id] if self.is_sandbox else {}
        others = {name: value for name, value in self.headers.items() if name.lower() not in CREDENTIALS}
        return {**others, **own}

    def start(self, step: Callable[[], None]) -> None:
        """Reset our sandbox, learn about the server, then run a step."""
        self.reset()
        self.scenario.learn(self)
        step()

    def run_sequences(self, operations: Collection[str]) -> None:
        """Run each documented sequence that is about one of the operations, named by their keys."""
        ids = {operation.partition("/")[2] for operation in operations}
        for sequence in self.scenario.sequences:
            if ids & set(sequence.uses):
                self.reset()
                sequence.run(self)

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """Call the control plane of our sandbox; None where there is none, or it refuses."""
        if path and not self.is_sandbox:
            return None
        reply = self._send_control(method, path, body)
        return readable(reply.body) if reply.status == 200 else None

    def _send_control(self, method: str, path: str, body: Json = None) -> Reply:
        content = orjson.dumps(body) if body is not None else b""
        headers = {"content-type": "application/json"}
        return self._transport.send(Call("", method, f"{CONTROL}/{path}", headers, content))

    def _sandbox_state(self, path: str) -> Json:
        """Return what our sandbox reports about itself; None where there is none, or it is gone."""
        reply = self._send_control("GET", path) if self.is_sandbox else Reply()
        # a sandbox that is gone is noticed by the next call; one that replies has to reply as ours does
        return (readable(reply.body) or {}) if reply.status else None

    def reset(self) -> None:
        """Bring our sandbox back to its first state; any other server stays as it is."""
        self.control("POST", "reset")

    def advance(self, seconds: float) -> bool:
        """Move the clock of our sandbox; return whether there is one."""
        return self.control("POST", "clock", {"advance": seconds}) is not None

    def now(self) -> datetime:
        """Return the marketplace's local time.

        Raises:
            ParseError: the server says that it is our sandbox, and its clock shows no time.
        """
        clock = self._sandbox_state("clock")
        if clock is None:
            return datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(hours=7)
        try:
            return datetime.fromisoformat(str(clock.get("now") if isinstance(clock, dict) else None))
        except ValueError:
            what = "no moment as our sandbox tells it: `YYYY-MM-DD hh:mm:ss` in `now`"
            raise ParseError(what, name=f"{CONTROL}/clock") from None

    def tables(self, *kinds: str) -> Mapping[str, Mapping[str, Json]]:
        """Return the state of our sandbox by kind and key; empty where there is none.

        Args:
            kinds: those whose documents have to be objects.

        Raises:
            ParseError: the server says that it is our sandbox, and its state is none of ours.
        """
        state = self._sandbox_state("state")
        if state is None:
            return {}
        tables = state.get("tables") if isinstance(state, dict) else None
        if not isinstance(tables, dict) or not all(_holds_objects(tables.get(kind, {})) for kind in kinds):
            what = f"no state as our sandbox tells it: objects in `tables` by kind: {', '.join(kinds)}"
            raise ParseError(what, name=f"{CONTROL}/state")
        return tables

    def restore(self, tables: Mapping[str, Json]) -> bool:
        """Bring our sandbox into a state without moving its clock; return whether it accepted that."""
        state = self.control("GET", "state")
        return (
            isinstance(state, dict) and self.control("PUT", "state", {**state, "tables": tables}) is not None
        )

    def call(
        self,
        id: str,
        *,
        path: Mapping[str, Json] | None = None,
        query: Mapping[str, Json] | None = None,
        body: Json = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        raw_query: str | None = None,
    ) -> Call:
        """Return a call of an operation.

        Args:
            id: its operationId.
            path: path parameters; those left out get a value that the server knows.
            query: query parameters; a list repeats one.
            body: sent as JSON, or as the form that the operation takes.
            content: sent instead of `body`.
            headers: sent instead of the account's headers.
            raw_query: encoded, sent instead of `query`.
        """
        spec = contract.contract(self.marketplace).operation(id).spec
        given = {**self.scenario.path, **(path or {})}
        parts = []
        for part in spec.operation.path.split("/")[1:]:
            if part.startswith("{"):
                name = part[1:-1]
                value = given[name] if name in given else self.scenario.live(self, id, name)
                part = quote(str(value if value is not None else "1"), safe="")
            parts.append(part)
        encoded = raw_query if raw_query is not None else urlencode(query or {}, doseq=True)
        sent = dict(self.headers_of(id) if headers is None else headers)
        if content is None:
            content = _content(spec, body)
        if content and not any(name.lower() == "content-type" for name in sent):
            sent["content-type"] = content_type(spec)
        url = "/" + "/".join(parts) + (f"?{encoded}" if encoded else "")
        return Call(f"{self.marketplace}/{id}", spec.operation.method, url, sent, content)

    def send(self, call: Call, *, certain: bool | None = None, facts: Facts | None = None) -> Verdict:
        """Send a call and return the verdict.

        Args:
            call: what to send.
            certain: whether only the request can be a reason to refuse it; None if the scenario decides.
            facts: what is known already; None reads it from the server.
        """
        known = facts if facts is not None else self.facts(call)
        sure = certain if certain is not None else call.id in self.scenario.certain
        return self.session.send(call, known, certain=sure)

    def facts(self, call: Call) -> Facts:
        """Return what is known about the state that a call is about."""
        ready = contract.operation(call.operation)
        if not any(function.needs for function in ready.functions):
            return self.options.facts
        read = self.scenario.facts(self, call.id, self.path_of(call), readable(call.body))
        given = {name: getattr(self.options.facts, name) for name in self.options.facts.given()}
        return replace(read, **given)

    def path_of(self, call: Call) -> Mapping[str, str]:
        """Return the path parameters of a call."""
        match = contract.contract(self.marketplace).routes.find(call.method, call.path, any_host=True)
        return dict(match.path) if match is not None else {}

    def read(self, id: str, **given: Json) -> Json:
        """Return the body of a response, without keeping findings about it; None if it is a refusal."""
        verdict = self.session.send(self.call(id, **given), quiet=True)
        return verdict.body if verdict.accepted else None


def _holds_objects(table: Json) -> bool:
    return isinstance(table, dict) and all(isinstance(document, dict) for document in table.values())


def content_type(spec: OperationSpec) -> str:
    """Return the content type in which an operation takes a body."""
    return FORM if spec.request is not None and spec.request.is_form else "application/json"


def _content(spec: OperationSpec, body: Json) -> bytes:
    if body is None:
        return b""
    form = form_content(body) if isinstance(body, dict) and content_type(spec) == FORM else None
    return orjson.dumps(body) if form is None else form


def parts_of(marketplace: str, method: str, url: str) -> tuple[Mapping[str, str], str]:
    """Return path parameters and query of an example's call."""
    routes = contract.contract(marketplace).routes
    match = routes.find(method, url) or routes.find(method, url, any_host=True)
    return dict(match.path) if match is not None else {}, urls.split(url).query
