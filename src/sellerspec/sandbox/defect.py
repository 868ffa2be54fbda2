"""The record of a defect, and functions that make one: a server breaks its contract in one way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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
    """Returns the notices to send in place of one."""

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


Hook = Literal["before", "after", "forgives", "notices"]
Change = Callable[[Call, Json], Json]
"""Returns the body of a success, changed; it may change its argument."""


def defect(
    id: str, hook: Hook, *on: str, rules: tuple[str, ...] = ()
) -> Callable[[Callable[..., Json]], Defect]:
    """Make a defect of the function that is its hook; the docstring is the description."""

    def make(function: Callable[..., Json]) -> Defect:
        return Defect(id, on, function.__doc__ or "", rules, **{hook: function})

    return make


def changing(id: str, *on: str, rules: tuple[str, ...] = ()) -> Callable[[Change], Defect]:
    """Make a defect of a function that changes the body of a success; the docstring is the description."""

    def make(change: Change) -> Defect:
        return Defect(id, on, change.__doc__ or "", rules, after=on_success(change))

    return make


def on_success(change: Change) -> Callable[[Call, Reply], Reply]:
    """Return the hook `after` that changes the body of a success."""

    def after(call: Call, response: Reply) -> Reply:
        return response.with_json(change(call, response.json())) if response.status == 200 else response

    return after


def forgiving(id: str, operation: str, rule: str) -> Defect:
    """Make the defect that a rule of one operation is not enforced."""
    return Defect(
        id,
        (operation,),
        f"`{rule}` is not enforced",
        (rule,),
        forgives=lambda _, finding: finding.rule == rule,
    )
