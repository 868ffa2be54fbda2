"""Our own conventions for specs (`docs/architecture.md`). What OpenAPI itself asks, other linters say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sellerspec import marketplaces
from sellerspec.contract import Contract
from sellerspec.contract.documents import document
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import SellerspecError, SpecError, UsageError
from sellerspec.io import resources
from sellerspec.model import Basis, Json, Path, Response, Severity
from sellerspec.openapi.overlay import jsonpath
from sellerspec.openapi.references import References
from sellerspec.openapi.rule_texts import MEMBER
from sellerspec.openapi.spec import METHODS, Body, Spec
from sellerspec.rules import Marketplace
from sellerspec.schema import engine
from sellerspec.schema.compile import Compiled

ANNOTATIONS = (
    *("x-rule", "x-warnings", "x-meaning", "x-place", "x-source", "x-refusal-order", "x-response-sources"),
    *("x-rules", "x-sources", "x-marketplace"),
)
"""The `x-` members that have a meaning here."""

_OPERATION_ID = re.compile(r"[a-z][A-Za-z0-9]*")
_RULE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9]+(-[a-z0-9]+)*")
_UNSAFE_PATTERN = re.compile(r"\(\?[=!<]|\\[1-9]")
_LITERAL = ("example", "examples", "enum", "const", "default", "value")


@dataclass(frozen=True, slots=True)
class Problem:
    """One place of a spec that does not keep to the conventions."""

    place: str
    """JSONPath in the document, or file and pointer of a schema."""

    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


def lint(what: str, *, overlays: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Return where a spec does not keep to our conventions; nothing where it does.

    Args:
        what: a marketplace, or the path of an OpenAPI file.
        overlays: paths of OpenAPI Overlay files, applied first.

    Raises:
        UnknownName, ParseError, SpecError: the spec cannot be opened at all.
    """
    opened = document(what, overlays=overlays)
    root = opened.root
    found = [*_sources(root), *_operations(root), *_notes(root, ())]
    if not found:  # a contract can be made only of a spec whose operations and sources are complete
        found.extend(_as_contract(opened.as_spec(), root))
    return tuple(dict.fromkeys(found))


def _sources(root: Json) -> Iterator[Problem]:
    sources = root.get("x-sources")
    if not isinstance(sources, dict) or not sources:
        yield Problem("$", "no `x-sources`: name the documents that the spec rests on")
        return
    for key, each in sources.items():
        for name in ("title", "seen"):
            if not isinstance(each, dict) or not isinstance(each.get(name), str):
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
    if source.get("document") not in known:
        named = f"the source names document `{source.get('document')}`"
        yield Problem(place, f"{named}; `x-sources` has {', '.join(known)}")


def places(root: Json) -> Iterator[tuple[Path, Json]]:
    """Yield location and raw value of each operation and webhook, whatever it lacks."""
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
            yield Problem(place, f"operationId `{id}` is that of {seen[id]} too")
        else:
            seen[id] = place
        if not raw.get("summary"):
            yield Problem(place, "no `summary`")
        yield from _source(raw, root, place)
        yield from _statuses(raw, root, place)
        yield from _path_names(root, location, raw, place)


def _statuses(raw: Json, root: Json, place: str) -> Iterator[Problem]:
    responses = raw.get("responses")
    if not isinstance(responses, dict) or not any(str(response).startswith("2") for response in responses):
        yield Problem(place, "no answer of success (2xx)")
        return
    for status, each in responses.items():
        if not re.fullmatch("[1-5][0-9][0-9]", str(status)):
            yield Problem(f"{place}.responses", f"`{status}`: an answer stands under its own status")
        elif isinstance(each, dict) and "x-source" in each:
            yield from _source(each, root, f"{place}.responses['{status}']")
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
    for each in sorted(named - declared):
        yield Problem(place, f"the path has `{{{each}}}`, the parameters have not")
    for each in sorted(map(str, declared - named)):
        yield Problem(place, f"the parameter `{each}` is not in the path")


