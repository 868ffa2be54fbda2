"""Findings of rules: made of violations, and put in order."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from sellerspec.marketplaces.common import NUMBER_WHOLE
from sellerspec.model import Facts, Finding, Json, Path, pointer
from sellerspec.rules import Check, Rule
from sellerspec.schema.messages import member

MOST = 1000
"""Most findings of one rule in a report that are all listed."""

_EXACT = 1 << 53
"""Numbers below it are exact in every reader of numbers."""

LISTED = 10
"""Findings of a rule that are listed where it has more than `MOST`."""


_MORE = "… and "


class LocatedFinding(NamedTuple):
    """A finding with its place."""

    order: Any
    """Findings are sorted by it: by place, list items by their number, then by rule and message."""

    path: Path
    finding: Finding


ToFinding = Callable[[Path, str, str | None, str | None], LocatedFinding]
"""Makes a finding of one rule of path and message, and of server text and hint if not the rule's own."""


class ReadyRule(NamedTuple):
    """A rule function, ready to run."""

    check: Check
    path: Path
    """Where in a validated value the part lies that the function reads."""

    to_finding: ToFinding


def finding_maker(rule: Rule) -> ToFinding:
    """Return what makes the findings of a rule. Equal violations give the same finding again."""

    @lru_cache(maxsize=256)
    def to_finding(
        path: Path, message: str, server_text: str | None = None, hint: str | None = None
    ) -> LocatedFinding:
        return LocatedFinding(
            (in_path_order(path), rule.id, message),
            path,
            rule.finding(pointer(path), message, server_text, hint),
        )

    return to_finding


def in_path_order(path: Path) -> list[tuple[bool, str | int]]:
    """Return a key that sorts paths: a step may be a number in one path and a name in the other."""
    return [(isinstance(step, str), step) for step in path]


def more(number: int) -> str:
    """Return the message of the finding that stands for findings which are not listed."""
    return f"{_MORE}{number:,} more like it"


def is_cut(findings: Sequence[Finding]) -> bool:
    """Return whether findings stand for others that are not listed."""
    return len(findings) > LISTED and any(finding.message.startswith(_MORE) for finding in findings)


def rule_findings(
    rules: Iterable[ReadyRule], value: Json, facts: Facts, broken: Collection[Path] = ()
) -> list[LocatedFinding]:
    """Return the findings of rule functions about a value; of a rule with more than `MOST`, the first.

    Args:
        rules: what to run.
        value: the value.
        facts: what the value cannot know.
        broken: paths of members that break their schema. To a rule such a member looks missing: only
            the violation of the schema is reported.
    """
    findings: list[LocatedFinding] = []
    for check, path, to_finding in rules:
        part = at(value, path) if path else value
        if part is not None:
            of_rule = (
                to_finding(path + place, message, server_text, hint)
                for place, message, server_text, hint in check(part, facts)
            )
            own = (located for located in of_rule if located.path not in broken) if broken else of_rule
            findings += _first(own, to_finding)
    return findings


def _first(findings: Iterator[LocatedFinding], to_finding: ToFinding) -> list[LocatedFinding]:
    first = list(islice(findings, MOST + 1))
    if len(first) <= MOST:
        return first
    rest = len(first) - LISTED + sum(1 for _ in findings)
    return [*first[:LISTED], to_finding(first[LISTED].path, more(rest), None, None)]


def at(value: Json, path: Path) -> Json:
    """Return the part of a value at a path through objects; None where there is none."""
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def with_fraction(value: Json, path: Path) -> LocatedFinding:
    """Return the finding that the integer at a path of a value is written with a fraction."""
    for step in path:
        value = value[step]
    written = f", as {int(value)}" if abs(value) < _EXACT else ""
    required = f"{member(path)} must be written without a fraction{written}"
    made = NUMBER_WHOLE(f"{required}, got {value!r}", pointer(path))
    return LocatedFinding((in_path_order(path), made.rule, made.message), path, made)


def in_order(findings: list[LocatedFinding]) -> tuple[Finding, ...]:
    """Return the findings in their order, equal ones once."""
    if not findings:
        return ()
    findings.sort(key=itemgetter(0))
    kept = [findings[0].finding]
    for before, after in pairwise(findings):
        # most findings differ in their order, which is compared faster than they are
        if before.order != after.order or before.finding != after.finding:
            kept.append(after.finding)
    return tuple(kept)
