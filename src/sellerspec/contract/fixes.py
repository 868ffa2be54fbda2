"""Fixes of a payload: ways to write it that remove a finding and add none.

Candidates are general ways to write a value (`schema.rewrites`), and what the rules propose. Each is
tried: the changed payload is checked again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sellerspec.io import patches, pointers
from sellerspec.model import Facts, Finding, Fix, Fixed, Json, Path, Report, pointer
from sellerspec.schema.nearest import nearest
from sellerspec.schema.rewrites import listed, rewrites
from sellerspec.schema.violations import SchemaViolation

if TYPE_CHECKING:
    from sellerspec.contract.operation import OperationContract

MOST = 100
"""Most findings of one payload for which fixes are looked for: each try checks the whole payload."""

ROUNDS = 20
"""Most rounds in which fixes are applied; each makes what is left to mend smaller."""


class Fixes:
    """The fixes of one payload, each tried when it is asked for."""

    def __init__(
        self, operation: "OperationContract", findings: tuple[Finding, ...], payload: Json, facts: Facts
    ) -> None:
        self._operation, self._payload, self._facts = operation, payload, facts
        self._before = _counts(findings)
        self._schema: dict[tuple[str, str], list[SchemaViolation]] | None = None
        self._known: dict[tuple[str, str, str], tuple[Fix, ...]] = {}

    def of(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of a finding about the payload, the safe ones first."""
        key = finding.rule, finding.pointer, finding.message
        if key not in self._known:
            first: dict[str, Fix] = {}
            if len(self._known) < MOST:
                for fix in self._candidates(finding):
                    if fix.title not in first and self._mends(fix, finding):
                        first[fix.title] = fix
            self._known[key] = tuple(sorted(first.values(), key=lambda fix: not fix.safe))
        return self._known[key]

    def fixed(self, report: Report, unsafe: bool) -> Fixed:
        """Return the payload with the first fix of each finding applied, until nothing changes."""
        payload, fixes = self._payload, self
        applied: list[tuple[Finding, Fix]] = []
        for _ in range(ROUNDS):
            chosen = fixes._chosen(report.findings, unsafe=unsafe)
            if not chosen:
                break
            payload = patches.patched(payload, (step for _, fix in chosen for step in fix.patch))
            applied += chosen
            report = self._operation.check(payload, self._facts)
            fixes = Fixes(self._operation, report.findings, payload, self._facts)
        return Fixed(payload, tuple(applied), report)

    def _chosen(self, findings: Iterable[Finding], *, unsafe: bool) -> list[tuple[Finding, Fix]]:
        """Return fixes that can be applied together: each leaves fewer findings than there were before it."""
        chosen: list[tuple[Finding, Fix]] = []
        payload, before = self._payload, _counts(findings)
        for finding in findings:
            if not before[finding.rule]:
                continue
            fix = next((fix for fix in self.of(finding) if fix.safe or unsafe), None)
            if fix is None:
                continue
            changed = _patched(payload, fix)
            after = before if changed is None else _counts(self._findings(changed))
            if after < before:
                payload, before = changed, after
                chosen.append((finding, fix))
        return chosen

    def _mends(self, fix: Fix, finding: Finding) -> bool:
        changed = _patched(self._payload, fix)
        if changed is None:
            return False
        after = _counts(self._findings(changed))
        return after < self._before and after[finding.rule] < self._before[finding.rule]

    def _findings(self, payload: Json) -> tuple[Finding, ...]:
        return self._operation.body.findings(payload, self._facts)

    def _candidates(self, finding: Finding) -> Iterator[Fix]:
        path = pointers.path_in(self._payload, finding.pointer)
        yield from self._of_rule(finding)
        if not pointers.has(self._payload, path):
            return
        value = pointers.get(self._payload, path)
        for violation in self._violations(finding):
            yield from _of_keyword(violation, path, self._payload)
        for rewrite in rewrites(value):
            yield Fix(rewrite.title, (patches.replaced(path, rewrite.value),), rewrite.safe)
        if path and isinstance(path[-1], int) and value in pointers.get(self._payload, path[:-1])[: path[-1]]:
            yield Fix("drop the repeated item", (patches.removed(path),), safe=True)
        if path and value is None and isinstance(path[-1], str):
            yield Fix(f"drop `{path[-1]}`, which is null", (patches.removed(path),), safe=False)

    def _violations(self, finding: Finding) -> list[SchemaViolation]:
        """Return the violations of the schema that a finding may be made of."""
        if self._schema is None:
            self._schema = {}
            for violation in self._operation.body.schema.violations(self._payload):
                key = pointer(violation.path), violation.message
                self._schema.setdefault(key, []).append(violation)
        return self._schema.get((finding.pointer, finding.message), [])

    def _of_rule(self, finding: Finding) -> Iterator[Fix]:
        """Yield what the function of a rule proposes for a finding of it."""
        for rule in self._operation.functions:
            if rule.id != finding.rule or rule.check is None or rule.reads != "body":
                continue
            for violation in rule.check(self._payload, self._facts):
                if violation.fix is not None and pointer(violation.path) == finding.pointer:
                    yield violation.fix


def _of_keyword(violation: SchemaViolation, path: Path, payload: Json) -> Iterator[Fix]:
    """Yield what the keyword of a schema allows instead of a value: an allowed value, a known member."""
    keyword = violation.keyword
    if keyword.name in ("enum", "const"):
        for rewrite in listed(violation.value, keyword.limit):
            yield Fix(rewrite.title, (patches.replaced(path, rewrite.value),), rewrite.safe)
    elif keyword.name == "additionalProperties":
        name = str(path[-1])
        around = pointers.get(payload, path[:-1])
        missing = (known for known in keyword.parent.get("properties", ()) if known not in around)
        if (meant := nearest(name, missing)) is not None:
            patch = patches.moved(path, (*path[:-1], meant))
            yield Fix(f"rename the member to `{meant}`", (patch,), safe=False)


def _counts(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(finding.rule for finding in findings)


def _patched(payload: Json, fix: Fix) -> Json:
    """Return the payload with a fix applied; None if the fix does not fit it any more."""
    try:
        return patches.patched(payload, fix.patch)
    except LookupError:
        return None
