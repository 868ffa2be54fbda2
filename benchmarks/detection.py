"""Each seeded defect of the sandbox, one at a time: does the fuzzer find it within 30 s, and how soon?

Goal: at least 95 % of them. With `--schemathesis` plain `schemathesis run` gets the same spec, the
same server and the same time; a defect counts as found by it if it reports a failure that it does
not report of the honest sandbox.

    python benchmarks/detection.py [--seconds 30] [--schemathesis] [--only tiki] [--defect ID]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sellerspec import contract, fuzz, sandbox
from sellerspec.fuzz.engine import document

GOAL = 0.95


def ours(marketplace: str, defect: str, seconds: float) -> tuple[str, int, float, str]:
    """Return phase, requests, seconds and what was found first; phase "" where nothing was."""
    begun = time.perf_counter()
    app = sandbox.app(marketplace, defects=[defect])
    result = fuzz.run(marketplace, app=app, seed=0, max_time=seconds, max_findings=1)
    taken = time.perf_counter() - begun
    if not result.findings:
        return "", result.requests, taken, ""
    first = result.findings[0]
    return first.phase, first.requests, first.seconds, f"{first.kind} {first.rule}".strip()


def theirs(marketplace: str, defects: list[str], seconds: float, folder: Path) -> tuple[set[str], int]:
    """Return the failures that plain schemathesis reports, by operation and code, and its requests."""
    file = folder / f"{marketplace}.json"
    file.write_text(json.dumps(document(marketplace)))
    with sandbox.run(marketplace, defects=defects) as box:
        headers = [part for name, value in box.headers.items() for part in ("-H", f"{name}: {value}")]
        report = folder / "report.ndjson"
        report.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", box.url, *headers,
             "--max-time", str(int(seconds)), "--seed", "1", "--continue-on-failure",
             "--report", "ndjson", "--report-ndjson-path", str(report)],
            capture_output=True, check=False, timeout=seconds * 3 + 60, cwd=folder,
        )  # fmt: skip
        requests = len(box.log())
    found = set()
    if report.exists():
        for line in report.read_text().splitlines():
            found |= _failures(json.loads(line))
    return found, requests


def _failures(value: object) -> set[str]:
    """Return label and code of each failed check in a line of schemathesis' report."""
    found: set[str] = set()
    stack = [(value, "")]
    while stack:
        each, label = stack.pop()
        if isinstance(each, dict):
            label = str(each.get("label") or label)
            if each.get("status") == "failure" and "name" in each:
                found.add(f"{label} {each['name']}")
            stack.extend((one, label) for one in each.values())
        elif isinstance(each, list):
            stack.extend((one, label) for one in each)
    return found


def main() -> None:
    """Print one line for each defect, and the shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--schemathesis", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--defect")
    chosen = parser.parse_args()
    total = found = plain = 0
    missed = []
    for marketplace in sandbox.NAMES:
        if chosen.only not in (None, marketplace):
            continue
        contract.contract(marketplace).rules()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            honest, _ = theirs(marketplace, [], chosen.seconds, folder) if chosen.schemathesis else (set(), 0)
            for id in sandbox.defects(marketplace):
                if chosen.defect not in (None, id):
                    continue
                phase, requests, seconds, what = ours(marketplace, id, chosen.seconds)
                total += 1
                found += bool(phase)
                line = f"{marketplace}/{id:32} "
                line += f"{phase:12} {requests:5} requests {seconds:5.1f} s  {what}" if phase else "NOT FOUND"
                if not phase:
                    missed.append(f"{marketplace}/{id}")
                if chosen.schemathesis:
                    failures, count = theirs(marketplace, [id], chosen.seconds, folder)
                    more = sorted(failures - honest)
                    plain += bool(more)
                    line += f" | schemathesis: {more[0] if more else 'not found'} ({count} requests)"
                print(line, flush=True)
    print(f"found {found} of {total} ({found / total:.0%}; goal {GOAL:.0%})")
    if chosen.schemathesis:
        print(f"plain schemathesis: {plain} of {total} ({plain / total:.0%})")
    if missed:
        print("missed:", ", ".join(missed))
    sys.exit(found / total < GOAL and chosen.defect is None)


if __name__ == "__main__":
    main()
