"""The record of a mutation: one change of a marketplace under which a connector's suite runs.

A mutation is plain data, so that it can be sent to another process and made again from its id. What
it does to a sandbox is in `changes/`.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from sellerspec.model import Json

Family = Literal["response", "behaviour", "defect"]
"""`response`: the contract allows it. `behaviour`: it happens. `defect`: the contract is broken."""

FAMILIES: tuple[Family, ...] = ("response", "behaviour", "defect")

Outcome = Literal["same", "other", "failure"]
"""What a correct connector gives to its caller, compared with a run without the mutation.

`same`: the same result. `other`: perhaps another one, because the marketplace said something else.
`failure`: an error that says so, or the same result if it tried again.
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a marketplace."""

    marketplace: str
    operation: str
    """The operationId; of a webhook too."""

    family: Family
    kind: str
    """What changes: `null`, `absent`, `server-error-once`, `renamed`, or the id of a seeded defect."""

    sentence: str
    """What happens, in one sentence: "`seller_income` of each item is null"."""

    because: str
    """The sentence of the source that allows it, or what is known of it."""

    outcome: Outcome = "same"
    place: str = ""
    """Pointer below the response body; `*` is any item of a list: `/data/*/items/*/price`."""

    value: Json = None
    """What the kind needs: the unknown value, the long text."""

    @property
    def id(self) -> str:
        """`tiki/getOrder:null/items/*/price`: unique, and stable between runs."""
        return f"{self.key}:{self.kind}{self.place}" if self.operation else self.kind

    @property
    def key(self) -> str:
        """The key of the operation."""
        return f"{self.marketplace}/{self.operation}"

    def to_dict(self) -> dict[str, Json]:
        """Return the mutation as JSON; `Mutation(**raw)` without the id makes it again."""
        return {"id": self.id, **asdict(self)}


UNCHANGED = Mutation("", "", "behaviour", "unchanged", "nothing is changed at the marketplace", "")
"""Stands for the run without a mutation; its verdict is in a result only if something was observed there."""
