"""Phase 2 and what fills the rest of the time: schemathesis' cases, and variations of good payloads."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from sellerspec import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UsageError
from sellerspec.fuzz import engine
from sellerspec.fuzz.examples_phase import CREDENTIALS
from sellerspec.fuzz.target import Target
from sellerspec.fuzz.transport import Call
from sellerspec.model import NO_FACTS, Json
from sellerspec.strategies import good, shapes
from sellerspec.strategies.vary import varied


def run_schemathesis(target: Target, operations: tuple[str, ...]) -> None:
    """Send the coverage cases of all operations in turn, then random ones."""
    extent = target.options.extent
    ids = [operation.partition("/")[2] for operation in operations]
    cases = {
        id: _limited(engine.coverage_cases(target.marketplace, id, odd=extent.odd), extent.coverage)
        for id in ids
    }
    _in_turn(target, cases)
    if extent.fuzzing:
        _in_turn(target, {id: _random(target, id) for id in ids})


def _random(target: Target, id: str) -> Iterator[engine.Generated]:
    """Yield random cases; they are made when the first is asked for, so that the time can end before."""
    extent = target.options.extent
    yield from engine.random_cases(
        target.marketplace, id, seed=target.options.seed, count=extent.fuzzing, odd=extent.odd
    )


def _limited(cases: Iterator[engine.Generated], most: int) -> Iterator[engine.Generated]:
    """Yield at most so many cases, spread over all there are."""
    found = list(cases)
    step = max(1, -(-len(found) // most))
    yield from found[::step]


def _in_turn(target: Target, cases: dict[str, Iterator[engine.Generated]]) -> None:
    while cases:
        for id in list(cases):
            for _ in range(5):
                case = next(cases[id], None)
                if case is None:
                    del cases[id]
                    break
                _send(target, id, case)


def _send(target: Target, id: str, case: engine.Generated) -> None:
    spec = contract.contract(target.marketplace).operation(id).spec
    call = as_call(target, id, case)
    if call is None:
        return
    if case.method.upper() != spec.operation.method:
        target.session.send(
            replace(call, method=case.method.upper()), foreign_method=not _known_method(target, case, call)
        )
    else:
        target.send(call, certain=False)


def _known_method(target: Target, case: engine.Generated, call: Call) -> bool:
    """Say whether another operation has this path with this method."""
    found = contract.contract(target.marketplace).routes.find(case.method, call.path, any_host=True)
    return found is not None and found.method_fits


def as_call(target: Target, id: str, case: engine.Generated) -> Call | None:
    """Return a generated case as a call in the name of the account; None for one that cannot be sent."""
    unsigned = "missing" in case.says.lower() and any(
        credential in case.says.lower() for credential in CREDENTIALS
    )
    headers = {name.lower(): value for name, value in case.headers.items() if name.lower() not in CREDENTIALS}
    if not unsigned:
        headers |= {name.lower(): value for name, value in target.headers.items()}
    content = _content(case)
    if content is None:
        return None
    if case.media_type and content:
        headers.setdefault("content-type", case.media_type)
    live = {
        name: target.scenario.live(target, id, name)
        for name in case.path
        if name not in target.scenario.path and "default" in case.says.lower()
    }
    path = {**case.path, **{name: value for name, value in live.items() if value is not None}}
    if any(str(each) in ("", ".", "..") for each in path.values()):
        return None
    query = "&".join(
        f"{_quoted(name)}={_quoted(each)}" for name, value in case.query.items() for each in _values(value)
    )
    return target.call(id, path=path, content=content, headers=headers, raw_query=query)


def _values(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _quoted(value: Json) -> str:
    if value is None or isinstance(value, bool | dict | list):
        value = json.dumps(value)  # orjson knows no numbers of more than 64 bits
    return quote(str(value).encode("utf-8", "replace"), safe="")


def _content(case: engine.Generated) -> bytes | None:
    if not case.has_body:
        return b""
    if isinstance(case.body, bytes):
        return case.body
    if case.media_type and "json" not in case.media_type:
        return None
    try:
        return json.dumps(case.body, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return None


def run_variations(target: Target, operations: tuple[str, ...]) -> None:
    """Send variations of good payloads, and of what breaks a rule, until rounds or time are over."""
    rounds = target.options.extent.rounds
    number = 0
    choice = Random(target)
    # an unbounded profile ends with the session's time: `send` raises then
    while rounds < 0 or number < rounds:
        number += 1
        sent = 0
        for key in operations:
            ready = contract.operation(key)
            call = _varied(target, ready, choice)
            if call is not None:
                sent += 1
                target.send(
                    call,
                    certain=ready.operation.id in target.scenario.certain
                    and "{" not in ready.operation.path.replace("{version}", ""),
                )
            if target.options.extent.odd:
                sent += 1
                _odd(target, ready, choice)
        if not sent:
            break


class Random:
    """Decisions of a seeded generator."""

    def __init__(self, target: Target) -> None:
        self._random = target.random

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to `limit` - 1."""
        return self._random.randrange(limit)


def _varied(target: Target, ready: OperationContract, choice: Random) -> Call | None:
    if shapes.body_schema(ready.key) is None:
        return None
    try:
        starts = good(ready.key, NO_FACTS)
    except UsageError:
        return None
    id = ready.operation.id
    start = starts[choice.below(len(starts))]

    def keeps(value: Json) -> bool:
        return not ready.check(value).findings

    body = varied(choice, start, shapes.body_schema(ready.key), keeps)
    path, moved = target.scenario.retarget(target, id, body, NO_FACTS)[0]
    return target.call(id, path=path, body=moved)


ODD: Mapping[str, bytes] = {
    "nul": b'{"name":"a\\u0000b"}',
    "lone surrogate": b'{"name":"\\ud800"}',
    "not utf-8": b'{"name":"\xff"}',
    "deep": b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "large number": b'{"price":1e400}',
    "long number": b'{"price":' + b"9" * 5000 + b"}",
    "NaN": b'{"price":NaN}',
    "large": b'{"description":"' + b"x" * (2 << 20) + b'"}',
    "truncated": b'{"name":"a',
    "script": b'{"name":"<script>alert(1)</script>","description":"\' OR 1=1 --"}',
    "byte order mark": b"\xef\xbb\xbf{}",
}
"""Bodies that no honest client sends."""


def _odd(target: Target, ready: OperationContract, choice: Random) -> None:
    names = list(ODD)
    body = ODD[names[choice.below(len(names))]]
    if ready.spec.request is not None and ready.spec.request.schema is not None:
        target.send(target.call(ready.operation.id, content=body), certain=False)
    else:
        texts = ("%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A9", "a" * 4000, "'%20OR%201=1")
        query = f"page={texts[choice.below(len(texts))]}&limit={texts[choice.below(len(texts))]}"
        target.send(target.call(ready.operation.id, raw_query=query), certain=False)
