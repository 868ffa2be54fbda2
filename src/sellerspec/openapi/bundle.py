"""Write a spec as one file that needs no other: shared schemas as components, examples in place."""

import re
from pathlib import Path
from typing import Any, Literal

import orjson

from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import resources
from sellerspec.model import Json
from sellerspec.openapi.document import Document
from sellerspec.openapi.overlay import MARKETPLACE

Form = Literal["yaml", "json"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHAPES = "#/components/schemas/"

_NUMBER_ELSEWHERE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0[ox][0-9a-fA-F]+")
"""What YAML 1.2 reads as a number; PyYAML, which speaks 1.1, would leave some of it unquoted."""


def bundle(document: Document) -> Json:
    """Return a spec as one self-contained OpenAPI document.

    It keeps every `x-` annotation; `x-marketplace` names the marketplace.

    Raises:
        ParseError: a file with an example cannot be read.
    """
    content = _self_contained(document.folded())
    first = {key: content.pop(key) for key in ("openapi", "info") if key in content}
    return {**first, MARKETPLACE: document.spec.marketplace, **content}


def _self_contained(value: Json) -> Json:
    """Return a document without what only makes sense beside its files."""
    if isinstance(value, list):
        return [_self_contained(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("externalValue"), str) and "://" not in value["externalValue"]:
        rest = {key: each for key, each in value.items() if key != "externalValue"}
        return {**rest, "value": resources.read_json(Path(value["externalValue"]))}
    return {
        key: _self_contained(each)
        for key, each in value.items()
        if key != "x-place" and not (key == "$schema" and isinstance(each, str))
    }


def written(document: Json, form: Form = "yaml") -> str:
    """Return a document as text, members in their order.

    The YAML has no aliases, and reads the same by the rules of YAML 1.1 and 1.2.
    """
    if form == "json":
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        def ignore_aliases(self, _: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        style = "'" if _NUMBER_ELSEWHERE.fullmatch(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    out: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    return out


def schema(document: Document, id: str) -> Json:
    """Return the schema of an operation's or webhook's body as one JSON Schema 2020-12 file, for editors.

    It holds what JSON Schema can say and refuses. Warnings, sources and rule functions are left out.

    Args:
        document: the spec.
        id: an operationId, `createProduct`.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it has no JSON body.
    """
    name = document.spec.marketplace
    content = bundle(document)
    paths = (*content["paths"].values(), *content.get("webhooks", {}).values())
    methods = [each for path in paths for each in path.values() if isinstance(each, dict)]
    known = {method["operationId"]: method for method in methods if "operationId" in method}
    if id not in known:
        raise UnknownName("operation", f"{name}/{id}", [f"{name}/{each}" for each in known])
    media = known[id].get("requestBody", {}).get("content", {})
    if "application/json" not in media:
        raise UsageError(f"{name}/{id} has no JSON body")
    body = _plain(media["application/json"]["schema"])
    shapes = content.get("components", {}).get("schemas", {})
    used: dict[str, Json] = {}
    waiting = _named(body)
    while waiting:
        each = waiting.pop()
        if each not in used:
            used[each] = _plain(shapes[each])
            waiting += _named(used[each])
    title = f"{name}/{id}: {known[id]['summary']}"
    return {"$schema": DIALECT, "title": title, **body, "$defs": {each: used[each] for each in sorted(used)}}


def _plain(value: Json) -> Json:
    """Return a schema without our annotations, its references leading to `$defs`."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: each.replace(_SHAPES, "#/$defs/") if key == "$ref" and isinstance(each, str) else _plain(each)
        for key, each in value.items()
        if not key.startswith("x-")
    }


def _named(value: Json) -> list[str]:
    """Return the names of the `$defs` that a schema refers to."""
    if isinstance(value, list):
        return [name for each in value for name in _named(each)]
    if not isinstance(value, dict):
        return []
    own = value.get("$ref")
    first = [own.removeprefix("#/$defs/").partition("/")[0]] if isinstance(own, str) else []
    return first + [name for each in value.values() for name in _named(each)]
