"""Compare two specs and mark the changes that break a client of the old one.

References are resolved before, so a spec and its own bundle are equal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sellerspec.model import Json, Path, pointer
from sellerspec.openapi.document import Document
from sellerspec.openapi.spec import Body, OperationSpec, Spec
from sellerspec.schema.prepare import annotated

_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_LIMITS = ("pattern", "format", "multipleOf", "uniqueItems", "additionalProperties", "not", "if", "contains",
           "propertyNames", "dependentRequired", "dependentSchemas", "patternProperties",
           "unevaluatedProperties", "unevaluatedItems", "prefixItems", "anyOf", "oneOf")  # fmt: skip
"""Keywords whose values are compared without going deeper."""

_WORDS = frozenset(
    ("title", "description", "examples", "example", "default", "deprecated", "$comment", "$schema")
)
"""Keywords that constrain nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    place: str
    message: str
    breaking: bool
    """Whether a call or response of the old spec may be refused, or not understood, under the new one."""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def diff(old: Document, new: Document) -> tuple[Change, ...]:
    """Return the differences between two specs, in the order of the operations.

    Raises:
        SpecError: one of them has an operation that cannot be read.
    """
    before, after = old.as_spec(), new.as_spec()
    changes = [*_servers(before, after)]
    for id in dict.fromkeys((*before.ids(), *after.ids())):
        if id not in after.ids():
            changes.append(Change(id, "the operation is gone", breaking=True))
        elif id not in before.ids():
            changes.append(Change(id, "a new operation", breaking=False))
        else:
            changes.extend(_operation(id, before.operation(id), after.operation(id)))
    changes.extend(_rules(_stated(before), _stated(after)))
    return tuple(dict.fromkeys(changes))


def _servers(before: Spec, after: Spec) -> Iterator[Change]:
    for server in before.servers:
        if server not in after.servers:
            yield Change("servers", f"{server} is gone", breaking=True)
    for server in after.servers:
        if server not in before.servers:
            yield Change("servers", f"{server} is new", breaking=False)


def _operation(id: str, before: OperationSpec, after: OperationSpec) -> Iterator[Change]:
    old, new = before.operation, after.operation
    if (old.method, old.path) != (new.method, new.path):
        yield Change(
            id, f"was {old.method} {old.path}, is {new.method} {new.path}".replace("  ", " "), breaking=True
        )
    if old.source.status is not new.source.status:
        yield Change(id, f"was {old.source.status}, is {new.source.status}", breaking=False)
    if old.source.document != new.source.document or old.source.section != new.source.section:
        yield Change(id, f"its source was {old.source}, is {new.source}", breaking=False)
    if [*map(_bare, before.security)] != [*map(_bare, after.security)]:
        yield Change(id, "the security of the call has changed", breaking=True)
    yield from _parameters(id, before, after)
    # the seller sends a request and reads a response; for a webhook it is the other way round
    yield from _body(f"{id} request", before.request, after.request, sends=not old.webhook)
    was, is_ = before.bodies(), after.bodies()
    for status in sorted({*was, *is_}):
        place = f"{id} response {status}"
        if status not in is_:
            yield Change(place, "is gone", breaking=status.startswith("2"))
        elif status not in was:
            yield Change(place, "is new", breaking=False)
        else:
            yield from _body(place, was[status], is_[status], sends=old.webhook)


def _parameters(id: str, before: OperationSpec, after: OperationSpec) -> Iterator[Change]:
    old = {(parameter.where, parameter.name): parameter for parameter in before.parameters}
    new = {(parameter.where, parameter.name): parameter for parameter in after.parameters}
    for key in dict.fromkeys((*old, *new)):
        place = f"{id} {key[0]} parameter `{key[1]}`"
        if key not in new:
            yield Change(place, "is gone", breaking=True)
        elif key not in old:
            required = new[key].required
            yield Change(place, "is new and required" if required else "is new", breaking=required)
        else:
            if old[key].required != new[key].required:
                yield Change(
                    place,
                    "is required" if new[key].required else "is no longer required",
                    breaking=new[key].required,
                )
            yield from _schema(old[key].schema, new[key].schema, (), _Side(place, sends=True))


