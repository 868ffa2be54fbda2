"""Read a spec, an OpenAPI 3.1 document with its schema files, as records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from sellerspec.errors import SpecError
from sellerspec.io import copies, resources
from sellerspec.model import Basis, Json, Operation, Source
from sellerspec.openapi import rule_texts
from sellerspec.openapi.places import jsonpath
from sellerspec.openapi.reach import home
from sellerspec.rules import Rule

FORM = "application/x-www-form-urlencoded"
"""The content type of a form, whose members are texts."""

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
    """The body of a request or a response: a schema for each content type."""

    contents: Mapping[str, Json]
    """Content type -> schema, every `$ref` resolved; None where there is no schema."""

    required: bool = True
    documented: Mapping[str, Json] = field(default_factory=dict)
    """Name -> Example Object of the JSON content; `externalValue` is the path of a file."""

    def examples(self) -> dict[str, Json]:
        """Return name and value of each documented example of the JSON content."""
        return {
            name: resources.read_json(Path(example["externalValue"]))
            if "externalValue" in example
            else example["value"]
            for name, example in self.documented.items()
        }

    @property
    def is_free(self) -> bool:
        """Whether no body, and one that is no JSON, will do too: the content type `*/*` is listed."""
        return "*/*" in self.contents

    @property
    def is_form(self) -> bool:
        """Whether it is a form of texts, not JSON."""
        return FORM in self.contents

    @property
    def schema(self) -> Json:
        """The schema of the JSON content, else of the form, or None."""
        for kind, schema in self.contents.items():
            if is_json(kind):
                return schema
        return self.contents.get(FORM)


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """One operation of a spec."""

    operation: Operation
    parameters: tuple[Parameter, ...]
    request: Body | None
    responses: Mapping[int, Body]
    """HTTP status -> body; a body without contents is an empty response."""

    ranges: Mapping[str, Body]
    """`4XX` or `default` -> body of the responses without an entry of their own."""

    security: tuple[Mapping[str, Json], ...]
    """The security schemes that the call needs."""

    links: Mapping[str, Json]
    """Name -> OpenAPI link of the success response."""

    refusal_order: tuple[str, ...]
    """Ids of rules, in the order in which a refusal with several documented texts lists them."""

    tags: tuple[str, ...] = ()

    replaces: str = ""
    """Id of the operation of an earlier generation that this one stands for."""

    compares_lines: bool = False
    """Whether the lines of a catalogue are products that are compared with each other."""

    def request_schema(self) -> Json:
        """Return one schema for `{"request": {"path", "query", "headers", "body"}}`."""
        parts: dict[str, dict[str, Json]] = {
            where: {"type": "object", "properties": {}, "required": []}
            for where in ("path", "query", "headers")
        }
        members = [
            (_where(parameter.where), parameter.name, parameter.schema, parameter.required)
            for parameter in self.parameters
        ]
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

    def response(self, status: int) -> Body | None:
        """Return the body of a status: of its own entry, its range `4XX` or `default`; None without."""
        own = self.responses.get(status) or self.ranges.get(f"{status // 100}XX")
        return own or self.ranges.get("default")

    def bodies(self) -> Mapping[str, Body]:
        """Return the body of each response, by its status, its range or `default`."""
        return {**{str(status): body for status, body in self.responses.items()}, **self.ranges}

    @staticmethod
    def response_schema(body: Body) -> Json:
        """Return one schema for `{"response": {"status", "headers", "body"}}` of a documented response."""
        schema = body.schema
        response: dict[str, Json] = {"type": "object"}
        if schema is not None:
            response |= {"properties": {"body": schema}, "required": [] if body.is_free else ["body"]}
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
        schema["pattern"] = "^[Bb][Ee][Aa][Rr][Ee][Rr] ."
    return "headers", "authorization", schema


@lru_cache(maxsize=64)
def is_json(content_type: str) -> bool:
    """Return whether a content type carries JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


