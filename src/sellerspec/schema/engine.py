"""The two JSON Schema engines, reduced to what the rest needs: is it valid, and where is it not.

jsonschema-rs is the engine; jsonschema is the reference it is compared with in the tests, and
what runs where jsonschema-rs has no build.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Literal, NamedTuple

from sellerspec.errors import ParseError, SpecError, UnknownName
from sellerspec.model import Json, Path

Name = Literal["jsonschema-rs", "jsonschema"]
REFERENCE: Name = "jsonschema"
Formats = Mapping[str, Callable[[str], bool]]


Spot = tuple[Path, Path]
"""A place in a value, and the place in the schema of a keyword that it does not meet."""


class Compiled(NamedTuple):
    """A schema made ready by one engine."""

    is_valid: Callable[[Json], bool]
    spots: Callable[[Json], list[Spot]]


def default() -> Name:
    """Return the name of the engine that is used unless another is asked for."""
    return "jsonschema-rs" if find_spec("jsonschema_rs") else REFERENCE


def compiled(schema: Json, formats: Formats, engine: str) -> Compiled:
    """Make a schema ready.

    Raises:
        UnknownName: there is no such engine.
        SpecError: the schema is not a valid one.
    """
    if engine == "jsonschema-rs":
        return _by_rust(schema, formats)
    if engine == REFERENCE:
        return _by_engine(schema, formats)
    raise UnknownName("engine", engine, ("jsonschema", "jsonschema-rs"))


def _by_rust(schema: Json, formats: Formats) -> Compiled:
    import jsonschema_rs

    used = {name: formats[name] for name in formats.keys() & named_formats(schema)}
    try:
        validator = jsonschema_rs.Draft202012Validator(
            schema,
            # functions that a schema has no use for would still cost every call a third of its time
            formats=used or None,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),  # linear time, whatever the text
            mask="",  # the texts of its errors are not used, and writing values out takes time
        )
    except jsonschema_rs.ValidationError as error:
        raise SpecError(f"not a JSON Schema: {error.message[:200]}") from None

    def spots(value: Json) -> list[Spot]:
        return [
            (tuple(error.instance_path), tuple(error.schema_path)) for error in validator.iter_errors(value)
        ]

    return Compiled(validator.is_valid, spots)


def named_formats(schema: Json) -> frozenset[str]:
    """Return every text that stands under a key `format`, at any depth: the formats in use, if not fewer."""
    found: set[str] = set()
    left = [schema]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if isinstance(each.get("format"), str):
                found.add(each["format"])
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)
    return frozenset(found)


def _by_engine(schema: Json, formats: Formats) -> Compiled:
    import jsonschema

    checker = jsonschema.FormatChecker(formats=())
    for name, function in formats.items():
        checker.checks(name)(_on_text(function))
    try:
        # with the format, a pattern that is none is told now and not when a value meets it
        jsonschema.Draft202012Validator.check_schema(schema, jsonschema.FormatChecker(formats=("regex",)))
    except jsonschema.SchemaError as error:
        raise SpecError(f"not a JSON Schema: {error.message[:200]}") from None
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)

    def spots(value: Json) -> list[Spot]:
        return [
            (tuple(error.absolute_path), tuple(error.absolute_schema_path))
            for error in validator.iter_errors(value)
        ]

    return Compiled(validator.is_valid, spots)


def _on_text(function: Callable[[str], bool]) -> Callable[[object], bool]:
    """A format says nothing about a value that is no text."""
    return lambda value: function(value) if isinstance(value, str) else True


def not_json(error: ValueError | RecursionError) -> ParseError:
    """Return our error for a Python value that JSON cannot hold."""
    return ParseError(f"not a JSON value: {str(error)[:120]}")
