"""Fixes of a payload: changes that remove a finding and add none, tried by checking the changed payload."""

import re
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import orjson

from sellerspec.contract.candidates import Candidates
from sellerspec.contract.findings import is_cut
from sellerspec.io import patches, pointers
from sellerspec.io.strict import quoted
from sellerspec.model import NO_FACTS, Facts, Finding, Fix, Fixed, Json, Path, Report
from sellerspec.schema.messages import seen

if TYPE_CHECKING:
    from sellerspec.contract.operation import OperationContract

ALONE = 20
"""Most findings of one payload whose fixes are tried one by one: each try checks the whole payload."""

TRIES = range(16, 200)
"""Checks of one payload while its fixes are applied: fewer, the more findings each has to find."""

_WORK = 20_000
"""Findings that all checks of one payload may find."""

LONGEST = 120
"""Most characters of a patch that a text shows."""

Kind = tuple[str, str]
"""A rule, and the pointer of a finding without the indices of items, which change when one is dropped."""

Identity = tuple[str, str, str]
"""Rule, pointer and message of a finding, whose severity somebody may have changed."""

Choice = tuple[Finding, Fix]


class Fixes:
    """The fixes of one payload, each tried when it is asked for."""

    def __init__(
        self, operation: "OperationContract", findings: tuple[Finding, ...], payload: Json, facts: Facts
    ) -> None:
        self.findings, self.payload = findings, payload
        self._operation, self._facts = operation, facts
        self._known: dict[Identity, tuple[Fix, ...]] = {}
        self.candidates = Candidates(operation, payload, facts)
        """What may mend the findings, not yet tried."""

    @cached_property
    def _count(self) -> Counter[Kind]:
        return Counter(map(_kind, self.findings))

    def of(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of a finding about the payload, the safe ones first.

        Of a payload with more than `ALONE` findings, each has one fix at most, and they are tried together.
        """
        if is_cut(self.findings):
            return ()
        if len(self.findings) > ALONE:
            return self._together.get(_identity(finding), ())
        key = _identity(finding)
        if key not in self._known:
            candidates = self.candidates.of(finding)
            self._known[key] = tuple(fix for fix in candidates if self.changed([(finding, fix)]))
        return self._known[key]

    @cached_property
    def _together(self) -> dict[Identity, tuple[Fix, ...]]:
        run = _Run(self, None, unsafe=True)
        run.applies_more()
        return {_identity(finding): (fix,) for finding, fix in run.applied}

    def line(self, fix: Fix) -> str:
        """Return the patch of a fix as JSON; "" if it is long, or has a value that no message would show."""
        text = orjson.dumps(fix.patch).decode()
        is_shown = len(text) <= LONGEST and all(
            self._shows(step["value"], pointers.split(step["path"])) for step in fix.patch if "value" in step
        )
        return text if is_shown else ""

    def _shows(self, value: Json, path: Path) -> bool:
        if isinstance(value, list | dict):
            members = value.items() if isinstance(value, dict) else enumerate(value)
            return all(self._shows(member, (*path, name)) for name, member in members)
        if value is None or isinstance(value, bool) or value == "":
            return True
        shown = seen(value, hidden=self._operation.body.hides(path))
        return (quoted(value) if isinstance(value, str) else str(value)) in shown

    def changed(self, choices: Sequence[Choice]) -> "Fixes | None":
        """Return the fixes of the payload changed.

        Returns None if a finding remains, if a new one appears, or if the facts do not cover the changed
        value, so that its rule cannot be checked any more.
        """
        try:
            payload = patches.patched(self.payload, (step for _, fix in choices for step in fix.patch))
        except LookupError:
            return None
        if self._facts is not NO_FACTS:
            unjudged = self._operation.body.unchecked(self._facts, payload)
            if any(finding.rule in unjudged for finding, _ in choices):
                return None
        findings = self._operation.body.findings(payload, self._facts)
        after = Fixes(self._operation, findings, payload, self._facts)
        if not findings:
            return after
        mended = Counter(_kind(finding) for finding, _ in choices)
        return after if after._count <= self._count - mended else None

    def applied(
        self, *, unsafe: bool, wanted: Collection[Kind] | None = None
    ) -> "tuple[Fixes, tuple[Choice, ...]]":
        """Apply fixes until nothing changes; return the fixes of the payload then, and what was applied.

        Args:
            unsafe: apply unsafe fixes too.
            wanted: findings of other kinds stay; None stands for all kinds.
        """
        run = _Run(self, wanted, unsafe=unsafe)
        while run.applies_more():
            pass
        return run.fixes, tuple(run.applied)

    def fixed(self, report: Report, unsafe: bool) -> Fixed:
        """Return the payload with fixes of the findings of a report applied, until nothing changes."""
        wanted = frozenset(map(_kind, report.findings))
        after, applied = self.applied(unsafe=unsafe, wanted=wanted)
        if not applied:
            return Fixed(self.payload, (), report)
        left = self._operation.report(after.findings, self._facts, after.payload)
        if any(_kind(finding) not in wanted for finding in left.findings):  # of rules that somebody waived
            kept = tuple(finding for finding in left.findings if _kind(finding) in wanted)
            left = replace(left, findings=kept)
        return Fixed(after.payload, applied, left if report.warnings else left.strict())


class _Run:
    """Applies fixes of a payload: the payload as it is now, and what was applied to it."""

    def __init__(self, fixes: Fixes, wanted: Collection[Kind] | None, *, unsafe: bool) -> None:
        self.fixes, self.applied = fixes, list[Choice]()
        self._wanted, self._unsafe = wanted, unsafe
        tries = min(max(_WORK // (len(fixes.findings) + 1), TRIES.start), TRIES.stop)
        self._tries = 0 if is_cut(fixes.findings) else tries  # what is not listed cannot be compared

    def applies_more(self) -> bool:
        """Apply the first candidate of each finding, the next one where that is refused."""
        before = self.fixes
        if not self._tries or not before.findings:
            return False
        waiting = [
            (finding, deque(found))
            for finding in before.findings
            if (self._wanted is None or _kind(finding) in self._wanted)
            and (found := before.candidates.of(finding, unsafe=self._unsafe))
        ]
        while batch := _apart(waiting):
            self._apply([(finding, candidates[0]) for finding, candidates in batch])
            if self.fixes is not before:
                return True
            for _, candidates in batch:
                candidates.popleft()
        return False

    def _apply(self, choices: list[Choice]) -> None:
        """Apply as many choices as can be: those of a kind, then halves, where they are refused together."""
        waiting = deque([choices])
        while waiting and self._tries:
            some = waiting.popleft()
            self._tries -= 1
            changed = self.fixes.changed(some)
            if changed is not None:
                self.fixes = changed
                self.applied += some
            elif len(some) > 1:
                waiting += _split(some)


def _split(choices: list[Choice]) -> list[list[Choice]]:
    """Return choices by rule and title; in two halves, if all are of one kind."""
    alike: dict[tuple[str, str], list[Choice]] = {}
    for finding, fix in choices:
        alike.setdefault((finding.rule, fix.title), []).append((finding, fix))
    half = len(choices) // 2
    return list(alike.values()) if len(alike) > 1 else [choices[:half], choices[half:]]


Waiting = tuple[Finding, deque[Fix]]
"""A finding, and its candidates that were not refused yet."""


def _apart(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return findings whose first candidates change different places, so that all can be applied."""
    if len(waiting) == 1:  # as of most lines of a catalogue
        return [one for one in waiting if one[1]]
    apart: list[Waiting] = []
    changed: set[tuple[str, ...]] = set()
    around: set[tuple[str, ...]] = set()
    for finding, candidates in waiting:
        places = _places(candidates[0]) if candidates else set()
        above = {place[:depth] for place in places for depth in range(len(place))}
        if places and changed.isdisjoint(places | above) and around.isdisjoint(places):
            apart.append((finding, candidates))
            changed |= places
            around |= above
    return apart


def _places(fix: Fix) -> set[tuple[str, ...]]:
    """Return the paths that a fix changes; an item that is dropped moves the other items of its list."""
    places = set()
    for step in fix.patch:
        place = pointers.split(step["path"])
        places.add(place[:-1] if step["op"] == "remove" and place[-1].isdecimal() else place)
        if "from" in step:
            places.add(pointers.split(step["from"]))
    return places


def _kind(finding: Finding) -> Kind:
    return finding.rule, _without_indices(finding.pointer)


@lru_cache(maxsize=1024)
def _without_indices(pointer: str) -> str:
    return _INDEX.sub("/#", pointer)


def _identity(finding: Finding) -> Identity:
    return finding.rule, finding.pointer, finding.message


_INDEX = re.compile(r"/[0-9]+(?=/|$)")
