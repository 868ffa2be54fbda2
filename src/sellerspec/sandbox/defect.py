"""The shape of a defect: one way in which a server can break its contract, switched on by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sellerspec.model import Finding, Json
from sellerspec.sandbox.behaviour import Request
from sellerspec.sandbox.messages import Reply

When = Literal["before", "after", "forgives", "notices"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that the marketplace is about to send."""

    operation: str
    url: str
    body: Json


Change = Callable[..., Reply | bool | list[Notice] | None]


@dataclass(frozen=True, slots=True)
class Defect:
    """One seeded defect. Exactly one of its four hooks is there."""

    id: str
    """Unique within its marketplace: `price-zero-accepted`."""

    on: tuple[str, ...]
    """The operations it shows at; `("*",)` is every one."""

    says: str
    """What goes wrong, in one sentence."""

    shows: tuple[str, ...] = ()
    """Ids of the rules that a test suite needs to notice it, where there are such."""

    before: Callable[[Request], Reply | None] | None = None
    """May response in place of the handler, to a request that the checks let through."""

    after: Callable[[Request, Reply], Reply] | None = None
    """Changes the response."""

    forgives: Callable[[Request, Finding], bool] | None = None
    """Says whether a finding is overlooked."""

    notices: Callable[[Notice], list[Notice]] | None = None
    """Changes what is sent."""

    def concerns(self, operation: str) -> bool:
        """Say whether the defect shows at an operation."""
        return "*" in self.on or operation in self.on


def defect(id: str, when: When, *on: str, shows: tuple[str, ...] = ()) -> Callable[[Change], Defect]:
    """Make a defect of a function; its docstring says what goes wrong."""

    def make(change: Change) -> Defect:
        says = " ".join((change.__doc__ or "").split())
        hook: dict[When, Change] = {when: change}
        return Defect(id, on or ("*",), says, shows, **hook)  # type: ignore[arg-type]

    return make


def forgiving(id: str, operation: str, says: str, *rules: str) -> Defect:
    """Make the defect that some rules of one operation are not enforced."""
    return Defect(id, (operation,), says, rules, forgives=lambda _, finding: finding.rule in rules)
