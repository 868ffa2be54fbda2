"""Notices that break one rule each, and notices that keep it: of the examples, else found by trying.

A notice shares shapes with responses, so what breaks a rule in an example of a response is put where
a notice has a member of that name; then a good notice is changed in one place after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sellerspec import contract
from sellerspec.contract.examples import Example, examples
from sellerspec.contract.operation import OperationContract
from sellerspec.io import pointers
from sellerspec.io.pointers import get, paths, put
from sellerspec.io.records import encoded
from sellerspec.io.strict import decode
from sellerspec.model import NO_FACTS, Finding, Json, Path
from sellerspec.strategies import good, shapes
from sellerspec.strategies.negatives import changes, exactly, pairs

RICHEST = 3
"""How many of the good notices with the most members are changed."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A notice about one rule."""

    rule: str
    value: Json
    keeps: bool = False
    """Whether it keeps the rule, where it is mended from one that breaks it."""


@cache
def spoiled(webhook: str) -> tuple[Spoiled, ...]:
    """Return notices that break the rules of a webhook, as far as known, and some that keep them."""
    ready = contract.operation(webhook)
    owner = contract.contract(ready.operation.marketplace)
    id = ready.operation.id
    wanted = {each.id for each in owner.rules() if not each.why_not and (id in each.on or "*" in each.on)}
    found = list(_examples(webhook))
    wanted -= {each.rule for each in found if not each.keeps}
    rich = sorted(good(webhook, NO_FACTS), key=lambda each: -sum(1 for _ in paths(each)))[:RICHEST]
    for rule in sorted(wanted):
        moved = list(_moved(ready, rule, rich))
        found.extend(moved)
        if any(not each.keeps for each in moved):
            wanted.discard(rule)
    found.extend(_tried(ready, wanted, rich))
    return tuple(found)


def _examples(webhook: str) -> Iterator[Spoiled]:
    for example in examples(webhook):
        if (
            not example.is_exchange
            and example.rule
            and (
                not example.valid
                or not contract.operation(webhook).check(example.value, example.facts).errors
            )
        ):
            yield Spoiled(example.rule, example.value, keeps=example.valid)


def _moved(ready: OperationContract, rule: str, notices: list[Json]) -> Iterator[Spoiled]:
    """Yield notices with a member out of a response that breaks the rule, and out of the mended response."""
    for broken, twin in pairs(rule):
        response = _response(broken)
        where = [
            pointers.path_in(response, finding.pointer.removeprefix("/response/body"))
            for finding in broken.report().findings
            if finding.rule == rule and finding.pointer.startswith("/response/body/")
        ]
        for path in where:
            for notice in notices:
                for place, name in _homes(ready, notice, path):
                    tried = put(notice, place, get(response, name))
                    if not _breaks(rule, ready.check(tried).findings):
                        continue
                    yield Spoiled(rule, tried)
                    mended = put(notice, place, get(_response(twin), name)) if twin is not None else None
                    if mended is not None and not ready.check(mended).errors:
                        yield Spoiled(rule, mended, keeps=True)
                    return


def _breaks(rule: str, findings: tuple[Finding, ...]) -> bool:
    return any(finding.rule == rule for finding in findings)


def _response(example: Example) -> Json:
    body = example.value.get("response_body") if example.is_exchange else None
    return decode(encoded(body)) if isinstance(body, str) else body


def _homes(ready: OperationContract, notice: Json, path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield where in a notice there may be the value at a path of a response, or one that holds it."""
    schema = shapes.body_schema(ready.key)
    for length in range(len(path), 0, -1):
        name = path[length - 1]
        if not isinstance(name, str):
            continue
        for place in paths(notice):
            if isinstance(get(notice, place), dict):
                known = shapes.members(shapes.at(schema, place))
                if name in known or length == len(path):
                    yield (*place, name), path[:length]


def _tried(ready: OperationContract, wanted: set[str], notices: list[Json]) -> Iterator[Spoiled]:
    """Yield notices changed in one place, the first that breaks each rule; alone, if there is such a one."""
    schema = shapes.body_schema(ready.key)
    beside: dict[str, Json] = {}
    left = set(wanted)
    for notice in notices:
        for place in paths(notice):
            if not left:
                return
            for _, tried in changes(notice, place, schema):
                findings = ready.check(tried).findings
                for rule in {finding.rule for finding in findings} & left:
                    if exactly(rule, findings):
                        left.discard(rule)
                        yield Spoiled(rule, tried)
                    else:
                        beside.setdefault(rule, tried)
    for rule in sorted(left & set(beside)):
        yield Spoiled(rule, beside[rule])
