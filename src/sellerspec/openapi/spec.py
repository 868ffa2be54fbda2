"""Read a spec: an OpenAPI 3.1 document with its schema files, as the records the rest needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from sellerspec.errors import SpecError
from sellerspec.io import pointers, resources
from sellerspec.model import Basis, Json, Operation, Source
from sellerspec.openapi import rule_texts
from sellerspec.rules import Rule

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Parameter(NamedTuple):
    """One query, path or header parameter of an operation."""

    name: str
    where: str
    """`query`, `path` or `header`."""

    required: bool
    schema: Json
    description: str = ""
    example: Json = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a request or a response carries: a schema for each content type."""

    contents: Mapping[str, Json]
    """Content type -> schema, with every `$ref` written out; None where there is no schema."""

    required: bool = True
    documented: Mapping[str, Json] = field(default_factory=dict)
    """Name -> Example Object of the JSON content; `externalValue` is the path of a file."""

    def examples(self) -> dict[str, Json]:
        """Return name and value of the documented examples of the JSON content."""
        return {
            name: resources.read_json(Path(each["externalValue"]))
            if "externalValue" in each
            else each["value"]
            for name, each in self.documented.items()
        }

    @property
    def schema(self) -> Json:
        """The schema of the JSON content, or None."""
        for kind, schema in self.contents.items():
            if is_json(kind):
                return schema
        return None


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """All that a spec says of one operation."""

    operation: Operation
    parameters: tuple[Parameter, ...]
    request: Body | None
    responses: Mapping[int, Body]
    """HTTP status -> body; a body without contents is an empty response."""

    security: tuple[Mapping[str, Json], ...]
    """The security schemes that the call needs."""

    links: Mapping[str, Json]
    """Name -> OpenAPI link of the success response."""

    refusal_order: tuple[str, ...]
    """Ids of rules whose documented texts come in this order."""

    tags: tuple[str, ...] = ()

    def request_schema(self) -> Json:
        """Return one schema for `{"request": {"path", "query", "headers", "body"}}`."""
        parts: dict[str, dict[str, Json]] = {
            where: {"type": "object", "properties": {}, "required": []}
            for where in ("path", "query", "headers")
        }
        members = [(_where(each.where), each.name, each.schema, each.required) for each in self.parameters]
        members += [(*_credential(scheme), True) for scheme in self.security]
        for where, name, schema, required in members:
            if where in parts:
                name = name.lower() if where == "headers" else name
                parts[where]["properties"][name] = schema
                if required:
                    parts[where]["required"].append(name)
        request: dict[str, Json] = {"type": "object", "properties": dict(parts), "required": list(parts)}
        if self.request is not None and self.request.schema is not None:
            request["properties"]["body"] = self.request.schema
            if self.request.required:
                request["required"].append("body")
        return {"properties": {"request": request}}

    def response_schema(self, status: int) -> Json:
        """Return one schema for `{"response": {"status", "headers", "body"}}` of a documented status."""
        schema = self.responses[status].schema
        response: dict[str, Json] = {"type": "object"}
        if schema is not None:
            response |= {"properties": {"body": schema}, "required": ["body"]}
        return {"properties": {"response": response}}


def _where(place: str) -> str:
    return "headers" if place == "header" else place


def _credential(scheme: Mapping[str, Json]) -> tuple[str, str, Json]:
    """Return place, name and schema of the parameter that carries a credential."""
    notes = {key: value for key, value in scheme.items() if key.startswith("x-")}
    schema: dict[str, Json] = {**notes, "type": "string", "minLength": 1}
    if scheme["type"] == "apiKey":
        return _where(scheme["in"]), scheme["name"], schema
    if scheme.get("scheme", "").lower() == "bearer":
        schema["pattern"] = "^[Bb]earer ."
    return "headers", "authorization", schema


