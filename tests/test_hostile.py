"""Hostile input ends with a reason; `make hostile` runs two thousand of it."""

from random import Random

import pytest

from sellerspec import sandbox
from support import hostile
from support.hostile_inputs import FAMILIES, Trial, trial


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(2 * len(FAMILIES)))
def test_a_hostile_input_ends_with_a_reason(seed: int) -> None:
    assert hostile.problem_of(trial(seed)) == ""


@pytest.mark.parametrize("marketplace", sandbox.NAMES)
def test_odd_requests_do_not_break_a_sandbox(marketplace: str) -> None:
    assert list(hostile.sandbox_problems(marketplace, 15, Random(1))) == []


def test_the_harness_notices_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object) -> None:
        raise LookupError("a fault")

    trial_ = Trial("payload", ("check", "x.json"), {"x.json": b"{}"})
    monkeypatch.setattr(hostile, "main", raising)
    assert hostile.problem_of(trial_).startswith("exit code 99: ")
    monkeypatch.setattr(hostile, "main", lambda *_: raise_exit(1))
    assert hostile.problem_of(trial_) == "exit code 1 without a finding"
    monkeypatch.setattr(hostile, "main", lambda *_: raise_exit(2))
    assert hostile.problem_of(trial_) == "exit code 2 without a reason"


def raise_exit(code: int) -> None:
    raise SystemExit(code)


@pytest.mark.no_cover
def test_twice_the_input_is_about_twice_the_work() -> None:
    assert {name: growth for name, growth in hostile.growths() if growth > hostile.GROWTH} == {}