def _notes(value: Json, at: Path) -> Iterator[Problem]:
    """Yield annotations that look misspelt, and keywords outside the subset that is read."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _notes(each, (*at, index))
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        if key.startswith("x-") and key not in ANNOTATIONS:
            close = get_close_matches(key, ANNOTATIONS, n=1, cutoff=0.8)
            if close:
                yield Problem(value.get("x-place", jsonpath(at)), f"`{key}`: did you mean `{close[0]}`?")
        if key in ("$dynamicRef", "$dynamicAnchor"):
            yield Problem(value.get("x-place", jsonpath(at)), f"`{key}` is not read")
        if key == "pattern" and isinstance(each, str) and _UNSAFE_PATTERN.search(each):
            yield Problem(
                value.get("x-place", jsonpath(at)), "the pattern looks around or back: it has no linear time"
            )
        if key not in _LITERAL or (key == "examples" and isinstance(each, dict)):
            yield from _notes(each, (*at, key))


def _as_contract(spec: Spec, root: Json) -> Iterator[Problem]:
    known = spec.marketplace in marketplaces.names()
    record = marketplaces.marketplace(spec.marketplace) if known else _bare(spec.marketplace)
    ready = Contract(record, spec, engine.default())
    at = {raw["operationId"]: jsonpath(location) for location, raw in places(root)}
    wrong = list(_rule_texts(spec, root))
    yield from wrong
    if wrong:  # no rule can be read from them
        return
    try:
        rules = {rule.id for rule in ready.rules()}
    except SpecError as error:
        yield Problem("$", str(error))
        return
    for id in spec.rule_texts.keys() - rules:
        yield Problem(jsonpath((MEMBER, id)), "no schema states this rule")
    for operation in ready.operations():
        place = at[operation.operation.id]
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
    compiled = Compiled(text_schema, formats={}, engine=engine.default())
    for id, text in spec.rule_texts.items():
        place = jsonpath((MEMBER, id))
        if not _RULE.fullmatch(id) or not id.startswith(f"{spec.marketplace}."):
            yield Problem(place, f"a rule is named `{spec.marketplace}.what-it-requires`")
        for path, message, _ in compiled.violations(text):
            yield Problem(jsonpath((MEMBER, id, *path)), message)
        source = text.get("source") if isinstance(text, dict) else None
        if isinstance(source, dict):
            yield from _document(source, root, place)


def _links(operation: OperationContract, ready: Contract, place: str) -> Iterator[Problem]:
    response = (
        operation.spec.responses[operation.success].schema
        if operation.success in operation.spec.responses
        else None
    )
    for name, link in operation.spec.links.items():
        here = f"{place}: link `{name}`"
        target = link.get("operationId")
        if target not in ready.spec.ids():
            close = get_close_matches(str(target), ready.spec.ids(), n=1)
            yield Problem(
                here,
                f"leads to `{target}`, which is no operation{f'; nearest is `{close[0]}`' if close else ''}",
            )
            continue
        known = {each.name for each in ready.operation(target).spec.parameters}
        own = {each.name for each in operation.spec.parameters}
        for parameter, expression in link.get("parameters", {}).items():
            if parameter.rpartition(".")[2] not in known:
                yield Problem(here, f"`{target}` has no parameter `{parameter}`")
            source, _, pointer = str(expression).partition("#")
            if source == "$response.body" and not _in_schema(response, pointer.split("/")[1:]):
                yield Problem(here, f"`{expression}`: the schema of the answer has no such member")
            if source.startswith("$request.") and source.rpartition(".")[2] not in own:
                yield Problem(here, f"`{expression}`: the operation has no such parameter")


def _in_schema(schema: Json, parts: Sequence[str]) -> bool:
    """Whether a schema describes the value at a pointer, in any of its branches."""
    if not parts:
        return True
    if not isinstance(schema, dict):
        return False
    properties, items = schema.get("properties", {}), schema.get("items")
    if parts[0] in properties and _in_schema(properties[parts[0]], parts[1:]):
        return True
    if parts[0].isdigit() and items is not None and _in_schema(items, parts[1:]):
        return True
    branches = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
    return any(_in_schema(branch, parts) for branch in branches)


def _examples(operation: OperationContract, place: str) -> Iterator[Problem]:
    request = operation.spec.request
    if request is not None and request.schema is not None:
        if not request.documented:
            yield Problem(f"{place}.requestBody", "no example")
        for name, value, problem in _values(request):
            at = f"{place}.requestBody: example `{name}`"
            if problem:
                yield Problem(at, problem)
                continue
            for error in operation.check(value).errors:
                yield Problem(at, f"breaks `{error.rule}` at {error.pointer or '/'}: {error.message}")
    # a documented response comes without its request, so what judges both together says nothing here
    of_both = {function.id for function in operation.functions if function.reads == "exchange"}
    for status, body in operation.spec.responses.items():
        validator = operation.response(status)
        for name, value, problem in _values(body):
            at = f"{place}.responses['{status}']: example `{name}`"
            if problem:
                yield Problem(at, problem)
                continue
            no_request: Json = {"path": {}, "query": {}, "headers": {}}
            exchange = {"request": no_request, "response": {"status": status, "headers": {}, "body": value}}
            for finding in validator.findings(exchange) if validator else ():
                if finding.severity is Severity.ERROR and finding.rule not in of_both:
                    yield Problem(at, f"breaks `{finding.rule}` at {finding.pointer}: {finding.message}")


def _values(body: Body) -> Iterator[tuple[str, Json, str]]:
    """Yield name and value of each example of a body, or why it cannot be read."""
    for name, raw in body.documented.items():
        one = Body(contents=body.contents, documented={name: raw})
        try:
            yield name, one.examples()[name], ""
        except KeyError:
            yield name, None, "neither `value` nor `externalValue`"
        except (SellerspecError, UsageError) as error:
            yield name, None, str(error)
