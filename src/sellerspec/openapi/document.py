"""A spec as one document whose references are resolved and whose shared parts stay shared.

Overlays change it and `specs bundle` writes it. The target of a `$ref` is one object at every location
that refers to it. Its home is its location below `components`. A change at the home applies to all
locations; a change at another location first copies the part for that location.
"""

import re
from pathlib import Path as File
from urllib.parse import unquote, urldefrag

from sellerspec.errors import SpecError
from sellerspec.io.files import shown
from sellerspec.io.pointers import split
from sellerspec.model import Json, Path, pointer
from sellerspec.openapi import shape
from sellerspec.openapi.references import References, is_data
from sellerspec.openapi.rule_texts import MEMBER
from sellerspec.openapi.spec import METHODS, Spec

_NO_SCHEMA = frozenset((*METHODS, "in", "responses", "content", "operationId", "parameters"))
"""Members of a path item, operation, parameter or response that a schema does not have."""


class Document:
    """One spec with its references resolved; `root` is the document. Change only what `own` returns."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        texts = {MEMBER: spec.rule_texts} if MEMBER in spec.document else {}
        references = References(
            spec.path, {**spec.document, **texts}, below=spec.below, marketplace=spec.marketplace
        )
        self.root = references.resolved()
        shape.require(self.root, "spec", shown(str(spec.path)))
        self._references = references
        parts = references.shared
        self._homes: dict[int, Path] = {}
        self._parts = tuple(parts.values())  # kept alive, so that their ids stay unique
        self._shared = {id(part) for part in self._parts if isinstance(part, dict)}
        for place, part in parts.items():
            if isinstance(part, dict):
                file, fragment = urldefrag(place)
                self._settle(part, split(unquote(fragment)) if file == references.uri else (), place)

    def _settle(self, part: Json, home: Path, place: str) -> None:
        """Record the home of a shared part: its location in the document, or below `components/schemas`."""
        if len(home) == 3 and home[0] == "components":
            self.root["components"][home[1]][home[2]] = part
        elif not home and not _NO_SCHEMA & part.keys():
            schemas = self.root.setdefault("components", {}).setdefault("schemas", {})
            home = ("components", "schemas", _free_name(place, schemas))
            schemas[home[2]] = part
        else:
            return  # a part of a part, or no schema: it stays in place
        self._homes[id(part)] = home

    def as_spec(self) -> Spec:
        """Return the document as a spec."""
        return Spec(self.spec.marketplace, self.spec.path, self.root, below=self.spec.below)

    def at(self, location: Path) -> Json:
        """Return the value at a location.

        Raises:
            KeyError, IndexError, TypeError: there is none.
        """
        value = self.root
        for part in location:
            value = value[part]
        return value

    def own(self, location: Path) -> Json:
        """Return the value at a location, copied first if other locations share it.

        A part at its home is not copied: a change of it applies to every location.
        """
        value = self.root
        for depth, part in enumerate(location, 1):
            value = self.own_child(value, part, location[:depth])
        return value

    def own_child(self, parent: Json, key: str | int, location: Path) -> Json:
        """Return a member of a value that `own` returned, copied first if other locations share it."""
        child = parent[key]
        if id(child) in self._shared and self._homes.get(id(child)) != location:
            child = parent[key] = self.copied(child)
        return child

    def copied(self, value: Json) -> Json:
        """Return a copy of a value; shared parts below it stay shared until they are owned."""
        if isinstance(value, dict):
            return {key: self._copied_below(member) for key, member in value.items()}
        return [self._copied_below(item) for item in value] if isinstance(value, list) else value

    def _copied_below(self, value: Json) -> Json:
        return value if id(value) in self._shared else self.copied(value)

    def resolved(self, value: Json, place: str) -> Json:
        """Return a copy of a new value with every `$ref` replaced by its target.

        Args:
            value: a value of an overlay; paths of files in it are relative to the spec.
            place: for messages.

        Raises:
            SpecError: a reference leads nowhere.
        """
        if isinstance(value, list):
            return [self.resolved(item, place) for item in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        rest = {
            key: member if is_data(key, member) else self.resolved(member, place)
            for key, member in value.items()
            if key != "$ref"
        }
        if isinstance(rest.get("externalValue"), str):
            rest["externalValue"] = self._references.file(rest["externalValue"], place)
        if not isinstance(reference, str):
            return rest if "$ref" not in value else {"$ref": reference, **rest}
        part = self._named(reference, place)
        if not rest:
            return part if id(part) in self._homes else self.copied(part)
        return {**self.copied(part), **rest} if isinstance(part, dict) else part

    def _named(self, reference: str, place: str) -> Json:
        if reference.startswith("#"):
            return References(self.spec.path, self.root, below=self.spec.below).lookup(reference, place)
        try:
            return self._references.resolved_part(reference, "")
        except SpecError as error:
            raise SpecError(f"{place}: {error}") from None

    def folded(self) -> Json:
        """Return a copy of the document with each shared part at its home, and `$ref`s to it elsewhere."""
        return self._folded(self.root, ())

    def _folded(self, value: Json, location: Path) -> Json:
        if isinstance(value, list):
            return [self._folded(item, (*location, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        home = self._homes.get(id(value))
        if home is not None and home != location and self._is_at(home, value):
            return {"$ref": f"#{pointer(home)}"}
        return {key: self._folded(member, (*location, key)) for key, member in value.items()}

    def _is_at(self, home: Path, part: Json) -> bool:
        try:
            return self.at(home) is part
        except KeyError:
            return False


def _free_name(place: str, taken: Json) -> str:
    """Return a new name for a schema: the name of its file, and its pointer in the file."""
    file, _, inside = unquote(place).partition("#")
    name = "-".join((File(file).stem, *(part for part in inside.split("/") if part and part != "$defs")))
    name = re.sub(r"[^\w.-]", "-", name)
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
