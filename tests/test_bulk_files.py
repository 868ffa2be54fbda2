"""Catalogues: faults are found at their lines in every file format; an interrupted run is resumed."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

import sellerspec
from sellerspec import bulk
from sellerspec.bulk import reading
from sellerspec.bulk.generate import generate
from sellerspec.bulk.results import COLUMNS, safe
from sellerspec.bulk.scanning import items
from sellerspec.errors import ParseError, SellerspecError, UnknownName, UsageError
from support.command_line import run
from support.killed_runs import killed_run

CREATE = "tiki/createProduct"
HOW = bulk.How(CREATE)
Faults = set[tuple[int, str, str]]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Faults]:
    path = tmp_path_factory.mktemp("faulty") / "catalogue.jsonl"
    faults: Faults = set()
    with path.open("wb") as out:
        for line, own in generate(CREATE, 20_000, broken=0.1, seed=7):
            out.write(line + b"\n")
            faults.update((fault.line, fault.rule, fault.pointer) for fault in own)
    return path, faults


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def findings(path: Path) -> Faults:
    return {(record["line"], record["rule"], record["pointer"]) for record in records(path)}


def test_every_fault_is_found_at_its_line_and_nothing_else(
    faulty: tuple[Path, Faults], tmp_path: Path
) -> None:
    path, faults = faulty
    out = tmp_path / "findings.jsonl"
    summary = bulk.check_files([str(path)], HOW, workers=1, output=out)
    assert findings(out) == faults
    assert summary.lines == 20_000
    assert sum(summary.rules.values()) == len(faults)
    needs_facts = {rule.id for rule in sellerspec.rules(CREATE) if rule.needs}
    named = {example.name for example in Path(__file__).parent.glob(f"examples/{CREATE}/invalid/tiki.*.json")}
    bodies = {".".join(name.split(".")[:2]) for name in named if ".exchange." not in name} - needs_facts
    assert {rule for _, rule, _ in faults} >= bodies


@pytest.mark.no_cover
def test_processes_give_the_same_findings_in_the_same_order_as_one(
    faulty: tuple[Path, Faults], tmp_path: Path
) -> None:
    path, _ = faulty
    summaries = [
        bulk.check_files([str(path)], HOW, workers=workers, output=tmp_path / f"{workers}.jsonl")
        for workers in (1, 2)
    ]
    first: dict[str, list[tuple[int, str]]] = {}
    for record in records(tmp_path / "1.jsonl"):
        first.setdefault(record["rule"], []).append((record["line"], record["pointer"]))
    for summary in summaries:
        named = {rule: [place[1:] for place in places] for rule, places in summary.first.items()}
        assert named == {rule: places[:3] for rule, places in first.items()}
        assert summary.rules == {rule: len(places) for rule, places in first.items()}
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    places = [record["line"] for record in records(tmp_path / "1.jsonl")]
    assert places == sorted(places)


def test_a_killed_run_goes_on_and_gives_what_an_undisturbed_run_gives(
    faulty: tuple[Path, Faults], tmp_path: Path
) -> None:
    path, _ = faulty
    wanted = ("output", "accepted", "refused")

    def results(folder: Path) -> dict[str, Path]:
        return {option: folder / f"{option}.jsonl" for option in wanted}

    def command(folder: Path) -> list[str]:
        words = [str(word) for option, file in results(folder).items() for word in (f"--{option}", file)]
        return [
            sys.executable,
            "-m",
            "sellerspec",
            "check",
            str(path),
            "--as",
            CREATE,
            "--workers",
            "2",
            *words,
        ]

    killed, calm = tmp_path / "killed", tmp_path / "calm"
    killed.mkdir()
    calm.mkdir()
    journal = killed / ".output.jsonl.sellerspec" / "journal.jsonl"
    killed_run(path, CREATE, results(killed))
    chunks = journal.read_bytes().count(b"\n") - 1
    # what a chunk had written when it was killed
    (journal.parent / "findings" / f"{chunks:08}.jsonl").write_bytes(b'{"half a find')
    with journal.open("ab") as out:
        out.write(b'{"at": [99,')
    assert not (killed / "output.jsonl").exists()
    assert 1 <= chunks <= 2 < len(list(reading.chunks([str(path)])))
    resumed = subprocess.run([*command(killed), "--resume"], capture_output=True, text=True)
    undisturbed = subprocess.run(command(calm), capture_output=True, text=True)
    assert resumed.returncode == undisturbed.returncode == 1
    for option, file in results(killed).items():
        assert file.read_bytes() == results(calm)[option].read_bytes(), option
    assert resumed.stdout.splitlines()[1:] == undisturbed.stdout.splitlines()[1:]
    assert not journal.parent.exists()


def test_an_interrupted_run_says_where_it_stood(faulty: tuple[Path, Faults], tmp_path: Path) -> None:
    path, _ = faulty

    def interrupt(progress: bulk.Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(
        bulk.Interrupted, match=r"^interrupted after \d+ lines \(\d+ %\); go on with --resume$"
    ):
        bulk.check_files([str(path)], HOW, workers=1, output=tmp_path / "a.jsonl", watch=interrupt)
    seen: list[bulk.Progress] = []
    bulk.check_files([str(path)], HOW, workers=1, output=tmp_path / "a.jsonl", resume=True, watch=seen.append)
    assert seen[0].lines > 400  # the first chunk was not checked again
    assert seen[-1] == (path.stat().st_size, path.stat().st_size, 20_000)


def test_a_run_of_another_call_is_not_gone_on_with(small: Path, tmp_path: Path) -> None:
    def interrupt(progress: bulk.Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(bulk.Interrupted):
        bulk.check_files([str(small)], HOW, workers=1, output=tmp_path / "a.jsonl", watch=interrupt)
    with pytest.raises(UsageError, match="cannot resume: options changed"):
        bulk.check_files(
            [str(small)], bulk.How(CREATE, strict=True), output=tmp_path / "a.jsonl", resume=True
        )


@pytest.fixture
def lines() -> list[bytes]:
    return [text for text, _ in generate(CREATE, 300, broken=0.3, seed=1)]


@pytest.fixture
def small(lines: list[bytes], tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    path.write_bytes(b"\n".join(lines))  # no line feed at its end
    return path


def test_packed_files_and_arrays_say_the_same_as_lines(small: Path, tmp_path: Path) -> None:
    data = small.read_bytes()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(data))
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(data))
    array = b" [\n" + b" ,\n".join(data.split(b"\n")) + b"\n]\n"
    readable = b" [" + b",".join(part for part in data.split(b"\n") if _is_json(part)) + b"]"
    (tmp_path / "a.json").write_bytes(readable)
    assert array != readable
    bulk.check_files([str(small)], HOW, workers=1, output=tmp_path / "lines.jsonl")
    expected = findings(tmp_path / "lines.jsonl")
    for name in ("a.jsonl.gz", "a.jsonl.zst"):
        bulk.check_files([str(tmp_path / name)], HOW, workers=1, output=tmp_path / "findings.jsonl")
        assert findings(tmp_path / "findings.jsonl") == expected, name
    bulk.check_files([str(tmp_path / "a.json")], HOW, workers=1, output=tmp_path / "findings.jsonl")
    number = {
        line: n
        for n, line in enumerate((n for n, line in enumerate(data.split(b"\n"), 1) if _is_json(line)), 1)
    }
    assert findings(tmp_path / "findings.jsonl") == {
        (number[line], rule, at) for line, rule, at in expected if line in number
    }


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line.decode())
    except ValueError:
        return False
    return line.count(b'"name"') == 1


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_an_array_is_split_wherever_its_blocks_end(size: int) -> None:
    text = rb' [ {"a": "],{\"", "b": [1, [2]]} , 7,"x,]" ,nope, {"c":{}} ] '
    blocks = [text[at : at + size] for at in range(0, len(text), size)]
    found = list(items(blocks))
    assert b",".join(found) in text  # with the blanks around them
    assert [item.strip() for item in found] == [
        rb'{"a": "],{\"", "b": [1, [2]]}',
        b"7",
        b'"x,]"',
        b"nope",
        b'{"c":{}}',
    ]
    assert list(items([b"[", b" ]"])) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'{"a": 1}', "not a JSON array"),
        (b"", "not a JSON array"),
        (b'[1, {"a": 1', "the array ends in its item 2"),
        (b"[1] 2", "text after the end of the array"),
    ],
)
def test_what_is_no_array_is_refused(text: bytes, problem: str) -> None:
    with pytest.raises(ParseError, match=problem):
        list(items([text]))


def test_a_broken_line_is_a_finding_of_that_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"price": 1}\n{"price": 1, "price": 2}\n\n{"price": \xff}\r\n{"price": 0}\n')
    summary = bulk.check_files(
        [str(path)], bulk.How("tiki/updateSku"), workers=1, output=tmp_path / "o.jsonl"
    )
    assert [(record["line"], record["rule"]) for record in records(tmp_path / "o.jsonl")] == [
        (2, "sellerspec.line-readable"),
        (4, "sellerspec.line-readable"),
        (5, "tiki.update-price-positive"),
    ]
    assert (summary.lines, summary.refused) == (4, 3)


def test_repetitions_are_found_across_files_and_warn_only_about_pictures(tmp_path: Path) -> None:
    product = json.loads(next(text for text, _ in generate(CREATE, 1)))
    paths = []
    for name, change in (("a", {}), ("b", {"name": "another"})):
        paths.append(tmp_path / f"{name}.jsonl")
        paths[-1].write_text(json.dumps({**product, **change}) + "\n")
    out = tmp_path / "o.jsonl"
    summary = bulk.check_files(
        list(map(str, paths)), HOW, workers=1, output=out, refused=tmp_path / "r.jsonl"
    )
    assert {(record["file"], record["rule"], record["severity"]) for record in records(out)} == {
        (str(paths[1]), "sellerspec.catalogue-sku", "error"),
        (str(paths[1]), "sellerspec.catalogue-image", "warning"),
    }
    assert all(f"line 1 of {paths[0]}"[-40:] in record["message"] for record in records(out))
    assert (summary.accepted, summary.refused) == (1, 1)
    assert (tmp_path / "r.jsonl").read_bytes() == paths[1].read_bytes()
    uncompared = bulk.check_files(list(map(str, paths)), bulk.How(CREATE, across=False), workers=1)
    assert uncompared.ok


def test_the_same_product_twice_repeats_its_options_but_not_its_picture(tmp_path: Path) -> None:
    product = next(
        value for text, _ in generate(CREATE, 50) if "option1" in (value := json.loads(text))["variants"][0]
    )
    other = json.loads(json.dumps(product))
    for variant in other["variants"]:
        variant["sku"] += "-b"
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(product)}\n{json.dumps(other)}\n")
    summary = bulk.check_files([str(path)], bulk.How(CREATE, strict=True), workers=1)
    assert summary.rules == {"sellerspec.catalogue-options": len(product["variants"])}


def test_findings_come_as_csv_and_parquet_too_and_no_cell_is_a_formula(small: Path, tmp_path: Path) -> None:
    import csv

    from pyarrow import parquet

    for kind in ("jsonl", "csv", "parquet"):
        bulk.check_files([str(small)], HOW, workers=1, output=tmp_path / f"f.{kind}")
    expected = [
        (record["line"], record["rule"], record["pointer"]) for record in records(tmp_path / "f.jsonl")
    ]
    with (tmp_path / "f.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [(int(row["line"]), row["rule"], row["pointer"]) for row in rows] == expected
    table = parquet.read_table(tmp_path / "f.parquet").to_pylist()
    assert [(row["line"], row["rule"], row["pointer"]) for row in table] == expected
    assert safe('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    assert safe("plain") == "plain"
    assert safe(3) == 3
    with pytest.raises(UsageError, match="findings are written as"):
        bulk.check_files([str(small)], HOW, output=tmp_path / "f.txt")


def test_check_lines_is_a_generator_of_reports() -> None:
    def endless() -> Iterator[Any]:
        yield b'{"price": 1}'
        yield "  "
        yield '{"price": 0}'
        yield {"price": float("nan")}
        while True:
            yield "\ud800"

    reports = bulk.check_lines(endless(), "tiki/updateSku", strict=True)
    line_reports = [next(reports) for _ in range(4)]
    assert [line.line for line in line_reports] == [1, 3, 4, 5]
    assert line_reports[0].report == sellerspec.check("tiki/updateSku", {"price": 1})
    assert line_reports[1].report == sellerspec.check("tiki/updateSku", {"price": 0}, strict=True)
    assert [line.report.findings[0].rule for line in line_reports[3:]] == ["sellerspec.line-readable"]


def test_the_command_says_what_it_found_and_where_first(small: Path, tmp_path: Path) -> None:
    done = run("check", small, "--workers", "1")
    assert done.exit_code == 1
    assert done.stdout.startswith("tiki/createProduct: 300 lines in ")
    assert "accepted (" in done.stdout
    assert "note: some rules were not checked; they need --category, --seller" in done.stderr
    value = json.loads(
        run(
            "check", small, "--as", CREATE, "--format", "json", "--independent-lines", "--workers", "1"
        ).stdout
    )
    assert value["lines"] == 300
    assert value["accepted"] + value["refused"] == 300
    assert all(1 <= len(rule["first"]) <= 3 for rule in value["rules"])
    assert run("check", small, "--format", "sarif").exit_code == 2
    assert run("check", small, tmp_path / "none.txt", "--as", CREATE).exit_code == 2


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.jsonl", None, "no such file"),
        ("a.jsonl.gz", b"plain", "not an archive of its suffix"),
        ("a.jsonl.zst", b"plain", "not an archive of its suffix"),
        ("a.json", b"{}", "not a JSON array"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    name: str, data: bytes | None, problem: str, tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SellerspecError, match=problem) as caught:
        bulk.check_files([str(tmp_path / name)], HOW, workers=1)
    assert name in str(caught.value)


def test_generate_writes_the_same_lines_for_the_same_seed(tmp_path: Path) -> None:
    words = (
        "generate",
        CREATE,
        "--count",
        "500",
        "--broken",
        "0.2",
        "--seed",
        "3",
        "--key",
        tmp_path / "key",
    )
    first, again = run(*words), run(*words)
    assert first.stdout == again.stdout
    assert len(first.stdout.splitlines()) == 500
    assert run(*words[:-3], "4").stdout != first.stdout
    assert {"line", "rule", "severity", "pointer"} == set(records(tmp_path / "key")[0])
    assert all(json.loads(text) for text, _ in generate("tiki/updateSku", 20, broken=0))
    with pytest.raises(UnknownName):
        next(generate("tiki/nothing", 1))
