"""Find a minimal payload: take one that passes, mend it for the facts, leave out all that can be."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sellerspec.contract.operation import OperationContract
from sellerspec.contract.requirements.members import Member
from sellerspec.contract.requirements.sample import sample
from sellerspec.io import pointers, resources
from sellerspec.model import FACTS, Facts, Finding, Json, Path, Severity

MOST_STARTS = 12
"""Payloads that are tried as a start."""

MOST_MENDS = 60
"""Steps of mending one start may take."""


def minimal(ready: OperationContract, facts: Facts) -> Json:
    """Return the smallest payload found that has no error, and no finding that its start had not.

    Starts are the valid examples of the operation, documented ones first, and one made from
    the schema. None is returned if none can be made to pass.
    """
    best: tuple[int, int, Json] | None = None
    for start in _starts(ready):
        mended = _mended(ready, start, facts)
        if any(finding.severity is Severity.ERROR for finding in _findings(ready, mended, facts)):
            continue
        small = _shrunk(ready, mended, facts)
        size = (len(_findings(ready, small, facts)), sum(1 for _ in _places(small)))
        if best is None or size < best[:2]:
            best = (*size, small)
    return best[2] if best is not None else None


def _starts(ready: OperationContract) -> Iterator[Json]:
    folder = resources.data_dir("tests/examples") / ready.operation.marketplace / ready.operation.id / "valid"
    names = [
        each
        for each in folder.glob("*.json")
        if not each.name.endswith((".facts.json", ".exchange.json"))
        and not each.with_suffix(".facts.json").exists()
    ]
    names.sort(key=lambda each: (not each.name.startswith("documented"), each.name))
    for path in names[:MOST_STARTS]:
        yield resources.read_json(path)
    if ready.spec.request is not None:
        yield sample(ready.spec.request.schema)


def _findings(ready: OperationContract, payload: Json, facts: Facts) -> tuple[Finding, ...]:
    return ready.check(payload, facts).findings


def _weight(findings: Iterable[Finding]) -> int:
    return sum(1000 if finding.severity is Severity.ERROR else 1 for finding in findings)


def _mended(ready: OperationContract, payload: Json, facts: Facts) -> Json:
    """Mend a payload; where each single change makes it worse, go on from a change and mend again.

    Naming the category of the facts, for instance, first brings in the attributes it requires.
    """
    values = list(dict.fromkeys(_scalars(facts)))
    payload = _greedy(ready, payload, facts, values)
    found = _findings(ready, payload, facts)
    for each in found:
        for tried in _tries(payload, pointers.path_in(payload, each.pointer), values):
            if (each.rule, each.pointer) in {
                (one.rule, one.pointer) for one in _findings(ready, tried, facts)
            }:
                continue
            after = _greedy(ready, tried, facts, values)
            if _weight(_findings(ready, after, facts)) < _weight(found):
                return after
    return payload


def _greedy(ready: OperationContract, payload: Json, facts: Facts, values: list[Json]) -> Json:
    """Change one place after the other to what leaves less to find."""
    for _ in range(MOST_MENDS):
        found = _findings(ready, payload, facts)
        better = next(
            (
                tried
                for each in found
                for tried in _tries(payload, pointers.path_in(payload, each.pointer), values)
                if _weight(_findings(ready, tried, facts)) < _weight(found)
            ),
            None,
        )
        if better is None:
            break
        payload = better
    return payload


def _tries(payload: Json, path: Path, values: list[Json]) -> Iterator[Json]:
    """Yield payloads that differ at one place: a fact's value, a plain one, or nothing there."""
    if not path:
        return
    for value in (*values, "text", 1, 1000, True, [], {}):
        yield _with(payload, path, value)
    if _has(payload, path):
        yield _without(payload, path)


def _scalars(facts: Facts) -> Iterator[Json]:
    """Yield every plain value of the facts."""
    stack: list[Json] = [getattr(facts, name) for name in FACTS if name != "now"]
    while stack:
        each = stack.pop(0)
        if isinstance(each, dict):
            stack.extend(each.values())
        elif isinstance(each, list | tuple):
            stack.extend(each)
        elif isinstance(each, str | int) and not isinstance(each, bool):
            yield each


def _shrunk(ready: OperationContract, payload: Json, facts: Facts) -> Json:
    """Leave out members and items, the largest first, as long as nothing new is found."""
    allowed = {(finding.rule, finding.severity) for finding in _findings(ready, payload, facts)}
    again = True
    while again:
        again = False
        for path in sorted(_places(payload), key=len):
            if not path or not _has(payload, path):
                continue
            tried = _without(payload, path)
            if {(finding.rule, finding.severity) for finding in _findings(ready, tried, facts)} <= allowed:
                payload, again = tried, True
    return payload


def probed(
    ready: OperationContract, smallest: Json, facts: Facts, known: tuple[Member, ...]
) -> tuple[Member, ...]:
    """Add what only leaving out shows: members that rules ask for because of the facts."""
    found = {each.path: each for each in known}
    for path in _places(smallest):
        if not path or isinstance(path[-1], int):
            continue
        report = ready.check(_without(smallest, path), facts)
        pointer = "".join(f"/{part}" for part in path)
        rules = tuple(error.rule for error in report.errors if error.pointer == pointer)
        name = dotted(path)
        own = found.get(name) or Member(name, required=False)
        if rules and not own.required and not own.when:
            found[name] = replace(own, required=True, rules=tuple(dict.fromkeys((*own.rules, *rules))))
    return tuple(found.values())


def dotted(path: Path) -> str:
    """Return a path as members are named: `variants[].price`."""
    return "".join("[]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".")


def _places(value: Json, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*path, index))


def _holds(value: Json, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _has(value: Json, path: Path) -> bool:
    for part in path:
        if not _holds(value, part):
            return False
        value = value[part]
    return True


def _with(payload: Json, path: Path, value: Json) -> Json:
    """Return a copy in which the value stands at the path, if the object around it is there."""
    out = copy.deepcopy(payload)
    around: Json = out
    for part in path[:-1]:
        if not _holds(around, part):
            return out
        around = around[part]
    if isinstance(around, dict) or _holds(around, path[-1]):
        around[path[-1]] = value
    return out


def _without(payload: Json, path: Path) -> Json:
    """Return a copy without the member or item at the path."""
    out = copy.deepcopy(payload)
    around = out
    for part in path[:-1]:
        around = around[part]
    del around[path[-1]]
    return out
