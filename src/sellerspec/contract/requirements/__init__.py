"""What a payload of an operation needs: its members, when each is required, and a minimal payload.

Everything here is derived: members and conditions from the schema, what the facts add from the
rules, and the minimal payload by shrinking one that passes until nothing can be left out.
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
    """What one operation's payload needs."""

    operation: str
    """`marketplace/operationId`."""

    members: tuple[Member, ...]
    """Every member of the body that the schema knows, in its order."""

    functions: tuple[Rule, ...]
    """Rules about the body that no schema can say."""

    minimal: Json
    """A payload that passes and from which nothing can be left out; None if none was found."""

    report: Report | None
    """The report on `minimal`."""


def requirements(operation: str, *, facts: Facts | None = None, overlays: Sequence[str] = ()) -> Requirements:
    """Return what a payload of an operation needs.

    Args:
        operation: `marketplace/operationId`.
        facts: what is known beside the payload; with a category, its required attributes count.
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
    found = tuple(members(body.schema))
    if smallest is not None:
        found = probed(ready, smallest, known, found)
    return Requirements(
        operation=operation,
        members=found,
        functions=tuple(
            function
            for function in ready.functions
            if function.reads == "body" and function.check is not None
        ),
        minimal=smallest,
        report=ready.check(smallest, known) if smallest is not None else None,
    )


__all__ = ["Member", "Requirements", "requirements"]
