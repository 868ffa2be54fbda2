"""Find responses of a spec that recordings contradict, and write the overlay that corrects them."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sellerspec import marketplaces
from sellerspec.cassettes.drift.records import Drift
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.files.writing import dump_plain
from sellerspec.cassettes.open_types import json_body
from sellerspec.cassettes.operations import operation_of
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import SpecError
from sellerspec.io import pointers
from sellerspec.io.pointers import item_pointer
from sellerspec.model import Exchange, Json, Path
from sellerspec.openapi.overlay import MARKETPLACE
from sellerspec.openapi.spec import is_json
from sellerspec.schema import engine
from sellerspec.values import json_type

MOST_ROUNDS = 200
"""Most keywords that are loosened for one value."""

_BRANCHES = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected schema of one response that recordings contradict."""

    operation: str
    status: int
    violated: tuple[str, ...]
    """Pointer into the response's body, and the keyword that is violated there."""

    target: str
    """JSONPath of the media type in the spec."""

    schema: Json
    """The schema that all recordings fit."""

    @property
    def contradicted(self) -> bool:
        """Whether the recordings contradict the spec; otherwise they have members that it does not know."""
        return any(not place.endswith(" unknown") for place in self.violated)

    def actions(self) -> list[Json]:
        """Return the actions of the overlay; each names the marketplace."""
        marketplace = {MARKETPLACE: self.operation.partition("/")[0]}
        return [
            {"target": f"{self.target}.schema", "remove": True, **marketplace},
            {"target": self.target, "update": {"schema": self.schema}, **marketplace},
        ]


def overlay(corrections: Sequence[Correction], title: str = "What recordings show otherwise") -> Json:
    """Return corrections as an OpenAPI Overlay 1.0 document."""
    return {
        "overlay": "1.0.0",
        "info": {"title": title, "version": "1.0.0"},
        "actions": [action for correction in corrections for action in correction.actions()],
    }


def overlay_text(corrections: Sequence[Correction]) -> str:
    """Return corrections as the text of an overlay, each action on one line: a schema may have hundreds."""
    document = overlay(corrections)
    actions = (f"- {dump_plain(action, flow=True)}" for action in document.pop("actions"))
    return dump_plain(document) + "actions:\n" + "".join(actions)


def against_spec(
    exchanges: Iterable[Recorded], *, marketplace: str | None = None, overlays: Sequence[str] = ()
) -> list[Correction]:
    """Return a correction of each documented response that recordings contradict.

    Args:
        exchanges: the recordings.
        marketplace: whose operations the calls are, where neither host nor folder determine it.
        overlays: paths of OpenAPI Overlay files that correct the specs first.

    Raises:
        SpecError: a schema contradicts itself, so that nothing can fit it.
    """
    bodies: dict[tuple[str, int], list[Json]] = defaultdict(list)
    operations: dict[str, OperationContract] = {}
    for recorded in exchanges:
        operation, status = operation_of(recorded, marketplace, tuple(overlays)), recorded.exchange.status
        body = json_body(recorded.exchange, "response")
        if status is None or operation is None or body is None:
            continue
        if status in operation.spec.responses:
            operations[operation.key] = operation
            bodies[operation.key, status].append(body)
    corrections = (
        _correction(operations[key], status, values) for (key, status), values in sorted(bodies.items())
    )
    return [correction for correction in corrections if correction is not None]


def without_those_in_force(
    drift: Drift,
    new: Iterable[Recorded],
    corrections: Iterable[Correction],
    *,
    marketplace: str | None = None,
    overlays: Sequence[str] = (),
) -> Drift:
    """Return a drift whose changes that the specs have are in `in_force`.

    A change of structure is in force if the specs know all recorded responses of its operation, and need no
    correction.

    Args:
        drift: the changes.
        new: the exchanges after them.
        corrections: what `against_spec` returned for `new`.
        marketplace: as for `against_spec`.
        overlays: as for `against_spec`.
    """
    differing = {correction.operation for correction in corrections}
    known: set[str] = set()
    for recorded in new:
        operation = operation_of(recorded, marketplace, tuple(overlays))
        if operation is not None:
            known.add(operation.key)
            if not _is_compared(operation, recorded.exchange):
                differing.add(operation.key)
    fitting = known - differing
    in_force = [change for change in drift.changes if change.of_structure and change.operation in fitting]
    rest = [change for change in drift.changes if change not in in_force]
    return replace(drift, changes=tuple(rest), in_force=tuple(in_force))


