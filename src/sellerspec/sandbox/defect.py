"""The shape of a defect: one way in which a server can break its contract, switched on by its id."""

from collections.abc import Callable
from dataclasses import dataclass

from sellerspec.model import Finding, Json
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.messages import Reply


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that the marketplace is about to send."""

    operation: str
    url: str
    body: Json


@dataclass(frozen=True, slots=True)
class Defect:
    """One seeded defect, with exactly one of the four hooks."""

    id: str
    """Unique within its marketplace: `price-zero-accepted`."""

    on: tuple[str, ...]
    """The operations that have the defect."""

    description: str
    """What goes wrong, in one sentence."""

    rules: tuple[str, ...] = ()
    """Ids of the rules that detect the defect, if there are any."""

    before: Callable[[Call], Reply | None] | None = None
    """Replaces the handler's response, unless it returns None; called only if no rule refuses."""

    after: Callable[[Call, Reply], Reply] | None = None
    """Changes the response."""

    forgives: Callable[[Call, Finding], bool] | None = None
    """Returns whether a finding is ignored."""

    notices: Callable[[Notice], list[Notice]] | None = None
    """Changes what is sent."""

    def to_dict(self) -> dict[str, Json]:
        """Return the defect as JSON."""
        return {
            "id": self.id,
            "operations": list(self.on),
            "description": self.description,
            "rules": list(self.rules),
        }

    def concerns(self, operation: str) -> bool:
        """Return whether an operation has the defect."""
        return operation in self.on
