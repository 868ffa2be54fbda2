"""What a marketplace brings to the sandbox, and what its handlers get."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from sellerspec.contract import Contract
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Basis, Exchange, Facts, Finding, Json, Report, Severity, Source
from sellerspec.sandbox.clock import Clock
from sellerspec.sandbox.messages import Call, Reply
from sellerspec.sandbox.state import Store

SOURCE = Source("sellerspec", "the sandbox", Basis.INFERRED)


class World(Protocol):
    """What handlers may see and change."""

    contract: Contract
    """The marketplace's contract, corrected by the overlays of this sandbox."""

    state: Store
    clock: Clock
    base: str
    """The sandbox's own address, for links in responses; no slash at the end."""

    def notify(self, operation: str, url: str, body: Json, *, event: str = "") -> None:
        """Send a notice of the marketplace once the present change is kept."""


class Request:
    """One call that has an operation, as its handler gets it."""

    def __init__(
        self, world: World, operation: OperationContract, call: Call, path: Mapping[str, str], seller: str
    ) -> None:
        self.world = world
        self.state = world.state
        self.operation = operation
        self.call = call
        self.seller = seller
        """Id of the seller whose token came with the call; "" where none is needed."""

        self.report: Report | None = None
        """What the contract says of the call, once it was checked."""

        self._path = path

    @cached_property
    def exchange(self) -> Exchange:
        """The call in the form that the contract judges."""
        return Exchange(
            self.call.method, self.call.url, request_headers=self.call.headers, request_body=self.call.body
        )

    @cached_property
    def value(self) -> Mapping[str, Json]:
        """`path`, `query`, `headers` and `body`, decoded and typed as the contract reads them."""
        from sellerspec.contract.parts import placed, request_value

        return request_value(self.exchange, placed(self.operation.spec, self._path, self.call.query))

    @property
    def path(self) -> Mapping[str, Json]:
        """The parts of the path by name."""
        found: Mapping[str, Json] = self.value["path"]
        return found

    @property
    def query(self) -> Mapping[str, Json]:
        """The query parameters."""
        found: Mapping[str, Json] = self.value["query"]
        return found

    @property
    def body(self) -> Json:
        """The decoded body; None where there is none or it is no JSON."""
        return self.value.get("body")

    @property
    def raw_path(self) -> Mapping[str, str]:
        """The parts of the path as they came."""
        return self._path

    @property
    def now(self) -> datetime:
        """The marketplace's wall clock."""
        return self.world.clock.now()


class Refused(Exception):
    """A handler refuses a call for what only the state knows."""

    def __init__(
        self, status: int, says: str, *, text: str | None = None, code: str | None = None, at: str = ""
    ) -> None:
        """Refuse.

        Args:
            status: of the response.
            says: why, in our words; the marketplace's envelope marks them as ours.
            text: the marketplace's own words, only where a source shows them.
            code: the marketplace's error code, only where a source shows it.
            at: pointer to the place in the request.
        """
        super().__init__(status, says)
        self.finding = refusal(status, says, text=text, code=code, at=at)


def refusal(
    status: int, says: str, *, text: str | None = None, code: str | None = None, at: str = ""
) -> Finding:
    """Return the finding behind a refusal that is not a rule of the payload."""
    return Finding("sellerspec.sandbox", Severity.ERROR, at, says, Basis.INFERRED, SOURCE, text, status, code)


Handler = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One marketplace as the sandbox plays it."""

    tokens: Mapping[str, str]
    """Seeded token -> id of the seller."""

    credential: Callable[[Mapping[str, str]], str | None]
    """Returns the token of the headers, None where there is none."""

    wrong_token: Callable[[OperationContract], Finding]
    locked: frozenset[str]
    """Ids of sellers who may do nothing."""

    seed: Callable[[Store, datetime], None]
    """Fills an empty store, inside a transaction."""

    facts: Callable[[Request], Facts]
    handlers: Mapping[str, Handler]
    """By operationId."""

    due: Callable[[World, str, str, Json], None]
    """Moves on what the agenda says is due."""

    move: Callable[[World, str, str], bool]
    """Moves the thing of a name to a state; false if nothing has that name."""

    seeds: Mapping[str, Callable[[World, Json], None]]
    """Kind -> puts one thing that a user seeds; raises Refused for a bad one."""

    headers: Callable[[str], Mapping[str, str]] = field(
        default=lambda token: {"authorization": f"Bearer {token}"}
    )
    """Returns the request headers that carry a token."""

    limited: Callable[[float], Mapping[str, str]] = field(
        default=lambda wait: {"retry-after": str(max(1, round(wait)))}
    )
    """Returns the headers of a 429, from the seconds to wait."""


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the token of an `Authorization: Bearer` header, None where there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None
