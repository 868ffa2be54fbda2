"""Hold a document of a user against a schema of ours: what follows relies on its types."""

from collections.abc import Iterator
from functools import cache

from sellerspec.errors import SpecError
from sellerspec.io import resources
from sellerspec.io.pointers import get
from sellerspec.model import Json
from sellerspec.openapi.places import jsonpath
from sellerspec.schema import engine
from sellerspec.schema.violations import located

_MOST = 3
"""Most places in one message."""


def require(value: Json, what: str, name: str) -> None:
    """Check the types in a document.

    Args:
        value: the document.
        what: the name of its schema below `schemas/sellerspec/`.
        name: of the file, for the message.

    Raises:
        SpecError: a value has another type than the schema has there, or a member is missing; with places.
    """
    compiled = _compiled(what)
    if compiled.is_valid(value):
        return
    lines = list(dict.fromkeys(_lines(compiled.errors(value), value, what)))
    more = f"; and {len(lines) - _MOST} more like it" if len(lines) > _MOST else ""
    raise SpecError(f"{name}: {'; '.join(lines[:_MOST])}{more}")


@cache
def _compiled(what: str) -> engine.Compiled:
    return engine.compiled(_schema(what), {}, engine.default())


@cache
def _schema(what: str) -> Json:
    return resources.read_json(resources.data_dir("schemas") / "sellerspec" / f"{what}.json")


def _lines(errors: list[engine.SchemaError], value: Json, what: str) -> Iterator[str]:
    for path, place in errors:
        path, part = located(path, value)
        if place[-1] == "required" and isinstance(part, dict):
            names = get(_schema(what), place, ())
            for name in (name for name in names if name not in part):
                yield f"{jsonpath(path)} has no `{name}`"
        elif "propertyNames" in place:
            yield f"{jsonpath(path)} has a member whose name is not known here"
        else:
            yield f"{jsonpath(path)} is {_shown(part)}, which cannot stand there"


def _shown(value: Json) -> str:
    """Return a value in a few words."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return f"`{str(value).lower().replace('none', 'null')}`"
    return f"`{str(value)[:40]}`"
