"""The body that a mutation changes, of a response or of a notice, and the report on another one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.contract import parts
from sellerspec.contract.call import named
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.route import Match
from sellerspec.io.pointers import split
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Json, Path, Report, Severity, pointer
from sellerspec.mutate.changes.edits import edited
from sellerspec.mutate.changes.places import ANY, occurrences
from sellerspec.mutate.mutation import Mutation
from sellerspec.openapi.spec import Body
from sellerspec.values import json_type

EXCEPTIONAL = frozenset(
    ("null", "absent", "unknown-member", "unknown-value", "number-as-text", "text-as-number", "given")
)
"""Kinds of which a schema may warn: such values are seen, or may be, although the sources say otherwise."""

LISTS = frozenset(("empty-list", "full-list", "other-order"))


class Allowed(NamedTuple):
    """What a mutation made of a body."""

    body: Json
    report: Report


@dataclass(frozen=True, eq=False)
class RecordedBody:
    """One exchange whose body can be changed: that of the response, or of a webhook's request."""

    ready: OperationContract
    exchange: Exchange
    body: Json
    """Decoded; `covering` shortens its lists."""

    whole: Json = field(repr=False)
    """The body as it was recorded."""

    match: Match = field(repr=False)
    facts: Facts = NO_FACTS

    @property
    def success(self) -> bool:
        """Whether it is a notice, or a response with a status of success."""
        return self.ready.operation.webhook or 200 <= (self.exchange.status or 0) < 300

    @property
    def spec(self) -> Body | None:
        """What the spec says of the body; None for a status that it does not have."""
        spec = self.ready.spec
        return spec.request if self.ready.operation.webhook else spec.response(self.exchange.status or 0)

    @property
    def schema(self) -> Json:
        """The schema of the body; None without."""
        return self.spec.schema if self.spec is not None else None

    @cached_property
    def examples(self) -> tuple[Json, ...]:
        """The documented bodies."""
        return tuple(self.spec.examples().values()) if self.spec is not None else ()

    @property
    def below(self) -> str:
        """What pointers of a report on the body begin with."""
        return "" if self.ready.operation.webhook else "/response/body"

    def check(self, body: Json) -> Report:
        """Return the report on the exchange with another body; of a webhook, on the body alone."""
        if self.ready.operation.webhook:
            return self.ready.check(body, self.facts)
        headers = {
            name: value
            for name, value in self.exchange.response_headers.items()
            if name.lower() != "content-encoding"
        }
        changed = replace(self.exchange, response_body=orjson.dumps(body), response_headers=headers)
        match = self.match
        return self.ready.check_exchange(changed, match.path, match.query, self.facts, request=False)

    @cached_property
    def report(self) -> Report:
        """The report on the body as it is."""
        return self.check(self.body)

    def allowed(self, mutation: Mutation) -> Allowed | None:
        """Return the body as a mutation makes it, if it changes anything and the contract allows that.

        Occurrences of the place that the contract does not let change stay as they are.
        """
        without: frozenset[Path] = frozenset()
        for _ in range(2):
            body = edited(self.body, mutation, without)
            if body is self.body:
                return None
            changed = occurrences(body, mutation.place, adding=True)
            report = self.check(body)
            refused = [finding for finding in report.findings if self._refuses(finding, mutation, changed)]
            if not refused:
                return Allowed(body, report)
            without = frozenset(path for path in changed if any(self.about(one, path) for one in refused))
            if not without:
                return None
        return None

    def about(self, finding: Finding, path: Path) -> bool:
        """Return whether a finding is about the value at a path or a part of it."""
        return f"{finding.pointer}/".startswith(f"{self.below}{pointer(path)}/")

    def _refuses(self, finding: Finding, mutation: Mutation, changed: Sequence[Path]) -> bool:
        """Return whether a finding shows that the contract does not allow the mutation.

        Of the warnings only new ones about the changed values do: that a response does not fit its
        request, that a list has an item twice, or that a value is not an ordinary one.
        """
        if finding.severity is Severity.ERROR:
            return True
        if mutation.kind == "unknown-value" or not any(self.about(finding, path) for path in changed):
            return False
        rule = self.ready.rule(finding.rule)
        if rule is None or rule.check is None:
            refuses = mutation.kind not in EXCEPTIONAL
        elif mutation.kind in LISTS:
            # the list, an item, or a member by which it is known
            refuses = any(len(split(finding.pointer)) <= self._depth(path) + 2 for path in changed)
        else:
            refuses = rule.reads == "exchange"
        return refuses and (finding.rule, _anywhere(finding)) not in self._known_warnings

    def _depth(self, path: Path) -> int:
        return len(split(self.below)) + len(path)

    @cached_property
    def _known_warnings(self) -> frozenset[tuple[str, str]]:
        """Rule and place of each warning about the body as it is."""
        return frozenset((finding.rule, _anywhere(finding)) for finding in self.report.warnings)


