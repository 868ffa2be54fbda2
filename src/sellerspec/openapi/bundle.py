"""Write a spec as one self-contained file: shared schemas as components, examples in place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import orjson

from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import resources
from sellerspec.model import Json
from sellerspec.openapi.document import Document
from sellerspec.openapi.overlay import MARKETPLACE
from sellerspec.openapi.references import is_data

Form = Literal["yaml", "json"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHAPES = "#/components/schemas/"

_NUMBER_ELSEWHERE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0[ox][0-9a-fA-F]+")
"""Texts that YAML 1.2 reads as numbers. PyYAML follows YAML 1.1 and leaves some of them unquoted."""


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
    """Return a document with the example files inlined, without `x-place` and `$schema`."""
    if isinstance(value, list):
        return [_self_contained(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("externalValue"), str) and "://" not in value["externalValue"]:
        rest = {key: member for key, member in value.items() if key != "externalValue"}
        return {**rest, "value": resources.read_json(Path(value["externalValue"]))}
    return {
        key: member if is_data(key, member) else _self_contained(member)
        for key, member in value.items()
        if key != "x-place" and not (key == "$schema" and isinstance(member, str))
    }


def written(document: Json, form: Form = "yaml") -> str:
    """Return a document as text, members in their order.

    The YAML has no aliases, and means the same in YAML 1.1 and 1.2.
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

    It has the constraints that JSON Schema can express and whose violation is an error. Warnings,
    sources and rule functions are left out.

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
    methods = [raw for path in paths for raw in path.values() if isinstance(raw, dict)]
    known = {raw["operationId"]: raw for raw in methods if "operationId" in raw}
    if id not in known:
        raise UnknownName("operation", f"{name}/{id}", [f"{name}/{known_id}" for known_id in known])
    media = known[id].get("requestBody", {}).get("content", {})
    if "application/json" not in media:
        raise UsageError(f"{name}/{id} has no JSON body")
    body = _plain(media["application/json"]["schema"])
    shapes = content.get("components", {}).get("schemas", {})
    used: dict[str, Json] = {}
    waiting = set(_referred(body))
    while waiting:
        shape = waiting.pop()
        used[shape] = _plain(shapes[shape])
        waiting |= set(_referred(used[shape])) - used.keys()
    title = f"{name}/{id}: {known[id]['summary']}"
    return {"$schema": DIALECT, "title": title, **body, "$defs": dict(sorted(used.items()))}


def _plain(value: Json) -> Json:
    """Return a schema without our annotations, with references to `$defs`."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(member) for key, member in value.items() if not key.startswith("x-")}
    if isinstance(plain.get("$ref"), str):
        plain["$ref"] = plain["$ref"].replace(_SHAPES, "#/$defs/")
    return plain


def _referred(value: Json) -> Iterator[str]:
    """Yield the names of the `$defs` that a schema refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].removeprefix("#/$defs/").partition("/")[0]
        value = list(value.values())
    for member in value if isinstance(value, list) else ():
        yield from _referred(member)
