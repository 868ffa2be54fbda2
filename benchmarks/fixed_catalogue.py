"""A catalogue is fixed in at most 1.5 times the time of its check, in memory that does not grow with it.

usage: python benchmarks/fixed_catalogue.py [LINES]     (50,000 by default, 350 MB in a scratch folder; the
claim is about 1,000,000, 7 GB; the memory is compared with that for 10,000)

There are two catalogues: the products, and as many short lines of new prices, where the fixes of a line
take long next to its check. A tenth of the lines is broken. "Check" writes a summary, "fix" also all lines
with their safe fixes; both compare the products with each other. "Seconds" are those of the processor for
one process, of a clock for two.
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
PRICES = "tiki/updateSku"


def prices(path: Path, count: int) -> str:
    """Write lines of new prices; half of the broken ones have a text, which is fixed, the others 0."""
    with path.open("w") as out:
        for number in range(count):
            price = ('"5000"', "0")[number // 10 % 2] if number % 10 == 9 else 5000 + number
            out.write(f'{{"price":{price},"quantity":{number % 100},"active":1}}\n')
    return str(path)


def seconds(operation: str, path: str, workers: int, fixed: Path | None) -> tuple[float, Summary]:
    clock = time.process_time if workers == 1 else time.perf_counter
    began = clock()
    summary = check_files([path], How(operation), workers=workers, fixed=fixed)
    return clock() - began, summary


def ratio(operation: str, path: str, workers: int, fixed: Path) -> float:
    """Return the time of a fix in that of the check before it: the median of some rounds."""
    ratios = []
    for _ in range(ROUNDS):
        check = seconds(operation, path, workers, None)[0]
        fix, summary = seconds(operation, path, workers, fixed)
        ratios.append(fix / check)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f} (budget {BUDGET})"
    rate = f"{summary.lines / fix:,.0f} lines/s, {summary.fixed} of {summary.lines} lines fixed"
    print(f"{operation}, {workers} processes: {rate}; in times of the check: {spread}")
    return median(ratios)


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fixed = folder / "fixed.jsonl"
        large, grown = memory(folder, count, "--fixed", str(fixed))
        catalogues = {OPERATION: large, PRICES: prices(folder / "prices.jsonl", count)}
        ratios = [
            ratio(operation, path, workers, fixed)
            for operation, path in catalogues.items()
            for workers in (1, 2)
        ]
        return 0 if max(ratios) <= BUDGET and grown <= MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
