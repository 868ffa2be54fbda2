"""Catalogues on disks: full, read-only, in use by two runs, changed while they are read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sellerspec import bulk
from sellerspec.bulk.results import Changed
from sellerspec.errors import UsageError
from sellerspec.io.writing import NotWritten
from support.command_line import run

PRICE = "tiki/updateSku"
HOW = bulk.How(PRICE)
LINES = b'{"price": 1}\n{"price": 0}\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    return path


def interrupt(_: bulk.Progress) -> None:
    raise KeyboardInterrupt


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_F6_a_second_run_with_the_same_first_result_says_who_holds_it(path: Path) -> None:
    out = path.with_name("o.jsonl")
    problems: list[str] = []

    def second(_: bulk.Progress) -> None:
        for how in (HOW, bulk.How(PRICE, strict=True)):
            with pytest.raises(UsageError) as caught:
                bulk.check_files([str(path)], how, workers=1, output=out)
            problems.append(str(caught.value))

    assert bulk.check_files([str(path)], HOW, workers=1, output=out, watch=second).refused == 1
    folder = path.with_name(".o.jsonl.sellerspec")
    assert len(problems) == 2
    assert problems[0].startswith(f"`{folder}` is in use by process {os.getpid()} on ")
    assert "; wait until that run is done, or name another first result" in problems[0]
    assert left(path.parent) == ["a.jsonl", "o.jsonl"]


def test_F6_a_killed_run_holds_nothing(path: Path) -> None:
    code = (
        "from sellerspec import bulk; import os, sys\n"
        f"kill = lambda _: os.kill(os.getpid(), 9); how = bulk.How({PRICE!r})\n"
        "bulk.check_files([sys.argv[1]], how, workers=1, watch=kill)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == -9
    assert bulk.check_files([str(path)], HOW, workers=1, resume=True).lines == 2


def test_F6_a_folder_of_something_else_is_not_emptied(path: Path) -> None:
    folder = path.parent / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"is not the folder of a run: it holds `thesis\.txt`"):
        bulk.check_files([str(path)], HOW, workers=1, state=folder)
    assert (folder / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("kind", ["shorter", "longer", "same size and time", "touched"])
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_F7_a_catalogue_that_changes_while_it_is_checked_is_not_split(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a{suffix}"
    before = LINES if suffix == ".jsonl" else b"price\n1\n0\n"
    path.write_bytes(before)
    good = tmp_path / "good.jsonl"
    good.write_text("of yesterday")

    def rewrite(_: bulk.Progress) -> None:
        status = path.stat()
        after = {"shorter": before[: len(before) // 2], "longer": before * 2}.get(kind, before)
        path.write_bytes(after.replace(b"0", b"7") if kind == "same size and time" else after)
        times = 1 if kind == "touched" else status.st_mtime_ns
        os.utime(path, ns=(times, times))

    with pytest.raises(Changed) as caught:
        bulk.check_files([str(path)], HOW, workers=1, accepted=good, watch=rewrite)
    expected = f"{path}: changed while it was checked; its lines are written nowhere, check it again"
    assert str(caught.value) == expected
    assert good.read_text() == "of yesterday"
    assert left(tmp_path) == [path.name, "good.jsonl"]


@pytest.mark.parametrize("damage", ["shorter", "zeros", "missing", "findings", "no findings"])
def test_F10_a_state_that_lost_what_its_journal_lists_is_not_resumed(damage: str, path: Path) -> None:
    good, out = path.with_name("good.jsonl"), path.with_name("o.jsonl")

    def check(**options: object) -> bulk.Summary:
        return bulk.check_files([str(path)], HOW, workers=1, output=out, accepted=good, **options)  # type: ignore[arg-type]

    with pytest.raises(bulk.Interrupted):
        check(watch=interrupt)
    folder = path.with_name(".o.jsonl.sellerspec")
    verdicts, findings = folder / "verdicts", folder / "findings" / "00000000.jsonl"
    assert verdicts.read_bytes() == b"02"
    match damage:
        case "shorter":
            verdicts.write_bytes(b"0")
        case "zeros":
            verdicts.write_bytes(b"\0\0")
        case "missing":
            verdicts.unlink()
        case "findings":
            findings.write_bytes(findings.read_bytes()[:-5])
        case _:
            findings.unlink()
    words = ("check", path, "--as", PRICE, "--workers", 1, "--output", out, "--accepted", good, "--resume")
    done = run(*words)
    assert done.exit_code == 2
    problem = (
        f"cannot resume: `{folder}` does not hold all that its journal lists; run again without --resume"
    )
    assert done.stderr == f"error: {problem}\n"
    assert not good.exists()
    assert check().refused == 1
    assert good.read_bytes() == b'{"price": 1}\n'


def test_F11_devices_and_links_are_written_through(path: Path) -> None:
    real, link = path.with_name("real.jsonl"), path.with_name("link.jsonl")
    link.symlink_to(real)
    done = run("check", path, "--as", PRICE, "--workers", 1, "--accepted", "/dev/null", "--refused", link)
    assert done.exit_code == 1, done.stderr
    assert Path("/dev/null").is_char_device()
    assert link.is_symlink()
    assert real.read_bytes() == b'{"price": 0}\n'
    assert left(path.parent) == ["a.jsonl", "link.jsonl", "real.jsonl"]


def test_F11_a_pipe_is_written_through(path: Path) -> None:
    pipe = path.with_name("pipe.jsonl")
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        bulk.check_files([str(path)], HOW, workers=1, accepted=pipe)
        assert reader.communicate()[0] == b'{"price": 1}\n'
    assert pipe.is_fifo()


@pytest.mark.parametrize("option", ["--output", "--accepted", "--refused"])
@pytest.mark.parametrize("by", ["name", "symbolic link", "hard link", "other spelling"])
def test_F11_an_output_is_never_the_input(option: str, by: str, path: Path) -> None:
    other = path.with_name("other.jsonl")
    if by == "symbolic link":
        other.symlink_to(path)
    elif by == "hard link":
        other.hardlink_to(path)
    else:
        other = path if by == "name" else path.parent / "." / ".." / path.parent.name / path.name
    done = run("check", path, "--as", PRICE, option, other)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {option}: `{other}` is the same file as ")
    assert path.read_bytes() == LINES
    with pytest.raises(UsageError, match="is the same file as the input"):
        bulk.check_files([str(path)], HOW, **{option[2:]: other})  # type: ignore[arg-type]
    assert path.read_bytes() == LINES


def test_H3_a_catalogue_in_a_read_only_folder_needs_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(LINES)
    monkeypatch.setenv("SELLERSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != folder)  # root may write everywhere
    with pytest.raises(bulk.Interrupted):
        bulk.check_files([str(folder / "a.jsonl")], HOW, workers=1, watch=interrupt)
    assert left(folder) == ["a.jsonl"]
    assert bulk.check_files([str(folder / "a.jsonl")], HOW, workers=1, resume=True).lines == 2
    assert left(tmp_path / "cache" / "runs") == []


@pytest.mark.parametrize("option", ["output", "accepted", "refused"])
def test_H3_a_full_disk_loses_no_line_that_was_checked(option: str, path: Path) -> None:
    path.write_bytes(LINES * 50_000)
    out = path.with_name("o.jsonl")
    code = (
        "import resource, sys; from sellerspec.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY)); main(sys.argv[1:])"
    )
    words = ["check", str(path), "--as", PRICE, "--workers", "1", f"--{option}", str(out)]
    done = subprocess.run([sys.executable, "-c", code, *words], check=False, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "cannot be written: file too large; " in done.stderr
    assert "lines are checked and kept, go on with --resume\n" in done.stderr
    assert not out.exists()
    assert run(*words, "--resume").exit_code == 1
    lines = {"output": 50_000, "accepted": 50_000, "refused": 50_000}[option]
    assert len(out.read_bytes().splitlines()) == lines
    assert left(path.parent) == ["a.jsonl", "o.jsonl"]


def test_H3_a_full_device_is_an_error_that_says_what_is_kept(path: Path) -> None:
    with pytest.raises(NotWritten) as caught:
        bulk.check_files([str(path)], HOW, workers=1, accepted=Path("/dev/full"))
    kept = "2 lines are checked and kept, go on with --resume"
    assert str(caught.value) == f"/dev/full: cannot be written: no space left on device; {kept}"
    assert path.with_name(".a.jsonl.sellerspec").is_dir()


def test_E9_the_number_of_processes_has_bounds(path: Path) -> None:
    for workers in (0, -1, 99_999_999_999):
        with pytest.raises(UsageError, match=f"workers: {workers} is not between 1 and 256"):
            bulk.check_files([str(path)], HOW, workers=workers)
