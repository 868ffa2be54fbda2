"""What a contract knows of a place in a value: its members, the types and forms of its values."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from sellerspec.io.secret_names import FREE_TEXTS, PERSONS, Kind, Names, is_credential, is_telling, plain_name
from sellerspec.model import Json
from sellerspec.schema import engine
from sellerspec.scrubbing.placeholders import DATE

MOST = 2_000
"""Members of a place that are remembered."""

MAX_NUMBER = 99_999
"""The greatest number that is kept at a place that the contract does not know."""

_PLAIN_VALUE = re.compile(rf"{DATE.pattern}|-?[0-9]{{1,15}}(?:[.,][0-9]{{1,6}}){{0,4}}")
_NUMBERS = frozenset(("integer", "number"))
_PARTS = ("allOf", "anyOf", "oneOf", "x-warnings")
_FORM = ("pattern", "format", "minLength", "maxLength")


class Place:
    """One place of a value: the subschemas that describe it, and what its name tells."""

    def __init__(
        self,
        names: Names,
        name: str = "",
        schemas: tuple[Json, ...] = (),
        above: "Place | None" = None,
        *,
        formats: Mapping[str, Callable[[str], bool]] | None = None,
    ) -> None:
        self.name = name
        self.kind: Kind = "" if above is None else names.kind(name, above.name)
        self.is_person = plain_name(name) in PERSONS
        self.clean: set[str] = set()
        """Texts that are harmless here; of a query, pairs."""

        self.seen: dict[str, Place] = {}
        """Members whose names are harmless."""

        self.parameters: dict[str, Place] = {}
        """Parameters of a query or form whose names are harmless."""

        self._names = names
        self._formats = formats or {}
        self._schemas = tuple(part for schema in schemas for part in parts(schema))
        if any(part.get("writeOnly") for part in self._schemas) and self.kind != "kept":
            self.kind = "secret"  # as OpenAPI means it: sent, and never returned
        self._members: dict[str, Place] = {}
        if above is not None:
            self._formats = above._formats
            self._inherit(above)
        self.is_known = bool(schemas) or self.kind == "kept"
        types = {type_ for part in self._schemas for type_ in _types(part)}
        self.takes_text = self.is_known and (not types or "string" in types)
        self.takes_numbers = self.is_known and (not types or bool(types & _NUMBERS))
        self.is_hidden = self.kind in ("secret", "personal")
        self.is_telling = is_telling(name)
        self.is_below_secret = above is not None and (above.kind == "secret" or is_credential(above.name))
        self.is_free = plain_name(name) in FREE_TEXTS and self.kind != "kept"

    def _inherit(self, above: "Place") -> None:
        if above.kind in ("secret", "personal") and self.kind != "kept":
            self.kind = above.kind
        elif above.kind == "kept" and self.kind not in ("secret", "personal"):
            self.kind = "kept"
        elif above.is_person and plain_name(self.name) == "name" and not self.kind:
            self.kind = "personal"
        self.is_person = self.is_person or above.is_person

    def member(self, name: str) -> "Place":
        """Return the place of a member."""
        place = self._members.get(name)
        if place is None:
            schemas = tuple(below for part in self._schemas for below in _below(part, name))
            if is_telling(name) and not any(name in part.get("properties", ()) for part in self._schemas):
                schemas = ()  # known only as one of any members, as an attribute of a product
            place = Place(self._names, name, schemas, self)
            if len(self._members) < MOST:
                self._members[name] = place
        return place

    @cached_property
    def items(self) -> "Place":
        """The place of the items of a list; it bears the name of the list."""
        schemas = tuple(part["items"] for part in self._schemas if isinstance(part.get("items"), dict | bool))
        place = Place(self._names, self.name, schemas, self)
        place.kind, place.is_hidden, place.is_free = self.kind, self.is_hidden, self.is_free
        place.is_known = place.is_known or self.kind == "kept"
        place._members = {} if schemas else self._members
        return place

    @cached_property
    def inside(self) -> "Place":
        """The place of a JSON text that is the value here; a public one may be seen."""
        if self.kind in ("public", "kept"):
            return of_kind("kept", self._names, self.name)
        return Place(self._names, self.name)

    @property
    def is_object(self) -> bool:
        """Whether the contract knows an object or a list here."""
        return any("properties" in part or {"object", "array"} & {*_types(part)} for part in self._schemas)

    @property
    def _is_number(self) -> bool:
        return any(_types(part) and {*_types(part)} <= _NUMBERS | {"null"} for part in self._schemas)

    @cached_property
    def words(self) -> frozenset[str]:
        """The texts that the contract lists for this place."""
        return frozenset(value for part in self._schemas for value in listed(part))

    def remember(self, text: str) -> None:
        """Remember a text that need not be searched again here, in bounded memory."""
        if len(self.clean) < 20_000 and len(text) < 300:
            self.clean.add(text)

    def keeps_number(self, value: float) -> bool:
        """Return whether a number is harmless here: the contract asks for one, or it is small."""
        if self.is_hidden:
            return False
        return self.takes_numbers or (
            -MAX_NUMBER <= value <= MAX_NUMBER
            and not self.is_telling
            and (value.__class__ is int or sum(map(str.isdigit, f"{value:.15g}")) <= 5)
        )

    def is_as_stated(self, value: str) -> bool:
        """Return whether a text has a form that the contract states, or is a number or a date.

        A text where a number belongs, or a time, is none that the contract knows.
        """
        if self.kind in ("public", "kept") or self.words or _PLAIN_VALUE.fullmatch(value):
            return True
        if self._is_number:
            return False
        return not self._stated or any(check(value) for check in self._stated)

    def fits(self, value: str) -> int:
        """Return how many of the forms that the contract asks for a text has."""
        return sum(check(value) for check in self._forms)

    @cached_property
    def _forms(self) -> list[Callable[[Json], bool]]:
        return self._checks(_FORM)

    @cached_property
    def _stated(self) -> list[Callable[[Json], bool]]:
        return self._checks(_FORM[:2])  # a text that is too long is still one

    def _checks(self, keywords: tuple[str, ...]) -> list[Callable[[Json], bool]]:
        known = self._formats
        schemas = [{key: part[key] for key in keywords if key in part} for part in self._schemas]
        return [
            engine.compiled(schema, known, engine.default()).is_valid
            for schema in schemas
            if schema and schema.get("format", "") in ("", *known)
        ]


def of_kind(kind: Kind, names: Names, name: str) -> Place:
    """Return a place of any value, known to be of a kind whatever its name tells."""
    place = Place(names, name, ({},))
    place.kind = kind
    return place


def listed(schema: Json) -> Iterator[str]:
    """Yield the texts of `enum` and `const` of a schema."""
    values = [*schema.get("enum", ()), schema.get("const")]
    yield from (value for value in values if isinstance(value, str))


def parts(schema: Json) -> Iterator[dict[str, Json]]:
    """Yield a schema and the subschemas that apply to the same value."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in _PARTS:
        for part in schema.get(key, ()):
            yield from parts(part)
    for key in ("then", "else"):
        yield from parts(schema.get(key))


def _below(part: dict[str, Json], name: str) -> Iterator[Json]:
    """Yield what a schema says of a member."""
    properties = part.get("properties", {})
    if name in properties:
        yield properties[name]
    elif isinstance(part.get("additionalProperties"), dict):
        yield part["additionalProperties"]


def _types(part: dict[str, Json]) -> tuple[str, ...]:
    type_ = part.get("type", ())
    return (type_,) if isinstance(type_, str) else tuple(type_)
