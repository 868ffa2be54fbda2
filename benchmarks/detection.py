"""Each seeded defect of the sandbox, one at a time: does the fuzzer find it within 30 s, and how soon?

Goal: at least 95 % of them. With `--schemathesis` plain `schemathesis run` gets the same spec, the
same server and the same time; a defect counts as found by it at the first failure that it does not
report of the honest sandbox, in any of three runs. Both stop there. A line says who found what, by
which phase, after how many requests and seconds.

    python benchmarks/detection.py [--seconds 30] [--schemathesis] [--only tiki] [--defect ID]
                                   [--to detection.jsonl]

With `--to` each line is written as soon as it is known, and a run that was broken off goes on where
it ended.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sellerspec import contract, fuzz, sandbox
from sellerspec.fuzz.engine import document

GOAL = 0.95
HONEST = (1, 2, 3)
"""Seeds with which schemathesis looks at the honest sandbox: one run does not report all that it could."""

LOOK = 0.25
"""Seconds between two looks at schemathesis' report."""


def ours(marketplace: str, defect: str, seconds: float) -> dict[str, Any]:
    """Return whether and how our fuzzer finds a defect."""
    begun = time.perf_counter()
    app = sandbox.app(marketplace, defects=[defect])
    result = fuzz.run(marketplace, app=app, seed=0, max_time=seconds, max_findings=1)
    if not result.findings:
        return {"found": False, "requests": result.requests, "seconds": time.perf_counter() - begun}
    first = result.findings[0]
    what = f"{first.kind} {first.rule}".strip()
    return {"found": True, "phase": first.phase, "requests": first.requests, "seconds": first.seconds,
            "what": what}  # fmt: skip


def theirs(
    marketplace: str, defects: list[str], seconds: float, folder: Path, honest: set[str] | None, seed: int = 1
) -> tuple[set[str], dict[str, Any]]:
    """Run plain schemathesis; return its failures, and whether one is not among `honest`.

    It is stopped at the first such failure; None lets it run to its end.
    """
    file, report = folder / f"{marketplace}.json", folder / "report.ndjson"
    file.write_text(json.dumps(document(marketplace)))
    report.unlink(missing_ok=True)
    with sandbox.run(marketplace, defects=defects) as box:
        headers = [part for name, value in box.headers.items() for part in ("-H", f"{name}: {value}")]
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", box.url, *headers,
             "--max-time", str(int(seconds)), "--seed", str(seed), "--continue-on-failure",
             "--report", "ndjson", "--report-ndjson-path", str(report)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        failures: set[str] = set()
        phases: dict[str, str] = {}
        ends = begun + seconds * 2 + 60
        try:
            over = False
            while not over and (honest is None or not failures - honest):
                over = process.poll() is not None or time.perf_counter() > ends
                time.sleep(0 if over else LOOK)
                failures, phases = _reported(report)
            taken, requests = time.perf_counter() - begun, len(box.log())
        finally:
            process.terminate()
            process.wait(10)
    new = sorted(failures - (honest or set()))
    if not new:
        return failures, {"found": False, "requests": requests, "seconds": taken}
    return failures, {"found": True, "phase": phases.get(new[0], ""), "requests": requests, "seconds": taken,
                      "what": new[0]}  # fmt: skip


def _reported(report: Path) -> tuple[set[str], dict[str, str]]:
    """Return operation and name of each failed check, and the phase that it was seen in."""
    phases: dict[str, str] = {}
    # only a line feed ends a line: fuzzed text in it has every other character that could
    for line in report.read_bytes().split(b"\n") if report.exists() else ():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the last line is being written
        for failure, phase in _failures(event):
            phases.setdefault(failure, phase)
    return set(phases), phases