class Spec:
    """One OpenAPI document and the files it refers to; an operation is read when it is first needed."""

    def __init__(
        self, marketplace: str, path: Path, document: Json = None, *, below: Path | None = None
    ) -> None:
        self.marketplace = marketplace
        self.path = path
        self.below = below or home(path)
        """The folder that holds every file to which the document may refer."""

        self.document = document if document is not None else resources.read_yaml(path)
        self._given = document is not None
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
        sources = self.document.get("x-sources")
        if not isinstance(sources, dict):
            return {}
        return {key: source for key, source in sources.items() if isinstance(source, dict)}

    @property
    def servers(self) -> tuple[str, ...]:
        """The base URLs, without a slash at the end."""
        return tuple(server["url"].rstrip("/") for server in self.document.get("servers", ()))

    @cached_property
    def resolved(self) -> Json:
        """`paths`, `webhooks` and `security` (the security schemes), with every `$ref` resolved."""
        if self._given:
            return self._references()[0]
        return copies.derived(f"resolved {self.marketplace} {self.path.resolve()}", self._references)

    def _references(self) -> tuple[Json, list[Path]]:
        from sellerspec.openapi import references as module  # not loaded where a copy is kept

        code = (Path(__file__), Path(module.__file__), Path(rule_texts.__file__))
        references = module.References(
            self.path, self.document, below=self.below, marketplace=self.marketplace
        )
        places = (("paths",), ("webhooks",), ("components", "securitySchemes"))
        paths, webhooks, security = (references.resolved(*place) for place in places)
        return {"paths": paths, "webhooks": webhooks, "security": security}, [*references.files(), *code]

    def places(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield operationId, kind (`paths` or `webhooks`), path or name, and method of each operation."""
        for kind in ("paths", "webhooks"):
            items = self.document.get(kind, {})
            if not isinstance(items, dict):
                raise SpecError(f"{self.path.name}: `{kind}` must be an object of paths or names")
            for name, item in items.items():
                if not isinstance(item, dict):
                    raise SpecError(f"{self.path.name}: {jsonpath((kind, name))} must be an object")
                for method in METHODS:
                    if method in item:
                        id = item[method].get("operationId")
                        if id is None:
                            place = jsonpath((kind, name, method))
                            raise SpecError(f"{self.path.name}: {place} has no `operationId`")
                        yield id, kind, name, method

    def path_versions(self, path: str, method: str) -> tuple[str, ...]:
        """Return the versions that the parameter `version` of a path takes; () if they are open."""
        item = self.document["paths"][path]
        shared = self.document.get("components", {}).get("parameters", {})
        for parameter in (*item.get("parameters", ()), *item[method].get("parameters", ())):
            parameter = shared.get(parameter.get("$ref", "").rpartition("/")[2], parameter)
            if parameter.get("name") == "version":
                return tuple(parameter.get("schema", {}).get("enum", ()))
        return ()

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all operations, in the order of the document."""
        return tuple(id for id, *_ in self.places())

    def operation(self, id: str) -> OperationSpec:
        """Return one operation, every `$ref` resolved.

        Raises:
            KeyError: there is no operation of that id.
            SpecError: a reference leads nowhere or is circular.
        """
        if id not in self._operations:
            known = {place[0]: place[1:] for place in self.places()}
            self._operations[id] = self._read(id, *known[id])
        return self._operations[id]

    def _read(self, id: str, kind: str, name: str, method: str) -> OperationSpec:
        item = self.resolved[kind][name]
        raw = item[method]
        responses = raw.get("responses", {})
        return OperationSpec(
            operation=Operation(
                marketplace=self.marketplace,
                id=id,
                method=method.upper(),
                path=name if kind == "paths" else "",
                summary=raw.get("summary", ""),
                source=self.source(raw.get("x-source"), f"{self.path.name}: {id}"),
                webhook=kind == "webhooks",
            ),
            parameters=tuple(map(_parameter, [*item.get("parameters", []), *raw.get("parameters", [])])),
            request=_body(raw["requestBody"]) if "requestBody" in raw else None,
            responses={
                int(status): _body(response) for status, response in responses.items() if status.isdigit()
            },
            ranges={
                status: _body(response)
                for status, response in responses.items()
                if status == "default" or status.endswith("XX")
            },
            security=tuple(self._schemes(raw, f"{self.path.name}: {id}")),
            links=next(
                (response.get("links", {}) for status, response in responses.items() if status[0] == "2"), {}
            ),
            refusal_order=tuple(raw.get("x-refusal-order", ())),
            tags=tuple(raw.get("tags", ())),
            replaces=raw.get("x-replaces", ""),
            compares_lines=raw.get("x-compares-lines", False) is True,
        )

    def _schemes(self, raw: Json, place: str) -> Iterator[Mapping[str, Json]]:
        known = self.resolved["security"]
        for needed in raw.get("security", self.document.get("security", [])):
            for scheme in needed:
                if scheme not in known:
                    raise SpecError(f"{place}: no security scheme is named `{scheme[:40]}`")
                yield known[scheme]

    @cached_property
    def rule_texts(self) -> Mapping[str, Json]:
        """The text of each rule that schemas state, by its id; see `rule_texts`.

        Raises:
            ParseError, SpecError: as `rule_texts.read`.
        """
        return rule_texts.read(self.document.get(rule_texts.MEMBER), self.path.parent, self.below)

    def rule(self, id: str, place: str) -> Rule:
        """Return the rule that a schema names at a place.

        Raises:
            SpecError: `x-rules` has no complete text for it; names the place.
        """
        if id not in self._rules:
            if id not in self.rule_texts:
                raise SpecError(f"{place}: the rule `{id}` has no text in `x-rules`")
            text = self.rule_texts[id]
            try:
                raw = {**text["source"], "status": text["basis"]}
                source = self.source(raw, f"{place}: the rule `{id}`")
                self._rules[id] = rule_texts.rule_of(id, text, source)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise SpecError(f"{place}: the text of `{id}` is wrong: {_reason(error)}") from None
        return self._rules[id]

    def source(self, raw: Json, place: str) -> Source:
        """Return an `x-source` as a record.

        Raises:
            SpecError: its document is not in `x-sources`; names the place.
        """
        if not isinstance(raw, dict) or str(raw.get("document")) not in self.sources:
            raise SpecError(f"{place}: the source names no document of `x-sources`")
        if raw.get("status") not in tuple(Basis):
            raise SpecError(f"{place}: the source has no `status` of {', '.join(Basis)}")
        return Source(
            document=raw["document"],
            section=str(raw.get("section", "")),
            status=Basis(raw["status"]),
            seen=str(raw.get("seen") or self.sources[raw["document"]].get("seen", "")),
        )


def _parameter(raw: Json) -> Parameter:
    return Parameter(
        raw["name"],
        raw["in"],
        bool(raw.get("required")),
        raw.get("schema", {}),
        raw.get("description", ""),
        raw.get("example"),
    )


def _body(raw: Json) -> Body:
    contents = raw.get("content", {})
    examples: dict[str, Json] = {}
    for kind, media in contents.items():
        if is_json(kind) or kind == FORM:
            examples |= media.get("examples", {})
    return Body(
        contents={kind: media.get("schema") for kind, media in contents.items()},
        required=bool(raw.get("required", True)),
        documented=examples,
    )


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
