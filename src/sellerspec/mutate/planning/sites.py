"""The places of recorded bodies, each with what the contract says of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sellerspec.contract.requirements.sample import sample
from sellerspec.io.pointers import get, item_pointer, paths
from sellerspec.model import Basis, Json, Path
from sellerspec.mutate.changes.bodies import RecordedBody
from sellerspec.mutate.changes.places import occurrences
from sellerspec.strategies import shapes
from sellerspec.values import json_type

Schemas = list[Mapping[str, Json]]


@dataclass(frozen=True, eq=False)
class Site:
    """One place, in the exchanges that have it, or an object that could."""

    place: str
    path: Path
    """Of one occurrence; of a member that is missing, the path that it would have."""

    recorded: list[RecordedBody]
    """The exchanges, small ones first; all have the same schema."""

    values: list[Json]
    """The values at the place in all exchanges; none if the member is missing everywhere."""

    @property
    def name(self) -> str:
        """The name of the member; "" of an item and of the body itself."""
        return str(self.path[-1]) if self.path and isinstance(self.path[-1], str) else ""

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types of the values."""
        return frozenset(map(json_type, self.values))

    @cached_property
    def always(self) -> Schemas:
        """The subschemas that hold without a condition."""
        return shapes.always(self.recorded[0].schema, self.path)

    @cached_property
    def schemas(self) -> Schemas:
        """All subschemas: conditional and warning ones too."""
        return shapes.at(self.recorded[0].schema, self.path)

    @cached_property
    def required(self) -> bool:
        """Whether every object that can hold the member must have it."""
        outer = shapes.always(self.recorded[0].schema, self.path[:-1])
        return any(self.name in schema.get("required", ()) for schema in outer)

    @cached_property
    def may_be_required(self) -> bool:
        """Whether a schema requires the member, be it under a condition or with a warning."""
        outer = shapes.at(self.recorded[0].schema, self.path[:-1])
        return any(self.name in schema.get("required", ()) for schema in outer)

    @cached_property
    def listed(self) -> tuple[Json, ...]:
        """The values that schemas list with `enum`."""
        return tuple(value for schema in self.schemas for value in schema.get("enum", ()))

    def allows(self, kind: str) -> bool:
        """Return whether the schemas that always hold let a value have a JSON type."""
        named = [shapes.types([schema]) for schema in self.always if "type" in schema]
        wanted = {kind, "number"} if kind == "integer" else {kind}
        return all(wanted.intersection(types) for types in named)

    def names_type(self, kind: str) -> bool:
        """Return whether a schema names a JSON type, or a form that only texts have."""
        return kind in shapes.types(self.schemas) or (
            kind == "string" and any("pattern" in schema for schema in self.always)
        )

    def bound(self, keyword: str) -> int | None:
        """Return the lowest limit of a keyword, one that only warns included."""
        return min(shapes.limits(self.schemas, keyword), default=None)

    def ordinary(self) -> Iterator[Json]:
        """Yield values as the sources show them: of the documented examples, listed ones, a made one."""
        for body in self.recorded[0].examples:
            for path in occurrences(body, self.place):
                yield get(body, path)
        yield from self.listed
        yield from shapes.listed(self.schemas)
        yield sample(self.always[0] if self.always else {})

    @property
    def text(self) -> str:
        """The description of the member in the schema; "" without."""
        described = (schema["description"] for schema in self.always if "description" in schema)
        return next(described, "").rstrip(".")

    @property
    def source(self) -> tuple[str, str]:
        """Where the member comes from and how it is known: its note, else a rule, else the operation."""
        noted = (str(schema.get("$comment", "")).partition(": ") for schema in self.always)
        for basis, _, where in noted:
            if basis in tuple(Basis) and where:
                return where, basis
        ready = self.recorded[0].ready
        for length in range(len(self.path), -1, -1):
            for schema in shapes.always(self.recorded[0].schema, self.path[:length]):
                rule = ready.rule(schema["x-rule"]) if "x-rule" in schema else None
                if rule is not None:
                    return str(rule.source), rule.basis
        return str(ready.operation.source), ready.operation.source.status


def sites(bodies: Sequence[RecordedBody]) -> Iterator[Site]:
    """Yield every place of some bodies of the same schema, an object before the members that it lacks."""
    found: dict[str, Site] = {}
    for one in bodies:
        for path in paths(one.body):
            known = found.setdefault(item_pointer(path), Site(item_pointer(path), path, [], []))
            if one not in known.recorded:
                known.recorded.append(one)
            known.values.append(get(one.body, path))
    for site in found.values():
        yield site
        if "object" in site.types:
            yield from _missing(site, found)


def _missing(site: Site, known: Collection[str]) -> Iterator[Site]:
    """Yield the members that an object could have, and no recorded one has."""
    for name in shapes.members(site.schemas):
        path = (*site.path, name)
        if item_pointer(path) not in known:
            yield Site(item_pointer(path), path, site.recorded, [])
