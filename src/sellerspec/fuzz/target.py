"""The server as a run knows it: how to call it, what is known of its state, and our sandbox's controls."""

import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

import orjson

from sellerspec import contract
from sellerspec.errors import ParseError
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.session import Session
from sellerspec.fuzz.transport import Call, Got, Transport
from sellerspec.fuzz.verdict import Judged
from sellerspec.model import NO_FACTS, Facts, Json

CONTROL = "/__sandbox"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A documented sequence of calls, with statements about what is read between them."""

    name: str
    run: "Callable[[Target], None]"
    uses: frozenset[str]
    """Ids of the operations it is about: it runs if one of them was asked for."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is known of one marketplace beyond its spec: how to ask for facts, and documented sequences."""

    path: Mapping[str, Json] = field(default_factory=dict)
    """Path parameters that are the same for every call."""

    query: "Callable[[Target, str, dict[str, Json]], dict[str, Json]]" = lambda _, __, query: query
    """Adapts the query of an example to the account that is used."""

    live: "Callable[[Target, str, str], Json]" = lambda _, __, ___: None
    """Returns a value of a path parameter that the server knows, None where none is known."""

    facts: "Callable[[Target, str, Mapping[str, Json], Json], Facts]" = lambda _, __, ___, ____: NO_FACTS
    """Asks the server for what the rules of an operation need: operation, path parameters, body."""

    retarget: "Callable[[Target, str, Json, Facts], list[tuple[Mapping[str, Json], Json]]]" = (
        lambda _, __, body, ___: [({}, body)]
    )
    """Returns path parameters and body as they would be about things that the server has."""

    arrange: "Callable[[Target, Facts, Json], bool]" = lambda _, __, ___: False
    """Brings our sandbox to where facts about the account hold, else to where nothing but a body can be
    a reason to refuse it; says whether that is another state than before."""

    learn: "Callable[[Target], None]" = lambda _: None
    """Reads what the run has to know of the server before it begins."""

    certain: frozenset[str] = frozenset()
    """Operations that nothing but the request can be a reason to refuse, if what the path names is there."""

    sequences: "tuple[Sequence, ...]" = ()
    transitions: tuple[str, ...] = ()
    tokens: tuple[Mapping[str, str], ...] = ()
    """Headers of the two sellers that our sandbox is seeded with."""


