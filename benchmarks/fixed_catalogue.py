"""A catalogue is fixed in at most 1.5 times the time of its check, in memory that does not grow with it.

usage: python benchmarks/fixed_catalogue.py [LINES]     (50,000 by default, 350 MB in a scratch folder; the
claim is about 1,000,000, 7 GB; the memory is compared with that for 10,000)

A tenth of the lines is broken. "Check" writes a summary, "fix" also all lines with their safe fixes; both
compare the lines with each other. "Seconds" are those of the processor for one process, of a clock for two.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bulk import MEMORY, OPERATION, memory

from sellerspec.bulk import How, Summary, check_files

BUDGET = 1.5
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
        fixed = folder / "fixed.jsonl"
        large, grown = memory(folder, count, "--fixed", str(fixed))
        ratios = [ratio(large, workers, fixed) for workers in (1, 2)]
        return 0 if max(ratios) <= BUDGET and grown <= MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
