"""The `if` of a schema in plain sentences.

A condition is a list of clauses that all hold. A clause about one place can be negated, and two about the
same place can be joined, so that no sentence contradicts or repeats itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson

from sellerspec.model import Json


class Clause(NamedTuple):
    """One statement."""

    subject: str
    """The value that it is about, as it is shown."""

    kind: str
    """`among`, `items`, `given`, `filled`, a keyword of numbers and patterns, `each`, `one` or `either`."""

    value: Json
    """Of `among`: texts of the values. Of `items`: least and most. Of `each`, `one`: a list of clauses. Of
    `either`: a list of such lists."""

    holds: bool = True


def clauses(schema: Json, path: str, *, holds: bool = True) -> list[Clause]:
    """Return when a schema fits the value at `path`, or, without `holds`, when it does not."""
    parts = list(_parts(schema, path)) or [Clause("a condition of the schema", "schema", None)]
    return parts if holds else _negated(parts)


def sentence(parts: Iterable[Clause]) -> str:
    """Return a condition in words.

    >>> sentence(clauses({"properties": {"kind": {"const": "a"}}}, "items[]"))
    '`items[].kind` is `a`'
    """
    words = list(dict.fromkeys(map(_words, _joined(parts))))
    return " and ".join(words)


def _parts(schema: Json, path: str) -> Iterator[Clause]:
    if not isinstance(schema, dict):
        return
    here = f"`{path}`" if path else "the payload"
    yield from _members(schema, path)
    values = [schema["const"]] if "const" in schema else schema.get("enum", ())
    if values:
        yield Clause(here, "among", tuple(map(shown, values)))
    yield from _counts(schema, here)
    for keyword, kind in (("items", "each"), ("contains", "one")):
        if inner := list(_parts(schema.get(keyword), f"{path}[]")):
            yield Clause(here, kind, inner)
    for subschema in schema.get("allOf", ()):
        yield from _parts(subschema, path)
    either = [branch for part in schema.get("anyOf", ()) if (branch := list(_parts(part, path)))]
    if either:
        yield Clause(here, "either", either)
    if "not" in schema:
        yield from _negated(list(_parts(schema["not"], path)) or [Clause(here, "form", None)])


def _members(schema: Mapping[str, Json], path: str) -> Iterator[Clause]:
    described = set()
    for name, below in schema.get("properties", {}).items():
        parts = list(_parts(below, f"{path}.{name}".lstrip(".")))
        if parts:
            described.add(name)
        yield from parts
    for name in schema.get("required", ()):
        if name not in described:
            yield Clause(f"`{f'{path}.{name}'.lstrip('.')}`", "given", None)


_BOUNDS = {
    "minimum": ("is at least", "is less than"),
    "maximum": ("is at most", "is more than"),
    "exclusiveMinimum": ("is more than", "is at most"),
    "exclusiveMaximum": ("is less than", "is at least"),
    "pattern": ("is of the form", "is not of the form"),
}
"""Keyword -> words where it holds, and where it does not."""


def _counts(schema: Mapping[str, Json], here: str) -> Iterator[Clause]:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if least or most is not None:
        yield Clause(here, "items", (least, most))
    for keyword in _BOUNDS:
        if keyword in schema:
            yield Clause(here, keyword, shown(schema[keyword]))
    if schema.get("minLength") == 1:
        yield Clause(here, "filled", None)


def _negated(parts: list[Clause]) -> list[Clause]:
    """Return when not all clauses hold."""
    opposites = [_opposite(part) for part in parts]
    if len(opposites) == 1:
        return opposites[0]
    return [Clause("", "either", opposites)] if opposites else []


def _opposite(part: Clause) -> list[Clause]:
    if part.kind == "either" and part.holds:
        return [clause for branch in part.value for clause in _negated(branch)]
    if part.kind == "items":
        least, most = part.value
        below = [Clause(part.subject, "items", (0, least - 1))] if least else []
        above = [Clause(part.subject, "items", (most + 1, None))] if most is not None else []
        return [Clause("", "either", [below, above])] if below and above else below or above
    return [part._replace(holds=not part.holds)]


def _joined(parts: Iterable[Clause]) -> list[Clause]:
    """Join clauses about the same values and the same numbers of items."""
    out: dict[tuple[str, str] | Clause, Clause] = {}
    excluded: dict[str, list[str]] = {}
    for part in parts:
        key = (part.subject, part.kind)
        before = out.get(key)
        if part.kind == "among" and not part.holds:
            excluded.setdefault(part.subject, []).extend(part.value)
        elif part.kind == "among" and before is not None:
            out[key] = part._replace(value=tuple(one for one in before.value if one in part.value))
        elif part.kind == "items" and before is not None:
            mosts = [most for _, most in (before.value, part.value) if most is not None]
            least = max(before.value[0], part.value[0])
            out[key] = part._replace(value=(least, min(mosts, default=None)))
        else:
            out[key if part.kind in ("among", "items") else (part.subject, repr(part))] = part
    for subject, values in excluded.items():
        known = out.get((subject, "among"))
        if known is None:
            out[subject, "not among"] = Clause(subject, "among", tuple(dict.fromkeys(values)), holds=False)
        else:
            left = tuple(value for value in known.value if value not in values)
            out[subject, "among"] = known._replace(value=left or known.value)
    return list(out.values())


def _words(part: Clause) -> str:
    if part.kind == "either":
        return f"either {' or '.join(sentence(branch) for branch in part.value)}"
    if part.kind in ("each", "one"):
        word = part.kind if part.holds else {"each": "not each", "one": "no"}[part.kind]
        return f"{word} {sentence(part.value)}"
    return f"{part.subject} {_predicate(part)}"


def _predicate(part: Clause) -> str:
    if part.kind == "among":
        return _among(part.value, part.holds)
    if part.kind == "items":
        return _items(*part.value)
    if part.kind in _BOUNDS:
        return f"{_BOUNDS[part.kind][not part.holds]} {part.value}"
    return _WORDS[part.kind][not part.holds]


_WORDS = {
    "given": ("is given", "is missing"),
    "filled": ("is not empty", "is empty"),
    "form": ("is of that form", "is not of that form"),
    "schema": ("holds", "does not hold"),
}
"""Kind -> words where it holds, and where it does not."""


def _among(values: tuple[str, ...], holds: bool) -> str:
    if holds:
        return f"is {' or '.join(values)}"
    return f"is not {values[0]}" if len(values) == 1 else f"is neither {' nor '.join(values)}"


def _items(least: int, most: int | None) -> str:
    if most == 0:
        return "is empty"
    number = f"{least}" if least == most else f"at least {least}" if most is None else f"at most {most}"
    if least and most is not None and least != most:
        number = f"{least} to {most}"
    return f"has {number} item{'' if number.endswith(' 1') or number == '1' else 's'}"


def shown(value: Json) -> str:
    """Return a JSON value as it stands in a payload."""
    if value is None:
        return "null"
    return f"`{value if isinstance(value, str) else orjson.dumps(value).decode()}`"
