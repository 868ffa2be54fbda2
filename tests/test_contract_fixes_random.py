"""Fixes of random payloads with planted violations: they add nothing and touch nothing else.

Payloads come from the strategies of the project, webhooks included; what is planted are the slips of
connectors and sheets, which fixes are there for.
"""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec import Facts, strategies
from sellerspec.io.patches import patched
from sellerspec.io.pointers import drop, get, has, path_in, paths, put
from sellerspec.model import Json, Path
from test_strategies import BODIES, DRAWS, RULES

NEEDING = sorted(
    rule for rule in RULES if sellerspec.rule(rule).needs and strategies.has_payloads(rule)
)  # fmt: skip
FACTS = {rule: strategies.facts_for(rule) for rule in NEEDING}


def slips(value: Json) -> Iterator[Json]:
    """Yield a value as somebody may write it by mistake."""
    yield from (None, "", [value], {})
    if isinstance(value, bool):
        yield from (int(value), str(value))
    elif isinstance(value, int | float):
        yield from (
            str(value),
            f" {value}",
            f"{value:,}",
            float(value),
            f"{value}.00",
            f"{value}.000",
            -value,
        )
    elif isinstance(value, str):
        yield from (f" {value}\t", value.upper(), value.replace("_", "-"), value[:-1], f"{value}{value[-1:]}")
        yield from (value.replace(" ", "T"), f"{value}Z", value.replace("https", "http"), f"{value} 2.jpg")
        if value.isdecimal():
            yield int(value)
    elif isinstance(value, list):
        yield from (value + value[:1], value * 2, [*value, None, ""])


@st.composite
def planted(draw: st.DrawFn, payload: st.SearchStrategy[Json]) -> Json:
    """Draw a payload and plant up to five violations."""
    value = draw(payload)
    for _ in range(draw(st.integers(1, 5))):
        places = [path for path in paths(value) if path]
        if not places:
            break
        path: Path = draw(st.sampled_from(places))
        how = draw(st.integers(0, 5))
        if how == 0:
            value = drop(value, path)
        elif how == 1 and isinstance(path[-1], str):  # an unknown member, often a slip of a known one
            name = draw(st.sampled_from((path[-1] + "s", path[-1].upper(), path[-1][:-1], "surplus")))
            kept = get(value, path)
            value = put(drop(value, path), (*path[:-1], name), kept)
        else:
            value = put(value, path, draw(st.sampled_from(list(slips(get(value, path))))))
    return value


def kinds(report: sellerspec.Report) -> Counter[tuple[str, tuple[str, ...]]]:
    """Return the findings by rule and place, whatever the numbers of the items."""
    return Counter(
        (finding.rule, tuple(part for part in finding.pointer.split("/") if not part.isdecimal()))
        for finding in report.findings
    )


def hold(operation: str, payload: Json, facts: Facts | None, *, unsafe: bool) -> None:
    """Assert what is required of the fixes of a payload."""
    before = copy.deepcopy(payload)
    report = sellerspec.check(operation, payload, facts=facts)
    fixed = report.fixed(unsafe)
    assert repr(payload) == repr(before)
    assert kinds(fixed.report) <= kinds(report)
    assert fixed.report == sellerspec.check(operation, fixed.payload, facts=facts)
    now: Any = payload
    for finding, fix in fixed.applied:
        assert fix.safe or unsafe
        for step in fix.patch:
            is_named = finding.pointer in (step["path"], step.get("from"))
            assert is_named or not has(now, path_in(now, step["path"])), (finding, fix)
        now = patched(now, fix.patch)
    assert repr(now) == repr(fixed.payload)
    again = fixed.report.fixed(unsafe)
    assert (again.applied, repr(again.payload)) == ((), repr(fixed.payload))
    other = sellerspec.check(operation, payload, facts=facts, engine="jsonschema").fixed(unsafe)
    assert (other.applied, repr(other.payload)) == (fixed.applied, repr(fixed.payload))
    strict = sellerspec.check(operation, payload, facts=facts, strict=True).fixed(unsafe)
    assert repr(strict.payload) == repr(fixed.payload)
    assert not strict.report.warnings
    assert kinds(strict.report) == kinds(fixed.report)


def run(payloads: st.SearchStrategy[Json], operation: str, facts: Facts | None, draws: int) -> None:
    @settings(
        max_examples=draws, database=None, deadline=None, derandomize=not DRAWS,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(planted(payloads), st.booleans())
    def holds(payload: Json, unsafe: bool) -> None:
        assume(not isinstance(payload, str))  # a text is read as JSON
        hold(operation, payload, facts, unsafe=unsafe)

    holds()


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", BODIES)
def test_fixes_of_planted_violations_add_nothing_and_touch_nothing_else(operation: str) -> None:
    run(strategies.payloads(operation), operation, None, max(DRAWS // len(BODIES), 25))


@pytest.mark.no_cover
@pytest.mark.parametrize("rule", NEEDING)
def test_the_same_with_facts(rule: str) -> None:
    draws = max(DRAWS // len(RULES), 4)
    run(strategies.violating(rule), strategies.operation_for(rule), FACTS[rule], draws)
