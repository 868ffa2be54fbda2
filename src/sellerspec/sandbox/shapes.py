"""Check input from outside against our own schemas before anything changes.

The schemas are the `$defs` of files in `schemas/sellerspec/`: `sandbox-control.json` and
`sandbox-state.json` for the control plane.
"""

from collections.abc import Mapping
from functools import cache

import orjson

from sellerspec.errors import UsageError
from sellerspec.io import resources
from sellerspec.model import Json, Path, pointer
from sellerspec.schema import engine
from sellerspec.schema.prepare import prepared
from sellerspec.schema.violations import CompiledSchema


def is_moment(text: str) -> bool:
    """Return whether a text is a date and time of Tiki, as its sandbox reads them."""
    from sellerspec.marketplaces.tiki.times import TIME  # only Tiki's sandbox has it loaded

    return TIME(text)


FORMATS = {"sandbox-moment": is_moment}


def json_of(value: Json) -> Json:
    """Return a copy of a value as it would arrive in a request.

    Raises:
        UsageError: it is no JSON.
    """
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, orjson.JSONDecodeError):
        raise UsageError("/: no JSON: a value or a key of a type that JSON does not have") from None


def require(name: str, value: Json, at: Path = (), *, file: str = "sandbox-control") -> None:
    """Make sure that a value, by default the body of a control call, satisfies its schema.

    Args:
        name: of the schema, a key of `$defs` in the file.
        value: decoded JSON.
        at: where the value stands, for the message.
        file: name of the file, without its suffix.

    Raises:
        UsageError: it does not; the message begins with the place.
    """
    _require(_compiled(file, name), value, at)


def require_state(marketplace: str, tables: Json) -> None:
    """Make sure that the tables of a state satisfy the schema of the marketplace's sandbox.

    Raises:
        UsageError: they do not; the message begins with the place.
    """
    _require(_compiled("sandbox-state", marketplace), tables, ("tables",))
    for key in tables.get("notices-pending", ()):
        if key not in tables.get("notices", ()):
            raise UsageError(f"{pointer(('tables', 'notices-pending', key))}: no notice has this key")


def require_document(marketplace: str, kind: str, document: Json, at: Path) -> None:
    """Make sure that a document satisfies the schema of its table in a state.

    Raises:
        UsageError: it does not; the message begins with `at`.
    """
    _require(_compiled("sandbox-state", marketplace, kind), document, at)


def _require(compiled: CompiledSchema, value: Json, at: Path) -> None:
    problems = [violation for violation in compiled.violations(value) if not violation.keyword.warns]
    if problems:
        first = min(problems, key=lambda violation: (len(violation.path), pointer(violation.path)))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise UsageError(f"{pointer((*at, *first.path)) or '/'}: {first.message}{more}")


def definition(file: str, name: str) -> Json:
    """Return one of the schemas of a file, without references."""
    return _definitions(file)[name]


@cache
def _compiled(file: str, name: str, kind: str = "") -> CompiledSchema:
    schema = _definitions(file)[name]
    if kind:
        schema = schema["properties"][kind]["additionalProperties"]
    return CompiledSchema(prepared(schema, FORMATS), formats=FORMATS, engine=engine.default())


@cache
def _definitions(file: str) -> Mapping[str, Json]:
    from sellerspec.openapi.references import References  # a sandbox starts without it

    path = resources.data_dir("schemas") / "sellerspec" / f"{file}.json"
    definitions: Mapping[str, Json] = References(path, resources.read_json(path)).resolved()["$defs"]
    return definitions
