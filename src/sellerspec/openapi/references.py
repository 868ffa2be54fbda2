"""Resolve the `$ref`s of a spec: into the document and into files beside it, never over a network.

The only module that imports `referencing`, which takes longer than a check; `Spec` caches the result.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from sellerspec.errors import ParseError, SpecError
from sellerspec.io import resources
from sellerspec.io.extent import Extent, bounded
from sellerspec.io.pointers import escaped
from sellerspec.model import Json, pointer
from sellerspec.openapi.reach import home, within
from sellerspec.openapi.rule_texts import own_id

MOST_VALUES = 300_000
"""Most values of a spec whose references are replaced."""

MOST_LEVELS = 100
"""Most levels of a spec, those of the targets of its references included."""

_REPLACED = "its references replaced"
_CIRCLE = "a part refers to a value that contains it"
_FILE = "file:///" if os.name == "nt" else "file://"
_NAMED = ("properties", "patternProperties")
"""Keywords whose members are named freely; a name may equal a keyword."""

_LITERAL = frozenset(("example", "examples", "enum", "const", "default", "value"))
"""Keywords whose values are data; a `$ref` in them is not resolved."""


class References:
    """The references of one document."""

    def __init__(
        self, path: Path, document: Json, *, below: Path | None = None, marketplace: str = ""
    ) -> None:
        """Read the references of a document.

        Args:
            path: of the document.
            document: its value.
            below: the folder that holds all files to which it may refer; by default `reach.home(path)`.
            marketplace: stands for `*` in the ids of rules; "" leaves them as they are.
        """
        self.document = document
        self._marketplace = marketplace
        self._below = below or home(path)
        self._level = 0
        self._targets: dict[str, Json] = {}
        """URI and pointer of a target -> its resolved value; each is resolved once."""

        self.uri = path.resolve().as_uri()
        self.contents: dict[str, Json] = {self.uri: document}
        """URI -> value of each file that was read."""

        self.shared: dict[str, Json] = {}
        """URI and pointer of a target -> its resolved value, one object for all references to it."""

        self._registry: Registry[Json] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]

    def files(self) -> list[Path]:
        """Return the files that were read."""
        return [_path(uri) for uri in self.contents]

    def _retrieve(self, uri: str) -> "Resource[Json]":
        if not uri.startswith(_FILE):
            raise SpecError("a remote `$ref` is never fetched")
        if uri not in self.contents:
            path = within(_path(uri), self._below)
            read = resources.read_json if path.suffix == ".json" else resources.read_yaml
            self.contents[uri] = read(path)
        return Resource.opaque(self.contents[uri])

    def lookup(self, reference: str, place: str, base: str = "") -> Json:
        """Return the target of a reference, unresolved.

        Args:
            reference: the value of a `$ref`.
            place: for messages.
            base: URI of the file with the reference, by default the document.

        Raises:
            SpecError: there is no such target, or it is not on this machine.
            ParseError: the file of the target cannot be read.
        """
        problem = "`$ref` leads nowhere"
        try:
            return self._registry.resolver(base or self.uri).lookup(reference).contents
        except Unresolvable as error:
            cause = error.__cause__.__cause__ if error.__cause__ else None  # what `_retrieve` raised
            if isinstance(cause, ParseError):
                raise cause from None
            if isinstance(cause, SpecError):
                problem = str(cause)
        except (TypeError, ValueError):  # a pointer into a text, or no number for an item of a list
            pass
        raise SpecError(f"{place}: {problem}: {reference}") from None

    def resolved(self, *path: str) -> Json:
        """Return the document with every `$ref` replaced by its target.

        Each subschema that states a rule gets `x-place`, its file and pointer; the rule `*.name` becomes
        `<marketplace>.name`. Paths of examples become absolute. A part that several locations refer to is
        one object at all of them.

        Args:
            path: names of members that lead to the part to return, by default the complete document. A
                missing part is {}.

        Raises:
            SpecError: as `lookup`, or references form a circle.
            ParseError: as `lookup`.
        """
        part = self.document
        for name in path:
            part = part.get(name, {}) if isinstance(part, dict) else {}
        part = self._resolved(part, self.uri, pointer(path), ())
        known: dict[int, Extent] = {}
        # targets first, the inner ones before the outer ones: the first that is too large is the place
        for place, target in (*self._targets.items(), (self.uri, part)):
            try:
                bounded(target, _REPLACED, _CIRCLE, most=MOST_VALUES, depth=MOST_LEVELS, known=known)
            except ParseError as error:
                file, _, fragment = place.partition("#")
                at = f"#{unquote(fragment)}" if fragment else ""
                raise SpecError(f"{_shown(file)}{at}: {error.problem}") from None
        return part

    def resolved_part(self, reference: str, place: str) -> Json:
        """Return the target of a reference, resolved; raises as `resolved`."""
        return self._followed({"$ref": reference}, self.uri, place, ())

    def _resolved(self, value: Json, uri: str, at: str, trail: tuple[str, ...]) -> Json:
        if isinstance(value, list):
            with self._deeper(uri, at):
                return [self._resolved(item, uri, f"{at}/{index}", trail) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            return self._followed(value, uri, at, trail)
        if isinstance(value.get("externalValue"), str):
            return {
                **value,
                "externalValue": self.file(value["externalValue"], f"{_path(uri).name}#{at}", uri),
            }
        with self._deeper(uri, at):
            return self._members(value, uri, at, trail)

    def file(self, name: str, place: str, base: str = "") -> str:
        """Return the absolute path of an example's file, or its address if it is a remote one.

        Raises:
            SpecError: it is not below the folder of the spec's files.
        """
        if "://" in name:
            return name
        try:
            return str(within(_path(base or self.uri).parent / name, self._below))
        except SpecError as error:
            raise SpecError(f"{place}: `externalValue`: {error}: {name[:80]}") from None

    @contextmanager
    def _deeper(self, uri: str, at: str) -> Iterator[None]:
        if self._level >= MOST_LEVELS:
            raise SpecError(f"{_path(uri).name}#{at[-100:]}: nested deeper than {MOST_LEVELS} levels")
        self._level += 1
        try:
            yield
        finally:
            self._level -= 1

    def _members(self, value: Mapping[str, Json], uri: str, at: str, trail: tuple[str, ...]) -> Json:
        out: dict[str, Json] = {}
        for key, member in value.items():
            here = f"{at}/{escaped(key)}"
            if key in _NAMED and isinstance(member, dict):
                out[key] = {
                    name: self._resolved(schema, uri, f"{here}/{escaped(name)}", trail)
                    for name, schema in member.items()
                }
            elif is_data(key, member):
                out[key] = member
            else:
                out[key] = self._resolved(member, uri, here, trail)
        if "x-rule" in value and "x-place" not in value:
            out["x-place"] = f"{_shown(uri)}#{at}"
        if isinstance(value.get("x-rule"), str) and self._marketplace:
            out["x-rule"] = own_id(value["x-rule"], self._marketplace)
        return out

    def _followed(self, value: Json, uri: str, at: str, trail: tuple[str, ...]) -> Json:
        reference: str = value["$ref"]
        place = f"{_path(uri).name}#{at}"
        try:
            target = urljoin(uri, reference)
        except ValueError:
            raise SpecError(f"{place}: `$ref` is no address: {reference[:80]}") from None
        if target in trail:
            raise SpecError(f"{place}: `$ref` goes round in a circle: {reference}")
        siblings = {key: member for key, member in value.items() if key != "$ref"}
        if target not in self._targets:
            file, fragment = urldefrag(target)
            raw = self.lookup(reference, place, uri)
            self._targets[target] = self._resolved(raw, file, fragment, (*trail, target))
        part = self._targets[target]
        if not siblings:
            self.shared[target] = part
        elif isinstance(part, dict):
            return {**part, **self._resolved(siblings, uri, at, trail)}
        return part


def is_data(key: str, value: Json) -> bool:
    """Return whether a member is data, not part of the spec; OpenAPI's map of Example Objects is not."""
    return key in _LITERAL and not (key == "examples" and isinstance(value, dict))


def _path(uri: str) -> Path:
    return Path(unquote(uri.removeprefix(_FILE)))


def _shown(uri: str) -> str:
    """Return the path of a file below the root of our data, or its name."""
    path, root = _path(uri), resources.data_root().resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
