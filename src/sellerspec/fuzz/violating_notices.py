"""Notices that violate one rule each, and notices that satisfy it: from examples, else by changes.

Notices and responses share shapes. A member that violates a rule in an example of a response is put
where a notice has a member of that name. For rules that are left, a valid notice is changed in one
place after the other.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from sellerspec import contract
from sellerspec.contract.examples import Example, examples
from sellerspec.contract.operation import OperationContract
from sellerspec.io import pointers
from sellerspec.io.pointers import get, paths, put
from sellerspec.io.records import encoded
from sellerspec.io.strict import decode
from sellerspec.model import NO_FACTS, Json, Path
from sellerspec.strategies import good, shapes
from sellerspec.strategies.negatives import changes, exactly, pairs

RICHEST = 3
"""How many of the valid notices with the most members are changed."""


class Notice(NamedTuple):
    """A notice that is about one rule."""

    rule: str
    value: Json
    satisfies: bool = False
    """Whether it satisfies the rule, as the valid twin of one that violates it."""


@cache
def violating_notices(webhook: str) -> tuple[Notice, ...]:
    """Return notices that violate the rules of a webhook, as far as known, and some that satisfy them."""
    ready = contract.operation(webhook)
    rules = contract.contract(ready.operation.marketplace).rules()
    missing = {rule.id for rule in rules if not rule.why_not and {ready.operation.id, "*"} & set(rule.on)}
    notices = list(_examples(ready))
    missing -= {notice.rule for notice in notices if not notice.satisfies}
    rich = sorted(good(webhook, NO_FACTS), key=pointers.size, reverse=True)[:RICHEST]
    for rule in sorted(missing):
        moved = list(_moved(ready, rule, rich))
        notices += moved
        if moved:
            missing.discard(rule)
    return (*notices, *_changed(ready, missing, rich))


def _examples(ready: OperationContract) -> Iterator[Notice]:
    for example in examples(ready.key):
        if example.is_exchange or not example.rule:
            continue
        if not example.valid or not ready.check(example.value, example.facts).errors:
            yield Notice(example.rule, example.value, satisfies=example.valid)


def _moved(ready: OperationContract, rule: str, notices: list[Json]) -> Iterator[Notice]:
    """Yield a notice with a member of a response that violates the rule, and with that of its twin."""
    for example, twin in pairs(rule):
        response = _response(example)
        for path in _violating_paths(rule, example, response):
            for notice in notices:
                for place, source in _homes(ready, notice, path):
                    tried = put(notice, place, get(response, source))
                    if all(finding.rule != rule for finding in ready.check(tried).findings):
                        continue
                    yield Notice(rule, tried)
                    if twin is not None:
                        valid = put(notice, place, get(_response(twin), source))
                        if not ready.check(valid).errors:
                            yield Notice(rule, valid, satisfies=True)
                    return


def _violating_paths(rule: str, example: Example, response: Json) -> list[Path]:
    return [
        pointers.path_in(response, finding.pointer.removeprefix("/response/body"))
        for finding in example.report().findings
        if finding.rule == rule and finding.pointer.startswith("/response/body/")
    ]


def _response(example: Example) -> Json:
    body = example.value.get("response_body") if example.is_exchange else None
    return decode(encoded(body)) if isinstance(body, str) else body


def _homes(ready: OperationContract, notice: Json, path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield pairs: a path in a notice, and the path in a response of a value that fits there."""
    schema = shapes.body_schema(ready.key)
    for length in range(len(path), 0, -1):
        name = path[length - 1]
        if not isinstance(name, str):
            continue
        for place in paths(notice):
            if isinstance(get(notice, place), dict) and (
                length == len(path) or name in shapes.members(shapes.at(schema, place))
            ):
                yield (*place, name), path[:length]


def _changed(ready: OperationContract, rules: set[str], notices: list[Json]) -> Iterator[Notice]:
    """Yield for each rule the first changed notice that violates it, alone if there is one."""
    schema = shapes.body_schema(ready.key)
    missing = set(rules)
    not_alone: dict[str, Json] = {}
    for notice in notices:
        for place in paths(notice):
            if not missing:
                return
            for _, tried in changes(notice, place, schema):
                findings = ready.check(tried).findings
                for rule in {finding.rule for finding in findings} & missing:
                    if exactly(rule, findings):
                        missing.discard(rule)
                        yield Notice(rule, tried)
                    else:
                        not_alone.setdefault(rule, tried)
    yield from (Notice(rule, not_alone[rule]) for rule in sorted(missing & set(not_alone)))
