"""Files are written completely or not at all, and options name files and numbers that make sense."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from sellerspec.cli import COMMANDS, main
from sellerspec.cli.options import Integer, Number
from sellerspec.errors import UsageError
from sellerspec.io import writing
from sellerspec.io.writing import NotWritten, check_outputs
from support.command_line import run

FULL = Path("/dev/full")
PRODUCT = "tiki/createProduct"


def interrupted(path: Path) -> None:
    with writing.writing(path) as out:
        out.write(b"half")
        raise KeyboardInterrupt


def test_H3_a_file_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    path.chmod(0o640)
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert path.read_text() == "before"
    writing.write(path, "after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a.txt"]


def test_H3_what_cannot_be_written_says_why_and_what_is_kept(tmp_path: Path) -> None:
    with pytest.raises(NotWritten) as caught:
        writing.write(FULL, "x")
    assert str(caught.value) == "/dev/full: cannot be written: no space left on device; no part of it is kept"
    with pytest.raises(NotWritten, match="no such file or directory; no part of it is kept"):
        writing.write(tmp_path / "none" / "a.txt", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotWritten, match="is a directory; what stood there before is kept"):
        writing.write(tmp_path / "folder", "x")
    with pytest.raises(NotWritten, match="not a directory; nothing was written"):
        writing.make_folder(Path("/dev/null/a"))
    with pytest.raises(FileNotFoundError), writing.writing(tmp_path / "b.txt"):
        (tmp_path / "none").read_bytes()
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize(
    "words",
    [
        ("specs", "bundle", "tiki", "--output", FULL),
        ("specs", "schema", PRODUCT, "--output", FULL),
        ("template", "tnsl/importOrders", "--output", FULL),
        ("generate", PRODUCT, "--count", 10, "--broken", 1, "--key", FULL),
        ("fuzz", "tiki", "--sandbox", "--include", "getOrder", "--max-time", 5, "--write-baseline",
         FULL, "--reason", "known"),
    ],
)  # fmt: skip
def test_H3_a_full_disk_is_one_line_and_exit_2(words: tuple[Any, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    problem = "/dev/full: cannot be written: no space left on device; no part of it is kept"
    assert done.stderr.splitlines()[-1] == f"error: {problem}"


def test_H3_a_scrubbed_or_converted_cassette_is_kept_when_it_cannot_be_written(tmp_path: Path) -> None:
    cassette = tmp_path / "a.yaml"
    text = (
        "interactions:\n- request: {method: GET, uri: 'https://api.tiki.vn/x?access_token=abcdef0123456789',"
        " body: null, headers: {}}\n  response: {status: {code: 200, message: OK}, headers: {},"
        " body: {string: '{}'}}\nversion: 1\n"
    )
    cassette.write_text(text)
    code = (
        "import resource, sys; from sellerspec.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY)); main(sys.argv[1:])"
    )
    for words in (("scrub", str(cassette)), ("convert", str(cassette), str(tmp_path / "b.yaml"))):
        call = [sys.executable, "-c", code, "cassettes", *words]
        done = subprocess.run(call, check=False, capture_output=True, text=True)
        assert done.returncode == 2, done
        assert "cannot be written: file too large; " in done.stderr
        assert "Traceback" not in done.stderr
        assert cassette.read_text() == text
        assert os.listdir(tmp_path) == ["a.yaml"]


def test_E9_an_output_that_is_an_input_or_another_output_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_bytes(b"{}\n")
    two.symlink_to(tmp_path / "three.jsonl")
    for outputs in (
        (two, two),
        (two, tmp_path / "three.jsonl"),
        (tmp_path / "x.csv", tmp_path / "y/../x.csv"),
    ):
        (tmp_path / "y").mkdir(exist_ok=True)
        done = run("check", one, "--as", PRODUCT, "--output", outputs[0], "--accepted", outputs[1])
        assert done.exit_code == 2
        assert "is the same file as --" in done.stderr, done.stderr
    saved = tmp_path / "category.json"
    saved.write_text("{}")
    done = run("check", one, "--as", PRODUCT, "--category", saved, "--refused", saved)
    problem = (
        f"--refused: `{saved}` is the same file as --category `{saved}`, which is read; name another file"
    )
    assert (done.exit_code, done.stderr) == (2, f"error: {problem}\n")
    link = tmp_path / "link.yaml"
    link.symlink_to(one)
    done = run("cassettes", "convert", one, link)
    assert (done.exit_code, one.read_bytes()) == (2, b"{}\n")
    assert "TARGET: " in done.stderr
    spec = tmp_path / "spec.yaml"
    spec.write_text("openapi: 3.1.0\n")
    done = run("specs", "bundle", spec, "--output", spec)
    assert (done.exit_code, spec.read_text()) == (2, "openapi: 3.1.0\n")


def test_E9_an_output_needs_a_folder(tmp_path: Path) -> None:
    done = run("template", PRODUCT, "--output", tmp_path / "none" / "a.xlsx")
    problem = f"--output: there is no folder `{tmp_path / 'none'}`"
    assert (done.exit_code, done.stderr) == (2, f"error: {problem}\n")
    assert not (tmp_path / "none").exists()
    with pytest.raises(UsageError, match=r"--output: `.*` is a folder"):
        check_outputs({"--output": tmp_path}, {})
    with pytest.raises(UsageError, match="no NUL character"):
        check_outputs({"--output": tmp_path / "a\0b"}, {Path("\0"): "FILE"})


def options() -> list[tuple[str, click.Option]]:
    """Return every option of every command, with the words before it."""

    def of(words: str, command: click.Command) -> list[tuple[str, click.Option]]:
        if isinstance(command, click.Group):
            context = click.Context(command)
            names = command.list_commands(context)
            inner = [(f"{words} {name}", command.get_command(context, name)) for name in names]
            return [pair for name, one in inner if one is not None for pair in of(name, one)]
        return [(words, option) for option in command.params if isinstance(option, click.Option)]

    return of("", main)


def test_E9_every_number_is_of_the_one_type() -> None:
    assert COMMANDS
    kinds = click.types.IntParamType, click.types.FloatParamType
    numbers = [(words, option) for words, option in options() if isinstance(option.type, kinds)]
    assert len(numbers) > 8
    assert [words for words, option in numbers if not isinstance(option.type, Integer | Number)] == []


@pytest.mark.parametrize(
    "text", ["9" * 5000, "-" + "9" * 5000, "99999999999999999999", "1e999", "nan", "inf"]
)
def test_E9_a_number_without_bound_is_a_usage_error(text: str) -> None:
    for words, option in options():
        if isinstance(option.type, Integer) or (isinstance(option.type, Number) and text[-1] in "fn"):
            with pytest.raises(click.BadParameter) as caught:
                option.type.convert(text, option, None)
            assert len(caught.value.message) < 200, words
    done = run("check", "--suppliers", text, "--workers", "99999999999", "none.json")
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr
    done = run("check", "--suppliers", text, "none.json")
    problem = "--suppliers: write integers of fewer than 16 digits, separated by commas"
    assert (done.exit_code, done.stderr) == (2, f"error: {problem}\n")


@pytest.mark.parametrize("text", ["1,,2", ",", "1,", "1;2", "٣"])
def test_E9_a_list_of_numbers_has_no_gap(text: str) -> None:
    done = run("check", "--suppliers", text, "none.json")
    problem = "--suppliers: write integers of fewer than 16 digits, separated by commas"
    assert (done.exit_code, done.stderr) == (2, f"error: {problem}\n")
