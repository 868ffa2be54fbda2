"""Check specs against our conventions (`docs/architecture.md`); other linters check OpenAPI itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path as FilePath

from sellerspec import marketplaces
from sellerspec.contract import Contract
from sellerspec.contract.documents import document
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import SellerspecError, SpecError
from sellerspec.io import resources
from sellerspec.model import Basis, Finding, Json, Path, Response, Severity
from sellerspec.openapi.places import jsonpath
from sellerspec.openapi.references import References, is_data
from sellerspec.openapi.rule_texts import MEMBER
from sellerspec.openapi.spec import METHODS, Body, Spec
from sellerspec.rules import Marketplace
from sellerspec.schema import engine
from sellerspec.schema.prepare import prepared
from sellerspec.schema.violations import CompiledSchema

ANNOTATIONS = (
    *("x-rule", "x-warnings", "x-because", "x-meaning", "x-place", "x-source", "x-refusal-order"),
    *("x-response-sources", "x-rules", "x-sources", "x-marketplace", "x-replaces", "x-compares-lines"),
)
"""The extension members of OpenAPI that sellerspec reads."""

_OPERATION_ID = re.compile(r"[a-z][A-Za-z0-9]*")
_RULE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9]+(-[a-z0-9]+)*")
_UNSAFE_PATTERN = re.compile(r"\(\?[=!<]|\\[1-9]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One place of a spec that violates a convention."""

    place: str
    """JSONPath in the document, or file and pointer of a schema."""

    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def lint(
    what: str, *, overlays: Sequence[str] = (), refs_below: FilePath | None = None
) -> tuple[Problem, ...]:
    """Return the places where a spec violates our conventions.

    Args:
        what: a marketplace, or the path of an OpenAPI file.
        overlays: paths of OpenAPI Overlay files, applied first.
        refs_below: as for `contract.documents.document`.

    Raises:
        UnknownName, ParseError, SpecError: the spec cannot be opened at all.
    """
    opened = document(what, overlays=overlays, refs_below=refs_below)
    root = opened.root
    problems = [*_sources(root), *_operations(root), *_annotations(root, ())]
    if not problems:  # only a spec with complete operations and sources makes a contract
        problems.extend(_as_contract(opened.as_spec(), root))
    return tuple(dict.fromkeys(problems))


def _sources(root: Json) -> Iterator[Problem]:
    sources = root.get("x-sources")
    if not isinstance(sources, dict) or not sources:
        yield Problem("$", "no `x-sources`: name the documents that the spec is based on")
        return
    for key, source in sources.items():
        for name in ("title", "seen"):
            if not isinstance(source, dict) or not isinstance(source.get(name), str):
                yield Problem(jsonpath(("x-sources", key)), f'no `{name}` (a text; "" where it is not known)')


def _source(value: Json, root: Json, place: str) -> Iterator[Problem]:
    source = value.get("x-source")
    if not isinstance(source, dict):
        yield Problem(place, "no `x-source`")
        return
    yield from _document(source, root, place)
    if source.get("status") not in tuple(Basis):
        yield Problem(place, f"`x-source` has status `{source.get('status')}`; known: {', '.join(Basis)}")
    if "section" not in source:
        yield Problem(place, "`x-source` names no `section`")


def _document(source: Mapping[str, Json], root: Json, place: str) -> Iterator[Problem]:
    known = root.get("x-sources") or {}
    if str(source.get("document")) not in known:
        named = f"the source names document `{source.get('document')}`"
        yield Problem(place, f"{named}; `x-sources` has {', '.join(known)}")


def places(root: Json) -> Iterator[tuple[Path, Json]]:
    """Yield path and raw value of each operation and webhook, complete or not."""
    for kind in ("paths", "webhooks"):
        items = root.get(kind)
        for path, item in items.items() if isinstance(items, dict) else ():
            for method in METHODS:
                if isinstance(item, dict) and isinstance(item.get(method), dict):
                    yield (kind, path, method), item[method]


