"""Phases 1 and 3: the examples as they stand, and one violation after the other of each rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from sellerspec import contract
from sellerspec.contract.examples import Example, examples, valid_payloads
from sellerspec.fuzz.target import Target, parts_of
from sellerspec.fuzz.transport import Call
from sellerspec.io.records import encoded
from sellerspec.model import Facts, Json
from sellerspec.rules import Rule
from sellerspec.strategies.negatives import Negative, exactly, negatives, pairs

CREDENTIALS = ("authorization", "tiki-api")


def run_examples(target: Target, operations: tuple[str, ...]) -> None:
    """Send the valid examples of each operation, and what every operation can be asked."""
    for key in operations:
        for example in examples(key):
            if example.valid:
                for call in _calls(target, example):
                    target.send(call, certain=None if _sure(target, call) else False)
        _plain(target, key)


def _plain(target: Target, key: str) -> None:
    """Send the plain call, one that nobody signed, one that a stranger signed, and one without a body."""
    id = key.partition("/")[2]
    ready = contract.operation(key)
    body = _first_body(key)
    plain = target.call(id, body=body, query=target.scenario.query(target, id, {}))
    target.send(plain, certain=_sure(target, plain) if body is None else False)
    if ready.spec.security and target.headers:
        nobody = {name: each for name, each in plain.headers.items() if name.lower() not in CREDENTIALS}
        target.send(replace(plain, headers=nobody))
        stranger = {
            name: _strange(each) if name.lower() in CREDENTIALS else each
            for name, each in plain.headers.items()
        }
        call = replace(plain, headers=stranger)
        judged = target.session.send(call)
        target.session.expect(
            not judged.accepted,
            call,
            "stranger-accepted",
            "accepted with a token that nobody was given",
            got=judged.got,
        )
    if ready.spec.request is not None and ready.spec.request.schema is not None:
        for content in (b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"a":1,"a":2}'):
            target.send(
                target.call(
                    id, content=content, headers={**target.headers, "content-type": "application/json"}
                )
            )


def _strange(value: str) -> str:
    kind, space, _ = value.partition(" ")
    return f"{kind} INVENTED-BY-THE-FUZZER" if space else "INVENTED-BY-THE-FUZZER"


def _first_body(key: str) -> Json:
    return next(iter(valid_payloads(key)), None)


def _sure(target: Target, call: Call) -> bool:
    """Say whether a call names only things that the server has."""
    id = call.operation.partition("/")[2]
    named = {
        name: unquote(each) for name, each in target.path_of(call).items() if name not in target.scenario.path
    }
    return id in target.scenario.certain and all(
        str(target.scenario.live(target, id, name)) == each for name, each in named.items()
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that is about one rule."""

    call: Call
    keeps: bool = False
    """Whether it is the mended example of the rule."""


