"""The front door: every end of a command has its exit code, and every name can be shown."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sellerspec.cli.group import LazyGroup
from sellerspec.io import files, resources
from support.command_line import run

PRODUCT = resources.data_dir("tests/examples") / "tiki/createProduct/invalid/tiki.product-name.json"
POSIX = pytest.mark.skipif(os.name == "nt", reason="devices and pipes of POSIX")


def process(
    *words: str | bytes | Path, encoding: str = "utf-8", **how: object
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "sellerspec", *words],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output="stdout" not in how,
        check=False,
        timeout=60,
        **how,
    )


def failing(path: Path) -> LazyGroup:
    group = LazyGroup(name="sellerspec")

    @group.command()
    def read() -> None:
        files.read_bytes(path)
        raise KeyError("the value of a-secret")

    return group


def test_E0_an_unforeseen_exception_is_exit_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "order.json").write_text("{}")
    result = CliRunner().invoke(failing(tmp_path / "order.json"), ["read"])
    (kept,) = tmp_path.glob("sellerspec-*.txt")
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: sellerspec failed while `{tmp_path}/order.json` was read (KeyError), and nothing was "
        "judged. This is a fault of sellerspec, not of your files; please report it with its traceback, "
        f"{kept}\n"
    )
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text()
    assert "a-secret" not in text
    assert re.search(r"builtins\.KeyError\n(  .+\n)*  (tests\.)?test_cli_front_door:\d+ in read\n", text)


def test_E0_a_traceback_that_cannot_be_kept_is_no_second_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    (tmp_path / "order.json").write_text("{}")
    result = CliRunner().invoke(failing(tmp_path / "order.json"), ["read"])
    assert result.exit_code == 2
    assert result.stderr.endswith("its traceback could not be written\n")


@pytest.fixture
def heeded_interrupts() -> Iterator[None]:
    """Let started processes heed Ctrl+C: a job in the background passes on that it ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_interrupts")
def test_H7_ctrl_c_is_exit_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as check:
        assert check.stdin is not None
        assert check.stderr is not None
        check.stdin.write(b"x" * (1 << 20))  # more than a pipe holds: it returns when stdin is read
        check.send_signal(signal.SIGINT)
        check.wait(30)
        assert (check.returncode, check.stderr.read()) == (130, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("specs", "bundle", "tnsl", "--output"),
        ("specs", "schema", "tiki/createProduct", "--output"),
        ("template", "tiki/createProduct", "--output"),
        ("generate", "tiki/createProduct", "--count", "5", "--key"),
        ("cassettes", "convert", sorted((resources.data_root() / "cassettes").rglob("*.yaml"))[0]),
    ],
)
def test_H7_an_output_into_a_missing_folder_is_an_error(words: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*words, tmp_path / "missing" / "out.yaml")
    assert result.exit_code == 2, result.output
    option = words[-1] if str(words[-1]).startswith("--") else "TARGET"
    assert result.stderr == f"error: {option}: there is no folder `{tmp_path}/missing`\n"
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_H7_a_full_disk_and_a_closed_pipe_are_exit_2() -> None:
    with Path("/dev/full").open("wb") as full:
        result = process("list", "rules", stdout=full, stderr=subprocess.PIPE)
    assert (result.returncode, result.stderr) == (2, b"error: no space left on device\n")
    reader, writer = os.pipe()
    os.close(reader)
    result = process("list", "rules", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (result.returncode, result.stderr) == (2, b"")


@pytest.mark.parametrize("encoding", ["cp1252", "cp1258"])
def test_H9_text_that_stdout_cannot_hold_is_escaped(encoding: str, tmp_path: Path) -> None:
    payload = tmp_path / "áo dài 日本.json"
    payload.write_text('{"name": "", "日": 1}')
    for form in ("text", "github", "markdown", "html", "junit"):
        result = process("check", "--as", "tiki/createProduct", "--format", form, payload, encoding=encoding)
        assert (result.returncode, b"rror" in result.stderr) == (1, False)
        assert rb"\u65e5\u672c.json" in result.stdout


@POSIX
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "markdown", "html"])
def test_E5_a_name_that_is_no_utf_8_is_shown_escaped(form: str, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(name)).write_bytes(PRODUCT.read_bytes())
    result = process("check", "--as", "tiki/createProduct", "--format", form, name)
    assert (result.returncode, b"rror" in result.stderr) == (1, False)
    assert b"udcff.json" in result.stdout
    if form in ("json", "sarif"):
        json.loads(result.stdout)
    missing = process("check", "--as", "tiki/createProduct", "--format", form, name + b"x")
    assert missing.returncode == 2
    assert b"udcff.jsonx: no such file" in missing.stderr


@POSIX
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("/dev/zero", "a stream of more than 134,217,728 bytes"),
        ("/dev/random", "a stream of more than 134,217,728 bytes"),
        ("/dev/full", "a stream of more than 134,217,728 bytes"),
        ("/dev/null", "empty: nothing to check"),
        ("/proc/self/mem", "input/output error"),
        ("/proc/self/nothing", "no such file or directory"),
        ("n" * 256 + ".json", "file name too long"),
        ("n" * 250 + ".json", "no such file or directory"),
        ("/", "no .json file in this folder"),
    ],
)
def test_E5_a_name_that_is_no_plain_file_is_an_error(name: str, problem: str) -> None:
    if name == "/":
        name = "/proc/self/ns"
    result = run("check", "--as", "tiki/createProduct", name)
    assert result.exit_code == 2
    assert problem in result.stderr


@POSIX
def test_E5_a_pipe_is_read_and_one_without_a_writer_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    os.mkfifo(tmp_path / "pipe.json")
    result = run("check", "--as", "tiki/createProduct", tmp_path / "pipe.json")
    assert result.exit_code == 2
    assert "a pipe to which nothing was written for 0 seconds" in result.stderr
    monkeypatch.setattr(files, "PATIENCE", 10)
    writer = subprocess.Popen(["/bin/sh", "-c", f"cat {PRODUCT} > {tmp_path}/pipe.json"])
    result = run("check", "--as", "tiki/createProduct", tmp_path / "pipe.json")
    assert writer.wait(10) == 0
    assert (result.exit_code, "tiki.product-name" in result.stdout) == (1, True)


@POSIX
@pytest.mark.parametrize(
    "words",
    [
        ("cassettes", "check"),
        ("cassettes", "coverage"),
        ("cassettes", "drift", "HEAD"),
        ("specs", "lint"),
        ("specs", "bundle"),
        ("specs", "bundle", "tiki", "--overlay"),
        ("check", "-", "--category"),
    ],
)
@pytest.mark.parametrize("name", ["/dev/zero", "/proc/self/mem", "n" * 300])
def test_E5_every_command_reads_files_in_one_way(words: tuple[str, ...], name: str) -> None:
    result = run(*words, name, stdin="{}")
    assert result.exit_code == 2, result.output
    assert "fault of sellerspec" not in result.stderr


@POSIX
def test_E5_stdin_is_bounded() -> None:
    with Path("/dev/zero").open("rb") as endless:
        result = process("check", "-", stdin=endless)
    assert (result.returncode, result.stderr) == (
        2,
        b"error: <stdin>: a stream of more than 134,217,728 bytes\n",
    )
