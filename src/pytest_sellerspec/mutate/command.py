"""The command of a worker: the user's own pytest, with what would disturb it switched off."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from pytest_sellerspec.mutate.process import Command

OPTION = "--sellerspec-mutate"

ALWAYS = (
    f"{OPTION}-worker={{fd}}", "--basetemp={temp}", "--tb=native", "--maxfail=0", "--capture=fd",
    "--sellerspec-no-cov",
)  # fmt: skip
"""Options that every worker has."""

OF_PLUGINS = {"numprocesses": "-n0", "no_cov": "--no-cov", "timeout": "--timeout=0"}
"""Setting of pytest-xdist, pytest-cov and pytest-timeout -> what switches it off in a worker.

Each worker is one process, nobody reads its coverage, and it watches the time itself.
"""

NOT_PASSED_ON = ("COV_CORE_", "COVERAGE_PROCESS_", "PYTEST_XDIST_", "PYTEST_CURRENT_TEST")
"""Beginnings of the environment variables that belong to this process."""

PATIENCE = 60.0
"""Seconds to collect the tests, and for what a worker says next, at least."""


def worker_command(config: pytest.Config, temp: Path, seconds: float) -> Command:
    """Return how workers start.

    Args:
        config: of the run.
        temp: folder for the files of the workers.
        seconds: that all tests took.
    """
    given = list(map(str, config.invocation_params.args))
    cut = given.index("--") if "--" in given else len(given)
    arguments = [*given[:cut], *ALWAYS, *_of_plugins(config), *given[cut:]]
    here = str(config.invocation_params.dir)
    safe = (
        [] if {"", here} & set(sys.path) else ["-P"]
    )  # `python -m pytest` finds modules here, `pytest` does not
    environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
    return Command(
        (*safe, "-m", "pytest", *arguments), config.invocation_params.dir, environment, temp,
        patience=PATIENCE + seconds,
    )  # fmt: skip


def _of_plugins(config: pytest.Config) -> list[str]:
    options = [text for name, text in OF_PLUGINS.items() if hasattr(config.option, name)]
    seed = getattr(config.option, "randomly_seed", None)
    if isinstance(seed, int):  # of pytest-randomly: the same data in each process
        options.append(f"--randomly-seed={seed}")
    if config.getoption("log_file", None) or config.getini("log_file"):
        options.append(f"--log-file={os.devnull}")
    return options


def shown(config: pytest.Config) -> str:
    """Return what follows `sellerspec mutate`: the command as it was typed, without our own options."""
    given = [str(argument) for argument in config.invocation_params.args]
    return shlex.join(["--", "pytest", *(text for text in given if not text.startswith(OPTION))])