def run_rules(target: Target, operations: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Break each rule in several ways, and keep it; the easiest way of every rule comes first."""
    owner = contract.contract(target.marketplace)
    by_id: Mapping[str, Rule] = {rule.id: rule for rule in owner.rules()}
    chosen = [rule for rule in rules if by_id[rule].reads not in ("response", "exchange")]
    most = target.options.extent.variants
    waiting = {each: _attempts(target, by_id[each], operations, most) for each in chosen}
    while waiting:
        for id in list(waiting):
            # rules take turns, so that a short run has tried each at least once
            for _ in range(2):
                attempt = next(waiting[id], None)
                if attempt is None:
                    del waiting[id]
                    break
                _tried(target, id, attempt)
    covered = target.session.coverage
    left = [by_id[each] for each in chosen if not {each} <= covered.kept & covered.broken]
    if target.is_sandbox:
        _elsewhere(target, operations, left)


def _tried(target: Target, rule: str, attempt: Attempt) -> None:
    judged = target.send(attempt.call)
    if attempt.keeps and judged.accepted and all(each.rule != rule for each in judged.request):
        # some rules speak only of what breaks them: these are kept by what mends it
        target.session.coverage.kept.add(rule)


DAY = 86_400.0
DAYS = 3
"""How many days the clock of our sandbox is moved on for rules about time."""


def _elsewhere(target: Target, operations: tuple[str, ...], rules: list[Rule]) -> None:
    """Try again where our sandbox can be brought to: another seller, another day."""
    covered = target.session.coverage
    for rule in rules:
        for broken, twin in pairs(rule.id):
            for each in (broken, twin):
                if each is None or each.operation not in operations:
                    continue
                if target.scenario.arrange(target, each.facts, each.value):
                    for call in _calls(target, each, keep_path=each is broken and _breaks_path(rule, each)):
                        _tried(target, rule.id, Attempt(call, keeps=each is twin))
                    target.reset()
                    target.scenario.learn(target)
    timed = [each for each in rules if "now" in each.needs]
    for _ in range(DAYS):
        later = [each for each in timed if each.id not in covered.broken]
        if not later or not target.advance(DAY):
            break
        for rule in later:
            for attempt in _attempts(target, rule, operations, 1):
                _tried(target, rule.id, attempt)


def _attempts(target: Target, rule: Rule, operations: tuple[str, ...], most: int) -> Iterator[Attempt]:
    """Yield calls that break one rule, each in another way, and last the ones that keep it."""
    found = _spread(negatives(rule.id))
    twins = [twin for broken, twin in pairs(rule.id) if twin is not None and broken.operation in operations]
    sent = 0
    for each in found:
        if each.operation not in operations:
            continue
        for call in _violations(target, rule, each):
            yield Attempt(call)
            sent += 1
        if sent >= most:
            break
    if rule.reads == "path" and "order" in rule.needs:
        # only the state of the order that the path names can break it
        for order in target.known.get("orders", ())[:40]:
            for id in rule.on:
                yield Attempt(target.call(id, path={"order_code": order.get("order_code")}))
    for twin in twins[:2]:
        for call in _calls(target, twin):
            yield Attempt(call, keeps=True)
    for call in _boundary(target, rule, twins):
        yield Attempt(call)


def _spread(found: tuple[Negative, ...]) -> list[Negative]:
    """Order variants so that each way to break a rule comes once before any comes again."""
    first: dict[tuple[str, str], list[Negative]] = {}
    for each in found:
        first.setdefault((each.operation, each.change), []).append(each)
    ways = sorted(first.values(), key=lambda each: (_ORDER.get(each[0].change, 9), found.index(each[0])))
    return [way[place] for place in range(max(map(len, ways), default=0)) for way in ways if place < len(way)]


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
"""What is most often got wrong comes first."""


def _violations(target: Target, rule: Rule, broken: Negative) -> Iterator[Call]:
    for number, call in enumerate(_calls(target, broken, keep_path=_breaks_path(rule, broken))):
        if number == 0 or rule.needs:
            yield call


def _calls(target: Target, example: Example | Negative, *, keep_path: bool = False) -> Iterator[Call]:
    """Yield an example as calls that are about what this server has."""
    id, value = example.operation.partition("/")[2], example.value
    if contract.operation(example.operation).operation.webhook:
        return
    if not example.is_exchange:
        if not isinstance(value, dict | list):
            yield target.call(
                id, content=encoded(value) if not isinstance(value, str) else orjson.dumps(value)
            )
            return
        for path, body in target.scenario.retarget(target, id, value, example.facts)[:3]:
            yield target.call(id, body=body, path=path)
        return
    found, path, query = parts_of(target.marketplace, value["url"])
    if found and found != id and value["method"] == contract.operation(example.operation).operation.method:
        return
    live = (
        {}
        if keep_path
        else {
            name: target.scenario.live(target, id, name) for name in path if name not in target.scenario.path
        }
    )
    given = {**({n: unquote(v) for n, v in path.items()}), **{n: v for n, v in live.items() if v is not None}}
    asked = target.scenario.query(target, id, dict(parse_qsl(query, keep_blank_values=True)))
    repeated = len(parse_qsl(query, keep_blank_values=True)) != len(asked) and not target.scenario.query(
        target, id, {}
    )
    headers = _headers(target, value.get("request_headers", {}))
    body = value.get("request_body")
    contents: list[bytes | None] = [None]
    if isinstance(body, dict | list):
        contents = [
            orjson.dumps(each) for _, each in target.scenario.retarget(target, id, body, example.facts)[:1]
        ]
    elif body is not None:
        contents = [encoded(body)]
    method = contract.operation(example.operation).operation.method
    if value["method"].upper() != method:
        return
    for content in contents:
        call = target.call(
            id,
            path=given,
            content=content,
            headers=headers,
            raw_query=query if repeated else urlencode(asked, doseq=True),
        )
        if keep_path:
            # the path itself is what is wrong: it goes as it stands
            call = replace(call, path=_suffix(target.marketplace, value["url"]))
        yield call


def _breaks_path(rule: Rule, example: Example | Negative) -> bool:
    """Return whether it is the path of a call that violates a rule: the path is sent as it is then."""
    findings = example.findings(example.value) if isinstance(example, Negative) else example.report().findings
    return rule.reads == "path" or any(finding.pointer.startswith("/request/path") for finding in findings)


def _suffix(marketplace: str, url: str) -> str:
    """Return an example's URL below the address of the server."""
    for base in sorted(contract.contract(marketplace).spec.servers, key=len, reverse=True):
        if url.startswith(base + "/"):
            return url.removeprefix(base)
    return url.partition("://")[2].partition("/")[2].join(("/", "")) if "://" in url else url


def _headers(target: Target, given: Mapping[str, str]) -> dict[str, str]:
    """Return an example's headers with our own credentials where it has some."""
    mine = {name.lower(): each for name, each in target.headers.items()}
    out: dict[str, str] = {name: each for name, each in mine.items() if name not in CREDENTIALS}
    for name, value in given.items():
        own = mine.get(name.lower())
        out[name.lower()] = (
            own if own is not None and value.strip() and name.lower() in CREDENTIALS else value
        )
    return out


def _boundary(target: Target, rule: Rule, twins: list[Example]) -> Iterator[Call]:
    """Yield the two calls on either side of where a rule about a number begins to bite."""
    if rule.check is None or rule.reads != "body":
        return
    for twin in twins[:1]:
        if twin.is_exchange or not isinstance(twin.value, dict):
            continue
        id = twin.operation.partition("/")[2]
        for name, value in twin.value.items():
            if isinstance(value, int) and not isinstance(value, bool):
                call = target.call(id, body=twin.value)
                yield from _bisected(target, rule, id, twin.value, name, target.facts(call))


def _bisected(target: Target, rule: Rule, id: str, body: Json, name: str, facts: Facts) -> Iterator[Call]:
    ready = contract.contract(target.marketplace).operation(id)

    def breaks(number: int) -> bool:
        return exactly(rule.id, ready.check({**body, name: number}, facts).findings)

    def keeps(number: int) -> bool:
        return not ready.check({**body, name: number}, facts).errors

    probes = [1, *(10**power for power in range(1, 10))]
    good = next((probe for probe in probes if keeps(probe)), None)
    bad = next((probe for probe in probes if breaks(probe)), None)
    if good is None or bad is None:
        return
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if breaks(middle):
            bad = middle
        else:
            good = middle
    for number in (good, bad):
        yield target.call(id, body={**body, name: number})
