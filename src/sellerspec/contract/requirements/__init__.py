"""Requirements of an operation's payload: its members, when each is required, and a minimal payload.

Everything is derived: members and conditions from the schema, members required by facts from the
rules, and the minimal payload by removing members of a valid one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sellerspec import contract
from sellerspec.contract.requirements.members import Member, members
from sellerspec.contract.requirements.minimal import minimal, probed
from sellerspec.errors import UsageError
from sellerspec.model import NO_FACTS, Facts, Json, Report
from sellerspec.rules import Rule


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements of one operation's payload."""

    operation: str
    """`marketplace/operationId`."""

    members: tuple[Member, ...]
    """Every member of the body that the schema describes, in its order."""

    functions: tuple[Rule, ...]
    """Rules about the body that no schema can state."""

    minimal: Json
    """A valid payload from which no member can be removed; None if none was found."""

    report: Report | None
    """The report on `minimal`."""


def requirements(operation: str, *, facts: Facts | None = None, overlays: Sequence[str] = ()) -> Requirements:
    """Return the requirements of an operation's payload.

    Args:
        operation: `marketplace/operationId`.
        facts: facts that the payload does not contain; a category adds its required attributes.
        overlays: paths of OpenAPI Overlay files.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it has no JSON body.
    """
    known = facts or NO_FACTS
    ready = contract.operation(operation, tuple(overlays))
    body = ready.spec.request
    if body is None or body.schema is None:
        raise UsageError(f"`{operation}` takes no JSON body, so no payload has requirements")
    smallest = minimal(ready, known)
    known_members = tuple(members(body.schema))
    if smallest is not None:
        known_members = probed(ready, smallest, known, known_members)
    return Requirements(
        operation=operation,
        members=known_members,
        functions=tuple(
            function
            for function in ready.functions
            if function.reads == "body" and function.check is not None
        ),
        minimal=smallest,
        report=ready.check(smallest, known) if smallest is not None else None,
    )


__all__ = ["Member", "Requirements", "requirements"]
