"""Findings while they are gathered: each with its place, and put in order at the end."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from sellerspec.model import Facts, Finding, Json, Path, pointer
from sellerspec.rules import Check, Rule

Placed = tuple[Path, str, str, Finding]
"""Place, rule, message, and the finding they are of: sorts as findings are to be."""

Tell = Callable[[Path, str, str | None, str | None], Placed]
"""Makes a finding of one rule: place, words, and text and hint where they are not the rule's own."""


class Ready(NamedTuple):
    """A rule function, ready to run."""

    check: Check
    at: Path
    """Where in the judged value that lies which the function reads."""

    tell: Tell


def teller(rule: Rule) -> Tell:
    """Return what makes the findings of a rule; a finding is a value, so one made before serves again."""

    @lru_cache(maxsize=256)
    def tell(at: Path, says: str, text: str | None, hint: str | None) -> Placed:
        finding = Finding(
            rule.id, rule.severity, pointer(at), says, rule.basis, rule.source,
            text or rule.text, rule.status, rule.code, hint or rule.hint, rule.phase,
        )  # fmt: skip
        return at, rule.id, says, finding

    return tell


def of_rules(rules: Iterable[Ready], value: Json, facts: Facts) -> list[Placed]:
    """Return what rule functions have to say of a judged value."""
    found: list[Placed] = []
    for check, path, tell in rules:
        read = _at(value, path) if path else value
        if read is not None:
            for at, says, text, hint in check(read, facts):
                found.append(tell(path + at, says, text, hint))
    return found


def _at(value: Json, path: Path) -> Json:
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def in_order(found: list[Placed]) -> tuple[Finding, ...]:
    """Return the findings by place, list items by their number, then by rule; each once."""
    if len(found) < 2:
        return tuple([each[3] for each in found])
    try:
        found.sort()
    except TypeError:
        found.sort(key=_order_of_any)
    # what two schemas say alike now stands side by side
    return (found[0][3], *[each[3] for before, each in pairwise(found) if each != before])


def _order_of_any(each: Placed) -> tuple[list[tuple[bool, int, str]], str, str]:
    """Order also where a rule names a list's item by a text, or an object's member by a number."""
    path, rule, message, _ = each
    parts = [(False, part, "") if isinstance(part, int) else (True, 0, part) for part in path]
    return parts, rule, message
