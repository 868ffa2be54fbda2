"""The two JSON Schema engines, reduced to two questions: is a value valid, and if not, where.

jsonschema-rs is the engine. jsonschema is the reference that tests compare it with, and the
engine where jsonschema-rs has no build.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Literal, NamedTuple

from sellerspec.errors import ParseError, SpecError, UnknownName
from sellerspec.model import Json, Path

Name = Literal["jsonschema-rs", "jsonschema"]
REFERENCE: Name = "jsonschema"
Formats = Mapping[str, Callable[[str], bool]]

SchemaError = tuple[Path, Path]
"""A path in a value, and the path of the keyword in the schema that it does not meet."""


class Compiled(NamedTuple):
    """A schema compiled by one engine."""

    is_valid: Callable[[Json], bool]
    errors: Callable[[Json], list[SchemaError]]


def default() -> Name:
    """Return the name of the engine that is used unless the caller names one."""
    return "jsonschema-rs" if find_spec("jsonschema_rs") else REFERENCE


def compiled(schema: Json, formats: Formats, engine: str) -> Compiled:
    """Compile a schema.

    Raises:
        UnknownName: there is no such engine.
        SpecError: the schema is not a valid one.
    """
    if engine == "jsonschema-rs":
        return _by_rust(schema, formats)
    if engine == REFERENCE:
        return _by_reference(schema, formats)
    raise UnknownName("engine", engine, ("jsonschema", "jsonschema-rs"))


def _by_rust(schema: Json, formats: Formats) -> Compiled:
    import jsonschema_rs

    used = {name: formats[name] for name in formats.keys() & named_formats(schema)}
    try:
        validator = jsonschema_rs.Draft202012Validator(
            schema,
            formats=used or None,  # every function costs each call time, also if no keyword needs it
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),  # linear time, whatever the text
            mask="",  # the messages of its errors are not used, and writing values takes time
        )
    except jsonschema_rs.ValidationError as error:
        raise SpecError(f"not a JSON Schema: {error.message[:200]}") from None

    @cache
    def reference() -> Compiled:
        return _by_reference(schema, formats)

    def errors(value: Json) -> list[SchemaError]:
        collects = gc.isenabled()
        gc.disable()  # the library makes all errors at once: collections would take most of the time
        try:
            found = [
                (tuple(error.instance_path), tuple(error.schema_path))
                for error in validator.iter_errors(value)
            ]
        finally:
            if collects:
                gc.enable()
        if _may_lack_names(value, (path for path, _ in found)):
            with suppress(SpecError):  # of a schema that the reference engine does not take
                # the library leaves empty member names out of its paths
                return reference().errors(value)
        return found

    return Compiled(validator.is_valid, errors)


def _may_lack_names(value: Json, paths: Iterable[Path]) -> bool:
    """Return whether an object on one of the paths has a member with an empty name."""
    for path in paths:
        part = value
        for step in path:
            if isinstance(part, dict):
                if "" in part:
                    return True
                # the library gives a member named `2` as the number 2
                part = part.get(step, part.get(str(step)))
            elif isinstance(part, list):
                part = part[int(step)]
        if isinstance(part, dict) and "" in part:
            return True
    return False


@lru_cache(maxsize=256)
def linear(pattern: str) -> Callable[[str], bool]:
    """Return a search for a pattern in time linear in the text.

    Raises:
        SpecError: it is no pattern, or has a lookaround or back reference.
    """
    return _by_rust({"pattern": pattern}, {}).is_valid


def named_formats(schema: Json) -> frozenset[str]:
    """Return every text below a key `format`, at any depth: all formats in use, perhaps more."""
    names: set[str] = set()
    remaining = [schema]
    while remaining:
        part = remaining.pop()
        if isinstance(part, dict):
            if isinstance(part.get("format"), str):
                names.add(part["format"])
            remaining.extend(part.values())
        elif isinstance(part, list):
            remaining.extend(part)
    return frozenset(names)


def _by_reference(schema: Json, formats: Formats) -> Compiled:
    import jsonschema

    checker = jsonschema.FormatChecker(formats=())
    for name, function in formats.items():
        checker.checks(name)(_for_text(function))
    try:
        # with this format a wrong pattern is an error now, not when a value first meets it
        jsonschema.Draft202012Validator.check_schema(schema, jsonschema.FormatChecker(formats=("regex",)))
    except jsonschema.SchemaError as error:
        raise SpecError(f"not a JSON Schema: {error.message[:200]}") from None
    if _has(schema, "unevaluatedProperties") and _has(schema, "patternProperties"):
        raise SpecError(  # jsonschema would search its patterns with `re`
            "engine jsonschema: `unevaluatedProperties` beside `patternProperties`; use jsonschema-rs"
        )
    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    extend: Callable[..., Json] = jsonschema.validators.extend
    linear_time = extend(jsonschema.Draft202012Validator, keywords)
    for pattern in _patterns(schema):
        linear(pattern)
    validator = linear_time(schema, format_checker=checker)
    return Compiled(
        validator.is_valid,
        lambda value: [
            (tuple(error.absolute_path), tuple(error.absolute_schema_path))
            for error in validator.iter_errors(value)
        ],
    )


def _patterns(schema: Json) -> Iterator[str]:
    """Yield every pattern of a schema, perhaps more texts."""
    if isinstance(schema, list):
        for part in schema:
            yield from _patterns(part)
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        if isinstance(schema.get("patternProperties"), dict):
            yield from schema["patternProperties"]
        for part in schema.values():
            yield from _patterns(part)


def _has(schema: Json, keyword: str) -> bool:
    if isinstance(schema, list):
        return any(_has(part, keyword) for part in schema)
    return isinstance(schema, dict) and (
        keyword in schema or any(_has(part, keyword) for part in schema.values())
    )


def _pattern(_: Json, pattern: str, value: Json, __: Json) -> Iterator[Exception]:
    import jsonschema

    if isinstance(value, str) and not linear(pattern)(value):
        yield jsonschema.ValidationError("pattern")


def _pattern_properties(validator: Json, patterns: Json, value: Json, _: Json) -> Iterator[Exception]:
    for pattern, schema in patterns.items() if isinstance(value, dict) else ():
        for name, member in value.items():
            if linear(pattern)(name):
                yield from validator.descend(member, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Json, rest: Json, value: Json, schema: Json) -> Iterator[Exception]:
    import jsonschema

    patterns = [linear(pattern) for pattern in schema.get("patternProperties", ())]
    known = schema.get("properties", ())
    for name, member in value.items() if isinstance(value, dict) else ():
        if name in known or any(matches(name) for matches in patterns):
            continue
        if rest is False:
            yield jsonschema.ValidationError("additionalProperties")
            return
        yield from validator.descend(member, rest, path=name)


def _for_text(function: Callable[[str], bool]) -> Callable[[object], bool]:
    """Return a format check that accepts every value that is no text."""
    return lambda value: function(value) if isinstance(value, str) else True


def not_json(error: ValueError | RecursionError) -> ParseError:
    """Return our error for a Python value that JSON cannot hold."""
    return ParseError(f"not a JSON value: {str(error)[:120]}")