def _is_compared(operation: OperationContract, exchange: Exchange) -> bool:
    """Return whether `against_spec` compares a response with the spec, or it is empty as the spec has it."""
    response = operation.spec.responses.get(exchange.status or 0)
    if response is None or response.schema is None:
        return response is not None and not exchange.response_body
    return json_body(exchange, "response") is not None


def _correction(operation: OperationContract, status: int, values: Sequence[Json]) -> Correction | None:
    body = operation.spec.responses[status]
    content_type = next((content for content in body.contents if is_json(content)), None)
    if content_type is None or body.schema is None:
        return None
    schema = _without_places(copy.deepcopy(body.schema))
    formats = marketplaces.marketplace(operation.operation.marketplace).formats
    violated: dict[str, None] = {}
    for value in values:
        violated |= dict.fromkeys(fit(schema, value, formats))
        violated |= dict.fromkeys(add_unknown(schema, value))
    if not violated:
        return None
    place = operation.operation
    where = f"webhooks['{place.id}']" if place.webhook else f"paths['{place.path}']"
    target = f"$.{where}.{place.method.lower()}.responses['{status}'].content['{content_type}']"
    return Correction(operation.key, status, tuple(violated), target, schema)


def _without_places(schema: Json) -> Json:
    if isinstance(schema, dict):
        return {key: _without_places(member) for key, member in schema.items() if key != "x-place"}
    return [_without_places(item) for item in schema] if isinstance(schema, list) else schema


def fit(schema: Json, value: Json, formats: engine.Formats) -> list[str]:
    """Loosen a schema in place until a value fits; return pointer and keyword of each violation.

    In a pointer the index of a list item is `*`.

    Raises:
        SpecError: nothing can fit it.
    """
    violated: list[str] = []
    for _ in range(MOST_ROUNDS):
        violations = engine.compiled(schema, formats, engine.default()).errors(value)
        if not violations:
            return violated
        at, place = violations[0]
        if not place:
            break  # the schema is `false`
        violated.append(f"{item_pointer(at) or '/'} {place[-1]}")
        _loosen(schema, place, pointers.get(value, at))
    raise SpecError("no overlay makes the response fit: its schema contradicts itself")


def _loosen(schema: Json, place: Path, seen: Json) -> None:
    holder = pointers.get(schema, place[:-1])
    keyword = place[-1]
    limit = holder[keyword]
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else list(limit)
        holder["type"] = sorted({*types, json_type(seen)})
    elif keyword == "required":
        holder["required"] = [name for name in limit if name in seen]
    elif keyword == "enum":
        holder["enum"] = [*limit, seen]
    elif keyword == "const":
        del holder["const"]
        holder["enum"] = [limit, seen]
    elif keyword in ("anyOf", "oneOf"):
        # a value that fits two branches of `oneOf` fits one too many: any of them is enough now
        del holder[keyword]
        holder.setdefault("anyOf", [*limit, inferred(seen)])
    elif keyword == "additionalProperties" and limit is False and isinstance(seen, dict):
        known = holder.setdefault("properties", {})
        known.update({name: inferred(member) for name, member in seen.items() if name not in known})
    else:
        del holder[keyword]


def inferred(value: Json) -> Json:
    """Return a schema of the structure of a value."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: inferred(member) for name, member in value.items()}}
    if isinstance(value, list):
        items: list[Json] = []
        for item in map(inferred, value):
            if item not in items:
                items.append(item)
        if not items:
            return {"type": "array"}
        return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}
    return {"type": json_type(value)} if value is not None else {}


def add_unknown(schema: Json, value: Json, at: Path = ()) -> list[str]:
    """Add unknown members to a schema, in place; return one line `POINTER unknown` for every added member."""
    new: list[str] = []
    if isinstance(value, list):
        items = _part(schema, "items")
        for index, item in enumerate(value) if items is not None else ():
            new.extend(add_unknown(items, item, (*at, index)))
    elif isinstance(value, dict):
        properties = _part(schema, "properties")
        for name, member in value.items() if properties is not None else ():
            inner = _part(schema, "properties", name)
            if inner is None:
                properties[name] = inferred(member)
                new.append(f"{item_pointer((*at, name))} unknown")
            else:
                new.extend(add_unknown(inner, member, (*at, name)))
    return new


def _part(schema: Json, *names: str) -> Json:
    """Return a part of a schema, or of the first of its branches that has it; None if none has."""
    return next((part for part in _parts(schema, names) if part is not None), None)


def _parts(schema: Json, names: Sequence[str]) -> Iterator[Json]:
    if isinstance(schema, dict):
        yield pointers.get(schema, tuple(names))
        for branch in (branch for key in _BRANCHES for branch in schema.get(key, ())):
            yield from _parts(branch, names)
