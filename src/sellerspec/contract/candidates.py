"""Candidates for fixes of the findings about one payload: what may remove a finding, before it is tried.

They are general ways to write a value (`schema.rewrites`), what the violated keyword of a schema knows,
and what the rule proposes.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sellerspec.fix import added, moved, removed
from sellerspec.io import pointers
from sellerspec.model import Facts, Finding, Fix, Json, Path, pointer
from sellerspec.schema.keyword import ABOUT_MEMBERS, Keyword
from sellerspec.schema.rewrites import BLANKS, listed, meant, replacing, rewrites, without_repetitions
from sellerspec.schema.violations import MISSING, SchemaViolation

if TYPE_CHECKING:
    from sellerspec.contract.operation import OperationContract


class Candidates:
    """What may mend the findings about one payload."""

    def __init__(self, operation: "OperationContract", payload: Json, facts: Facts) -> None:
        self._operation, self._payload, self._facts = operation, payload, facts
        self._schema = operation.body.schema
        self._typed: dict[Keyword, bool] = {}
        self._violations: dict[tuple[str, str], list[SchemaViolation]] | None = None
        """The violations of the schema by pointer and message; None until they are needed."""

    def of(self, finding: Finding, *, unsafe: bool = True) -> list[Fix]:
        """Return the candidates for a finding, each once, the safe ones first; unsafe ones if asked."""
        path = pointers.path_in(self._payload, finding.pointer)
        found: list[Fix] = []
        for fix in self._proposed(finding, path, unsafe):
            if (fix.safe or unsafe) and fix not in found:
                found.append(fix)
        if len(found) > 1:
            found.sort(key=_is_unsafe)
        return found

    def _proposed(self, finding: Finding, path: Path, unsafe: bool) -> Iterator[Fix]:
        """Yield candidates; those that are known to be unsafe only if `unsafe`."""
        rule = self._operation.rule(finding.rule)
        if rule is not None and rule.fixes is not None:
            yield from rule.fixes(self._payload, path, self._facts)
        value = pointers.get(self._payload, path, MISSING)
        if value is MISSING:
            return
        is_function = rule is not None and rule.check is not None
        violations = () if is_function else self._violations_of(finding)
        for violation in violations:
            yield from self._of_keyword(violation, path, unsafe)
        if not violations:  # of a function: with another JSON type it would only not be read
            alike = (way for way in rewrites(value) if _is_alike(way.value, value))
            yield from replacing(path, alike)
        if (
            unsafe
            and path
            and (value in (None, [], {}) or (isinstance(value, str) and not value.strip(BLANKS)))
        ):
            what = "item" if isinstance(path[-1], int) else "member"
            yield Fix(f"drop the {what}, which has no value", (removed(path),), safe=False)

    def _violations_of(self, finding: Finding) -> Sequence[SchemaViolation]:
        """Return the violations of the schema that a finding is about: those with its place and message."""
        violations = self._violations
        if violations is None:
            violations = self._violations = {}
            for violation in self._schema.violations_again(self._payload):
                violations.setdefault((pointer(violation.path), violation.message), []).append(violation)
        return violations.get((finding.pointer, finding.message), ())

    def _of_keyword(self, violation: SchemaViolation, path: Path, unsafe: bool) -> Iterator[Fix]:
        keyword, name, value = violation.keyword, violation.keyword.name, violation.value
        if name in _BOUNDS and type(value) is int:
            return
        if unsafe and name == "additionalProperties":
            yield from self._of_unknown(violation, path)
        if name in ABOUT_MEMBERS:
            return
        if name in ("enum", "const"):
            allowed = keyword.limit if name == "enum" else [keyword.limit]
            yield from replacing(path, listed(value, allowed))
        if name == "uniqueItems":
            yield from replacing(path, without_repetitions(value))
        ways = rewrites(value, typed=name == "type", taken=keyword.warns)
        meeting = [way for way in ways if (way.safe or unsafe) and self._schema.allows(keyword, way.value)]
        if name not in _OF_ANY_TYPE and not all(_is_alike(way.value, value) for way in meeting):
            is_typed = name not in _BOUNDS and self._is_typed(keyword, path)
            meeting = [way for way in meeting if is_typed or _is_alike(way.value, value)]
        yield from replacing(path, meeting)

    def _is_typed(self, keyword: Keyword, path: Path) -> bool:
        """Return whether the schema limits the type where a keyword is violated; else another evades it."""
        if keyword not in self._typed:
            violations = self._schema.violations(pointers.put(self._payload, path, {}))
            here = (violation.keyword.name for violation in violations if violation.path == path)
            self._typed[keyword] = any(name in _OF_ANY_TYPE for name in here)
        return self._typed[keyword]

    def _of_unknown(self, violation: SchemaViolation, path: Path) -> Iterator[Fix]:
        """Yield what may be meant by an unknown member: another name, another place, or nothing."""
        name, around = str(path[-1]), pointers.get(self._payload, path[:-1])
        known = (other for other in violation.keyword.parent.get("properties", ()) if other not in around)
        if (other := meant(name, known)) is not None:
            yield Fix(f"rename the member to `{other}`", (moved(path, (*path[:-1], other)),), safe=False)
        elsewhere = self._missing(name)
        if elsewhere:
            steps = [added(place, violation.value) for place in elsewhere]
            yield Fix("move the member to where it is missing", (*steps, removed(path)), safe=False)
        yield Fix("drop the member, which is not known here", (removed(path),), safe=False)

    def _missing(self, name: str) -> list[Path]:
        """Return the places at which a member of that name is missing."""
        missing = (one for one in self._schema.violations_again(self._payload) if one.value is MISSING)
        return list(dict.fromkeys(violation.path for violation in missing if violation.path[-1] == name))


_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
"""Keywords of numbers: a number that is too small is so as a text too."""

_OF_ANY_TYPE = ("type", "enum", "const")
"""Keywords that are about values of every JSON type; `pattern`, for one, is met by all but texts."""


def _is_unsafe(fix: Fix) -> bool:
    return not fix.safe


def _is_alike(one: Json, other: Json) -> bool:
    """Return whether two values have the same JSON type, integers and numbers being one."""
    return type(one) is type(other) or {type(one), type(other)} == {int, float}