def _body(place: str, before: Body | None, after: Body | None, *, sends: bool) -> Iterator[Change]:
    if before is None or after is None:
        if before is not after:
            yield Change(
                place, "there is none any more" if after is None else "there is one now", breaking=True
            )
        return
    if before.required != after.required:
        yield Change(
            place, "is required" if after.required else "is no longer required", breaking=after.required
        )
    for kind in dict.fromkeys((*before.contents, *after.contents)):
        if kind not in after.contents:
            yield Change(place, f"{kind} is gone", breaking=True)
        elif kind not in before.contents:
            yield Change(place, f"{kind} is new", breaking=not sends)
        else:
            yield from _schema(before.contents[kind], after.contents[kind], (), _Side(place, sends))


@dataclass(frozen=True, slots=True)
class _Side:
    """Where a schema is used, and which side makes its values; this decides which changes break a client."""

    place: str
    sends: bool
    """Whether the seller makes the value; otherwise the seller reads it."""

    def narrower(self, at: Path, message: str) -> Change:
        """Return a change after which fewer values fit: it breaks a client that makes them."""
        return self._change(at, message, self.sends)

    def wider(self, at: Path, message: str) -> Change:
        """Return a change after which more values fit: it breaks a client that reads them."""
        return self._change(at, message, not self.sends)

    def other(self, at: Path, message: str) -> Change:
        """Return a change that may be either, so it counts as breaking."""
        return self._change(at, message, True)

    def _change(self, at: Path, message: str, breaking: bool) -> Change:
        return Change(f"{self.place} {pointer(at) or '/'}", message, breaking)


def _schema(old: Json, new: Json, at: Path, side: _Side) -> Iterator[Change]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield side.other(at, "the schema has changed")
        return
    yield from _members(old, new, at, side)
    yield from _sets("type", _types(old), _types(new), at, side)
    yield from _sets("enum", _values(old), _values(new), at, side)
    for names, grows in ((_LEAST, True), (_MOST, False)):
        for name in names:
            if old.get(name) != new.get(name):
                yield _bound(name, old.get(name), new.get(name), grows, at, side)
    yield from _keywords(old, new, at, side)
    for name in ("items", "then", "else"):
        if name in old and name in new:
            yield from _schema(old[name], new[name], (*at, "*") if name == "items" else at, side)
        elif name in old or name in new:
            yield (side.wider if name in old else side.narrower)(at, f"`{name}` {_fate(name, old, new)}")
    yield from _all_of(old.get("allOf", []), new.get("allOf", []), at, side)
    if _bare(old.get("x-warnings")) != _bare(new.get("x-warnings")):
        yield Change(f"{side.place} {pointer(at) or '/'}", "its warnings have changed", breaking=False)


def _keywords(old: Json, new: Json, at: Path, side: _Side) -> Iterator[Change]:
    for name in _LIMITS:
        if _bare(old.get(name)) != _bare(new.get(name)):
            change = side.narrower if name not in old else side.wider if name not in new else side.other
            yield change(at, f"`{name}` {_fate(name, old, new)}")