def _operations(root: Json) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for location, raw in places(root):
        place = jsonpath(location)
        id = raw.get("operationId")
        if not isinstance(id, str) or not _OPERATION_ID.fullmatch(id):
            yield Problem(place, f"operationId `{id}` is not a name in lowerCamelCase")
        elif id in seen:
            yield Problem(place, f"operationId `{id}` is also used by {seen[id]}")
        else:
            seen[id] = place
        if not raw.get("summary"):
            yield Problem(place, "no `summary`")
        yield from _source(raw, root, place)
        yield from _statuses(raw, root, place)
        yield from _path_names(root, location, raw, place)


def _statuses(raw: Json, root: Json, place: str) -> Iterator[Problem]:
    responses = raw.get("responses")
    if not isinstance(responses, dict) or not any(str(status).startswith("2") for status in responses):
        yield Problem(place, "no success response (2xx)")
        return
    for status, response in responses.items():
        if isinstance(response, dict) and "x-source" in response:
            yield from _source(response, root, f"{place}.responses['{status}']")
    for status, source in (raw.get("x-response-sources") or {}).items():
        if status not in responses:
            yield Problem(f"{place}.x-response-sources", f"`{status}` is no response of the operation")
        yield from _source({"x-source": source}, root, f"{place}.x-response-sources['{status}']")


def _path_names(root: Json, location: Path, raw: Json, place: str) -> Iterator[Problem]:
    if location[0] != "paths":
        return
    shared = root["paths"][location[1]].get("parameters", [])
    declared = {
        parameter.get("name")
        for parameter in [*shared, *raw.get("parameters", [])]
        if isinstance(parameter, dict) and parameter.get("in") == "path"
    }
    named = set(re.findall(r"\{([^}]*)\}", str(location[1])))
    for name in sorted(named - declared):
        yield Problem(place, f"the path has `{{{name}}}`, the parameters have not")
    for name in sorted(map(str, declared - named)):
        yield Problem(place, f"the parameter `{name}` is not in the path")


