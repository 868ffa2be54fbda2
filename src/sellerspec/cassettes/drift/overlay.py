"""Say which part of a spec no longer holds, and write the overlay that mends it."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sellerspec import marketplaces
from sellerspec.cassettes.format import Recorded
from sellerspec.cassettes.format.types import kind
from sellerspec.cassettes.place import finder
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.parts import UNREAD, body_value, lower
from sellerspec.errors import SpecError
from sellerspec.model import Json, Path, pointer
from sellerspec.openapi.overlay import MARKETPLACE
from sellerspec.openapi.spec import is_json
from sellerspec.schema import engine

MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Mend:
    """One response of a spec that recordings contradict."""

    operation: str
    status: int
    broken: tuple[str, ...]
    """What no longer holds: pointer into the response's body, and the keyword that is not met."""

    target: str
    """JSONPath of the media type in the spec."""

    schema: Json
    """The schema that all recordings fit; None where the status itself is new."""

    def actions(self) -> list[Json]:
        """Return the actions of the overlay; each says which marketplace it is for."""
        whose = {MARKETPLACE: self.operation.partition("/")[0]}
        return [
            {"target": f"{self.target}.schema", "remove": True, **whose},
            {"target": self.target, "update": {"schema": self.schema}, **whose},
        ]


def overlay(mends: Sequence[Mend], title: str = "What recordings show otherwise") -> Json:
    """Return the mends as an OpenAPI Overlay 1.0 document."""
    return {
        "overlay": "1.0.0",
        "info": {"title": title, "version": "1.0.0"},
        "actions": [action for mend in mends for action in mend.actions()],
    }


def against_spec(
    recorded: Iterable[Recorded], *, marketplace: str | None = None, overlays: Sequence[str] = ()
) -> list[Mend]:
    """Return the responses of the spec that recordings contradict, each with a schema they all fit.

    Args:
        marketplace: whose operations the calls are, where neither host nor folder tells.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
    """
    find = finder(marketplace, overlays)
    values: dict[tuple[str, int], list[Json]] = {}
    operations: dict[str, OperationContract] = {}
    for each in recorded:
        found = find(each)
        status = each.exchange.status
        if (
            found is None
            or status is None
            or status not in found.spec.responses
            or not each.exchange.response_body
        ):
            continue
        value = body_value(
            each.exchange.response_body, lower(each.exchange.response_headers).get("content-type", "")
        )
        if not (isinstance(value, dict) and UNREAD in value):
            operations[found.key] = found
            values.setdefault((found.key, status), []).append(value)
    mends = []
    for (key, status), bodies in sorted(values.items()):
        mend = _mend(operations[key], status, bodies)
        if mend is not None:
            mends.append(mend)
    return mends


def _mend(operation: OperationContract, status: int, values: Sequence[Json]) -> Mend | None:
    body = operation.spec.responses[status]
    kind_ = next((content for content in body.contents if is_json(content)), None)
    if kind_ is None or body.schema is None:
        return None
    schema = _bare(copy.deepcopy(body.schema))
    market = operation.operation.marketplace
    broken: dict[str, None] = {}
    for value in values:
        broken |= dict.fromkeys(fit(schema, value, marketplaces.marketplace(market).formats))
        broken |= dict.fromkeys(welcome(schema, value))
    if not broken:
        return None
    place = operation.operation
    where = f"webhooks['{place.id}']" if place.webhook else f"paths['{place.path}']"
    target = f"$.{where}.{place.method.lower()}.responses['{status}'].content['{kind_}']"
    return Mend(operation.key, status, tuple(broken), target, schema)


def _bare(schema: Json) -> Json:
    """Return a schema without the notes that the reader added."""
    if isinstance(schema, dict):
        return {key: _bare(each) for key, each in schema.items() if key != "x-place"}
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema


def fit(schema: Json, value: Json, formats: engine.Formats) -> list[str]:
    """Change a schema in place until a value fits; return what did not hold.

    Raises:
        SpecError: it cannot be made to fit.
    """
    broken: list[str] = []
    for _ in range(MOST_ROUNDS):
        ready = engine.compiled(schema, formats, engine.default())
        spots = list(ready.errors(value))
        if not spots:
            return broken
        at, place = spots[0]
        if not place:
            break  # the schema is `false`
        broken.append(f"{pointer(at) or '/'} {place[-1]}")
        _loosen(schema, place, _at(value, at))
    raise SpecError("no overlay makes the answer fit: its schema contradicts itself")


def _loosen(schema: Json, place: Path, seen: Json) -> None:
    holder = _at(schema, place[:-1])
    keyword = place[-1]
    limit = holder[keyword]
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else list(limit)
        holder["type"] = sorted({*types, kind(seen)})
    elif keyword == "required":
        missing = [each for each in limit if each not in seen]
        holder["required"] = [each for each in limit if each not in missing]
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
        for name in [each for each in seen if each not in known]:
            known[name] = inferred(seen[name])
    else:
        del holder[keyword]


def _at(value: Json, path: Path) -> Json:
    for part in path:
        value = value[part]
    return value


def inferred(value: Json) -> Json:
    """Return a schema that a value fits and that says no more than its structure."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: inferred(each) for name, each in value.items()}}
    if isinstance(value, list):
        items = [inferred(each) for each in value]
        unlike = [each for at, each in enumerate(items) if each not in items[:at]]
        if not unlike:
            return {"type": "array"}
        return {"type": "array", "items": unlike[0] if len(unlike) == 1 else {"anyOf": unlike}}
    return {"type": kind(value)} if value is not None else {}


def welcome(schema: Json, value: Json, at: Path = ()) -> list[str]:
    """Add members that a schema does not know, in place; return where they stand."""
    new: list[str] = []
    if isinstance(value, list):
        items = _part(schema, "items")
        if items is not None:
            for index, each in enumerate(value):
                new.extend(welcome(items, each, (*at, index)))
    elif isinstance(value, dict):
        holder = _with_properties(schema)
        if holder is not None:
            for name, each in value.items():
                inner = _part(schema, "properties", name)
                if inner is None:
                    holder["properties"][name] = inferred(each)
                    new.append(f"{pointer((*at, name))} unknown")
                else:
                    new.extend(welcome(inner, each, (*at, name)))
    return new


def _with_properties(schema: Json) -> Json:
    if isinstance(schema, dict):
        if "properties" in schema:
            return schema
        for key in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(key, ()):
                found = _with_properties(each)
                if found is not None:
                    return found
    return None


def _part(schema: Json, *names: str) -> Json:
    """Return a part of a schema, also one that stands in a branch of it."""
    if not isinstance(schema, dict):
        return None
    found: Json = schema
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if found is not None:
        return found
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            inner = _part(each, *names)
            if inner is not None:
                return inner
    return None
