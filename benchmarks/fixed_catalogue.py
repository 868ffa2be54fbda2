"""A catalogue is fixed in at most 1.5 times the time of its check, in memory that does not grow with it.

usage: python benchmarks/fixed_catalogue.py [LINES]     (50,000 by default, 350 MB in a scratch folder; the
claim is about 1,000,000, 7 GB; the memory is compared with that for 10,000)

A tenth of the lines is broken. "Check" writes a summary, "fix" also all lines with their safe fixes; both
compare the lines with each other. "Seconds" are those of the processor for one process, of a clock for two.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bulk import OPERATION, peak, write

from sellerspec.bulk import How, Summary, check_files

BUDGET, MEMORY = 1.5, 1.2
ROUNDS = 5


def seconds(path: str, workers: int, fixed: Path | None) -> tuple[float, Summary]:
    clock = time.process_time if workers == 1 else time.perf_counter
    began = clock()
    summary = check_files([path], How(OPERATION), workers=workers, fixed=fixed)
    return clock() - began, summary


def ratio(path: str, workers: int, fixed: Path) -> float:
    """Return the time of a fix in that of the check before it: the median of some rounds."""
    ratios = []
    for _ in range(ROUNDS):
        check = seconds(path, workers, None)[0]
        fix, summary = seconds(path, workers, fixed)
        ratios.append(fix / check)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f} (budget {BUDGET})"
    rate = f"{summary.lines / fix:,.0f} lines/s, {summary.fixed} of {summary.lines} lines fixed"
    print(f"{workers} processes: {rate}; in times of the check: {spread}")
    return median(ratios)


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # workers find byte code, as in a project
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        large = write(folder / "many.jsonl", count, 0.1)
        small = write(folder / "few.jsonl", min(10_000, count // 10), 0.1)
        fixed = folder / "fixed.jsonl"
        # before this process loads libraries, whose shared pages would count; the first run writes the
        # byte code
        wanted = ("--fixed", str(fixed))
        _, few, many = (peak(path, 2, *wanted) for path in (small, small, large))
        print(
            f"memory of all processes: {few >> 20} and {many >> 20} MiB: {many / few:.2f} (budget {MEMORY})"
        )
        ratios = [ratio(large, workers, fixed) for workers in (1, 2)]
        return 0 if max(ratios) <= BUDGET and many / few <= MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
