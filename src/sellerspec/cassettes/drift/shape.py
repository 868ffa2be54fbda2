"""The structure of JSON values: which members, of which types, whatever the values are."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sellerspec.cassettes.format.types import kind
from sellerspec.io import pointers
from sellerspec.model import Json
from sellerspec.scrubbing import is_placeholder

MOST_VALUES = 200
"""Different texts that are remembered of one place."""


@dataclass(slots=True)
class Shape:
    """What stood at one place, in all values that were looked at."""

    types: set[str] = field(default_factory=set)
    members: dict[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None
    values: set[str] = field(default_factory=set)
    """Texts, to know a renamed member again and a list of words that grew."""

    order: list[str] = field(default_factory=list)
    """Names of the members, in the order they came."""

    def learn(self, value: Json) -> "Shape":
        """Add what a value shows."""
        self.types.add(kind(value))
        if isinstance(value, dict):
            for name, each in value.items():
                if name not in self.members:
                    self.members[name] = Shape()
                    self.order.append(name)
                self.members[name].learn(each)
        elif isinstance(value, list):
            for each in value:
                self.items = (self.items or Shape()).learn(each)
        elif isinstance(value, str) and len(self.values) < MOST_VALUES and not is_placeholder(value):
            self.values.add(value)
        return self

    def leaves(self, at: str = "") -> Iterator[tuple[str, "Shape"]]:
        """Yield every place with what stood there."""
        yield at, self
        for name, each in self.members.items():
            yield from each.leaves(f"{at}/{pointers.escaped(name)}")
        if self.items is not None:
            yield from self.items.leaves(f"{at}/*")


def shape(values: list[Json]) -> Shape:
    """Return what all the values show together."""
    found = Shape()
    for value in values:
        found.learn(value)
    return found
