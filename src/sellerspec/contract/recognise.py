"""Recognise the operation of a payload by its members, as far as the schemas leave no doubt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sellerspec import marketplaces
from sellerspec.contract import contract
from sellerspec.errors import SellerspecError
from sellerspec.model import Json
from sellerspec.openapi.spec import Spec

DEPTH = 3
"""Levels of members that are compared; list items share the level of their list."""

ENOUGH = 0.5
"""The least likeness of a payload to the schema of its operation."""

MARGIN = 0.2
"""How much more alike the winner is than the next: less leaves a doubt."""


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


def recognise(payload: Json, *, overlays: Sequence[str] = ()) -> str:
    """Return the key of the operation that a decoded payload is for.

    A payload is as alike to a schema as the mean of two shares: of its members, those that the
    schema knows (where it describes any at all); of the members that the schema requires, those
    that it has.

    Raises:
        NotRecognised: no operation is alike enough, or two are about equally alike.
    """
    given = frozenset(_given(payload))
    kind = "array" if isinstance(payload, list) else "object"
    scored = sorted(
        (
            (likeness(given, members), key)
            for key, members in known(tuple(overlays)).items()
            if members.kind == kind
        ),
        key=lambda each: (-each[0], each[1]),
    )
    likely = [each for each in scored if each[0] >= ENOUGH]
    if given and likely and (len(scored) == 1 or likely[0][0] - scored[1][0] >= MARGIN):
        return likely[0][1]
    raise NotRecognised([key for _, key in (likely if given else [])[:3]])


def likeness(given: frozenset[tuple[str, ...]], members: Members) -> float:
    """Return how alike member names are to a schema's, from 0 to 1."""
    # only where the payload has the parent can it lack a required member, and an object whose
    # members the schema leaves open says nothing either way
    asked = [each for each in members.required if len(each) == 1 or each[:-1] in given]
    described = {each[:-1] for each in members.known}
    judged = [each for each in given if each[:-1] in described]
    told = sum(each in members.known for each in judged) / len(judged) if judged else 0.0
    kept = sum(each in given for each in asked) / len(asked) if asked else told
    return (told + kept) / 2


def known(overlays: Sequence[str] = ()) -> Mapping[str, Members]:
    """Return key -> members of the body, of every operation that takes a JSON body."""
    found: dict[str, Members] = {}
    for name in marketplaces.names():
        found |= _known(contract(name, overlays).spec)
    return found


@lru_cache(maxsize=64)
def _known(spec: Spec) -> Mapping[str, Members]:
    found: dict[str, Members] = {}
    for id in spec.ids():
        request = spec.operation(id).request
        if request is not None and request.schema is not None:
            found[f"{spec.marketplace}/{id}"] = _members(request.schema)
    return found


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
        yield (*path, name), name in required
        yield from _stated(below, (*path, name))
    yield from _stated(schema.get("items"), path)
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from _stated(each, path)
    for warning in (schema.get("then"), schema.get("else"), *schema.get("x-warnings", ())):
        for found, _ in _stated(warning, path):
            yield found, False


def _given(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the members that a payload has."""
    if len(path) >= DEPTH:
        return
    if isinstance(value, list):
        for each in value[:20]:
            if isinstance(each, dict):
                yield from _given(each, path)
    elif isinstance(value, dict):
        for name, below in value.items():
            yield (*path, name)
            yield from _given(below, (*path, name))
