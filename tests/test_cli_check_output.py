"""`sellerspec check`: how the output looks, in a terminal and in a pipe, and what a call loads."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from sellerspec.io import resources
from support.command_line import run

ROOT = Path(__file__).parents[1]
PRODUCTS = resources.data_dir("tests/examples") / "tiki/createProduct"
INVALID = PRODUCTS / "invalid/documented-invalid.json"
SIMPLE = PRODUCTS / "valid/documented-simple.json"


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_has_colours_unless_they_are_forbidden(no_color: str, coloured: bool) -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "check", str(INVALID)],
        stdout=follower, stderr=subprocess.DEVNULL, env=environment,
    ) as process:  # fmt: skip
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # Linux reports the end of a pseudo-terminal as an error
                break
            if not part:
                break
            shown += part
    os.close(leader)
    assert process.returncode == 1
    lines = shown.decode().splitlines()
    assert ("\x1b[" in shown.decode()) is coloured
    if not coloured:
        at = next(number for number, line in enumerate(lines) if ":40:5: error tiki.variant-options" in line)
        assert lines[at + 1 : at + 3] == ["  40 |     {", "     |     ^"]


@pytest.mark.parametrize(("environment", "coloured"), [
    ({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
])  # fmt: skip
def test_a_pipe_has_colours_only_if_they_are_forced(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("check", INVALID).stdout) is coloured


def test_quiet_writes_one_line_for_each_finding_and_nothing_else() -> None:
    done = run("check", "--quiet", INVALID, SIMPLE)
    first_lines = [
        line for line in run("check", INVALID).stdout.splitlines() if line.startswith(str(INVALID))
    ]
    assert done.stdout.splitlines() == first_lines
    assert (len(first_lines), done.stderr, done.exit_code) == (3, "", 1)


def test_a_closed_pipe_ends_quietly() -> None:
    done = subprocess.run(
        f"{sys.executable} -m sellerspec list rules --format json | head -c 10",
        shell=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == "[\n  {\n    "


def test_a_check_loads_no_library_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom sellerspec.cli import main\n"
        f"main(['check', {str(SIMPLE)!r}], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    loaded = {part.partition(".")[0] for part in done.stderr.split()}
    assert "click" in loaded
    assert not loaded & {"rich", "jsonschema", "starlette", "vcr", "hypothesis"}


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit", "markdown"])
def test_a_report_without_findings_loads_nothing_that_shows_findings(form: str, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom sellerspec.cli import main\n"
        f"main(['check', '--format', {form!r}, {str(SIMPLE)!r}], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert not set(done.stderr.split()) & {"sellerspec.scrubbing", "sellerspec.contract.fixes"}
