"""Phases `schemathesis` and `variations`: generated cases, and variations of valid payloads."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import quote

from sellerspec import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UsageError
from sellerspec.fuzz import engine
from sellerspec.fuzz.messages import Call, form_content
from sellerspec.fuzz.target import CREDENTIALS, Target
from sellerspec.model import NO_FACTS, Json
from sellerspec.openapi.spec import FORM
from sellerspec.strategies import good, shapes
from sellerspec.strategies.vary import varied


def run_schemathesis(target: Target, operations: tuple[str, ...]) -> None:
    """Send the coverage cases of all operations in turn, then random cases."""
    extent = target.options.extent
    ids = [operation.partition("/")[2] for operation in operations]
    cases = {id: engine.coverage_cases(target.marketplace, id, odd=extent.odd) for id in ids}
    _in_turn(target, {id: _limited(cases[id], extent.coverage) for id in ids})
    if extent.fuzzing:
        _in_turn(target, {id: _random(target, id) for id in ids})


def _random(target: Target, id: str) -> Iterator[engine.Generated]:
    """Yield random cases; none is made before the first is needed, because the time may end earlier."""
    extent = target.options.extent
    yield from engine.random_cases(
        target.marketplace, id, seed=target.options.seed, count=extent.fuzzing, odd=extent.odd
    )


def _limited(cases: Iterator[engine.Generated], most: int) -> Iterator[engine.Generated]:
    """Yield at most `most` cases, evenly spread."""
    all_ = list(cases)
    yield from all_[:: max(1, -(-len(all_) // most))]


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
    call = as_call(target, id, case)
    if call is None:
        return
    method = case.method.upper()
    if method == call.method:
        target.send(call, certain=False)
        return
    match = contract.contract(target.marketplace).routes.find(case.method, call.path, any_host=True)
    known = match is not None and match.method_fits
    target.session.send(replace(call, method=method), foreign_method=not known)


def as_call(target: Target, id: str, case: engine.Generated) -> Call | None:
    """Return a generated case as a call of the account; None for one that cannot be sent."""
    description = case.description.lower()
    unsigned = "missing" in description and any(name in description for name in CREDENTIALS)
    headers = {name.lower(): value for name, value in case.headers.items() if name.lower() not in CREDENTIALS}
    if not unsigned:
        headers |= {name.lower(): value for name, value in target.headers_of(id).items()}
    content = _content(case)
    if content is None:
        return None
    if case.media_type and content:
        headers.setdefault("content-type", case.media_type)
    path = dict(case.path)
    if "default" in description:
        live = {
            name: target.scenario.live(target, id, name) for name in path if name not in target.scenario.path
        }
        path |= {name: value for name, value in live.items() if value is not None}
    if any(str(value) in ("", ".", "..") for value in path.values()):
        return None
    query = "&".join(
        f"{_quoted(name)}={_quoted(item)}"
        for name, value in case.query.items()
        for item in (value if isinstance(value, list) else [value])
    )
    return target.call(id, path=path, content=content, headers=headers, raw_query=query)


def _quoted(value: Json) -> str:
    if value is None or isinstance(value, bool | dict | list):
        value = json.dumps(value)  # orjson has no integers of more than 64 bits
    return quote(str(value).encode("utf-8", "replace"), safe="")


def _content(case: engine.Generated) -> bytes | None:
    if not case.has_body:
        return b""
    if isinstance(case.body, bytes):
        return case.body
    if case.media_type == FORM:
        return form_content(case.body) if isinstance(case.body, dict) else None
    if case.media_type and "json" not in case.media_type:
        return None
    try:
        return json.dumps(case.body, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return None


def run_variations(target: Target, operations: tuple[str, ...]) -> None:
    """Send variations of valid payloads, in some profiles odd bodies too, until rounds or time are over."""
    rounds = target.options.extent.rounds
    number = 0
    # an unbounded profile ends with the session's time: `send` raises then
    while rounds < 0 or number < rounds:
        number += 1
        before = target.session.requests
        for key in operations:
            ready = contract.operation(key)
            call = _varied(target, ready)
            if call is not None:
                by_body_alone = "{" not in ready.operation.path.replace("{version}", "")
                target.send(call, certain=by_body_alone and call.id in target.scenario.certain)
            if target.options.extent.odd:
                _odd(target, ready)
        if target.session.requests == before:
            break


@cache
def _starts(operation: str) -> tuple[Json, ...]:
    """Return the valid payloads of an operation; none if it takes no JSON body."""
    if shapes.body_schema(operation) is None:
        return ()
    try:
        return good(operation, NO_FACTS)
    except UsageError:
        return ()


def _varied(target: Target, ready: OperationContract) -> Call | None:
    starts = _starts(ready.key)
    if not starts:
        return None
    start = starts[target.choice.below(len(starts))]
    schema = shapes.body_schema(ready.key)
    body = varied(
        target.choice, start, schema, lambda value: not ready.check(value).findings,
        known=shapes.known_values(ready.key),
    )  # fmt: skip
    path, retargeted = target.scenario.retarget(target, ready.operation.id, body, NO_FACTS)[0]
    return target.call(ready.operation.id, path=path, body=retargeted)


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

ODD_TEXTS = ("%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A9", "a" * 4000, "'%20OR%201=1")
"""Encoded values of query parameters that no honest client sends."""


def _odd(target: Target, ready: OperationContract) -> None:
    below = target.choice.below
    body = ODD[list(ODD)[below(len(ODD))]]
    if ready.spec.request is not None and ready.spec.request.schema is not None:
        target.send(target.call(ready.operation.id, content=body), certain=False)
    else:
        page, limit = (ODD_TEXTS[below(len(ODD_TEXTS))] for _ in range(2))
        query = f"page={page}&limit={limit}"
        target.send(target.call(ready.operation.id, raw_query=query), certain=False)