def _fate(name: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> str:
    return "is new" if name not in old else "is gone" if name not in new else "has changed"


def _members(old: Json, new: Json, at: Path, side: _Side) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    required_before, required_after = old.get("required", []), new.get("required", [])
    for name in dict.fromkeys((*before, *after)):
        here = (*at, name)
        if name not in after:
            yield side.other(here, "the member is gone")
        elif name not in before:
            required = name in required_after
            yield Change(
                f"{side.place} {pointer(here)}",
                f"a new{' required' if required else ''} member",
                side.sends and required,
            )
        else:
            yield from _schema(before[name], after[name], here, side)
    for name in dict.fromkeys((*required_before, *required_after)):
        new_member = name in after and name not in before
        if name not in required_before and not new_member:
            yield side.narrower((*at, name), "is required")
        elif name not in required_after:
            yield side.wider((*at, name), "is no longer required")


def _types(schema: Json) -> Json:
    named = schema.get("type")
    return [named] if isinstance(named, str) else named


def _values(schema: Json) -> Json:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _sets(name: str, old: Json, new: Json, at: Path, side: _Side) -> Iterator[Change]:
    if old == new:
        return
    if old is None or new is None:
        if old is None:
            yield side.narrower(at, f"`{name}` is new: {_listed(new)}")
        else:
            yield side.wider(at, f"`{name}` is gone: {_listed(old)}")
        return
    added, lost = [value for value in new if value not in old], [value for value in old if value not in new]
    if added:
        yield side.wider(at, f"`{name}` may be {_listed(added)}")
    if lost:
        yield side.narrower(at, f"`{name}` may no longer be {_listed(lost)}")


def _listed(values: Iterable[Json]) -> str:
    return ", ".join(f"`{str(value)[:40]}`" for value in list(values)[:6])


def _bound(name: str, old: Json, new: Json, grows: bool, at: Path, side: _Side) -> Change:
    message = f"`{name}` was {'not there' if old is None else old}, is {'gone' if new is None else new}"
    narrower = old is None or (new is not None and (new > old) == grows)
    return side.narrower(at, message) if narrower else side.wider(at, message)


def _all_of(old: Sequence[Json], new: Sequence[Json], at: Path, side: _Side) -> Iterator[Change]:
    """Compare parts by their index; further parts at the end are new or gone."""
    for before, after in zip(old, new, strict=False):
        yield from _schema(before, after, at, side)
    for schema in new[len(old) :]:
        yield side.narrower(at, f"a further requirement{_named(schema)}")
    for schema in old[len(new) :]:
        yield side.wider(at, f"one requirement less{_named(schema)}")


def _named(schema: Json) -> str:
    return f" `{schema['x-rule']}`" if isinstance(schema, dict) and "x-rule" in schema else ""


def _bare(value: Json) -> Json:
    """Return a schema without the keywords that require nothing: words and annotations."""
    if isinstance(value, dict):
        return {
            key: _bare(member)
            for key, member in value.items()
            if key not in _WORDS and (key == "x-warnings" or not key.startswith("x-"))
        }
    return [_bare(item) for item in value] if isinstance(value, (list, tuple)) else value


_Stated = Mapping[str, tuple[bool, Json]]
"""Rule id -> whether it only warns, and the compared members of its text."""


def _stated(spec: Spec) -> _Stated:
    rules: dict[str, tuple[bool, Json]] = {}
    for id in spec.ids():
        operation = spec.operation(id)
        for schema in (
            operation.request_schema(),
            *map(operation.response_schema, operation.bodies().values()),
        ):
            for subschema, warns in annotated(schema):
                text = spec.rule_texts.get(subschema["x-rule"], {})
                compared = {key: text.get(key) for key in ("requirement", "refusal", "hint", "phase")}
                rules.setdefault(subschema["x-rule"], (warns, compared))
    return rules


def _rules(old: _Stated, new: _Stated) -> Iterator[Change]:
    for id in dict.fromkeys((*old, *new)):
        place = f"rule {id}"
        if id not in new:
            yield Change(place, "is gone", breaking=False)
        elif id not in old:
            yield Change(
                place, "a new warning" if new[id][0] else "a new rule that refuses", breaking=not new[id][0]
            )
        elif old[id][0] != new[id][0]:
            yield Change(place, "only warns now" if new[id][0] else "refuses now", breaking=not new[id][0])
        elif old[id][1] != new[id][1]:
            yield Change(place, "its text has changed", breaking=False)
