"""Mutating the example connector: the whole run within 90 s, `=quick` within 15 s, on two cores.

The suite alone, `--sellerspec-mutate=quick` and `--sellerspec-mutate` run in turn, each as a process
of its own, in a copy of `examples/connector`. The ratios to the suite alone say what another suite
may expect. The twin of Tiki's Open API has a suite of its own, with two and a half times as many mutations.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TWIN = "tests/tiki_v2"
SUITES = {"first": ("tests", "--ignore", TWIN), "twin": (TWIN,)}
"""Name of a suite -> what pytest runs."""

BUDGETS = {
    "first": {"--sellerspec-mutate=quick": 15.0, "--sellerspec-mutate": 90.0},
    "twin": {"--sellerspec-mutate=quick": 30.0, "--sellerspec-mutate": 240.0},
}
"""Name of a suite -> option -> the most seconds of a run."""

COPIED = shutil.ignore_patterns("__pycache__", ".pytest_cache", "faults")


def run(folder: Path, *options: str) -> tuple[float, str]:
    """Return the seconds of one run, and what it has printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_sellerspec", "-p", "no:cacheprovider"]
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    begun = time.perf_counter()
    done = subprocess.run([*command, *options], cwd=folder, env=environment, capture_output=True, text=True)
    took = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return took, done.stdout


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(
            shutil.copytree(ROOT / "examples/connector", Path(scratch) / "connector", ignore=COPIED)
        )
        run(folder)  # what a first run prepares is there for the others too
        late = [name for name in SUITES if not in_time(folder, name)]
    return 1 if late else 0


def in_time(folder: Path, name: str) -> bool:
    """Run one suite alone and mutated; return whether each run was within its budget."""
    alone, _ = run(folder, *SUITES[name])
    print(f"{name + ': the suite alone':36}{alone:8.1f} s")
    late = False
    for option, budget in BUDGETS[name].items():
        took, printed = run(folder, *SUITES[name], option)
        label = f"{name}: {option}"
        print(f"{label:36}{took:8.1f} s {took / alone:8.1f} x   (budget {budget:.0f} s)")
        print(*re.findall(r"^(?:survived|noticed): .*", printed, re.MULTILINE), sep="\n")
        late = late or took > budget
    return not late


if __name__ == "__main__":
    raise SystemExit(main())
