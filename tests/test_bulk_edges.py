"""What seldom happens to a catalogue: empty files, giant lines, dead workers, missing libraries."""

import gzip
import json
import multiprocessing
import os
import pty
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from sellerspec import bulk
from sellerspec.bulk import faults, reading, scanning
from sellerspec.bulk.generate import generate
from sellerspec.bulk.keys import Keys
from sellerspec.bulk.pool import cores
from sellerspec.contract.examples import Example
from sellerspec.errors import MissingExtra, ParseError, SellerspecError, UsageError
from support.command_line import run
from support.killed_runs import killed_run
from support.plugin_runs import EXAMPLES

CREATE, PRICE = "tiki/createProduct", "tiki/updateSku"
PAYLOAD = json.dumps(
    json.loads((EXAMPLES / "tiki/createProduct/valid/documented-simple.json").read_bytes())
).encode()


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_line_or_value_that_json_cannot_hold_is_a_finding_and_the_rest_goes_on() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    lines = [json.dumps(deep).encode(), deep, {"price": {1, 2}}, b'{"price": 1}']
    findings = [line.report.findings for line in bulk.check_lines(lines, PRICE)]
    assert [[finding.rule for finding in some] for some in findings] == [["sellerspec.line-readable"]] * 3 + [
        []
    ]
    assert findings[0][0].message == "not JSON: nested deeper than 254 levels, at column 255"


def test_A6_a_catalogue_without_a_payload_is_not_judged(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    whole.write_bytes(PAYLOAD + b"\n")
    empty = (
        ("a.jsonl", b""),
        ("a.json", b" [ ] "),
        ("b.jsonl", b"\n \n\n"),
        ("a.jsonl.gz", gzip.compress(b"")),
    )
    for name, data in empty:
        path = tmp_path / name
        path.write_bytes(data)
        problem = f"{path}: no payload in it, so nothing was judged; if that is meant, leave it out"
        for names, lines in (([path], 0), ([whole, path], 1)):
            summary = bulk.check_files([*map(str, names)], bulk.How(CREATE), workers=1)
            assert (summary.ok, summary.lines, [*map(str, summary.unread)]) == (False, lines, [problem]), name
        done = run("check", whole, path, "--as", CREATE)
        assert (done.exit_code, f"error: {problem}" in done.stderr) == (2, True), name


def test_a_worker_that_dies_ends_the_run_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LEAST", 1 << 16)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"price": 1}\n' * 30_000)  # six chunks
    killed: list[int] = []

    def kill(progress: bulk.Progress) -> None:
        for child in multiprocessing.active_children() if not killed else ():
            killed.append(child.pid or 0)
            child.kill()

    with pytest.raises(SellerspecError, match="a worker died; `--resume` goes on"):
        bulk.check_files([str(path)], bulk.How(PRICE), workers=2, watch=kill)
    summary = bulk.check_files([str(path)], bulk.How(PRICE), workers=1, resume=True)
    assert (summary.accepted, summary.refused) == (30_000, 0)
    assert killed
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the list of processes is Linux's")
def test_workers_end_with_a_killed_run(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"price": 1}\n' * 500_000)
    workers = killed_run(path, PRICE, {"output": tmp_path / "o.jsonl"})
    assert len(workers) >= 2
    for _ in range(500):
        if not any(map(_runs, workers)):
            return
        time.sleep(0.02)
    pytest.fail("a worker outlived the run")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_journal_cut_before_its_line_feed_does_not_count_that_line(tmp_path: Path) -> None:
    path, out = tmp_path / "a.jsonl", tmp_path / "o.jsonl"
    path.write_bytes(b'{"price": 0}\n' * 3)
    with pytest.raises(bulk.Interrupted):
        bulk.check_files([str(path)], bulk.How(PRICE), workers=1, output=out, watch=_interrupt)
    journal = tmp_path / ".o.jsonl.sellerspec" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().removesuffix(b"\n"))
    bulk.check_files([str(path)], bulk.How(PRICE), workers=1, output=out, resume=True)
    assert [record["line"] for record in records(out)] == [1, 2, 3]
    again = bulk.check_files([str(path)], bulk.How(PRICE), workers=1, resume=True)  # nothing to go on from
    assert again.refused == 3


def _interrupt(progress: bulk.Progress) -> None:
    raise KeyboardInterrupt


def test_a_line_or_an_item_has_a_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr(reading, "MAX_ITEM", 20)
    monkeypatch.setattr(scanning, "MAX_ITEM", 20)
    long = b'{"a": "' + b"x" * 60 + b'"}'
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" + long)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"{}\n" + long))
    (tmp_path / "a.json").write_bytes(b"[{}," + long + b"]")
    for name, place in (("a.jsonl", "in one line"), ("a.jsonl.gz", "in one line"), ("a.json", "in one item")):
        *_, last = reading.chunks([str(tmp_path / name)], size=8)
        assert (last.kind, last.first, last.problem) == ("unread", 2, f"more than 20 bytes {place}")
    with pytest.raises(ParseError, match="a closing bracket without an opening one, after item 0"):
        list(scanning.items([b"[1}"]))


def test_a_folder_is_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(SellerspecError, match=r"a\.jsonl: not a file"):
        bulk.check_files([str(tmp_path / "a.jsonl")], bulk.How(PRICE))


