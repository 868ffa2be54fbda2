"""Every fault of a generated catalogue is found at its line, and nothing else; run by `make catalogue`.

usage: python benchmarks/_catalogue.py [LINES]     (1,000,000 by default: about 2.3 GB in a scratch folder)
"""

import subprocess
import sys
import tempfile
import time
from itertools import zip_longest
from pathlib import Path

import orjson

OPERATION = "tiki/createProduct"


def by_line(path: Path):
    """Yield line and the set of rule, severity and place that was reported or expected there."""
    line, held = 0, set()
    with path.open("rb") as stream:
        for finding in map(orjson.loads, stream):
            if finding["line"] != line and held:
                yield line, held
                held = set()
            line = finding["line"]
            held.add((finding["rule"], finding["severity"], finding["pointer"]))
    if held:
        yield line, held


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        catalogue, key, findings = (
            Path(folder) / name for name in ("catalogue.jsonl", "key.jsonl", "findings.jsonl")
        )
        sellerspec = [sys.executable, "-m", "sellerspec"]
        began = time.perf_counter()
        with catalogue.open("wb") as out:
            words = ("--count", str(count), "--broken", "0.1", "--seed", "7", "--key", str(key))
            subprocess.run([*sellerspec, "generate", OPERATION, *words], stdout=out, check=True)
        seconds, size = time.perf_counter() - began, catalogue.stat().st_size >> 20
        print(f"generated {count} lines, {size} MiB, in {seconds:.1f} s")
        wanted = ("--workers", "2", "--output", str(findings))
        done = subprocess.run(
            [*sellerspec, "check", str(catalogue), "--as", OPERATION, *wanted],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        print(done.stdout.replace(f"{catalogue}:", ""))
        faults, wrong = 0, 0
        for expected, seen in zip_longest(by_line(key), by_line(findings)):
            faults += len(expected[1]) if expected else 0
            if expected != seen:
                wrong += 1
                if wrong <= 3:
                    print(f"expected {expected}, found {seen}")
        print(f"{faults} faults; {wrong} lines where something else was found")
        return 0 if done.returncode == 1 and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
