"""Phases `examples` and `rules`: the examples as they are, and what violates one rule after the other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from sellerspec import contract
from sellerspec.contract.examples import Example, examples, valid_payloads
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.target import CREDENTIALS, Target, content_type, parts_of
from sellerspec.io.records import encoded
from sellerspec.model import NO_FACTS, Facts, Json, Operation
from sellerspec.rules import Rule
from sellerspec.strategies import good
from sellerspec.strategies.negatives import Negative, exactly, negatives, pairs

DAY = 86_400.0
DAYS = 3
"""How many days the clock of our sandbox is moved on for rules about time."""

BAD_BODIES = (b"", b"{", b"[]", b"null", b'"text"', b"\xff\xff", b'{"a":1,"a":2}')


def run_examples(target: Target, operations: tuple[str, ...]) -> None:
    """Send the valid examples of each operation, calls of strangers, and bodies that are no payload."""
    for key in operations:
        for example in examples(key):
            if example.valid:
                for call in _calls(target, example):
                    target.send(call, certain=None if _names_known(target, call) else False)
        _plain(target, key)


def _plain(target: Target, key: str) -> None:
    """Send a plain call: as it is, without a token, with a stranger's token, with bodies that are none."""
    ready = contract.operation(key)
    id = ready.operation.id
    body = next(iter(valid_payloads(key)), None)
    plain = target.call(id, body=body, query=target.scenario.query(target, {}))
    certain = body is None and id in target.scenario.certain and _names_known(target, plain)
    target.send(plain, certain=certain)
    if ready.spec.security and target.headers:
        unsigned = {name: value for name, value in plain.headers.items() if name.lower() not in CREDENTIALS}
        target.send(replace(plain, headers=unsigned))
        invented = {
            name: _invented(value) if name.lower() in CREDENTIALS else value
            for name, value in plain.headers.items()
        }
        verdict = target.session.send(replace(plain, headers=invented))
        message = "accepted with a token that nobody was given"
        target.session.expect(not verdict.accepted, verdict, "stranger-accepted", message)
    if ready.spec.request is not None and ready.spec.request.schema is not None:
        headers = {**target.headers_of(id), "content-type": content_type(ready.spec)}
        for content in BAD_BODIES:
            target.send(target.call(id, content=content, headers=headers))


def _invented(credential: str) -> str:
    kind, space, _ = credential.partition(" ")
    return f"{kind} INVENTED-BY-THE-FUZZER" if space else "INVENTED-BY-THE-FUZZER"


def _names_known(target: Target, call: Call) -> bool:
    """Return whether the path of a call names only things that the server has."""
    return all(
        str(target.scenario.live(target, call.id, name)) == unquote(value)
        for name, value in target.path_of(call).items()
        if name not in target.scenario.path
    )


class Attempt(NamedTuple):
    """One call that is about one rule."""

    call: Call
    satisfies: bool = False
    """Whether it is the valid twin of an example that violates the rule."""


