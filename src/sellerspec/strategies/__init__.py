"""Hypothesis strategies of payloads that satisfy every rule, and of payloads that violate one.

A draw starts from an example, or from a derived payload that violates exactly one rule, and takes
small steps away from it: other names, prices and codes, more or fewer members and items. A step
that changes the verdict of the contract is not taken, so no draw is rejected and every draw
shrinks to a small payload.
"""

import copy
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from sellerspec import contract
from sellerspec.contract.examples import valid_payloads
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.requirements.minimal import minimal, shrunk
from sellerspec.errors import MissingExtra, UsageError
from sellerspec.io.pointers import has, item_path, path_in, paths, size
from sellerspec.io.records import exchange
from sellerspec.model import NO_FACTS, Basis, Exchange, Facts, Json, Severity
from sellerspec.strategies import received, shapes
from sellerspec.strategies.negatives import Negative, checkable, negatives
from sellerspec.strategies.vary import varied
from sellerspec.strategies.words import Choice

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def payloads(operation: str, *, facts: Facts | None = None) -> "SearchStrategy[Json]":
    """Return a strategy of decoded request bodies that satisfy every rule, warnings included.

    Only a marketplace's notice may lack documented members, which our reading warns about: what no
    document promises, a receiver must not rely on.

    Args:
        operation: `marketplace/operationId`; a webhook's too.
        facts: facts under which the payloads are checked; none by default.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it takes no JSON body, or no valid payload is known under the facts.
        MissingExtra: hypothesis is not installed.
    """
    known = facts or NO_FACTS
    starts = good(operation, known)
    schema = shapes.body_schema(operation)
    ready = contract.operation(operation)

    def keeps(value: Json) -> bool:
        return fits(ready, value, known)

    known_values = shapes.known_values(operation)
    groups = _groups(starts)

    def drawn(choice: Choice) -> Json:
        group = groups[choice.below(len(groups))]
        start = starts[group[choice.below(len(group))]]
        return varied(choice, start, schema, keeps, known=known_values)

    return _strategy(drawn)


def responses(operation: str, *, status: int | None = None) -> "SearchStrategy[Json]":
    """Return a strategy of decoded response bodies, over the whole range that the contract allows.

    For property tests of code that reads responses. Members are null or absent where they may be;
    there are members that no document describes, unknown values of open lists, small and large
    numbers, texts of every kind, empty and long lists. Each body is a response without an error to
    some call of the operation; warnings are allowed, as for a documented member that is absent.

    Args:
        operation: `marketplace/operationId`.
        status: a documented HTTP status; by default that of the success.

    Raises:
        UnknownName: there is no such operation.
        UsageError: the response is no JSON, nothing documents the status, or the operation is a
            webhook (`notices`).
        MissingExtra: hypothesis is not installed.
    """
    return _received(received.response(operation, status))


def notices(webhook: str) -> "SearchStrategy[Json]":
    """Return a strategy of decoded notices, over the whole range that the contract allows.

    As `responses`, of what a marketplace sends to a webhook. `payloads` of a webhook draws notices
    without warnings, but for documented members that are absent.

    Raises:
        UnknownName: there is no such operation.
        UsageError: the operation is no webhook.
        MissingExtra: hypothesis is not installed.
    """
    if not contract.operation(webhook).operation.webhook:
        raise UsageError(f"`{webhook}` is no webhook; `responses` draws what the marketplace returns")
    return _received(received.notice(webhook))


def _received(possible: received.Received) -> "SearchStrategy[Json]":
    """Return a strategy of what a marketplace may send."""
    groups = _groups([start.body for start in possible.starts])

    def drawn(choice: Choice) -> Json:
        group = groups[choice.below(len(groups))]
        return received.varied(choice, possible, possible.starts[group[choice.below(len(group))]])

    return _strategy(drawn)


def _groups(starts: Sequence[Json]) -> list[tuple[int, ...]]:
    """Return the indices of all starts, then for each place that only some have those, equal groups once.

    A group is drawn first: what only one example has would else hardly ever be drawn.
    """
    with_place: dict[shapes.Place, dict[int, None]] = {}
    for index, start in enumerate(starts):
        for path in paths(start):
            with_place.setdefault(item_path(path), {})[index] = None
    return list(dict.fromkeys((tuple(range(len(starts))), *map(tuple, with_place.values()))))