def _annotations(value: Json, path: Path) -> Iterator[Problem]:
    """Yield annotations that look misspelled, and keywords that sellerspec does not support."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _annotations(item, (*path, index))
    if not isinstance(value, dict):
        return
    place = value.get("x-place", jsonpath(path))
    for key, member in value.items():
        if key.startswith("x-") and key not in ANNOTATIONS:
            for close in get_close_matches(key, ANNOTATIONS, n=1, cutoff=0.8):
                yield Problem(place, f"`{key}`: did you mean `{close}`?")
        if key in ("$dynamicRef", "$dynamicAnchor"):
            yield Problem(place, f"`{key}` is not supported")
        if key == "pattern" and isinstance(member, str) and _UNSAFE_PATTERN.search(member):
            yield Problem(place, "the pattern has a lookaround or backreference, so its time is not linear")
        if not is_data(key, member):
            yield from _annotations(member, (*path, key))


def _as_contract(spec: Spec, root: Json) -> Iterator[Problem]:
    known = spec.marketplace in marketplaces.names()
    record = marketplaces.marketplace(spec.marketplace) if known else _bare(spec.marketplace)
    ready = Contract(record, spec, engine.default())
    place_of = {raw["operationId"]: jsonpath(location) for location, raw in places(root)}
    problems = list(_rule_texts(spec, root))
    yield from problems
    if problems:  # the rules cannot be read
        return
    try:
        rules = {rule.id for rule in ready.rules()}
    except SpecError as error:
        yield Problem("$", str(error))
        return
    for id in spec.rule_texts.keys() - rules:
        yield Problem(jsonpath((MEMBER, id)), "no schema states this rule")
    for operation in ready.operations():
        place = place_of[operation.operation.id]
        try:
            yield from _links(operation, ready, place)
            yield from _examples(operation, place)
        except SellerspecError as error:
            yield Problem(place, str(error))
        for id in operation.spec.refusal_order:
            if id not in rules:
                yield Problem(f"{place}.x-refusal-order", f"`{id}` is no rule")


def _bare(name: str) -> Marketplace:
    return Marketplace(
        name=name, title=name, rules=(), refusal=lambda findings: Response(findings[0].status or 400)
    )


def _rule_texts(spec: Spec, root: Json) -> Iterator[Problem]:
    rules_json = resources.data_dir("schemas") / "sellerspec" / "rules.json"
    text_schema = References(rules_json, resources.read_json(rules_json)).resolved()["$defs"]["rule"]
    compiled = CompiledSchema(prepared(text_schema, {}), formats={}, engine=engine.default())
    for id, text in spec.rule_texts.items():
        place = jsonpath((MEMBER, id))
        if not _RULE.fullmatch(id) or not id.startswith(f"{spec.marketplace}."):
            yield Problem(place, f"a rule is named `{spec.marketplace}.what-it-requires`")
        for path, message, *_ in compiled.violations(text):
            yield Problem(jsonpath((MEMBER, id, *path)), message)
        source = text.get("source") if isinstance(text, dict) else None
        if isinstance(source, dict):
            yield from _document(source, root, place)


def _links(operation: OperationContract, ready: Contract, place: str) -> Iterator[Problem]:
    success = operation.spec.responses.get(operation.success)
    response = success.schema if success is not None else None
    own = {parameter.name for parameter in operation.spec.parameters}
    for name, link in operation.spec.links.items():
        link_place = f"{place}: link `{name}`"
        target = link.get("operationId")
        if target not in ready.spec.ids():
            close = get_close_matches(str(target), ready.spec.ids(), n=1)
            nearest = f"; nearest is `{close[0]}`" if close else ""
            yield Problem(link_place, f"leads to `{target}`, which is no operation{nearest}")
            continue
        known = {parameter.name for parameter in ready.operation(target).spec.parameters}
        for parameter, expression in link.get("parameters", {}).items():
            if parameter.rpartition(".")[2] not in known:
                yield Problem(link_place, f"`{target}` has no parameter `{parameter}`")
            source, _, pointer = str(expression).partition("#")
            if source == "$response.body" and not _in_schema(response, pointer.split("/")[1:]):
                yield Problem(link_place, f"`{expression}`: the schema of the response has no such member")
            if source.startswith("$request.") and source.rpartition(".")[2] not in own:
                yield Problem(link_place, f"`{expression}`: the operation has no such parameter")


def _in_schema(schema: Json, parts: Sequence[str]) -> bool:
    """Return whether a schema describes the value at a pointer, in any of its branches."""
    if not parts:
        return True
    if not isinstance(schema, dict):
        return False
    properties, items = schema.get("properties", {}), schema.get("items")
    if parts[0] in properties and _in_schema(properties[parts[0]], parts[1:]):
        return True
    if parts[0].isdigit() and items is not None and _in_schema(items, parts[1:]):
        return True
    branches = (schema.get(key, ()) for key in ("allOf", "anyOf", "oneOf"))
    return any(_in_schema(branch, parts) for branch in chain.from_iterable(branches))


def _examples(operation: OperationContract, place: str) -> Iterator[Problem]:
    request = operation.spec.request
    if request is not None and request.schema is not None:
        if not request.documented:
            yield Problem(f"{place}.requestBody", "no example")
        yield from _errors(request, f"{place}.requestBody", lambda body: operation.check(body).errors)
    for status, body in operation.spec.responses.items():
        errors = partial(_response_errors, operation, status)
        yield from _errors(body, f"{place}.responses['{status}']", errors)


def _response_errors(operation: OperationContract, status: int, body: Json) -> Iterator[Finding]:
    validator = operation.response(status)
    # an example of a response has no request, so rules that read both do not apply
    of_both = {function.id for function in operation.functions if function.reads == "exchange"}
    exchange = {
        "request": {"path": {}, "query": {}, "headers": {}},
        "response": {"status": status, "headers": {}, "body": body},
    }
    for finding in validator.findings(exchange) if validator else ():
        if finding.severity is Severity.ERROR and finding.rule not in of_both:
            yield finding


def _errors(body: Body, place: str, errors: Callable[[Json], Iterable[Finding]]) -> Iterator[Problem]:
    """Yield the errors in the examples of a body, and the examples that cannot be read."""
    for name, raw in body.documented.items():
        example = f"{place}: example `{name}`"
        try:
            value = replace(body, documented={name: raw}).examples()[name]
        except KeyError:
            yield Problem(example, "neither `value` nor `externalValue`")
        except SellerspecError as error:
            yield Problem(example, str(error))
        else:
            for finding in errors(value):
                message = f"violates `{finding.rule}` at {finding.pointer or '/'}: {finding.message}"
                yield Problem(example, message)