def run_rules(target: Target, operations: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Violate each rule in several ways, and satisfy it; the easiest way of every rule comes first."""
    by_id: Mapping[str, Rule] = {rule.id: rule for rule in contract.contract(target.marketplace).rules()}
    chosen = [rule for rule in rules if by_id[rule].reads not in ("response", "exchange")]
    most = target.options.extent.variants
    waiting = {rule: _attempts(target, by_id[rule], operations, most) for rule in chosen}
    while waiting:
        for id in list(waiting):
            # rules take turns, so that a short run has tried each at least once
            for _ in range(2):
                attempt = next(waiting[id], None)
                if attempt is None:
                    del waiting[id]
                    break
                _send(target, id, attempt)
    if target.is_sandbox:
        covered = target.session.coverage
        missing = [by_id[rule] for rule in chosen if rule not in covered.satisfied & covered.violated]
        _in_other_states(target, operations, missing)
        _on_other_days(target, operations, [rule for rule in missing if "now" in rule.needs])


def _send(target: Target, rule: str, attempt: Attempt) -> None:
    verdict = target.send(attempt.call)
    if attempt.satisfies and verdict.accepted and all(finding.rule != rule for finding in verdict.request):
        # some rules apply only to what violates them: the valid twin is what satisfies such a rule
        target.session.coverage.satisfied.add(rule)


def _in_other_states(target: Target, operations: tuple[str, ...], rules: list[Rule]) -> None:
    """Send the examples of rules again in the states of our sandbox in which their facts hold."""
    for rule in rules:
        for example in (example for pair in pairs(rule.id) for example in pair):
            if example is None or example.operation not in operations:
                continue
            if target.scenario.arrange(target, example.facts, example.value):
                keep_path = not example.valid and _violates_path(rule, example)
                for call in _calls(target, example, keep_path=keep_path):
                    _send(target, rule.id, Attempt(call, satisfies=example.valid))
                target.reset()
                target.scenario.learn(target)


def _on_other_days(target: Target, operations: tuple[str, ...], rules: list[Rule]) -> None:
    """Violate rules about time on the next days of our sandbox."""
    for _ in range(DAYS):
        missing = [rule for rule in rules if rule.id not in target.session.coverage.violated]
        if not missing or not target.advance(DAY):
            break
        for rule in missing:
            for attempt in _attempts(target, rule, operations, 1):
                _send(target, rule.id, attempt)


def _attempts(target: Target, rule: Rule, operations: tuple[str, ...], most: int) -> Iterator[Attempt]:
    """Yield calls that violate one rule, each in another way, then calls that satisfy it."""
    sent = 0
    for negative in _spread(negatives(rule.id)):
        if negative.operation in operations and sent < most:
            for call in _violations(target, rule, negative):
                yield Attempt(call)
                sent += 1
    if rule.reads == "path" and "order" in rule.facts:
        # only the state of the order that the path names can violate the rule
        name = contract.contract(target.marketplace).marketplace.facts["order"].named
        for order in target.known.get("orders", ())[:40]:
            for id in rule.on:
                yield Attempt(target.call(id, path={name: order.get(name)}, body=_valid_body(target, id)))
    twins = [twin for _, twin in pairs(rule.id) if twin is not None and twin.operation in operations]
    for twin in twins[:2]:
        for call in _calls(target, twin):
            yield Attempt(call, satisfies=True)
    for call in _boundary(target, rule, twins):
        yield Attempt(call)


def _valid_body(target: Target, id: str) -> Json:
    """Return a body that satisfies the rules that need no facts; None if the operation takes none."""
    ready = contract.contract(target.marketplace).operation(id)
    return next(iter(good(ready.key, NO_FACTS)), None) if ready.spec.request is not None else None


def _spread(all_: tuple[Negative, ...]) -> list[Negative]:
    """Order what violates a rule so that each change comes once before any change comes again."""
    by_change: dict[tuple[str, str], list[Negative]] = {}
    for negative in all_:
        by_change.setdefault((negative.operation, negative.change), []).append(negative)
    ways = sorted(by_change.values(), key=lambda way: _ORDER.get(way[0].change, 9))
    return [way[turn] for turn in range(max(map(len, ways), default=0)) for way in ways if turn < len(way)]


_ORDER = {
    "example": 0,
    "zero": 1,
    "maxItems": 1,
    "maximum": 1,
    "minimum": 1,
    "maxLength": 1,
    "minLength": 1,
    "missing": 2,
    "one more": 3,
    "one less": 3,
    "null": 4,
    "negative": 5,
    "empty": 5,
}
"""Changes by how often connectors get them wrong, the most frequent first."""


def _violations(target: Target, rule: Rule, negative: Negative) -> Iterator[Call]:
    for number, call in enumerate(_calls(target, negative, keep_path=_violates_path(rule, negative))):
        if number == 0 or rule.needs:
            yield call


def _violates_path(rule: Rule, example: Example | Negative) -> bool:
    """Return whether the path of a call violates a rule; it is sent as it is then."""
    return rule.reads == "path" or any(place.startswith("/request/path") for place in _violated(example))


def _violated(example: Example | Negative) -> set[str]:
    """Return the places at which an example violates rules."""
    findings = example.findings(example.value) if isinstance(example, Negative) else example.report().findings
    return {finding.pointer for finding in findings}


def _calls(target: Target, example: Example | Negative, *, keep_path: bool = False) -> Iterator[Call]:
    """Yield an example as calls that name things which this server has."""
    operation = contract.operation(example.operation).operation
    if example.is_exchange:
        yield from _exchange_call(target, example, operation, keep_path=keep_path)
    elif isinstance(example.value, dict | list):
        retargeted = target.scenario.retarget(target, operation.id, example.value, example.facts)
        for path, body in retargeted[:3]:
            yield target.call(operation.id, body=body, path=path)
    else:
        yield target.call(operation.id, content=orjson.dumps(example.value))


def _exchange_call(
    target: Target, example: Example | Negative, operation: Operation, *, keep_path: bool
) -> Iterator[Call]:
    value: Mapping[str, Json] = example.value
    path, query = parts_of(target.marketplace, operation.method, value["url"])
    sent = {name: unquote(part) for name, part in path.items()}
    if not keep_path:
        live = {
            name: target.scenario.live(target, operation.id, name)
            for name in sent
            if name not in target.scenario.path
        }
        sent |= {name: part for name, part in live.items() if part is not None}
    body = value.get("request_body")
    content = encoded(body) if body is not None else None
    if isinstance(body, dict | list):
        named_by_body, retargeted = target.scenario.retarget(target, operation.id, body, example.facts)[0]
        content = orjson.dumps(retargeted)
        sent |= {} if keep_path else named_by_body
    call = target.call(
        operation.id,
        path=sent,
        content=content,
        headers=_headers(target, operation.id, value.get("request_headers", {}), _violated(example)),
        raw_query=_query(target, query),
    )
    yield replace(call, path=_suffix(target.marketplace, value["url"])) if keep_path else call


def _query(target: Target, query: str) -> str:
    """Return the query of an example adapted to the account; one that repeats a name stays as it is."""
    given = parse_qsl(query, keep_blank_values=True)
    adapted = target.scenario.query(target, dict(given))
    if len(given) != len(adapted) and not target.scenario.query(target, {}):
        return query
    return urlencode(adapted, doseq=True)


def _suffix(marketplace: str, url: str) -> str:
    """Return an example's URL below the address of the server."""
    for base in sorted(contract.contract(marketplace).spec.servers, key=len, reverse=True):
        if url.startswith(base + "/"):
            return url.removeprefix(base)
    return url.partition("://")[2].partition("/")[2].join(("/", "")) if "://" in url else url


def _headers(target: Target, id: str, given: Mapping[str, str], violated: set[str]) -> dict[str, str]:
    """Return an example's headers, with the account's credentials in place of its own.

    A header at one of the `violated` places stays as it is.
    """
    mine = {name.lower(): value for name, value in target.headers_of(id).items()}
    headers = {name: value for name, value in mine.items() if name not in CREDENTIALS}
    for name, value in given.items():
        is_meant = not value.strip() or f"/request/headers/{name.lower()}" in violated
        own = mine.get(name.lower()) if name.lower() in CREDENTIALS and not is_meant else None
        headers[name.lower()] = own if own is not None else value
    return headers


def _boundary(target: Target, rule: Rule, twins: list[Example]) -> Iterator[Call]:
    """Yield the calls on both sides of the number at which a rule begins to apply."""
    if rule.check is None or rule.reads != "body" or not twins:
        return
    twin = twins[0]
    if twin.is_exchange or not isinstance(twin.value, dict):
        return
    id = twin.operation.partition("/")[2]
    for name, value in twin.value.items():
        if isinstance(value, int) and not isinstance(value, bool):
            facts = target.facts(target.call(id, body=twin.value))
            for number in _bisected(rule, twin, name, facts):
                yield target.call(id, body={**twin.value, name: number})


def _bisected(rule: Rule, twin: Example, name: str, facts: Facts) -> tuple[int, ...]:
    """Return two neighbouring numbers of a member, of which only the second violates a rule."""
    ready = contract.operation(twin.operation)

    def violates(number: int) -> bool:
        return exactly(rule.id, ready.check({**twin.value, name: number}, facts).findings)

    probes = [1, *(10**power for power in range(1, 10))]
    good = next((n for n in probes if not ready.check({**twin.value, name: n}, facts).errors), None)
    bad = next((probe for probe in probes if violates(probe)), None)
    if good is None or bad is None:
        return ()
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if violates(middle):
            bad = middle
        else:
            good = middle
    return good, bad
