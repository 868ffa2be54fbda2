"""The part of a sandbox that each marketplace defines, and the call that its handlers receive."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from sellerspec.contract import Contract
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.parts import parameter_values, request_value
from sellerspec.model import NO_FACTS, Basis, Exchange, Facts, Finding, Json, Report, Severity, Source
from sellerspec.rules import Rule
from sellerspec.sandbox.clock import Clock
from sellerspec.sandbox.faults import Fault
from sellerspec.sandbox.limit import Limit
from sellerspec.sandbox.messages import Reply, Request
from sellerspec.sandbox.state import Store

SOURCE = Source("sellerspec", "the sandbox", Basis.INFERRED)

FIRST_SELLER = "1"
"""Id of the seller whose token `serve` prints."""

LOCKED_SELLER = "4"
"""Id of the seller whose every call is refused with 403."""

TOKENS: Mapping[str, str] = {
    "not-a-real-token": "1",
    "FAKE-TOKEN-FOR-TESTS": "1",
    "not-a-real-token-2": "2",
    "not-a-real-token-locked": "4",
}
"""Token -> id of the seller."""


class World(Protocol):
    """The sandbox as its handlers see it."""

    contract: Contract
    """The marketplace's contract, with the overlays of this sandbox."""

    state: Store
    clock: Clock
    limit: Limit
    base: str
    """The sandbox's own address, for links in responses; no slash at the end."""

    behaviour: "Behaviour"
    """The marketplace's part."""

    tokens: dict[str, str]
    """Token -> id of the seller; those that are valid for ever."""

    def changing(self) -> AbstractContextManager[None]:
        """Change the state in one transaction; then send the notices it has made."""

    def notify(self, operation: str, url: str, body: Json, *, event: str = "") -> None:
        """Send a notice once the present transaction is committed."""

    def planned(self, fault: Fault) -> Reply:
        """Return the response of a fault."""

    def unknown_token(self, operation: OperationContract) -> Reply:
        """Return the refusal of a token that no seller has."""


class Call:
    """One request to an operation, as its handler receives it."""

    def __init__(
        self,
        world: World,
        operation: OperationContract,
        request: Request,
        raw_path: Mapping[str, str],
        seller: str,
    ) -> None:
        self.world = world
        self.state = world.state
        self.operation = operation
        self.id = operation.operation.id
        """The operationId."""

        self.request = request
        self.raw_path = raw_path
        """Path parameters as in the URL, still encoded."""

        self.seller = seller
        """Id of the seller whose token the request carries; "" if it carries none."""

        self.facts = NO_FACTS
        self.report: Report | None = None
        """The report on the request, once it was checked."""

        self.changed = False
        """Whether the call changed the state: a document, and more of it than moments."""

    @cached_property
    def exchange(self) -> Exchange:
        """The request as the contract checks it."""
        return self.request.exchange

    @cached_property
    def value(self) -> Mapping[str, Json]:
        """`path`, `query`, `headers` and `body`, decoded and typed as the contract reads them."""
        parameters = parameter_values(self.operation.spec, self.raw_path, self.request.query)
        return request_value(self.operation.spec, self.exchange, parameters)

    @property
    def path(self) -> dict[str, Json]:
        """Path parameters, decoded and typed."""
        parameters: dict[str, Json] = self.value["path"]
        return parameters

    @property
    def query(self) -> dict[str, Json]:
        """Query parameters, decoded and typed."""
        parameters: dict[str, Json] = self.value["query"]
        return parameters

    @property
    def body(self) -> Json:
        """The decoded body; None if there is none or it is not JSON."""
        return self.value.get("body")

    def member(self, name: str) -> Json:
        """Return a member of the body; None if there is none, or the body is no object."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    @property
    def now(self) -> datetime:
        """The marketplace's wall clock."""
        return self.world.clock.now()

    def own(self, kind: str, key: object) -> Json:
        """Return a document of the seller; None if there is none or it is another seller's."""
        document = self.state.get(kind, str(key))
        return document if document is not None and document["seller"] == self.seller else None

    def require_own(self, kind: str, key: object, otherwise: "Refused") -> Json:
        """Return a document of the seller; raise `otherwise` if there is none."""
        document = self.own(kind, key)
        if document is None:
            raise otherwise
        return document

    def all_own(self, kind: str) -> list[Json]:
        """Return the documents of the seller, the oldest first."""
        return [document for document in self.state.all(kind).values() if document["seller"] == self.seller]