def _failures(value: object) -> Iterator[tuple[str, str]]:
    """Yield label and code of each failed check in a line of schemathesis' report, with the phase."""
    stack = [(value, "", "")]
    while stack:
        value, label, phase = stack.pop()
        if isinstance(value, dict):
            label = str(value.get("label") or label)
            phase = value["phase"] if isinstance(value.get("phase"), str) else phase
            if value.get("status") == "failure" and "name" in value:
                yield f"{label} {value['name']}", phase
            stack.extend((one, label, phase) for one in value.values())
        elif isinstance(value, list):
            stack.extend((one, label, phase) for one in value)


def shown(one: dict[str, Any]) -> str:
    """Return one tool's half of a line."""
    spent = f"{one['requests']:5} requests {one['seconds']:5.1f} s"
    return f"{one['phase']:12} {spent}  {one['what']}" if one["found"] else f"{'NOT FOUND':12} {spent}"


def rows(chosen: argparse.Namespace, known: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a row for each defect; those known already are not run again."""
    for marketplace in sandbox.NAMES:
        wanted = [
            id
            for id in sandbox.defects(marketplace)
            if chosen.only in (None, marketplace) and chosen.defect in (None, id)
        ]
        if all(f"{marketplace}/{id}" in known for id in wanted):
            yield from (known[f"{marketplace}/{id}"] for id in wanted)
            continue
        contract.contract(marketplace).rules()
        with tempfile.TemporaryDirectory() as name:
            honest: set[str] = set()
            for seed in HONEST if chosen.schemathesis else ():
                honest |= theirs(marketplace, [], chosen.seconds, Path(name), None, seed)[0]
            for id in wanted:
                key = f"{marketplace}/{id}"
                if key in known:
                    yield known[key]
                    continue
                row: dict[str, Any] = {"defect": key, "ours": ours(marketplace, id, chosen.seconds)}
                if chosen.schemathesis:
                    _, row["schemathesis"] = theirs(marketplace, [id], chosen.seconds, Path(name), honest)
                yield row


def main() -> None:
    """Print one line for each defect, and the shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--schemathesis", action="store_true")
    parser.add_argument("--only", choices=sandbox.NAMES)
    parser.add_argument("--defect")
    parser.add_argument("--to", type=Path)
    chosen = parser.parse_args()
    known: dict[str, dict[str, Any]] = {}
    if chosen.to is not None and chosen.to.exists():
        for line in chosen.to.read_text().splitlines():
            row = json.loads(line)
            if not chosen.schemathesis or "schemathesis" in row:
                known[row["defect"]] = row
    table = []
    for row in rows(chosen, known):
        table.append(row)
        print(f"{row['defect']:40} {shown(row['ours'])}", flush=True)
        if "schemathesis" in row:
            print(f"{'  schemathesis':40} {shown(row['schemathesis'])}", flush=True)
        if chosen.to is not None and row["defect"] not in known:
            with chosen.to.open("a") as file:
                file.write(json.dumps(row) + "\n")
    if not table:
        sys.exit(f"no defect of that name: {chosen.defect}")
    sys.exit(summed(table, chosen))


def summed(table: list[dict[str, Any]], chosen: argparse.Namespace) -> int:
    """Print the shares; return 1 where the goal is missed."""
    for tool in ("ours", "schemathesis") if chosen.schemathesis else ("ours",):
        hits = [row[tool] for row in table if row[tool]["found"]]
        phases = Counter(hit["phase"] for hit in hits)
        print(f"{tool}: found {len(hits)} of {len(table)} ({len(hits) / len(table):.0%}); by phase: "
              + ", ".join(f"{name} {count}" for name, count in phases.most_common()))  # fmt: skip
        if hits:
            middle = sorted(hit["requests"] for hit in hits)[len(hits) // 2]
            print(f"  median {middle} requests, "
                  f"{sorted(hit['seconds'] for hit in hits)[len(hits) // 2]:.1f} s")  # fmt: skip
    missed = [row["defect"] for row in table if not row["ours"]["found"]]
    print(f"goal {GOAL:.0%}; missed: {', '.join(missed) or '-'}")
    return int(chosen.defect is None and len(missed) / len(table) > 1 - GOAL)


if __name__ == "__main__":
    main()
