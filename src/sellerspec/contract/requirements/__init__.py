"""Requirements of an operation: members of its payload, a minimal one, and members of its response.

Everything is derived: members and conditions from the schema, members required by facts from the
rules, and the minimal payload by removing members of a valid one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sellerspec import contract
from sellerspec.contract.requirements.members import Member, members, parameters
from sellerspec.contract.requirements.minimal import minimal, probed
from sellerspec.contract.requirements.received import ReceivedMember, as_json, received
from sellerspec.model import NO_FACTS, Facts, Json, Report
from sellerspec.rules import Rule


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements of one operation's call."""

    operation: str
    """`marketplace/operationId`."""

    members: tuple[Member, ...]
    """Every member of the body that the schema describes, in its order; none without a JSON body."""

    parameters: tuple[Member, ...]
    """The parameters of the call."""

    functions: tuple[Rule, ...]
    """Rules about body and path that no schema can state; without a body, those about the parameters."""

    minimal: Json
    """A valid payload from which no member can be removed; None without a body, or if none was found."""

    assumed: bool
    """Whether no document states the operation."""

    bases: dict[str, str]
    """Id of each rule of the operation -> its basis, a value of `Basis`."""

    report: Report | None
    """The report on `minimal`."""

    received: tuple[ReceivedMember, ...]
    """The members of the success response; none if it is no JSON, or of a webhook."""

    def to_dict(self) -> dict[str, Json]:
        """Return them as JSON."""
        return {
            "operation": self.operation,
            "assumed": self.assumed,
            "parameters": [asdict(parameter) for parameter in self.parameters],
            "members": [asdict(member) for member in self.members],
            "bases": self.bases,
            "functions": [
                {
                    "rule": function.id,
                    "requirement": function.requirement,
                    "basis": function.basis.value,
                    "needs": list(function.needs),
                }
                for function in self.functions
            ],
            "received": as_json(self.received),
            "minimal": self.minimal,
            "minimal_report": self.report.to_dict() if self.report is not None else None,
        }


def requirements(operation: str, *, facts: Facts | None = None, overlays: Sequence[str] = ()) -> Requirements:
    """Return the requirements of an operation's payload.

    Args:
        operation: `marketplace/operationId`.
        facts: facts that the payload does not contain; a category adds its required attributes.
        overlays: paths of OpenAPI Overlay files.

    Raises:
        UnknownName: there is no such operation.
    """
    known = facts or NO_FACTS
    ready = contract.operation(operation, tuple(overlays))
    schema = ready.spec.request.schema if ready.spec.request is not None else None
    smallest = minimal(ready, known) if schema is not None else None
    known_members = tuple(members(schema))
    if smallest is not None:
        known_members = probed(ready, smallest, known, known_members)
    return Requirements(
        operation=operation,
        members=known_members,
        parameters=tuple(parameters(ready.spec)),
        functions=tuple(
            function
            for function in ready.functions
            if function.check is not None
            and function.reads
            in (("body", "path") if schema is not None else ("path", "query", "headers", "request"))
        ),
        minimal=smallest,
        assumed=ready.operation.assumed,
        bases={rule.id: rule.basis.value for rule in (*ready.stated(), *ready.functions)},
        report=ready.check(smallest, known) if smallest is not None else None,
        received=received(ready),
    )


__all__ = ["Member", "ReceivedMember", "Requirements", "requirements"]
