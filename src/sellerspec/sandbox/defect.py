"""The record of a defect, and functions that make one: a server breaks its contract in one way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Change
from sellerspec.sandbox.messages import Reply


@dataclass(frozen=True, slots=True)
class Defect(Change):
    """One seeded defect, with exactly one hook; its id is unique within its marketplace."""

    description: str
    """What goes wrong, in one sentence."""

    rules: tuple[str, ...] = ()
    """Ids of the rules that detect the defect, if there are any."""

    def to_dict(self) -> dict[str, Json]:
        """Return the defect as JSON."""
        return {
            "id": self.id,
            "operations": list(self.on),
            "description": self.description,
            "rules": list(self.rules),
        }


Hook = Literal["before", "after", "forgives", "notices"]
Edit = Callable[[Call, Json], Json]
"""Returns the body of a success, changed; it may change its argument."""


def defect(
    id: str, hook: Hook, *on: str, rules: tuple[str, ...] = ()
) -> Callable[[Callable[..., Json]], Defect]:
    """Make a defect of the function that is its hook; the docstring is the description."""

    def make(function: Callable[..., Json]) -> Defect:
        hooks: dict[str, Any] = {hook: function}
        return Defect(id, on, function.__doc__ or "", rules, **hooks)

    return make


def changing(id: str, *on: str, rules: tuple[str, ...] = ()) -> Callable[[Edit], Defect]:
    """Make a defect of a function that changes the body of a success; the docstring is the description."""

    def make(edit: Edit) -> Defect:
        return Defect(id, on, edit.__doc__ or "", rules, after=on_success(edit))

    return make


def on_success(edit: Edit) -> Callable[[Call, Reply], Reply]:
    """Return the hook `after` that changes the body of a success."""

    def after(call: Call, response: Reply) -> Reply:
        return response.with_json(edit(call, response.json())) if response.status == 200 else response

    return after


def forgiving(id: str, on: str | tuple[str, ...], rule: str) -> Defect:
    """Make the defect that a rule is not enforced; `on` is the operation, or all of them."""
    return Defect(
        id,
        (on,) if isinstance(on, str) else on,
        f"`{rule}` is not enforced",
        (rule,),
        forgives=lambda _, finding: finding.rule == rule,
    )
