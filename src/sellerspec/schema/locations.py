"""What an engine names as places of errors becomes violations: each once, at the member itself."""

import re
from collections.abc import Callable, Iterable, Iterator

from sellerspec.model import Json, Path
from sellerspec.schema.engine import Spot
from sellerspec.schema.keyword import ABOUT_MEMBERS, Keyword, Located


def told(keyword: Callable[[Path], Keyword], value: Json, spots: Iterable[Spot]) -> list[Located]:
    """Return the violations at the places that an engine has named.

    Args:
        keyword: tells of the place of a keyword in the schema what is known of it.
        value: what the engine has looked at.
        spots: what it said.
    """
    out: list[Located] = []
    seen: set[tuple[Path, Keyword]] = set()
    for at, place in spots:
        known = keyword(place)
        if known.name in _REPEATED:
            if (at, known) in seen:
                continue
            seen.add((at, known))
        try:
            here = value
            for part in at:
                here = here[part]
        except KeyError:
            at, here = _walked(at, value)
        if known.name in ABOUT_MEMBERS:
            out += _of_members(at, known, here)
        else:
            out.append((at, known.words(here, known.limit), known))
    return out


_REPEATED = ABOUT_MEMBERS | {"propertyNames"}
"""Keywords of which an engine tells once for each member that does not meet them."""


def _walked(at: Path, value: Json) -> tuple[Path, Json]:
    """Return the true path and the value there: jsonschema-rs gives a member named `2` as the number 2."""
    path: list[str | int] = []
    for part in at:
        if isinstance(value, dict) and part not in value:
            part = next(each for each in value if _number(each) == part)
        path.append(part)
        value = value[part]
    return tuple(path), value


def _number(name: str) -> int | None:
    digits = name.removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _of_members(at: Path, known: Keyword, value: Json) -> Iterator[Located]:
    """Yield a violation for each member of an object that is missing or unknown."""
    if known.name == "additionalProperties":
        patterns = tuple(known.parent.get("patternProperties", ()))
        members = known.parent.get("properties", {})
        for each in value:
            if each not in members and not any(re.search(pattern, each) for pattern in patterns):
                yield known.unknown(at, each)
        return
    if known.name == "required":
        names = known.limit
    else:
        names = [each for beside, needed in known.limit.items() if beside in value for each in needed]
    for name in names:
        if name not in value:
            yield known.lacking(at, name)
