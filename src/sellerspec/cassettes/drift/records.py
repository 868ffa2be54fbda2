"""One change between two recordings."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sellerspec.io.member_names import without_data
from sellerspec.io.pointers import escaped, split
from sellerspec.model import Json


class Level(StrEnum):
    """How much a change matters to a client."""

    INFO = "info"
    """Nothing breaks: something is new."""

    WARNING = "warning"
    """A client that reads the member finds nothing now."""

    ERROR = "error"
    """A client that reads the member finds something else now."""


LEVELS = (Level.INFO, Level.WARNING, Level.ERROR)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a response and the one before."""

    kind: str
    """`added`, `removed`, `renamed`, `type`, `enum`, `null`, `status`, `text`, `unreadable` or `call`."""

    level: Level
    operation: str
    """Key of the operation, or method and path of a call that no spec has."""

    pointer: str
    """Place in the exchange, list items as `*`: `/response/body/*/tiki_sku`."""

    message: str
    new_pointer: str = ""
    """Where a renamed member is now."""

    old_place: str = ""
    new_place: str = ""

    @property
    def of_structure(self) -> bool:
        """Whether a schema can state the change."""
        return self.kind in ("added", "removed", "renamed", "type", "enum", "null")

    def __str__(self) -> str:
        shown = self.discreet()
        return f"{self.operation} {shown.pointer}: {self.level} {self.kind} {shown.message}"

    def discreet(self) -> "Change":
        """Return the change without the names of members that are data, such as a phone that is a key."""
        change = self
        for part in (*split(self.pointer), *split(self.new_pointer)):
            name = str(part)
            if without_data(name) != name:
                change = replace(
                    change,
                    pointer=change.pointer.replace(escaped(name), without_data(name)),
                    message=change.message.replace(name, without_data(name)),
                    new_pointer=change.new_pointer.replace(escaped(name), without_data(name)),
                )
        return change

    def to_dict(self) -> dict[str, Json]:
        """Return the change as JSON."""
        if (shown := self.discreet()) is not self:
            return shown.to_dict()
        return {
            "kind": self.kind,
            "level": self.level.value,
            "operation": self.operation,
            "pointer": self.pointer,
            "message": self.message,
            **({"new_pointer": self.new_pointer} if self.new_pointer else {}),
            "old": self.old_place,
            "new": self.new_place,
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """All changes between two recordings."""

    changes: tuple[Change, ...]
    compared: int
    """How many pairs of exchanges were compared."""

    in_force: tuple[Change, ...] = ()
    """Changes that the specs have already; see `without_those_in_force`."""

    def at_least(self, level: Level) -> tuple[Change, ...]:
        """Return the changes of a level and above."""
        return tuple(change for change in self.changes if LEVELS.index(change.level) >= LEVELS.index(level))
