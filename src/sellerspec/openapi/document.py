"""A spec as one document: every `$ref` written out, and what several places share known as shared.

This is what overlays change and what `specs bundle` writes. A part that a `$ref` named is one
object at all its places and has a home below `components`: changed there, it changes at every
place; changed at one of its places, that place gets a copy of its own first.
"""

from pathlib import Path as File
from urllib.parse import unquote, urldefrag

from sellerspec.errors import SpecError
from sellerspec.io.pointers import split
from sellerspec.model import Json, Path, pointer
from sellerspec.openapi.references import References
from sellerspec.openapi.rule_texts import MEMBER
from sellerspec.openapi.spec import METHODS, Spec

_NO_SCHEMA = frozenset((*METHODS, "in", "responses", "content", "operationId", "parameters"))
"""Members that tell a path item, an operation, a parameter or a response from a schema."""


class Document:
    """One spec, written out; `root` is the document and may be changed with `own`."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        texts = {MEMBER: spec.rule_texts} if MEMBER in spec.document else {}
        references = References(spec.path, {**spec.document, **texts})
        self.root = references.resolved()
        self._references = references
        parts = references.shared
        self._homes: dict[int, Path] = {}
        self._parts = tuple(parts.values())  # kept: an id is only one as long as its object lives
        self._shared = {id(each) for each in self._parts if isinstance(each, dict)}
        for place, part in parts.items():
            if isinstance(part, dict):
                file, fragment = urldefrag(place)
                self._settle(part, split(unquote(fragment)) if file == references.uri else (), place)

    def _settle(self, part: Json, home: Path, place: str) -> None:
        """Give a shared part its home: where the document has it, or below `components/schemas`."""
        if len(home) == 3 and home[0] == "components":
            self.root["components"][home[1]][home[2]] = part
        elif not home and not _NO_SCHEMA & part.keys():
            schemas = self.root.setdefault("components", {}).setdefault("schemas", {})
            home = ("components", "schemas", _free_name(place, schemas))
            schemas[home[2]] = part
        else:
            return  # a part of a part, or nothing that belongs below `components/schemas`: it stays in place
        self._homes[id(part)] = home

    def as_spec(self) -> Spec:
        """Return the document as a spec to read operations from."""
        return Spec(self.spec.marketplace, self.spec.path, self.root)

    def at(self, location: Path) -> Json:
        """Return what stands at a place.

        Raises:
            KeyError, IndexError, TypeError: nothing does.
        """
        value = self.root
        for part in location:
            value = value[part]
        return value

    def own(self, location: Path) -> Json:
        """Return what stands at a place, as an object that no other place shares.

        What is reached at its home stays shared: a change counts at every place.
        """
        value = self.root
        for depth, part in enumerate(location, 1):
            value = self.own_child(value, part, location[:depth])
        return value

    def own_child(self, parent: Json, key: str | int, location: Path) -> Json:
        """Return a member of a parent that is already owned, copied first if it is shared."""
        child = parent[key]
        if id(child) in self._shared and self._homes.get(id(child)) != location:
            child = parent[key] = self.copied(child)
        return child

    def copied(self, value: Json) -> Json:
        """Return a copy of a value; shared parts below it stay shared until they are owned."""
        if isinstance(value, dict):
            return {key: self._copied_below(each) for key, each in value.items()}
        return [self._copied_below(each) for each in value] if isinstance(value, list) else value

    def _copied_below(self, value: Json) -> Json:
        return value if id(value) in self._shared else self.copied(value)

    def resolved(self, value: Json, place: str) -> Json:
        """Return a copy of a new value, its `$ref`s replaced by what they name in this document.

        A relative file is looked for beside the spec.

        Raises:
            SpecError: one leads nowhere.
        """
        if isinstance(value, list):
            return [self.resolved(each, place) for each in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        rest = {key: self.resolved(each, place) for key, each in value.items() if key != "$ref"}
        if not isinstance(reference, str):
            return rest if "$ref" not in value else {"$ref": reference, **rest}
        found = self._named(reference, place)
        if not rest:
            return found if id(found) in self._homes else self.copied(found)
        return {**self.copied(found), **rest} if isinstance(found, dict) else found

    def _named(self, reference: str, place: str) -> Json:
        if reference.startswith("#"):
            return References(self.spec.path, self.root).lookup(reference, place)
        try:
            return self._references.resolved_part(reference, "")
        except SpecError as error:
            raise SpecError(f"{place}: {error}") from None

    def folded(self) -> Json:
        """Return the document as one self-contained file has it: shared parts at home, `$ref`s to them.

        It is a new document all through, no object twice.
        """
        return self._folded(self.root, ())

    def _folded(self, value: Json, location: Path) -> Json:
        if isinstance(value, list):
            return [self._folded(each, (*location, at)) for at, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        home = self._homes.get(id(value))
        if home is not None and home != location and self._lives(home, value):
            return {"$ref": f"#{pointer(home)}"}
        return {key: self._folded(each, (*location, key)) for key, each in value.items()}

    def _lives(self, home: Path, part: Json) -> bool:
        try:
            return self.at(home) is part
        except KeyError:
            return False


def _free_name(place: str, taken: Json) -> str:
    """Return a name for a schema: that of its file, with its pointer where it is a part of one."""
    file, _, inside = unquote(place).partition("#")
    name = "-".join((File(file).stem, *(part for part in inside.split("/") if part and part != "$defs")))
    name = "".join(each if each.isalnum() or each in "._-" else "-" for each in name)
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