class Target:
    """Calls operations by name."""

    def __init__(self, session: Session, transport: Transport, scenario: Scenario, options: Options) -> None:
        self.session = session
        self.scenario = scenario
        self.options = options
        self.marketplace = session.marketplace
        self.random = random.Random(options.seed)  # noqa: S311 - decisions that can be repeated, no secrets
        self.headers = dict(options.headers)
        self.other = dict(options.other_headers)
        self.known: dict[str, Json] = {}
        """What the book has learned of the server."""

        self._transport = transport
        self.is_sandbox = False

    def meet(self) -> None:
        """Find out whether this is our own sandbox, and take its tokens if none were given."""
        found = self.control("GET", "")
        self.is_sandbox = isinstance(found, dict) and found.get("marketplace") == self.marketplace
        if self.is_sandbox and self.scenario.tokens:
            self.headers = self.headers or dict(self.scenario.tokens[0])
            self.other = self.other or dict(self.scenario.tokens[1])

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """Ask the control plane of our sandbox; None where there is none, or it refuses."""
        if path and not self.is_sandbox:
            return None
        got = self._asked(method, path, body)
        return _decoded(got) if got.status == 200 else None

    def _asked(self, method: str, path: str, body: Json = None) -> Got:
        content = orjson.dumps(body) if body is not None else b""
        sent = {"content-type": "application/json"}
        return self._transport.send(Call("", method, f"{CONTROL}/{path}", sent, content))

    def _told(self, path: str) -> Json:
        """Return what our sandbox tells of itself; None where there is none, or it has gone."""
        got = self._asked("GET", path) if self.is_sandbox else Got()
        # one that has gone is noticed by the next call; one that responses has to response as ours does
        return None if got.status is None else _decoded(got) or {}

    def reset(self) -> None:
        """Go back to the seeded state, where the server is our sandbox."""
        self.control("POST", "reset")

    def advance(self, seconds: float) -> bool:
        """Move the clock of our sandbox; say whether there was one to move."""
        return self.control("POST", "clock", {"advance": seconds}) is not None

    def now(self) -> datetime:
        """Return the marketplace's wall clock.

        Raises:
            ParseError: the server says that it is our sandbox, and tells no moment.
        """
        found = self._told("clock")
        if found is None:
            return datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(hours=7)
        told = found.get("now") if isinstance(found, dict) else None
        try:
            return datetime.fromisoformat(str(told))
        except ValueError:
            what = "no moment as our sandbox tells it: `YYYY-MM-DD hh:mm:ss` in `now`"
            raise ParseError(what, name=f"{CONTROL}/clock") from None

    def tables(self, *kinds: str) -> Mapping[str, Mapping[str, Json]]:
        """Return the state of our sandbox by kind and key; nothing where there is none.

        Args:
            kinds: those whose documents are objects.

        Raises:
            ParseError: the server says that it is our sandbox, and tells no state as ours does.
        """
        found = self._told("state")
        if found is None:
            return {}
        tables = found.get("tables") if isinstance(found, dict) else None
        if not isinstance(tables, dict) or not all(_of_objects(tables.get(kind, {})) for kind in kinds):
            what = f"no state as our sandbox tells it: objects in `tables` by kind: {', '.join(kinds)}"
            raise ParseError(what, name=f"{CONTROL}/state")
        return tables

    def restore(self, tables: Mapping[str, Json]) -> bool:
        """Bring our sandbox into a state, at the moment that it has; say whether it is there."""
        found = self.control("GET", "state")
        return (
            isinstance(found, dict) and self.control("PUT", "state", {**found, "tables": tables}) is not None
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
        method: str | None = None,
    ) -> Call:
        """Return a call of an operation; what the path needs and was not given is what the server knows."""
        spec = contract.contract(self.marketplace).operation(id).spec
        given = {**self.scenario.path, **(path or {})}
        parts = []
        for part in spec.operation.path.split("/")[1:]:
            if part.startswith("{"):
                name = part[1:-1]
                value = given[name] if name in given else self.scenario.live(self, id, name)
                parts.append(quote(str(value if value is not None else "1"), safe=""))
            else:
                parts.append(part)
        asked = raw_query if raw_query is not None else urlencode(query or {}, doseq=True)
        sent = dict(self.headers if headers is None else headers)
        encoded = content if content is not None else orjson.dumps(body) if body is not None else b""
        if encoded and not any(each.lower() == "content-type" for each in sent):
            sent["content-type"] = "application/json"
        url = "/" + "/".join(parts) + (f"?{asked}" if asked else "")
        return Call(f"{self.marketplace}/{id}", method or spec.operation.method, url, sent, encoded)

    def send(self, call: Call, *, certain: bool | None = None, facts: Facts | None = None) -> Judged:
        """Send a call under the facts that the server itself tells, and judge the response."""
        id = call.operation.partition("/")[2]
        known = facts if facts is not None else self.facts(call)
        sure = certain if certain is not None else id in self.scenario.certain
        return self.session.send(call, known, certain=sure)

    def facts(self, call: Call) -> Facts:
        """Return what is known of the state that a call is about."""
        ready = contract.operation(call.operation)
        if not any(function.needs for function in ready.functions):
            return self.options.facts
        body: Json = None
        with contextlib.suppress(orjson.JSONDecodeError):
            body = orjson.loads(call.body) if call.body else None
        found = self.scenario.facts(self, ready.operation.id, self.path_of(call), body)
        given = {name: getattr(self.options.facts, name) for name in self.options.facts.given()}
        return replace(found, **given)

    def path_of(self, call: Call) -> Mapping[str, str]:
        """Return the path parameters of a call."""
        found = contract.contract(self.marketplace).routes.find(call.method, call.path, any_host=True)
        return dict(found.path) if found is not None else {}

    def read(self, id: str, **given: Json) -> Json:
        """Read something, without keeping what is wrong with the response; None where it is refused."""
        judged = self.session.send(self.call(id, **given), quiet=True)
        return judged.body if judged.accepted else None


def _decoded(got: Got) -> Json:
    try:
        return orjson.loads(got.body)
    except orjson.JSONDecodeError:
        return None


def _of_objects(table: Json) -> bool:
    return isinstance(table, dict) and all(isinstance(each, dict) for each in table.values())


def parts_of(marketplace: str, url: str) -> tuple[str, Mapping[str, str], str]:
    """Return operationId, path parameters and query of an example's URL; "" for an unknown one."""
    routes = contract.contract(marketplace).routes
    found = routes.find("GET", url) or routes.find("GET", url, any_host=True)
    if found is None:
        return "", {}, urlsplit(url).query
    return found.operation, dict(found.path), found.query