def _anywhere(finding: Finding) -> str:
    """Return the pointer of a finding, with `*` for the number of an item."""
    return pointer(tuple(ANY if step.isdecimal() else step for step in split(finding.pointer)))


def recorded_body(
    ready: OperationContract, exchange: Exchange, match: Match | None = None, facts: Facts = NO_FACTS
) -> RecordedBody | None:
    """Return an exchange with its decoded body; None if it has none that is JSON.

    Args:
        ready: the operation.
        exchange: a call of it, or a notice.
        match: path and query of the call, if they are known.
        facts: what the exchange cannot know.
    """
    webhook = ready.operation.webhook
    content = exchange.request_body if webhook else exchange.response_body
    headers = exchange.request_headers if webhook else exchange.response_headers
    if not content or (exchange.status is None and not webhook):
        return None
    body = parts.body_value(content, parts.lower(headers))
    if not isinstance(body, dict | list) or parts.unread(body):
        return None
    if match is None:
        match = named(ready, contract.contract(ready.operation.marketplace).routes, exchange).match
    return RecordedBody(ready, exchange, body, body, match, facts)


def covering(ready: OperationContract, exchanges: Sequence[Exchange]) -> tuple[RecordedBody, ...]:
    """Return exchanges of which each has something that the ones before lack, small ones first.

    That is a status, a place, a type of value, or a list with more than one item. Lists are shortened to
    the first items and those that have something new. An exchange with an error is left out: of its
    mutations nothing could be said.
    """
    seen: set[tuple[Step, ...]] = set()
    chosen: list[RecordedBody] = []
    for exchange in sorted(exchanges, key=_size):
        one = recorded_body(ready, exchange)
        known = set(seen)
        body, is_new = (None, False) if one is None else _shortened(one.body, (exchange.status,), known)
        if one is None or not is_new or not one.report.ok:
            continue
        seen = known
        short = replace(one, body=body)
        chosen.append(short if short.report.ok else one)
    return tuple(chosen)


def _size(exchange: Exchange) -> tuple[int, int, bytes]:
    body = exchange.response_body or exchange.request_body
    return len(body), exchange.status or 0, body


Step = str | int | None
FIRST = 2
"""Items of a list that are kept in any case, so that their order can change."""


def _shortened(value: Json, at: tuple[Step, ...], seen: set[tuple[Step, ...]]) -> tuple[Json, bool]:
    """Return a value without the items that show nothing new, and whether it shows something new."""
    here = (*at, json_type(value), min(len(value), FIRST) if isinstance(value, list) else None)
    is_new = here not in seen
    seen.add(here)
    if isinstance(value, dict):
        members = {name: _shortened(member, (*here, name), seen) for name, member in value.items()}
        short = {name: member for name, (member, _) in members.items()}
        return short, is_new or any(new for _, new in members.values())
    if isinstance(value, list):
        items = [_shortened(item, here, seen) for item in value]
        kept = [item for index, (item, new) in enumerate(items) if new or index < FIRST]
        return kept, is_new or any(new for _, new in items)
    return value, is_new
