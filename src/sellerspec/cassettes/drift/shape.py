"""The structure of JSON values: the members and their types, without the values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sellerspec.io.pointers import escaped
from sellerspec.model import Json
from sellerspec.scrubbing import is_placeholder
from sellerspec.values import json_type

MOST_VALUES = 200
"""Different texts that are remembered of one place."""

ENOUGH = 0.75
"""Score at which a member counts as renamed."""

ENOUGH_ALONE = 0.5
"""The same where only one member is gone and only one is new."""


@dataclass(slots=True)
class Shape:
    """The structure at one place, in all values that were seen."""

    types: set[str] = field(default_factory=set)
    members: dict[str, "Shape"] = field(default_factory=dict)
    """In the order in which they were first seen."""

    items: "Shape | None" = None
    values: set[str] = field(default_factory=set)
    """Texts: they show that a member was renamed, or that a list of words has grown."""

    def learn(self, value: Json) -> "Shape":
        """Add the structure of a value."""
        self.types.add(json_type(value))
        if isinstance(value, dict):
            for name, member in value.items():
                self.members.setdefault(name, Shape()).learn(member)
        elif isinstance(value, list):
            for item in value:
                self.items = (self.items or Shape()).learn(item)
        elif isinstance(value, str) and len(self.values) < MOST_VALUES and not is_placeholder(value):
            self.values.add(value)
        return self

    def places(self, at: str = "") -> Iterator[tuple[str, "Shape"]]:
        """Yield the pointer of every place, list items as `*`, with its shape."""
        yield at, self
        for name, member in self.members.items():
            yield from member.places(f"{at}/{escaped(name)}")
        if self.items is not None:
            yield from self.items.places(f"{at}/*")


def shape(values: list[Json]) -> Shape:
    """Return the structure of all the values together."""
    result = Shape()
    for value in values:
        result.learn(value)
    return result


def renames(old: Shape, new: Shape) -> dict[str, str]:
    """Return old name -> new name of the members of an object that were renamed.

    A pair counts if the types fit and enough else agrees: similar names, the same position among the
    members, the same texts. The best pairs come first, and each name is in one pair.
    """
    gone = [name for name in old.members if name not in new.members]
    come = [name for name in new.members if name not in old.members]
    scores = {
        (_score(old, new, one, other), -position, one, other)
        for position, one in enumerate(gone)
        for other in come
    }
    pairs: dict[str, str] = {}
    for score, _, one, other in sorted(scores, reverse=True):
        last = len(gone) == len(come) == len(pairs) + 1
        if score >= (ENOUGH_ALONE if last else ENOUGH) and one not in pairs and other not in pairs.values():
            pairs[one] = other
    return pairs


def _score(old: Shape, new: Shape, one: str, other: str) -> float:
    before, after = old.members[one], new.members[other]
    types, now = before.types - {"null"}, after.types - {"null"}
    if types and now and not (types & now):
        return 0.0
    score = SequenceMatcher(None, one, other).ratio()
    if list(old.members).index(one) == list(new.members).index(other):
        score += 0.5
    long = {value for value in before.values if len(value) > 3}
    if long & after.values:
        score += 1.0
    if before.members and before.members.keys() == after.members.keys():
        score += 0.5
    return score
