"""Fixed catalogues: every line in its order, only lines with fixes changed, in every format and split."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

import sellerspec
from sellerspec import bulk
from sellerspec.bulk import reading
from sellerspec.bulk.generate import generate
from sellerspec.bulk.results import Changed
from sellerspec.errors import ParseError, UsageError
from support.command_line import run
from support.killed_runs import killed_run

CREATE, PRICE = "tiki/createProduct", "tiki/updateSku"
HOW = bulk.How(CREATE)
LINES = b'{"price": "5000"}\n{"price": 0}\n{"price": 7}\n'
FIXED = b'{"price": 5000}\n{"price": 0}\n{"price": 7}\n'

PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress, ".zst": zstandard.compress, ".json": bytes, ".jsonl": bytes
}  # fmt: skip
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".zst": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fixed") / "catalogue.jsonl"
    path.write_bytes(b"".join(text + b"\n" for text, _ in generate(CREATE, 1500, broken=0.5, seed=3)))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    return path


def records(path: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, path.read_bytes().splitlines())
    return [{name: member for name, member in line.items() if name != "file"} for line in lines]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_line_is_that_of_its_own_report_and_the_findings_are_those_of_the_fixed_file(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = catalogue.read_bytes()
    monkeypatch.setattr(reading, "LEAST", 1 << 17)  # tens of chunks
    fixed, out = tmp_path / "fixed.jsonl", tmp_path / "o.jsonl"
    summary = bulk.check_files([str(catalogue)], HOW, workers=1, fixed=fixed, output=out)
    rules: dict[str, int] = {}
    changed = 0
    lines = fixed.read_bytes().split(b"\n")
    for line, written in zip(before.split(b"\n"), lines, strict=True):
        expected = line
        try:
            report = sellerspec.check(CREATE, line or b"{")
        except ParseError:
            report = None
        repaired = report.fixed() if report is not None and report.findings else None
        if repaired is not None and repaired.applied:
            expected = json.dumps(repaired.payload, separators=(",", ":"), ensure_ascii=False).encode()
            changed += 1
            for finding, _ in repaired.applied:
                rules[finding.rule] = rules.get(finding.rule, 0) + 1
        assert written == expected
    assert (summary.fixed, summary.fixes) == (changed, rules)
    assert changed > 50
    assert catalogue.read_bytes() == before
    again = bulk.check_files([str(fixed)], HOW, workers=1, output=tmp_path / "again.jsonl")
    assert records(tmp_path / "again.jsonl") == records(out)
    assert (again.rules, again.accepted, again.refused) == (summary.rules, summary.accepted, summary.refused)
    twice = bulk.check_files([str(fixed)], HOW, workers=1, fixed=tmp_path / "twice.jsonl")
    assert (twice.fixed, twice.fixes) == (0, {})
    assert (tmp_path / "twice.jsonl").read_bytes() == fixed.read_bytes()


@pytest.mark.no_cover
def test_any_number_of_processes_and_any_chunks_give_the_same_file(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("fixed", "output", "accepted", "refused")
    summaries = []
    for number, (workers, least) in enumerate(((1, 1 << 16), (1, 1 << 30), (2, 1 << 17))):
        monkeypatch.setattr(reading, "LEAST", least)
        outs: Any = {name: tmp_path / f"{name}{number}.jsonl" for name in names}
        summaries.append(bulk.check_files([str(catalogue)], HOW, workers=workers, **outs))
    for name in names:
        assert len({(tmp_path / f"{name}{number}.jsonl").read_bytes() for number in range(3)}) == 1, name
    assert len({(summary.fixed, *sorted(summary.fixes.items())) for summary in summaries}) == 1


def test_lines_are_split_as_they_were_fixed(catalogue: Path, tmp_path: Path) -> None:
    fixed, good, bad = (tmp_path / f"{name}.jsonl" for name in ("fixed", "good", "bad"))
    bulk.check_files([str(catalogue)], HOW, workers=1, fixed=fixed, accepted=good, refused=bad)
    both = good.read_bytes().splitlines() + bad.read_bytes().splitlines()
    assert sorted(both) == sorted(fixed.read_bytes().splitlines())


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson.gz", ".jsonl.zst", ".txt"])
@pytest.mark.parametrize("source", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_the_suffix_of_the_fixed_file_says_how_it_is_packed(
    suffix: str, source: str, catalogue: Path, tmp_path: Path
) -> None:
    plain = b"\n".join(catalogue.read_bytes().split(b"\n")[:300]) + b"\n\n  "
    path, target, reference = tmp_path / f"a{source}", tmp_path / f"b{suffix}", tmp_path / "c.jsonl"
    path.write_bytes(PACK[path.suffix](plain))
    (tmp_path / "plain.jsonl").write_bytes(plain)
    bulk.check_files([str(tmp_path / "plain.jsonl")], HOW, workers=1, fixed=reference)
    assert bulk.check_files([str(path)], HOW, workers=1, fixed=target).fixed > 0
    assert UNPACK.get(target.suffix, bytes)(target.read_bytes()) == reference.read_bytes()


def test_a_line_keeps_all_that_is_not_changed(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(
        b'{ "price" : "5000",  "x": 12345678901234567890123, "y": 1e2 } \r\n'
        b'\n{"price"\n{"price": "7", "price": 8}\n \t{"price":5000.0,"z":"\\u00e1"}\t\n{"price":"9"}'
    )
    summary = bulk.check_files([str(path)], bulk.How(PRICE), workers=1, fixed=fixed)
    assert summary.fixed == 3
    assert fixed.read_bytes() == (
        b'{ "price" : 5000,  "x": 12345678901234567890123, "y": 1e2 } \r\n'
        b'\n{"price"\n{"price": "7", "price": 8}\n \t{"price":5000,"z":"\\u00e1"}\t\n{"price":9}'
    )


@pytest.mark.parametrize("suffix", [".json", ".json.gz", ".json.zst"])
def test_an_array_keeps_the_blanks_around_its_items(suffix: str, tmp_path: Path) -> None:
    path, fixed = tmp_path / f"a{suffix}", tmp_path / "b.json"
    text = b' [\n  {"price": 7},\n  {\n    "price": "5000"\n  },nope , {"price":"6"}\n]'
    path.write_bytes(PACK[path.suffix](text))
    good = tmp_path / "good.jsonl"
    summary = bulk.check_files([str(path)], bulk.How(PRICE), workers=1, fixed=fixed, accepted=good)
    assert (summary.fixed, summary.rules) == (2, {"sellerspec.line-readable": 1})
    assert fixed.read_bytes() == b'[\n  {"price": 7},\n  {\n    "price": 5000\n  },nope , {"price":6}\n]\n'
    assert good.read_bytes() == b'{"price": 7}\n{"price":5000}\n{"price":6}\n'
    path.write_bytes(PACK[path.suffix](b" [ ] "))
    bulk.check_files([str(path)], bulk.How(PRICE), workers=1, fixed=fixed)
    assert fixed.read_bytes() == b"[]\n"


def test_unsafe_fixes_are_applied_where_they_are_asked_for(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(b'{"price": "5,000"}\n{"price": "6000"}\n')
    words = ("check", path, "--as", PRICE, "--workers", 1, "--fixed", fixed)
    assert run(*words).exit_code == 1
    assert fixed.read_bytes() == b'{"price": "5,000"}\n{"price": 6000}\n'
    assert run(*words, "--unsafe-fixes").exit_code == 0
    assert fixed.read_bytes() == b'{"price": 5000}\n{"price": 6000}\n'


def test_fix_with_a_new_catalogue_writes_it_and_never_one_that_exists(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(b'{"price": "6000"}\n')
    words = ("check", path, "--as", PRICE, "--workers", 1, "--fix", fixed)
    assert run(*words).exit_code == 0
    assert fixed.read_bytes() == b'{"price": 6000}\n'
    done = run(*words)
    assert (done.exit_code, "`--fixed FILE`" in done.stderr) == (2, True)
    assert run("check", "--fix", path, "--as", PRICE).exit_code == 2
    assert path.read_bytes() == b'{"price": "6000"}\n'


def test_the_command_counts_fixes_by_rule_and_reports_what_is_left(path: Path) -> None:
    fixed = path.with_name("b.jsonl")
    fixed.write_bytes(b"of yesterday")
    words = ("check", path, "--as", PRICE, "--workers", 1, "--fixed", fixed)
    done = run(*words)
    assert done.exit_code == 1, done.stderr
    assert done.stdout.splitlines()[1:3] == ["  2 accepted, 1 refused", "  1 fixed: 1 tiki.number-as-text"]
    assert "tiki.update-price-positive" in done.stdout
    value = json.loads(run(*words, "--format", "json").stdout)
    assert value["fixed"] == 1
    assert value["fixes"] == [{"rule": "tiki.number-as-text", "findings": 1}]
    assert [rule["rule"] for rule in value["rules"]] == ["tiki.update-price-positive"]
    assert (path.read_bytes(), fixed.read_bytes()) == (LINES, FIXED)
    assert left(path.parent) == ["a.jsonl", "b.jsonl"]


def test_what_repeats_between_lines_is_found_in_the_fixed_lines_and_has_no_fix(tmp_path: Path) -> None:
    product = json.loads(next(text for text, _ in generate(CREATE, 1)))
    product["variants"][0]["price"] = f"{product['variants'][0]['price']}"
    path, fixed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text(f"{json.dumps(product)}\n" * 2)
    summary = bulk.check_files([str(path)], HOW, workers=1, fixed=fixed)
    assert summary.fixes == {"tiki.number-as-text": 2}
    assert {"sellerspec.catalogue-sku", "sellerspec.catalogue-options"} >= summary.rules.keys()
    assert summary.rules["sellerspec.catalogue-sku"] == len(product["variants"])


@pytest.mark.parametrize(
    ("names", "target", "problem"),
    [
        (["a.jsonl"], "a.jsonl", "--fixed: `a.jsonl` is the same file as FILE... `a.jsonl`"),
        (["a.jsonl"], "./link.jsonl", "--fixed: `link.jsonl` is the same file as FILE... `a.jsonl`"),
        (["a.jsonl"], "none/b.jsonl", "--fixed: there is no folder `none`"),
        (["a.jsonl", "b.jsonl"], "c.jsonl", "`--fixed` is for one catalogue; fix each of several"),
        (["a.jsonl"], "b.csv", "--fixed: `b.csv` is not JSON Lines, as `a.jsonl` is"),
        (["a.json.gz"], "b.jsonl", "--fixed: `b.jsonl` is not a JSON array, as `a.json.gz` is"),
        (["a.csv"], "b.txt", "--fixed: `b.txt` is not CSV, as `a.csv` is"),
        (["a.parquet"], "b.parquet", "--fixed: tables are written as .csv and .xlsx; `a.parquet` is neither"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    names: list[str], target: str, problem: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    Path("b.jsonl").write_bytes(LINES)
    Path("link.jsonl").symlink_to("a.jsonl")
    done = run("check", *names, "--as", PRICE, "--fixed", target)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {problem}")
    assert path.read_bytes() == LINES
    assert left(path.parent) == ["a.jsonl", "b.jsonl", "link.jsonl"]


def test_a_catalogue_that_cannot_be_read_to_its_end_is_not_fixed(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl"
    path.write_bytes(gzip.compress(LINES * 300)[:-4])
    fixed.write_bytes(b"of yesterday")
    done = run("check", path, "--as", PRICE, "--workers", 1, "--fixed", fixed)
    assert done.exit_code == 2
    assert f"note: {fixed} is not written: a part of {path} cannot be read" in done.stderr
    assert fixed.read_bytes() == b"of yesterday"
    assert left(tmp_path) == [path.name, "b.jsonl"]


@pytest.mark.parametrize(
    ("suffix", "keeps_time"),
    [
        (".jsonl", True),
        ("shorter.jsonl", True),
        ("shorter.json.gz", True),
        ("early.csv", True),
        (".jsonl", False),
        (".json.gz", True),
        (".csv", True),
        (".csv", False),
        (".xlsx", False),
    ],
)
def test_a_catalogue_that_changes_while_it_is_checked_is_not_fixed(
    suffix: str, keeps_time: bool, tmp_path: Path
) -> None:
    from sellerspec.io import xlsx

    path, fixed = tmp_path / f"a{suffix}", tmp_path / f"b{suffix.removesuffix('.gz')}"
    before, after = {
        "shorter.jsonl": (b"\n" + LINES, LINES.replace(b"\n", b" ") + b"\n\n"),
        "shorter.json.gz": tuple(
            gzip.compress(text, 0, mtime=0) for text in (b'[1,{"price": "5"}]', b'[{"price": "5"}  ]')
        ),
        "early.csv": (b"quantity,price\n 5.0,1\n5,2\n", b"quantity,price\n  6.,1\n5,2\n"),
        ".jsonl": (LINES, LINES.replace(b"5000", b"6000")),
        ".json.gz": tuple(
            gzip.compress(b'[{"price": "%d"}]' % price, 0, mtime=0) for price in (5000, 6000)
        ),
        ".csv": (b"quantity;price\n5;1\n 1.0;2\n", b"quantity;price\n5;1\n 2.0;2\n"),
        ".xlsx": tuple(
            xlsx.table("a", ("quantity", "price"), [("5.0", 1), (more, 2)]) for more in ("1.0", "2.0")
        ),
    }[suffix]  # fmt: skip
    path.write_bytes(before)
    fixed.write_bytes(b"of yesterday")
    status = path.stat()

    def rewrite(_: bulk.Progress) -> None:
        path.write_bytes(after[: len(before)].ljust(len(before), b"\n") if keeps_time else after + b"\n")
        if keeps_time:
            os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))

    with pytest.raises(Changed):
        bulk.check_files([str(path)], bulk.How(PRICE), workers=1, fixed=fixed, watch=rewrite)
    assert fixed.read_bytes() == b"of yesterday"
    assert left(tmp_path) == sorted([path.name, fixed.name])


def command(path: Path, fixed: Path, *more: str) -> list[str]:
    words = ["check", str(path), "--as", CREATE, "--fixed", str(fixed), *more]
    return [sys.executable, "-m", "sellerspec", *words]


def test_a_run_that_is_killed_while_it_checks_goes_on(catalogue: Path, tmp_path: Path) -> None:
    fixed, calm, large = tmp_path / "fixed.jsonl", tmp_path / "calm.jsonl", tmp_path / "large.jsonl"
    large.write_bytes(catalogue.read_bytes() * 8)
    journal = tmp_path / ".fixed.jsonl.sellerspec" / "journal.jsonl"
    words = command(large, fixed, "--workers", "2", "--independent-lines")
    killed_run(large, CREATE, {"fixed": fixed}, across=False)
    done = journal.read_bytes().count(b"\n") - 1
    (journal.parent / "fixes" / f"{done:08}.jsonl").write_bytes(b"7 99 5000\n{")  # written when it was killed
    assert not fixed.exists()
    resumed = subprocess.run([*words, "--resume"], capture_output=True, text=True)
    undisturbed = subprocess.run(
        command(large, calm, "--independent-lines"), capture_output=True, text=True
    )  # fmt: skip
    assert resumed.returncode == undisturbed.returncode == 1, resumed.stderr
    assert fixed.read_bytes() == calm.read_bytes()
    assert resumed.stdout.splitlines()[1:] == undisturbed.stdout.splitlines()[1:]
    assert left(tmp_path) == ["calm.jsonl", "fixed.jsonl", "large.jsonl"]
    assert large.read_bytes() == catalogue.read_bytes() * 8


@pytest.mark.parametrize("kind", ["full disk", "killed"])
def test_a_run_that_ends_while_it_writes_keeps_what_stood_there_before(
    kind: str, catalogue: Path, tmp_path: Path
) -> None:
    before = catalogue.read_bytes()
    fixed, calm = tmp_path / "fixed.jsonl", tmp_path / "calm.jsonl"
    fixed.write_bytes(b"of yesterday")
    code = (
        "import resource, signal, sys; from sellerspec.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))\n"
    )
    if kind == "killed":  # by the system, at the byte that exceeds the limit
        code += "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
    words = command(catalogue, fixed, "--workers", "1")[3:]
    done = subprocess.run(
        [sys.executable, "-c", f"{code}main(sys.argv[1:])", *words], capture_output=True, text=True
    )
    if kind == "killed":
        assert done.returncode == -signal.SIGXFSZ
    else:
        assert done.returncode == 2
        assert "cannot be written: file too large; " in done.stderr
        assert "lines are checked and kept, go on with --resume\n" in done.stderr
    assert fixed.read_bytes() == b"of yesterday"
    assert catalogue.read_bytes() == before
    other = run(*words, "--resume", "--unsafe-fixes")
    assert other.exit_code == 2
    assert "cannot resume: options changed" in other.stderr
    assert run(*words, "--resume").exit_code == 1
    bulk.check_files([str(catalogue)], HOW, workers=1, fixed=calm)
    assert fixed.read_bytes() == calm.read_bytes()


def test_a_fixed_file_may_be_a_device_or_a_link(path: Path) -> None:
    real, link = path.with_name("real.jsonl"), path.with_name("link.jsonl")
    link.symlink_to(real)
    for target in (Path("/dev/null"), link):
        assert bulk.check_files([str(path)], bulk.How(PRICE), workers=1, fixed=target).fixed == 1
    assert link.is_symlink()
    assert real.read_bytes() == FIXED


def test_the_options_of_the_check_hold_for_the_fixed_lines(path: Path) -> None:
    path.write_bytes(b'{"price": "5000", "prise": 1}\n')
    strict = bulk.check_files(
        [str(path)], bulk.How(PRICE, strict=True), workers=1, fixed=path.with_name("b.jsonl")
    )
    assert strict.fixes == {"tiki.number-as-text": 1}
    assert (strict.accepted, strict.severities) == (0, {"tiki.update-members": "error"})
    with pytest.raises(UsageError, match="is not JSON Lines"):
        bulk.check_files([str(path)], bulk.How(PRICE), fixed=path.with_name("b.xlsx"))
