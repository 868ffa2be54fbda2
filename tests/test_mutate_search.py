"""The search for weaknesses and gaps: batches, halves, controls; any number of workers finds the same."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import fields
from typing import Any

import pytest

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.plan import planned
from sellerspec.mutate.planning.responses import control
from sellerspec.mutate.result import Result
from sellerspec.mutate.running.batches import batches, collide
from sellerspec.mutate.running.search import Search
from sellerspec.mutate.running.suite import Run, Suite
from sellerspec.mutate.running.verdict import controlled, counts
from support.mutated_suites import InProcess, Refused, Test
from support.sandboxes import Client

CODE = "419060832"
STATUSES = ("queueing", "seller_confirmed", "seller_canceled", "complete", "canceled", "picking")


def order(client: Client, code: str = CODE) -> Any:
    return client("GET", f"/v1/orders/{code}").json()


def total(client: Client) -> None:
    assert sum(item["price"] * item["qty"] for item in order(client)["items"]) == 240_000


def status(client: Client) -> None:
    if order(client)["status"] not in STATUSES:
        raise Refused("a status that the connector does not know")


def buyer(client: Client) -> None:
    assert order(client)["shipping"].get("name") != ""


def without_two_new_members(client: Client) -> None:
    seen = order(client)
    assert not ("new_member" in seen and "new_member" in (seen.get("payment") or {}))


def listed_orders(client: Client) -> None:
    for one in client("GET", "/v1/orders?limit=2").json()["data"]:
        seen = order(client, one["order_code"])
        assert seen.get("items")
        assert seen["note"] is not None


READING: Mapping[str, Test] = {
    "total": total, "status": status, "buyer": buyer, "without_two_new_members": without_two_new_members,
}  # fmt: skip
FOLLOWING: Mapping[str, Test] = {"listed_orders": listed_orders}


@pytest.fixture
def making() -> Iterator[Any]:
    """Returns a suite, whose sandbox is closed at the end."""
    made = []

    def make(tests: Mapping[str, Test]) -> InProcess:
        made.append(InProcess(tests))
        return made[-1]

    yield make
    for suite in made:
        suite.close()


def plan_of(calls: Any, *only: Any) -> tuple[Mutation, ...]:
    by_key: dict[str, list[Any]] = {}
    for operations in calls.values():
        for key, exchanges in operations.items():
            by_key.setdefault(key, []).extend(exchanges)
    return planned(by_key, only=only or ("response", "defect"))


def ids(result: Result) -> dict[str, list[str]]:
    """Return the ids of each list of a result."""
    return {
        "survived": [mutation.id for mutation in result.survived],
        "weak": [weakness.mutation.id for weakness in result.weaknesses if weakness.mutation],
        "noticed": [mutation.id for mutation in result.noticed],
        "gaps": [gap.mutation.id for gap in result.gaps],
        "not applied": [mutation.id for mutation in result.not_applied],
        "not run": [mutation.id for mutation in result.not_run],
    }


def one_by_one(suite: InProcess, calls: Any, mutations: Sequence[Mutation]) -> dict[str, list[str]]:
    """Return what `ids` must be: each mutation runs alone, with all tests that call its operation."""
    lists: dict[str, list[str]] = {name: [] for name in ids(Result())}
    for mutation in mutations:
        tests = [test for test, operations in calls.items() if mutation.key in operations]
        run = suite.run([mutation], tests, until_red=False)
        if mutation.id not in run.applied:
            lists["not applied"].append(mutation.id)
        elif mutation.family == "defect":
            lists["noticed" if run.failures else "gaps"].append(mutation.id)
        else:
            lists[
                "weak" if any(is_weak(suite, calls, mutation, f) for f in run.failures) else "survived"
            ].append(mutation.id)
    return lists


def is_weak(suite: InProcess, calls: Any, mutation: Mutation, failure: Any) -> bool:
    verdict = counts(mutation, failure)
    if verdict != "control":
        return verdict == "yes"
    other = control(mutation, calls[failure.test][mutation.key])
    run = suite.run([other], [failure.test], until_red=False) if other else None
    return controlled(mutation, failure, run if run and other and other.id in run.applied else None)


@pytest.mark.parametrize("tests", [READING, FOLLOWING], ids=["reading", "following"])
def test_batches_give_the_verdicts_of_each_mutation_alone(making: Any, tests: Mapping[str, Test]) -> None:
    suite = making(tests)
    calls = suite.calls()
    mutations = plan_of(calls)
    expected = one_by_one(suite, calls, mutations)
    suite.runs.clear()
    found = ids(Search(mutations, calls, control=control).run([suite]))
    assert found == expected
    assert sorted(id for listed in found.values() for id in listed) == sorted(
        mutation.id for mutation in mutations
    )
    judged = [run for run in suite.runs if ":other-value/" not in run[0][0]]
    assert len(judged) < len(mutations)  # what batches are for


def test_the_verdicts_name_the_place_and_the_test(making: Any) -> None:
    suite = making(READING)
    calls = suite.calls()
    result = Search(plan_of(calls), calls, control=control).run([suite])
    weak = {w.mutation.id.partition(":")[2]: w.failure for w in result.weaknesses if w.mutation}
    assert {id: (failure.test, failure.how) for id, failure in weak.items()} == {
        "unknown-value/status": ("status", "error"),
        "null/shipping": ("buyer", "crash"),
        "absent/shipping": ("buyer", "crash"),
        "empty-text/shipping/name": ("buyer", "assertion"),
        "null/items/*/price": ("total", "crash"),
        "absent/items/*/price": ("total", "crash"),
    }
    assert weak["absent/items/*/price"].line == "KeyError: 'price'"
    survived = set(ids(result)["survived"])
    # the test pins the sum: no other price, no empty list; of two new members each alone is survived
    for id in ("zero/items/*/price", "empty-list/items", "unknown-member/new_member", "null/note"):
        assert f"tiki/getOrder:{id}" in survived
    assert {"tiki/getOrder:missing/items/*/qty", "tiki/getOrder:renamed/items"} <= set(ids(result)["noticed"])
    gap = next(gap for gap in result.gaps if gap.mutation.place == "/warehouse_id")
    assert gap.tests == tuple(READING)


def test_workers_do_not_change_the_result(making: Any) -> None:
    results, runs = [], []
    for number in (1, 3):
        suites = [making(READING) for _ in range(number)]
        calls = suites[0].calls()
        results.append(Search(plan_of(calls), calls, control=control, seed=7).run(suites))
        runs.append(sorted(run for suite in suites for run in suite.runs))
        assert all(suite.runs for suite in suites)
    for field in fields(Result):
        assert getattr(results[0], field.name) == getattr(results[1], field.name)
    assert runs[0] == runs[1]


def test_a_seed_gives_the_same_runs_and_another_seed_another_order(making: Any) -> None:
    orders = []
    for seed in (1, 1, 2):
        suite = making(FOLLOWING)
        calls = suite.calls()
        Search(plan_of(calls, "response"), calls, control=control, seed=seed).run([suite])
        orders.append(suite.runs)
    assert orders[0] == orders[1] != orders[2]


def mutation(
    kind: str, place: str, outcome: Any = "same", operation: str = "getOrder", family: Any = "response"
) -> Mutation:
    return Mutation("tiki", operation, family, kind, "", "", outcome, place)


def test_what_collides_is_never_in_one_batch(making: Any) -> None:
    suite = making({**READING, **FOLLOWING})
    calls = suite.calls()
    mutations = plan_of(calls)
    tests = {
        key: [test for test, operations in calls.items() if key in operations]
        for key in {m.key for m in mutations}
    }
    made = batches(mutations, tests, seed=0)
    assert sorted(m.id for batch in made for m in batch) == sorted(m.id for m in mutations)
    for batch in made:
        assert len({m.outcome for m in batch}) == 1
        assert len(batch) == 1 or batch[0].family != "defect"
        assert not any(collide(one, other) for one in batch for other in batch if one is not other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/data", "/data/*/items", True),
        ("/data/*/items/*/price", "/data", True),
        ("", "/data", True),
        ("/data", "/data", True),
        ("/price", "/price_before", False),
        ("/a/b", "/a/c", False),
    ],
)
def test_a_place_collides_with_what_is_inside_it(one: str, other: str, expected: bool) -> None:
    assert collide(mutation("null", one), mutation("absent", other)) is expected
    assert not collide(mutation("null", one), mutation("null", other, operation="listOrders"))


def test_failures_that_end_a_test_run_alone_in_it() -> None:
    failing = [mutation("error", "", "failure", key) for key in ("a", "b", "c")]
    tests = {"tiki/a": ["t1"], "tiki/b": ["t1", "t2"], "tiki/c": ["t3"]}
    made = {frozenset(m.operation for m in batch) for batch in batches(failing, tests, seed=0)}
    assert made == {frozenset("ac"), frozenset("b")}


def test_what_the_time_does_not_reach_is_not_run(making: Any) -> None:
    suite = making(READING)
    calls = suite.calls()
    mutations = plan_of(calls)
    result = Search(mutations, calls, control=control, max_time=1e-9).run([suite])
    assert suite.runs == []
    assert result == Result(not_run=mutations)


class Broken:
    """A suite whose worker cannot run."""

    closed = False

    def run(self, mutations: Sequence[Mutation], tests: Sequence[str], *, until_red: bool) -> Run:
        raise KeyboardInterrupt

    def close(self) -> None:
        self.closed = True


def test_an_interrupt_closes_all_suites(making: Any) -> None:
    suite, broken = making(READING), Broken()
    suites: list[Suite] = [suite, broken]
    calls = suite.calls()
    with closing(suite), pytest.raises(KeyboardInterrupt):
        Search(plan_of(calls), calls, control=control).run(suites)
    assert (suite.closed, broken.closed) == (True, True)


def test_progress_ends_with_all(making: Any) -> None:
    suite = making(FOLLOWING)
    calls = suite.calls()
    mutations = plan_of(calls, "response")
    seen: list[tuple[int, int]] = []
    Search(mutations, calls, control=control, on_progress=lambda done, all: seen.append((done, all))).run(
        [suite]
    )
    assert seen[-1] == (len(mutations), len(mutations))
    assert seen == sorted(seen)