class Refused(Exception):
    """A handler refuses a call for a reason that only the state knows."""

    def __init__(
        self, status: int, message: str, *, text: str | None = None, code: str | None = None, at: str = ""
    ) -> None:
        """Refuse.

        Args:
            status: of the response.
            message: the reason, in our words; the marketplace's envelope marks them as ours.
            text: the marketplace's own words, only where a source shows them.
            code: the marketplace's error code, only where a source shows it.
            at: pointer to the place in the request.
        """
        super().__init__(status, message)
        self.finding = refusal(status, message, text=text, code=code, at=at)


def refusal(
    status: int | None, message: str, *, text: str | None = None, code: str | None = None, at: str = ""
) -> Finding:
    """Return the finding behind a refusal that no rule states; arguments as for `Refused`.

    Without a status the marketplace's envelope decides.
    """
    return Finding(
        "sellerspec.sandbox", Severity.ERROR, at, message, Basis.INFERRED, SOURCE, text, status, code
    )


def planned_refusal(fault: Fault, rules: Iterable[Rule]) -> Finding:
    """Return the finding behind a planned refusal; text and status are those of the rule with its code."""
    rule = next((rule for rule in rules if fault.code in (rule.code, *rule.catalogue)), None)
    status = fault.status or (rule and rule.status) or (500 if rule is None or rule.why_not else None)
    text = rule.text if rule else None
    return refusal(status, "a planned fault", text=text, code=fault.code or None)


def retry_after(seconds: float, _: float) -> Mapping[str, str]:
    """Return the standard header of a 429."""
    return {"retry-after": str(max(1, round(seconds)))}


def known_seller(world: World, token: str) -> str:
    """Return the id of the seller of a token; "" if no seller has it."""
    return world.tokens.get(token, "")


def unless_locked(call: Call, _: str) -> Finding | None:
    """Return the refusal of a call of the locked seller."""
    return refusal(403, "this token may not do this") if call.seller == LOCKED_SELLER else None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The behaviour of one marketplace in the sandbox."""

    seed: Callable[[Store, datetime], None]
    """Fills an empty store, inside a transaction."""

    handlers: Mapping[str, Callable[[Call], Reply]]
    """By operationId."""

    facts: Mapping[str, Callable[[Call], Facts]]
    """By operationId: the facts that its rules need from the state; optional."""

    moves: Mapping[str, Callable[[World, Json, str], None]]
    """Kind -> moves a document to a state at once; raises Refused for an impossible state."""

    seeds: Mapping[str, Callable[[World, Json], None]]
    """Kind -> adds one document that a user seeds; raises Refused for a bad one."""

    due: Mapping[str, Callable[[World, Json], None]] = field(default_factory=dict)
    """Kind -> moves on a document whose member `due` the clock has reached."""

    tokens: Mapping[str, str] = field(default_factory=lambda: TOKENS)
    """Token -> id of the seller."""

    limited: Callable[[float, float], Mapping[str, str]] = retry_after
    """Returns the headers of a 429, from the seconds to wait and the calls allowed in a second."""

    seller_of: Callable[[World, str], str] = known_seller
    """Returns the id of the seller of a token; "" if no seller has it now."""

    ended: Callable[[World, str], str] = lambda _, __: ""
    """Returns in words that a token which no seller has now was valid once; "" if it never was."""

    barred: Callable[[Call, str], Finding | None] = unless_locked
    """Returns why the token of a known seller may not make a call; None if it may."""

    rate: float | None = None
    """Calls a second that each seller may make, unless the settings say otherwise; None: no limit, and the
    settings count those of each token."""

    def tokens_with(self, token: str | None) -> dict[str, str]:
        """Return the tokens; one that is given takes the place of those of the first seller."""
        if not token:
            return dict(self.tokens)
        others = {other: seller for other, seller in self.tokens.items() if seller != FIRST_SELLER}
        return {**others, token: FIRST_SELLER}