@lru_cache(maxsize=64)
def is_json(content_type: str) -> bool:
    """Say whether a content type carries JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


class Spec:
    """One OpenAPI document and the files it refers to; operations are written out when asked for."""

    def __init__(self, marketplace: str, path: Path, document: Json = None) -> None:
        self.marketplace = marketplace
        self.path = path
        self.document = document if document is not None else resources.read_yaml(path)
        self._files: dict[Path, Json] = {path.resolve(): self.document}
        self._operations: dict[str, OperationSpec] = {}
        self._rules: dict[str, Rule] = {}
        if not isinstance(self.document, dict) or "openapi" not in self.document:
            raise SpecError(f"{path}: not an OpenAPI document")

    @property
    def version(self) -> str:
        """The `info.version` of the document."""
        return str(self.document["info"]["version"])

    @property
    def sources(self) -> Mapping[str, Json]:
        """Document key -> `title`, `seen` and `url` of each source."""
        found: Mapping[str, Json] = self.document.get("x-sources", {})
        return found

    @property
    def servers(self) -> tuple[str, ...]:
        """The base URLs, without a slash at the end."""
        return tuple(server["url"].rstrip("/") for server in self.document.get("servers", ()))

    def places(self) -> Iterator[tuple[str, str, str, Json]]:
        """Yield operationId, method, path (`""` for a webhook) and the raw operation."""
        for kind in ("paths", "webhooks"):
            for path, item in self.document.get(kind, {}).items():
                for method in METHODS:
                    if method in item:
                        found = item[method]
                        yield found["operationId"], method, path if kind == "paths" else "", found

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all operations, in the order of the document."""
        return tuple(each for each, *_ in self.places())

    def operation(self, id: str) -> OperationSpec:
        """Return one operation, every `$ref` written out.

        Raises:
            KeyError: there is none of that id.
            SpecError: a reference leads nowhere, or round in a circle.
        """
        if id not in self._operations:
            for each, method, path, raw in self.places():
                if each == id:
                    self._operations[id] = self._read(id, method, path, raw)
                    break
            else:
                raise KeyError(id)
        return self._operations[id]

    def _read(self, id: str, method: str, path: str, raw: Json) -> OperationSpec:
        at, shared = next(
            (f"/{kind}/{pointers.escaped(name)}", item.get("parameters", []))
            for kind in ("paths", "webhooks")
            for name, item in self.document.get(kind, {}).items()
            if item.get(method) is raw
        )
        file = self.path.resolve()
        full = self._write_out(raw, file, f"{at}/{method}", ())
        common: list[Json] = self._write_out(shared, file, f"{at}/parameters", ())
        parameters = tuple(
            Parameter(
                parameter["name"],
                parameter["in"],
                bool(parameter.get("required")),
                parameter.get("schema", {}),
                parameter.get("description", ""),
                parameter.get("example"),
            )
            for parameter in [*common, *full.get("parameters", [])]
        )
        responses = {int(status): _body(each) for status, each in full.get("responses", {}).items()}
        success: Json = next((each for code, each in full["responses"].items() if code.startswith("2")), {})
        schemes: Json = self._write_out(
            self.document.get("components", {}).get("securitySchemes", {}),
            file,
            "/components/securitySchemes",
            (),
        )
        needed = raw.get("security", self.document.get("security", []))
        return OperationSpec(
            operation=Operation(
                marketplace=self.marketplace,
                id=id,
                method=method.upper(),
                path=path,
                summary=full.get("summary", ""),
                source=self.source(full.get("x-source"), f"{self.path.name}: {id}"),
                webhook=not path,
            ),
            parameters=parameters,
            request=_body(full["requestBody"]) if "requestBody" in full else None,
            responses=responses,
            security=tuple(schemes[name] for each in needed for name in each),
            links=success.get("links", {}),
            refusal_order=tuple(full.get("x-refusal-order", ())),
            tags=tuple(full.get("tags", ())),
        )

    @cached_property
    def rule_texts(self) -> Mapping[str, Json]:
        """The text of each rule that schemas state, by its id; see `rule_texts`.

        Raises:
            ParseError, SpecError: as `rule_texts.read`.
        """
        return rule_texts.read(self.document.get(rule_texts.MEMBER), self.path.parent)

    def rule(self, id: str, place: str) -> Rule:
        """Return the rule that a schema names at a place.

        Raises:
            SpecError: `x-rules` has no complete text of it; names the place.
        """
        if id not in self._rules:
            if id not in self.rule_texts:
                raise SpecError(f"{place}: the rule `{id}` has no text in `x-rules`")
            text = self.rule_texts[id]
            try:
                source = self.source(rule_texts.source_of(text), f"{place}: the rule `{id}`")
                self._rules[id] = rule_texts.rule_of(id, text, source)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise SpecError(f"{place}: the text of `{id}` is wrong: {_reason(error)}") from None
        return self._rules[id]

    def source(self, raw: Json, place: str) -> Source:
        """Return an `x-source` as a record; its document must stand in `x-sources`."""
        if not isinstance(raw, dict) or raw.get("document") not in self.sources:
            raise SpecError(f"{place}: the source names no document of `x-sources`")
        return Source(
            document=raw["document"],
            section=str(raw.get("section", "")),
            status=Basis(raw["status"]),
            seen=str(raw.get("seen") or self.sources[raw["document"]].get("seen", "")),
        )

    def written_out(self, value: Json, at: Path | None = None) -> Json:
        """Return a copy of a part of the document with every `$ref` replaced by what it names.

        Each subschema that states a rule gets `x-place`: the file and pointer it stands at.
        """
        return self._write_out(value, (at or self.path).resolve(), "", ())

    def written_out_whole(self) -> tuple[Json, dict[str, Json]]:
        """Return the whole document with every `$ref` written out, and the parts that were referred to.

        A part that several places refer to is one object at all of them. The parts are keyed
        by where they come from: absolute path of the file, `#`, pointer.
        """
        shared: dict[str, Json] = {}
        document = self.document
        if rule_texts.MEMBER in document:
            document = {**document, rule_texts.MEMBER: self.rule_texts}
        whole = self._write_out(document, self.path.resolve(), "", (), shared)
        return whole, shared

    def _write_out(
        self, value: Json, file: Path, at: str, trail: tuple[str, ...], shared: dict[str, Json] | None = None
    ) -> Json:
        if isinstance(value, list):
            return [self._write_out(each, file, f"{at}/{i}", trail, shared) for i, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            target_file, target_at, target = self._follow(reference, file, at)
            here = f"{target_file}#{target_at}"
            if here in trail:
                raise SpecError(f"{file.name}#{at}: `$ref` goes round in a circle: {reference}")
            rest = {key: each for key, each in value.items() if key != "$ref"}
            if shared is not None and not rest and here in shared:
                return shared[here]
            found = self._write_out(target, target_file, target_at, (*trail, here), shared)
            if shared is not None and not rest:
                shared[here] = found
            if rest and isinstance(found, dict):
                return {**found, **self._write_out(rest, file, at, trail, shared)}
            return found
        if isinstance(value.get("externalValue"), str):
            return {**value, "externalValue": str((file.parent / value["externalValue"]).resolve())}
        out: dict[str, Json] = {}
        for key, each in value.items():
            here = f"{at}/{pointers.escaped(key)}"
            if key in ("properties", "patternProperties") and isinstance(each, dict):
                # its keys are members' names, whatever they mean elsewhere
                out[key] = {
                    name: self._write_out(inner, file, f"{here}/{pointers.escaped(name)}", trail, shared)
                    for name, inner in each.items()
                }
            elif key in _HOLD_VALUES and not _is_map_of_examples(key, each):
                out[key] = each
            else:
                out[key] = self._write_out(each, file, here, trail, shared)
        if "x-rule" in value and "x-place" not in value:
            out["x-place"] = f"{self._relative(file)}#{at}"
        return out

    def _relative(self, file: Path) -> str:
        root = _root()
        return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name

    def _follow(self, reference: str, file: Path, at: str) -> tuple[Path, str, Json]:
        name, _, fragment = reference.partition("#")
        if "://" in name:
            raise SpecError(f"{file.name}#{at}: a remote `$ref` is never fetched: {reference}")
        target = (file.parent / name).resolve() if name else file
        if target not in self._files:
            read = resources.read_json if target.suffix == ".json" else resources.read_yaml
            self._files[target] = read(target)
        value = self._files[target]
        for key in steps(fragment):
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError, TypeError):
                raise SpecError(f"{file.name}#{at}: `$ref` leads nowhere: {reference}") from None
        return target, fragment, value


_HOLD_VALUES = frozenset(("example", "examples", "enum", "const", "default", "value"))
"""Keywords below which a `$ref` would be data."""


@cache
def _root() -> Path:
    return resources.data_root().resolve()


def steps(fragment: str) -> tuple[str, ...]:
    """Return the parts of a `$ref`'s fragment; braces may be encoded in it."""
    return pointers.split(fragment.replace("%7B", "{").replace("%7D", "}"))


def _is_map_of_examples(key: str, value: Json) -> bool:
    """Say whether `examples` is OpenAPI's map of Example Objects (JSON Schema's is a list)."""
    return key == "examples" and isinstance(value, dict)


def _body(raw: Json) -> Body:
    contents = raw.get("content", {})
    examples: dict[str, Json] = {}
    for kind, media in contents.items():
        if is_json(kind):
            examples |= media.get("examples", {})
    return Body(
        contents={kind: media.get("schema") for kind, media in contents.items()},
        required=bool(raw.get("required", True)),
        documented=examples,
    )


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
