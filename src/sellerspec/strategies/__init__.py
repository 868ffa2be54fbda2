"""Hypothesis strategies that know the rules: payloads that keep all of them, payloads that break one.

A payload starts as one that is known to be good (or to break exactly one rule) and takes small
steps away from it: other names, prices and codes, members more or fewer, items more or fewer. A
step after which the contract says something else is not taken, so no draw is ever rejected and
every draw shrinks to a small payload.
"""

import copy
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from sellerspec import contract
from sellerspec.errors import MissingExtra, UsageError
from sellerspec.model import NO_FACTS, Exchange, Facts, Json, Severity
from sellerspec.strategies import shapes
from sellerspec.strategies.breaking import Broken, known, variants
from sellerspec.strategies.corpus import drop, examples, exchange_of, judged_call, places, size
from sellerspec.strategies.vary import varied
from sellerspec.strategies.words import Choice

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def payloads(operation: str, *, facts: Facts | None = None) -> "SearchStrategy[Json]":
    """Return a strategy of decoded request bodies that keep every rule: no error and no warning.

    Args:
        operation: `marketplace/operationId`; a webhook's too.
        facts: what the payloads must agree with too; by default they know of no facts.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it takes no JSON body, or no payload is known that agrees with the facts.
        MissingExtra: hypothesis is not installed.
    """
    first = good(operation, facts or NO_FACTS)
    schema = shapes.body_schema(operation)
    ready = contract.operation(operation)

    def keeps(value: Json) -> bool:
        return not ready.check(value, facts or NO_FACTS).findings

    return _strategy(lambda choice: varied(choice, first[choice.below(len(first))], schema, keeps))


def violating(rule: str) -> "SearchStrategy[Json]":
    """Return a strategy of decoded payloads that break exactly this rule.

    The only error they have is this rule's (the only finding, if the rule but warns). A rule that
    needs facts is broken under `facts_for(rule)`. Which operation the payloads are for says
    `operation_for(rule)`.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can break it, or it is about a call (`violating_exchanges`).
        MissingExtra: hypothesis is not installed.
    """
    chosen = _about_one(rule, is_call=False)
    schema = shapes.body_schema(chosen[0].operation)

    def drawn(choice: Choice) -> Json:
        start = chosen[choice.below(len(chosen))]
        return varied(choice, start.value, schema, start.breaks_only_this)

    return _strategy(drawn)


def violating_exchanges(rule: str) -> "SearchStrategy[Exchange]":
    """Return a strategy of whole calls that break exactly this rule: in query, headers or response.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can break it, or it is about payloads alone (`violating`).
        MissingExtra: hypothesis is not installed.
    """
    chosen = _about_one(rule, is_call=True)

    def drawn(choice: Choice) -> Exchange:
        start = chosen[choice.below(len(chosen))]
        part = ("response_body",) if isinstance(start.value.get("response_body"), dict | list) else ("url",)
        below = part if part == ("response_body",) else ("request_headers",)
        if not isinstance(start.value.get(below[0]), dict | list):
            return exchange_of(start.value)
        return exchange_of(varied(choice, start.value, None, start.breaks_only_this, below=below))

    return _strategy(drawn)


def facts_for(rule: str) -> Facts:
    """Return the facts under which the payloads of `violating(rule)` break the rule; often none.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can break it.
    """
    return _about_one(rule, is_call=not has_payloads(rule))[0].facts


def operation_for(rule: str) -> str:
    """Return the key of the operation that the payloads of `violating(rule)` are for.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can break it.
    """
    return _about_one(rule, is_call=not has_payloads(rule))[0].operation


def has_payloads(rule: str) -> bool:
    """Say whether a rule is about payloads (`violating`) rather than calls (`violating_exchanges`).

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing can break it.
    """
    return any(not variant.is_call for variant in variants(rule))


@cache
def _about_one(rule: str, *, is_call: bool) -> tuple[Broken, ...]:
    """Return what breaks a rule, all of one operation and under the same facts."""
    found = [variant for variant in variants(rule) if variant.is_call == is_call]
    if not found:
        other = "violating" if is_call else "violating_exchanges"
        what = "a call" if is_call else "a payload"
        raise UsageError(f"`{known(rule).id}` is not broken by {what} alone; use `{other}`")
    first = found[0]
    return tuple(each for each in found if each.operation == first.operation and each.facts == first.facts)


@cache
def _good_examples(operation: str) -> tuple[Json, ...]:
    found = [example.value for example in examples(operation) if example.valid and not example.is_call]
    found.sort(key=size)
    return tuple(found)


def good(operation: str, facts: Facts) -> tuple[Json, ...]:
    """Return payloads without any finding under these facts, the smallest first.

    Raises:
        UnknownName: there is no such operation.
        UsageError: it takes no JSON body, or no such payload is known.
    """
    ready = contract.operation(operation)
    fitting = [example for example in _good_examples(operation) if not ready.check(example, facts).findings]
    if not fitting:
        from sellerspec.contract.requirements.minimal import minimal

        _ = ready.body
        made = minimal(ready, facts)
        if made is None or any(
            finding.severity is Severity.ERROR for finding in ready.check(made, facts).findings
        ):
            raise UsageError(f"no payload of `{operation}` is known that these facts have nothing against")
        fitting = [made]
    return (_smallest(operation, fitting[0], facts), *fitting)


def _smallest(operation: str, value: Json, facts: Facts) -> Json:
    """Leave out what can be left out."""
    ready = contract.operation(operation)
    again = True
    while again:
        again = False
        for path in sorted(places(value), key=len):
            if not path:
                continue
            try:
                tried = drop(value, path)
            except (KeyError, IndexError, TypeError):
                continue
            if not ready.check(tried, facts).findings:
                value, again = tried, True
                break
    return value


class _Drawing:
    """Decisions that hypothesis draws."""

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
    "judged_call",
    "operation_for",
    "payloads",
    "violating",
    "violating_exchanges",
]
