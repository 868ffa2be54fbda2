"""Budgets of catalogues: rates in that of only parsing, on one core and on two, and constant memory.

Lines without findings are checked at half the rate of parsing or faster; lines of which a tenth has
findings at 0.3. Two cores are 1.8 times as fast as one.

usage: python benchmarks/bulk.py [LINES]     (1,000,000 by default, 2.3 GB in a scratch folder; the memory
is compared with that for 10,000; with fewer lines the start of the workers counts for more)

A line is a generated product of about 2.3 KB. "Parse" reads the file and calls orjson.loads on each
line. "Check" reads, parses and checks each line; "with keys" also writes the members that are compared
between lines. The other tools check the same lines. jsonschema-rs, which answers yes or no and knows no
rules, is the lower limit of every check that uses it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from _ratios import best

from sellerspec import contract
from sellerspec.bulk import How, check_files
from sellerspec.bulk.checker import Checker
from sellerspec.bulk.generate import generate
from sellerspec.bulk.reading import chunks
from sellerspec.bulk.records import Folders

OPERATION = "tiki/createProduct"

BUDGETS = {0.0: 0.5, 0.1: 0.3}
MEMORY = 1.2
"""Fraction of broken lines -> least rate of the check, in that of parsing."""


def write(path: Path, count: int, broken: float) -> str:
    with path.open("wb") as out:
        out.writelines(text + b"\n" for text, _ in generate(OPERATION, count, broken=broken, seed=7))
        out.flush()
        os.fsync(out.fileno())  # pending writes would take time of the second core
    return str(path)


def timed(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def parse(name: str) -> None:
    with open(name, "rb") as stream:
        for line in stream:
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


def check_one_core(name: str, keys: Path | None = None) -> None:
    checker = Checker(How(OPERATION), Folders(keys))
    for chunk in chunks([name]):
        checker.check(chunk)


def check_with_keys(name: str, folder: Path) -> None:
    # a new folder, because overwriting the keys of an earlier round takes longer than writing them
    with tempfile.TemporaryDirectory(dir=folder) as keys:
        check_one_core(name, Path(keys))


def peak(name: str, workers: int, *more: str) -> int:
    """Return the peak memory, in bytes, of a run of the command, with more options, with its workers."""
    command = [
        sys.executable,
        "-m",
        "sellerspec",
        "check",
        name,
        "--as",
        OPERATION,
        "--workers",
        str(workers),
        *more,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(resident, family(process.pid))))
        time.sleep(0.01)
    return most


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        more = [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(descendant for child in {*map(int, children), *more} for descendant in family(child))]


def resident(pid: int) -> int:
    """Return the memory of a process; shared pages count in proportion."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def others(lines: list[bytes], folder: Path) -> None:
    """Print the lines per second of other tools, for lines that are JSON."""
    import jsonschema
    import jsonschema_rs
    from pydantic import BaseModel

    class Variant(BaseModel):
        sku: str
        price: int
        inventory_type: str
        quantity: int | None = None
        supplier: int | None = None
        option1: str | None = None
        option2: str | None = None

    class Product(BaseModel):
        category_id: int
        name: str
        description: str
        image: str
        images: list[str]
        option_attributes: list[str]
        variants: list[Variant]
        attributes: dict[str, object]
        market_price: int | None = None

    schema = contract.operation(OPERATION).spec.request.schema
    slow = jsonschema.Draft202012Validator(schema)
    quick = jsonschema_rs.Draft202012Validator(schema)
    few = lines[:200]
    rates = {
        "jsonschema, no rules": len(few)
        / timed(lambda: [list(slow.iter_errors(orjson.loads(x))) for x in few]),
        "jsonschema-rs, no rules": len(lines)
        / timed(lambda: [quick.is_valid(orjson.loads(x)) for x in lines]),
        "pydantic, types only": len(lines) / timed(lambda: [Product.model_validate_json(x) for x in lines]),
    }
    (folder / "schema.json").write_text(json.dumps(schema))
    files = []
    for number, line in enumerate(few):
        files.append(folder / f"{number}.json")
        files[-1].write_bytes(line)
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(folder / "schema.json")]
    subprocess.run([*command, str(files[0])], capture_output=True)  # writes its byte code
    rates["check-jsonschema, a file each"] = len(few) / timed(
        lambda: subprocess.run([*command, *map(str, files)], capture_output=True)
    )
    for name, rate in rates.items():
        print(f"  {name:<32} {rate:>10,.0f} lines/s")


def memory(folder: Path, count: int, *options: str) -> tuple[str, float]:
    """Return a catalogue of `count` lines, and its peak of memory in that of 10,000 lines.

    Call it before this process loads libraries, whose shared pages would count.
    """
    # workers find byte code, as in a project
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    large = write(folder / "many.jsonl", count, 0.1)
    small = write(folder / "few.jsonl", min(10_000, count // 10), 0.1)
    # the first run writes the byte code
    _, few, many = (peak(path, 2, *options) for path in (small, small, large))
    print(f"memory of all processes: {few >> 20} and {many >> 20} MiB: {many / few:.2f} (budget {MEMORY})")
    return large, many / few


def main(count: int) -> int:
    held = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, grown = memory(folder, count)
        some = min(count, 50_000)
        for broken, budget in BUDGETS.items():
            path = write(folder / f"{broken}.jsonl", some, broken)
            taken = best(
                {
                    "parse": lambda p=path: parse(p),
                    "check": lambda p=path: check_one_core(p),
                    "with keys": lambda p=path: check_with_keys(p, folder),
                },
                rounds=5,
            )
            parsed, checked, keyed = taken.values()
            rate = parsed / checked
            print(f"{broken:.0%} broken: parse {some / parsed:,.0f}, check {some / checked:,.0f} lines/s")
            print(f"  on one core: {rate:.2f} (budget {budget:.2f}); with keys {parsed / keyed:.2f}")
            held = held and rate >= budget
        lines = Path(folder / "0.0.jsonl").read_bytes().split(b"\n")[:5000]
        others(lines, folder)
        for across in (False, True):
            how = How(OPERATION, across=across)
            taken = best(
                {
                    "one core": lambda h=how: check_files([large], h, workers=1),
                    "two cores": lambda h=how: check_files([large], h, workers=2),
                },
                rounds=9,  # both cores are rarely idle at once
            )
            one, two = taken.values()
            kind = "with" if across else "without"
            print(f"runs {kind} comparison of lines: {count / one:,.0f} and {count / two:,.0f} lines/s"
                  f" on one and two cores: {one / two:.2f} (budget 1.8)")  # fmt: skip
            held = held and one / two >= 1.8
        return 0 if held and grown <= MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