@pytest.mark.parametrize("library", ["pyarrow", "duckdb", "zstandard"])
def test_without_its_library_it_says_what_to_install(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ("a.jsonl.zst" if library == "zstandard" else "a.jsonl")
    path.write_bytes(b"{}\n")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=rf"sellerspec\[bulk\].*{library}|{library}.*sellerspec\[bulk\]"):
        bulk.check_files([str(path)], bulk.How(CREATE), workers=1)


def test_items_over_several_lines_are_split_as_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'[\n{\n"price": 1\n},\n{"price":\n1,\n},\n{"price": 0}\n]')
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    bulk.check_files([str(path)], bulk.How(PRICE), workers=1, accepted=good, refused=bad)
    assert good.read_bytes() == b'{"price":1}\n'
    assert bad.read_bytes() == b'{"price": 1, }\n{"price": 0}\n'


@pytest.mark.no_cover
def test_findings_beyond_one_block_are_all_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"price": 0}\n' * 20_500)
    bulk.check_files([str(path)], bulk.How(PRICE), workers=1, output=tmp_path / "o.parquet")
    table = parquet.read_table(tmp_path / "o.parquet", columns=["line"])
    assert table.column("line").to_pylist() == list(range(1, 20_501))
    path.write_bytes(b'{"price": 0}\n' * 400)
    bulk.check_files([str(path)], bulk.How(PRICE), workers=1, output=tmp_path / "o.csv")
    assert len((tmp_path / "o.csv").read_bytes().splitlines()) == 401


def test_a_line_that_repeats_needs_one_before_it() -> None:
    lines = list(generate(CREATE, 200, broken=1.0, seed=2))
    repeated = [fault for _, own in lines for fault in own if fault.rule.startswith("sellerspec.catalogue")]
    clean = [number for number, (_, own) in enumerate(lines, 1) if not own]
    assert repeated
    assert len(clean) == 1
    assert clean[0] < min(fault.line for fault in repeated)
    with pytest.raises(UsageError, match="no example of a body"):
        next(generate("tiki/getOrder", 1))


def test_an_example_that_a_number_would_break_is_no_template(tmp_path: Path) -> None:
    long = Example(tmp_path / "long.json", CREATE)
    long.path.write_text(json.dumps({"name": "a" * 20}))

    def findings(value: Any) -> tuple[Any, ...]:
        from sellerspec.marketplaces.common import LINE_READABLE

        return (LINE_READABLE("too long", "/name"),) if len(value["name"]) > 25 else ()

    assert faults._template(findings, long, compared=True) is None
    assert faults._template(findings, long, compared=False) is not None


def test_keys_of_the_wrong_type_leave_those_of_the_right_type() -> None:
    keys = Keys(0)
    for number, name in enumerate(("first", 2, "third"), 1):
        keys.add_clean(number, {"name": name, "category_id": 1 << 70, "image": "i", "variants": []})
    products, _ = keys.tables()
    assert products.column("name").to_pylist() == ["first", None, "third"]
    assert products.column("category").to_pylist() == [None] * 3


@pytest.fixture
def priced(tmp_path: Path) -> Path:
    """A JSON array that is large enough to be read as a stream."""
    path = tmp_path / "large.json"
    path.write_bytes(b'[{"price": 1},' + b" " * (8 << 20) + b'{"price": 0}]')
    return path


def test_a_large_array_is_a_catalogue_and_a_small_one_is_not(priced: Path, tmp_path: Path) -> None:
    done = run("check", priced, "--as", PRICE, "--workers", "1", "--listing-price", "1")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{PRICE}: 2 lines in ")
    (tmp_path / "object.json").write_bytes(b'{"price": 1' + b" " * (8 << 20) + b"}")
    (tmp_path / "small.json").write_bytes(b'{"price": 1}')
    for name in ("object.json", "small.json"):
        done = run("check", tmp_path / name, "--as", PRICE)
        assert (done.exit_code, " lines in " in done.stdout) == (0, False), name


def test_an_operation_is_recognised_by_the_first_line_that_can_be_read(tmp_path: Path) -> None:
    good = next(text for text, _ in generate(CREATE, 1))
    path = tmp_path / "a.jsonl"
    path.write_bytes((b"{" + b"x" * (1 << 20) + b"\n") * 2 + good)
    done = run("check", path, "--format", "json", "--workers", "1", "--independent-lines")
    assert json.loads(done.stdout)["operation"] == CREATE
    path.write_bytes(b"{\n")
    assert "no line can be read; say --as OPERATION" in run("check", path).stderr


def test_a_terminal_sees_a_bar(priced: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        words = ["check", str(priced), "--as", PRICE, "--workers", "1"]
        status = subprocess.run(
            [sys.executable, "-m", "sellerspec", *words],
            stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm"},
        ).returncode  # fmt: skip
        os.set_blocking(ours, False)
        shown = ""
        with suppress(BlockingIOError):
            while True:  # a slow run draws more than one read takes
                shown += os.read(ours, 1 << 16).decode(errors="replace")
    finally:
        os.close(ours)
        os.close(theirs)
    assert status == 1
    assert "100 %" in shown
    assert "2 lines" in shown
