"""The `if` of a schema in words."""

from collections.abc import Iterator, Mapping

from sellerspec.model import Json


def condition(schema: Json, path: str, *, negated: bool = False) -> str:
    """Return when a schema fits the value at `path`, or, with `negated`, when it does not.

    >>> condition({"properties": {"kind": {"const": "a"}}}, "items[]")
    '`items[].kind` is `a`'
    """
    parts = list(dict.fromkeys(_parts(schema, path)))
    words = " and ".join(parts) or "a condition of the schema holds"
    return f"not ({words})" if negated else words


def _parts(schema: Json, path: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    here = f"`{path}`" if path else "the payload"
    yield from _members(schema, path)
    if "const" in schema:
        yield f"{here} is {_value(schema['const'])}"
    if "enum" in schema:
        yield f"{here} is {' or '.join(map(_value, schema['enum']))}"
    yield from _counts(schema, here)
    for keyword, word in (("items", "each"), ("contains", "one")):
        yield from (f"{word} {part}" for part in _parts(schema.get(keyword), f"{path}[]"))
    for subschema in schema.get("allOf", ()):
        yield from _parts(subschema, path)
    either = [" and ".join(_parts(branch, path)) for branch in schema.get("anyOf", ())]
    if any(either):
        yield " or ".join(filter(None, either))
    if "not" in schema:
        yield f"not {' and '.join(_parts(schema['not'], path)) or 'of that form'}"


def _members(schema: Mapping[str, Json], path: str) -> Iterator[str]:
    described = set()
    for name, below in schema.get("properties", {}).items():
        parts = list(_parts(below, f"{path}.{name}".lstrip(".")))
        if parts:
            described.add(name)
        yield from parts
    for name in schema.get("required", ()):
        if name not in described:
            yield f"`{f'{path}.{name}'.lstrip('.')}` is given"


def _counts(schema: Mapping[str, Json], here: str) -> Iterator[str]:
    least, most = schema.get("minItems"), schema.get("maxItems")
    if most == 0:
        yield f"{here} is empty"
    elif least is not None and least == most:
        yield f"{here} has {least} item{'' if least == 1 else 's'}"
    else:
        if least:
            yield f"{here} has at least {least} item{'' if least == 1 else 's'}"
        if most is not None:
            yield f"{here} has at most {most} item{'' if most == 1 else 's'}"
    for keyword, relation in (
        ("minimum", "at least"), ("maximum", "at most"), ("exclusiveMinimum", "more than"),
        ("exclusiveMaximum", "less than"), ("pattern", "of the form"),
    ):  # fmt: skip
        if keyword in schema:
            yield f"{here} is {relation} {_value(schema[keyword])}"
    if schema.get("minLength") == 1:
        yield f"{here} is not empty"


def _value(value: Json) -> str:
    return "null" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
