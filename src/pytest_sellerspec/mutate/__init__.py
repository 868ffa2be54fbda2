"""`--sellerspec-mutate`: when the suite is green, its tests run again while the marketplace is changed.

The tests run in worker processes, which collect them once (`worker.py`). This process plans what they
run, and reports.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_sellerspec import option
from pytest_sellerspec.mutate.command import shown, worker_command
from pytest_sellerspec.mutate.search import Searched, searched
from sellerspec.bulk.pool import cores
from sellerspec.contract.accepted import Entry
from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io.writing import make_folder, write
from sellerspec.mutate import accept
from sellerspec.mutate.conclusion import Conclusion, concluded
from sellerspec.mutate.report import render
from sellerspec.mutate.running.suite import time_limit
from sellerspec.mutate.settings import Settings, settings_of

MOST_NAMED = 5
"""Most tests that fail without mutation and are named."""


def settings(config: pytest.Config) -> Settings:
    """Return the settings of the options.

    Raises:
        pytest.UsageError: one of them is invalid.
    """
    mode = option(config, "mutate")
    try:
        if mode not in ("quick", "full"):
            raise UsageError(f"it is followed by `=quick`, `=full` or another option, not by `{mode[:60]}`")
        return settings_of(
            quick=mode == "quick",
            form=option(config, "mutate_format"),
            **{
                name.replace("-", "_"): option(config, f"mutate_{name.replace('-', '_')}")
                for name in ("only", "seed", "max-time", "fail-under", "accept", "reproduce", "output")
            },
            operations=option(config, "mutate_operation"),
        )
    except SellerspecError as error:
        raise pytest.UsageError(f"--sellerspec-mutate: {error}") from None


def accepted(settings: Settings) -> tuple[Entry, ...]:
    """Return the weaknesses and gaps that are accepted.

    Raises:
        pytest.UsageError: their file cannot be read.
    """
    try:
        return accept.read(settings.accept) if settings.accept else ()
    except SellerspecError as error:
        raise pytest.UsageError(f"--sellerspec-mutate-accept: {error}") from None


def workers(config: pytest.Config) -> int:
    """Return the number of workers.

    Raises:
        pytest.UsageError: it is no number greater than 0.
    """
    text = option(config, "mutate_workers")
    if not text:
        return cores()
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 256):
        raise pytest.UsageError("--sellerspec-mutate-workers is a number from 1 to 256")
    return int(text)


class Mutating:
    """The plugin of the run that mutates."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the options.

        Raises:
            pytest.UsageError: one of them is invalid.
        """
        self._config = config
        self._settings = settings(config)
        self._workers = workers(config)
        self._entries = accepted(self._settings)
        self._seconds: dict[str, dict[str, float]] = defaultdict(dict)
        """Test -> phase -> its seconds, of those that have neither failed nor were skipped."""

        self._not_green: set[str] = set()
        self._failed: list[str] = []
        self._code = 2
        self._lines: list[str] | None = None
        """For the end of the run; None until something is known."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests are green, and how long they take."""
        self._seconds[report.nodeid][report.when or ""] = report.duration
        if report.failed and report.nodeid not in self._failed:
            self._failed.append(report.nodeid)
        if report.outcome != "passed" or hasattr(report, "wasxfail"):
            self._not_green.add(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> "Iterator[None]":
        """Mutate when the tests have run, and all are green."""
        result = yield
        if not session.testsfailed:
            try:
                self._mutate()
            except SellerspecError as error:
                self._lines = [f"nothing was mutated: {error}"]
        return result

    def _mutate(self) -> None:
        green = [test for test in self._seconds if test not in self._not_green]
        with tempfile.TemporaryDirectory(prefix="sellerspec-mutate-", ignore_cleanup_errors=True) as folder:
            command = worker_command(self._config, Path(folder), sum(map(self._total, self._seconds)))
            found = searched(
                command, {test: self._limit(test) for test in green}, self._settings, self._workers,
                progress=self._progress(),
            )  # fmt: skip
        conclusion = accept.applied(self._concluded(found), self._entries)
        self._code = conclusion.exit_code
        shown = [line for test, text in found.shown.items() for line in (f"{test}:", *text.splitlines(), "")]
        self._lines = [*shown, *self._report(conclusion)]

    def _total(self, test: str) -> float:
        return sum(self._seconds[test].values())

    def _limit(self, test: str) -> float:
        """Return the seconds after which a test hangs; in a new worker it may set up what others use too."""
        setup = max((phases.get("setup", 0.0) for phases in self._seconds.values()), default=0.0)
        return time_limit(self._total(test) + setup)

    def _concluded(self, found: Searched) -> Conclusion:
        calls: dict[str, list[str]] = defaultdict(list)
        for test, operations in found.calls.items():
            for key in operations:
                calls[key].append(test)
        return concluded(
            found.result, found.planned, settings=self._settings, command=shown(self._config),
            calls={key: tuple(tests) for key, tests in sorted(calls.items())},
        )  # fmt: skip

    def _progress(self) -> Any:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None or not reporter.isatty:
            return None

        def progress(done: int, all: int) -> None:
            reporter.rewrite(f"sellerspec: {done} of {all} mutations have run", erase=True)

        return progress

    def _report(self, conclusion: Conclusion) -> list[str]:
        """Write the report to its file, if it has one; return the lines for the end of the run."""
        form, output = self._settings.form, self._settings.output
        if output is None:
            colour = form == "text" and bool(self._config.get_terminal_writer().hasmarkup)
            return render(form, conclusion, colour=colour).splitlines()
        path = self._config.invocation_params.dir / output
        make_folder(path.parent)
        write(path, render(form, conclusion))
        if self._config.getoption("sellerspec_mutate_wrapped"):  # who has called us prints the report
            return []
        return [
            *(f"{figure}" for figure in conclusion.figures),
            f"report on the mutations written to {output}",
        ]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Set the exit code: 1 if a limit is missed, 2 if nothing was mutated."""
        if self._lines is None:
            self._lines = [self._not_mutated()]
        if session.exitstatus in (0, 1, 5):
            own = int(session.exitstatus) if session.exitstatus == 1 else 0
            session.exitstatus = max(own, self._code)
        if not self._config.pluginmanager.hasplugin("terminalreporter"):
            sys.stdout.writelines(f"{line}\n" for line in self._lines)

    def _not_mutated(self) -> str:
        if not self._failed:
            return "nothing was mutated: the run was stopped"
        names = ", ".join(self._failed[:MOST_NAMED])
        more = f" and {len(self._failed) - MOST_NAMED} more" if len(self._failed) > MOST_NAMED else ""
        return f"nothing was mutated: the suite fails without a mutation, correct it first: {names}{more}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        if not self._lines:
            return
        terminalreporter.ensure_newline()
        terminalreporter.section("sellerspec mutate")
        for line in self._lines:
            terminalreporter.write_line(line)