def violating(rule: str) -> "SearchStrategy[Json]":
    """Return a strategy of decoded payloads that violate exactly this rule.

    This rule's errors are the only errors; if the rule is a warning, the only finding. A rule that
    needs facts is violated under `facts_for(rule)`. `operation_for(rule)` names the operation.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can violate it, or it is about an exchange (`violating_exchanges`).
        MissingExtra: hypothesis is not installed.
    """
    starts = _alike(rule, is_exchange=False)
    schema = shapes.body_schema(starts[0].operation)

    def drawn(choice: Choice) -> Json:
        start = starts[choice.below(len(starts))]
        return varied(choice, start.value, schema, start.violates_only_this)

    return _strategy(drawn)


def violating_exchanges(rule: str) -> "SearchStrategy[Exchange]":
    """Return a strategy of exchanges that violate exactly this rule: in query, headers or response.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can violate it, or a payload alone can (`violating`).
        MissingExtra: hypothesis is not installed.
    """
    starts = _alike(rule, is_exchange=True)

    def drawn(choice: Choice) -> Exchange:
        start = starts[choice.below(len(starts))]
        for member in ("response_body", "request_headers"):
            if isinstance(start.value.get(member), dict | list):
                keeps = start.violates_only_this
                return exchange(varied(choice, start.value, None, keeps, below=(member,)))
        return exchange(start.value)

    return _strategy(drawn)


def facts_for(rule: str) -> Facts:
    """Return the facts under which the payloads of `violating(rule)` violate the rule; often none.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can violate it.
    """
    return _alike(rule, is_exchange=not has_payloads(rule))[0].facts


def operation_for(rule: str) -> str:
    """Return the key of the operation that the payloads of `violating(rule)` are for.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can violate it.
    """
    return _alike(rule, is_exchange=not has_payloads(rule))[0].operation


def has_payloads(rule: str) -> bool:
    """Return whether payloads can violate a rule (`violating`), not only exchanges.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can violate it.
    """
    return any(not negative.is_exchange for negative in negatives(rule))


def fits(operation: OperationContract, value: Json, facts: Facts = NO_FACTS) -> bool:
    """Return whether a payload may be drawn: it has no finding, or is a notice that only lacks members."""
    findings = operation.check(value, facts).findings
    return not findings or (
        operation.operation.webhook
        and all(
            finding.severity is Severity.WARNING
            and finding.basis is Basis.INFERRED
            and not has(value, path_in(value, finding.pointer))
            for finding in findings
        )
    )


@cache
def _alike(rule: str, *, is_exchange: bool) -> tuple[Negative, ...]:
    """Return the violations of a rule in one operation and under the same facts."""
    known = [negative for negative in negatives(rule) if negative.is_exchange == is_exchange]
    if not known:
        other = "violating" if is_exchange else "violating_exchanges"
        what = "a call" if is_exchange else "a payload"
        raise UsageError(f"`{checkable(rule).id}` is not violated by {what} alone; use `{other}`")
    first = known[0]
    return tuple(
        negative
        for negative in known
        if negative.operation == first.operation and negative.facts == first.facts
    )


def good(operation: str, facts: Facts) -> tuple[Json, ...]:
    """Return payloads without a finding under these facts: a shrunk one, then examples by size.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it takes no JSON body, or no such payload is known.
    """
    ready = contract.operation(operation)
    fitting = [
        payload
        for payload in sorted(valid_payloads(operation), key=size)
        if not ready.check(payload, facts).findings
    ]
    if not fitting:
        _ = ready.body
        made = minimal(ready, facts)
        if made is None or ready.check(made, facts).errors:
            raise UsageError(f"no payload of `{operation}` is known that is valid under these facts")
        fitting = [made]
    return (shrunk(fitting[0], lambda tried: not ready.check(tried, facts).findings), *fitting)


class _Drawing:
    """Choices that Hypothesis draws."""

    def __init__(self, draw: Callable[["SearchStrategy[int]"], int]) -> None:
        self._draw = draw

    def below(self, limit: int) -> int:
        return self._draw(_numbers(limit))


@cache
def _numbers(limit: int) -> "SearchStrategy[int]":
    from hypothesis import strategies as st

    return st.integers(0, limit - 1)


def _strategy(make: Callable[[Choice], T]) -> "SearchStrategy[T]":
    try:
        from hypothesis import strategies as st
    except ModuleNotFoundError:
        raise MissingExtra("fuzz", "hypothesis") from None

    @st.composite
    def drawn(draw: Callable[["SearchStrategy[int]"], int]) -> T:
        return copy.deepcopy(make(_Drawing(draw)))

    return drawn()


__all__ = [
    "facts_for",
    "has_payloads",
    "notices",
    "operation_for",
    "payloads",
    "responses",
    "violating",
    "violating_exchanges",
]
