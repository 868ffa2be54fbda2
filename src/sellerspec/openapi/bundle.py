"""Write a spec as one file that needs no other: shared schemas as components, examples in place."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import orjson

from sellerspec import contract, marketplaces
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import resources
from sellerspec.model import Json
from sellerspec.openapi import overlay
from sellerspec.openapi.document import Document
from sellerspec.openapi.overlay import MARKETPLACE
from sellerspec.openapi.spec import Spec

Form = Literal["yaml", "json"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHAPES = "#/components/schemas/"

_NUMBER_ELSEWHERE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0[ox][0-9a-fA-F]+")
"""What YAML 1.2 reads as a number; PyYAML, which speaks 1.1, would leave some of it unquoted."""


def bundle(what: str, *, overlays: Sequence[str] = ()) -> Json:
    """Return a spec as one self-contained OpenAPI document.

    It keeps every `x-` annotation, and says in `x-marketplace` whose it is.

    Args:
        what: a marketplace, or the path of an OpenAPI file.
        overlays: paths of OpenAPI Overlay files, applied first.

    Raises:
        UnknownName: there is no such marketplace, and no such file.
        ParseError: a file cannot be read.
        SpecError: a reference leads nowhere, or an overlay does not fit.
    """
    whole = opened(what, overlays=overlays)
    document = _self_contained(whole.folded())
    named = {key: document.pop(key) for key in ("openapi", "info") if key in document}
    return {**named, MARKETPLACE: whole.spec.marketplace, **document}


def opened(what: str, *, overlays: Sequence[str] = ()) -> Document:
    """Return the spec of a marketplace, or in a file, as one document; arguments and errors of `bundle`."""
    if what in marketplaces.names():
        plain = contract.contract(what).spec
        # read anew: overlays change the document that they are applied to
        return overlay.corrected(Spec(what, plain.path), contract.concerning(what, overlays))
    path = Path(what)
    if not path.exists() and not path.suffix:
        raise UnknownName("marketplace", what, marketplaces.names())
    document = resources.read_json(path) if path.suffix == ".json" else resources.read_yaml(path)
    named = document.get(MARKETPLACE) if isinstance(document, dict) else None
    name = named if isinstance(named, str) else path.name.partition(".")[0]
    applying = [overlay.read(each) for each in overlays]
    return overlay.corrected(
        Spec(name, path, document), [each for each in applying if name in each.marketplaces]
    )


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


def schema(operation: str, *, overlays: Sequence[str] = ()) -> Json:
    """Return the schema of an operation's or webhook's body as one JSON Schema 2020-12 file, for editors.

    It holds what JSON Schema can say and refuses; advice, sources and the rules that are functions
    are left out.

    Args:
        operation: key, `tiki/createProduct`.
        overlays: as for `bundle`.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it has no JSON body.
        ParseError: as for `bundle`.
        SpecError: as for `bundle`.
    """
    name, _, id = operation.partition("/")
    if name not in marketplaces.names():
        raise UnknownName("marketplace", name, marketplaces.names())
    document = bundle(name, overlays=overlays)
    paths = (*document["paths"].values(), *document.get("webhooks", {}).values())
    methods = [each for path in paths for each in path.values() if isinstance(each, dict)]
    known = {method["operationId"]: method for method in methods if "operationId" in method}
    if id not in known:
        raise UnknownName("operation", operation, [f"{name}/{each}" for each in known])
    content = known[id].get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        raise UsageError(f"{operation} has no JSON body")
    body = _plain(content["application/json"]["schema"])
    shapes = document.get("components", {}).get("schemas", {})
    used: dict[str, Json] = {}
    waiting = _named(body)
    while waiting:
        each = waiting.pop()
        if each not in used:
            used[each] = _plain(shapes[each])
            waiting += _named(used[each])
    title = f"{operation}: {known[id]['summary']}"
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
