"""Find a minimal payload: repair an example for the facts, then remove all that can be removed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sellerspec.contract.examples import examples
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.requirements.members import Member
from sellerspec.contract.requirements.sample import sample
from sellerspec.io.pointers import drop, get, has, path_in, paths, put, size
from sellerspec.model import FACTS, NO_FACTS, Facts, Finding, Json, Path, Severity, pointer

MOST_STARTS = 12
"""Most examples that are tried."""

MOST_REPAIRS = 60
"""Most changes in the repair of one example."""

Check = Callable[[Json], tuple[Finding, ...]]


def minimal(ready: OperationContract, facts: Facts) -> Json:
    """Return the smallest payload found without errors and with as few warnings as possible.

    The search starts from valid examples of the operation, documented ones first, from a sample of the
    schema, and from the examples in the spec. None is returned if none of them can be repaired.
    """
    best: tuple[int, int, Json] | None = None

    def check(payload: Json) -> tuple[Finding, ...]:
        return ready.check(payload, facts).findings

    for start in _starts(ready):
        payload = _repaired(check, start, list(dict.fromkeys(_scalars(facts))))
        findings = check(payload)
        if any(finding.severity is Severity.ERROR for finding in findings):
            continue
        small = _shrunk(check, payload, _kinds(findings))
        rank = (len(check(small)), size(small))
        if best is None or rank < best[:2]:
            best = (*rank, small)
    return best[2] if best is not None else None


def shrunk(value: Json, keeps: Callable[[Json], bool]) -> Json:
    """Return a value without the members and items that can be removed, the outer ones first.

    Args:
        value: the value to shrink; `keeps` accepts it.
        keeps: returns whether a smaller value is acceptable.
    """
    shrinking = True
    while shrinking:
        shrinking = False
        for path in sorted(paths(value), key=len)[1:]:
            if has(value, path) and keeps(tried := drop(value, path)):
                value, shrinking = tried, True
    return value


def _shrunk(check: Check, payload: Json, allowed: set[tuple[str, Severity]]) -> Json:
    return shrunk(payload, lambda tried: _kinds(check(tried)) <= allowed)


def _kinds(findings: Iterable[Finding]) -> set[tuple[str, Severity]]:
    return {(finding.rule, finding.severity) for finding in findings}


def _starts(ready: OperationContract) -> Iterator[Json]:
    usable = [
        example
        for example in examples(ready.key)
        if example.valid and not example.is_exchange and example.facts == NO_FACTS
    ]
    usable.sort(key=lambda example: (not example.case.startswith("documented"), example.path.name))
    yield from (example.value for example in usable[:MOST_STARTS])
    if ready.spec.request is not None:
        yield sample(ready.spec.request.schema)
        yield from ready.spec.request.examples().values()


def _weight(findings: Iterable[Finding]) -> int:
    return sum(1000 if finding.severity is Severity.ERROR else 1 for finding in findings)


def _repaired(check: Check, payload: Json, values: list[Json]) -> Json:
    """Repair a payload; if no single change helps, try a change and repair its consequences.

    For instance, setting the category of the facts first causes findings about missing attributes.
    """
    payload = _improved(check, payload, values)
    findings = check(payload)
    for finding in findings:
        for tried in _changed(payload, path_in(payload, finding.pointer), values):
            if (finding.rule, finding.pointer) in {(other.rule, other.pointer) for other in check(tried)}:
                continue
            after = _improved(check, tried, values)
            if _weight(check(after)) < _weight(findings):
                return after
    return payload


def _improved(check: Check, payload: Json, values: list[Json]) -> Json:
    """Make single changes as long as each reduces the weight of the findings."""
    for _ in range(MOST_REPAIRS):
        findings = check(payload)
        better = next(
            (
                tried
                for finding in findings
                for tried in _changed(payload, path_in(payload, finding.pointer), values)
                if _weight(check(tried)) < _weight(findings)
            ),
            None,
        )
        if better is None:
            break
        payload = better
    return payload


def _changed(payload: Json, path: Path, values: list[Json]) -> Iterator[Json]:
    """Yield payloads changed at one path: a value of the facts, a plain value, or no member."""
    if not path:
        return
    if has(payload, path) or isinstance(get(payload, path[:-1]), dict):
        for value in (*values, "text", 1, 1000, True, [], {}):
            yield put(payload, path, value)
    if has(payload, path):
        yield drop(payload, path)


def _scalars(facts: Facts) -> Iterator[Json]:
    """Yield every text and every integer of the facts."""
    queue: list[Json] = [getattr(facts, name) for name in FACTS if name != "now"]
    while queue:
        value = queue.pop(0)
        if isinstance(value, dict):
            queue.extend(value.values())
        elif isinstance(value, list | tuple):
            queue.extend(value)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield value


def probed(
    ready: OperationContract, smallest: Json, facts: Facts, known: tuple[Member, ...]
) -> tuple[Member, ...]:
    """Mark the members that rules require because of the facts: removing them causes an error."""
    by_path = {member.path: member for member in known}
    for path in paths(smallest):
        if not path or isinstance(path[-1], int):
            continue
        errors = ready.check(drop(smallest, path), facts).errors
        rules = tuple(error.rule for error in errors if error.pointer == pointer(path))
        name = dotted(path)
        member = by_path.get(name) or Member(name, required=False)
        if rules and not member.required and not member.when:
            rules = tuple(dict.fromkeys((*member.rules, *rules)))
            by_path[name] = replace(member, required=True, rules=rules)
    return tuple(by_path.values())


def dotted(path: Path) -> str:
    """Return a path as members are named: `variants[].price`."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
