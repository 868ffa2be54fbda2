"""Recognise the operation of a payload by its members, as far as the schemas leave no doubt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sellerspec import marketplaces
from sellerspec.contract import contract, counterparts
from sellerspec.errors import SellerspecError
from sellerspec.model import Json
from sellerspec.openapi.side_by_side import is_left_out
from sellerspec.openapi.spec import Spec

DEPTH = 3
"""Levels of members that are compared; list items share the level of their list."""

ENOUGH = 0.5
"""The least likeness of a payload to the schema of its operation."""

MARGIN = 0.2
"""How much more alike the winner is than the next one."""


class NotRecognised(SellerspecError):
    """A payload is not clearly one operation's; `candidates` are the likeliest, best first."""

    def __init__(self, candidates: Sequence[str]) -> None:
        super().__init__(candidates)
        self.candidates = tuple(candidates)

    def __str__(self) -> str:
        if not self.candidates:
            return "no operation takes such a payload; name one with --as"
        named = " or ".join(f"--as {candidate}" for candidate in self.candidates)
        return f"cannot tell which operation this payload is for; say {named}"


@dataclass(frozen=True, slots=True)
class Members:
    """The member names of a schema, as paths: `("variants", "sku")`."""

    known: frozenset[tuple[str, ...]]
    required: frozenset[tuple[str, ...]]
    kind: str
    """`object` or `array`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An operation that a payload may be for."""

    key: str
    likeness: float
    known: int
    """How many members of the payload its schema knows."""

    def is_clear_of(self, other: "Candidate") -> bool:
        """Return whether this is the likelier operation, by enough."""
        name, of_other = (key.partition("/")[0] for key in (self.key, other.key))
        if of_other in marketplaces.marketplace(name).beside and other.likeness >= ENOUGH:
            return (self.known, self.likeness) > (other.known, other.likeness)
        return self.likeness - other.likeness >= MARGIN


def recognise(payload: Json, *, overlays: Sequence[str] = (), generation: str | None = None) -> str:
    """Return the key of the operation that a decoded payload is for.

    The likeness of a payload to a schema is the mean of two fractions: of the payload's members,
    those that the schema knows (where it describes any); and of the members that the schema
    requires, those that the payload has. Two generations of one API share most members, so between
    them the one that knows more members of the payload is the likelier, whatever is missing.

    Args:
        payload: the payload.
        overlays: paths of OpenAPI Overlay files.
        generation: the marketplace that a project calls. A payload of another generation of its API is one
            of the operation that stands for it there: whoever moves over has to see what is to be changed.

    Raises:
        NotRecognised: no operation is alike enough, or two are about equally alike.
    """
    key = _recognised(payload, tuple(overlays))
    name, _, id = key.partition("/")
    if generation is None or generation not in marketplaces.marketplace(name).beside:
        return key
    here, there = contract(generation, overlays), contract(name, overlays)
    return next((one.key for one in counterparts(here, there, id) if one.spec.request is not None), key)


def _recognised(payload: Json, overlays: tuple[str, ...]) -> str:
    given = frozenset(_given(payload))
    kind = "array" if isinstance(payload, list) else "object"
    scored = sorted(
        (
            Candidate(key, likeness(given, members), len(given & members.known))
            for key, members in known(overlays).items()
            if members.kind == kind
        ),
        key=lambda candidate: (-candidate.likeness, candidate.key),
    )
    likely = [candidate for candidate in scored if candidate.likeness >= ENOUGH] if given else []
    for best in likely:
        if all(best.is_clear_of(other) for other in scored if other is not best):
            return best.key
    raise NotRecognised([candidate.key for candidate in likely[:3]])


def likeness(given: frozenset[tuple[str, ...]], members: Members) -> float:
    """Return how alike member names are to a schema's, from 0 to 1."""
    # a required member counts only if the payload has its parent, a member of the payload only if
    # the schema describes any member of its parent
    required = [path for path in members.required if len(path) == 1 or path[:-1] in given]
    parents = {path[:-1] for path in members.known}
    described = [path for path in given if path[:-1] in parents]
    known = sum(path in members.known for path in described) / len(described) if described else 0.0
    present = sum(path in given for path in required) / len(required) if required else known
    return (known + present) / 2


def known(overlays: Sequence[str] = ()) -> Mapping[str, Members]:
    """Return the members of each JSON body, by the key of its operation."""
    members: dict[str, Members] = {}
    for name in marketplaces.names():
        members |= _known(contract(name, overlays).spec)
    return members


@lru_cache(maxsize=64)
def _known(spec: Spec) -> Mapping[str, Members]:
    members: dict[str, Members] = {}
    for id in spec.ids():
        request = spec.operation(id).request
        if request is not None and request.schema is not None:
            members[f"{spec.marketplace}/{id}"] = _members(request.schema)
    return members


def _members(schema: Json) -> Members:
    listed = schema.get("type") == "array"
    known: set[tuple[str, ...]] = set()
    required: set[tuple[str, ...]] = set()
    for path, needed in _stated(schema.get("items", {}) if listed else schema, ()):
        known.add(path)
        if needed:
            required.add(path)
    return Members(frozenset(known), frozenset(required), "array" if listed else "object")


def _stated(schema: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the members that a schema knows, and whether it requires each."""
    if not isinstance(schema, dict) or len(path) >= DEPTH:
        return
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        if is_left_out(below):
            continue
        yield (*path, name), name in required
        yield from _stated(below, (*path, name))
    yield from _stated(schema.get("items"), path)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from _stated(part, path)
    for part in (schema.get("then"), schema.get("else"), *schema.get("x-warnings", ())):
        for known, _ in _stated(part, path):
            yield known, False


def _given(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the members that a payload has."""
    if len(path) >= DEPTH:
        return
    if isinstance(value, list):
        for item in value[:20]:
            if isinstance(item, dict):
                yield from _given(item, path)
    elif isinstance(value, dict):
        for name, below in value.items():
            yield (*path, name)
            yield from _given(below, (*path, name))
