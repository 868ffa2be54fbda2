"""The process of a worker: it hangs, dies, or cannot be told from one that does."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from pytest_sellerspec.mutate.messages import Order
from pytest_sellerspec.mutate.process import Command, Process, Stopped
from pytest_sellerspec.mutate.suite import Workers, WorkerSuite
from sellerspec.errors import SellerspecError
from sellerspec.mutate.running.suite import Failure
from support.plugin_runs import SRC

TESTS = """
import ctypes, os, signal, time
def test_green(): pass
def test_waits(): time.sleep(60)
def test_stands(): ctypes.PyDLL(None).sleep(60)  # no other thread of the process runs meanwhile
def test_exits(): os._exit(7)
def test_is_killed(): os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    arguments = (
        "-m",
        "pytest",
        "-p",
        "pytest_sellerspec",
        "--sellerspec-mutate-worker={fd}",
        "--basetemp={temp}",
    )
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(SRC)}
    return Command(arguments, tmp_path, environment, tmp_path / "workers", patience=60)


@pytest.fixture
def process(command: Command) -> Iterator[Process]:
    made = Process(command, 0)
    yield made
    made.kill()


@pytest.mark.parametrize(
    ("test", "how", "line", "at"),
    [
        ("test_waits", "hang", "the test did not end in time", "test_it.py:4"),
        ("test_stands", "hang", "the test did not end in time", ""),
        ("test_exits", "crash", "the process of the test ended with exit code 7", ""),
        ("test_is_killed", "crash", "the process of the test ended with the signal SIGKILL", ""),
    ],
)
def test_a_test_that_ends_its_process(process: Process, test: str, how: str, line: str, at: str) -> None:
    assert [item["test"] for item in process.collected()][:2] == [
        "test_it.py::test_green",
        "test_it.py::test_waits",
    ]
    limits = {"test_it.py::test_green": 60.0, f"test_it.py::{test}": 0.5}
    answer = process.run(Order((), limits))
    assert answer.died
    green, dead = answer.tested
    assert green.failures == ()
    assert dead.failures == (Failure(f"test_it.py::{test}", how, line, at),)  # type: ignore[arg-type]


def test_a_suite_goes_on_in_a_new_process(command: Command) -> None:
    names = [f"test_it.py::{name}" for name in ("test_exits", "test_green", "test_is_killed")]
    suite = WorkerSuite(Workers(command, dict.fromkeys(names, 60.0)))
    recorded = suite.record(names)
    suite.finish()
    assert [(test.test, [failure.how for failure in test.failures]) for test in recorded] == [
        (names[0], ["crash"]), (names[1], []), (names[2], ["crash"]),
    ]  # fmt: skip
    suite.close()
    suite.close()
    with pytest.raises(Stopped):
        suite.collected()


def test_a_worker_that_collects_for_too_long_is_ended(command: Command) -> None:
    (command.directory / "conftest.py").write_text("import time; print('waiting'); time.sleep(60)\n")
    slow = Command(command.arguments, command.directory, command.environment, command.temp, patience=1)
    with pytest.raises(SellerspecError, match="a worker could not collect the tests:"):
        Process(slow, 0).collected()


def test_a_run_that_is_stopped_from_outside(command: Command) -> None:
    suite = WorkerSuite(Workers(command, {"test_it.py::test_waits": 60.0}))
    suite.collected()
    timer = Timer(0.5, suite.close)
    timer.start()
    with pytest.raises(Stopped):
        suite.run((), ["test_it.py::test_waits"], until_red=False)
    timer.join()
