"""`sellerspec mutate`: any command, and pytest, with a marketplace that changes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sellerspec
from sellerspec.errors import SellerspecError
from sellerspec.mutate.running.command import CommandSuite
from sellerspec.mutate.running.process import Ended, Process
from sellerspec.mutate.running.suite import Failure
from support.command_line import run
from support.small_connectors import CLEAN, LOUD, PUSHING, connector, typed

NULL = "tiki/listWarehouses:null/*/name"
RESPONSES = ("--only", "response")


def test_a_command_that_does_not_survive_a_null_is_weak(tmp_path: Path) -> None:
    words = connector(tmp_path, LOUD)
    result = run("mutate", "tiki", *RESPONSES, "--", *words)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        f"weakness {NULL}: `name` of each item of the response is null",
        f"  {typed(words)}: exit code 1: AttributeError: 'NoneType' object has no attribute 'upper'",
        "  allowed: the contract only warns: `name` must not be null (tis-2019 VI.4.3.2, inferred)",
        f"  help: sellerspec mutate --reproduce '{NULL}' tiki -- {typed(words)}",
    ]
    assert [line.split(":")[1] for line in lines if line.startswith("weakness")] == [
        "null/*/name",
        "absent/*/name",
    ]


def test_a_clean_command_survives_and_the_report_does_not_depend_on_how_many_run(tmp_path: Path) -> None:
    words = connector(tmp_path, CLEAN)
    path = tmp_path / "report.json"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    many = run("mutate", "tiki", *RESPONSES, "--format", "json", "--", *words)
    one = run(
        "mutate", "tiki", "--port", port, *RESPONSES, "--format", "json", "--output", path, "--", *words
    )
    assert (many.exit_code, one.exit_code, one.stdout) == (0, 0, "")
    said, alone = json.loads(many.stdout), json.loads(path.read_text())
    assert (said.pop("command"), alone.pop("command")) == (
        f"tiki -- {typed(words)}", f"tiki --port {port} -- {typed(words)}",
    )  # fmt: skip
    assert said == alone
    assert said["figures"]["survived"]["percent"] == 100
    assert said["calls"] == {"tiki/listWarehouses": [typed(words)]}


def test_a_command_that_fails_without_a_mutation_is_not_judged(tmp_path: Path) -> None:
    result = run("mutate", "tiki", "--", *connector(tmp_path, "get('/v1/nothing')\n"))
    assert result.exit_code == 2
    assert (
        "not judged: the command fails without a mutation: exit code 1: urllib.error.HTTPError"
        in result.stdout
    )
    assert "Traceback" in result.stderr


def test_a_command_that_calls_nothing_is_not_judged(tmp_path: Path) -> None:
    result = run("mutate", "tiki", "--", *connector(tmp_path, "print('green')\n"))
    assert result.exit_code == 2
    assert "not judged: the command called no sandbox; it finds them at SELLERSPEC_URL. " in result.stdout


def test_a_command_that_fails_the_second_time_is_not_judged(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    body = f"import pathlib\nran = pathlib.Path({str(marker)!r})\n{CLEAN}"
    words = connector(tmp_path, f"{body}assert not ran.exists(), 'leftover'\nran.touch()\n")
    result = run("mutate", "tiki", *RESPONSES, "--", *words)
    assert result.exit_code == 2
    reason = "the command fails the second time: exit code 1: AssertionError: leftover"
    assert f"not judged: {reason}" in result.stdout


def test_a_command_that_fails_now_and_then_is_not_judged(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    body = f"import pathlib\nruns = pathlib.Path({str(runs)!r})\nruns.open('a').write('.')\n{CLEAN}"
    words = connector(tmp_path, f"{body}assert len(runs.read_text()) < 3, 'leftover'\n")
    more = ("--reproduce", "tiki/listWarehouses:other-order", "--fail-under", "survived=0")
    result = run("mutate", "tiki", *more, "--", *words)
    assert result.exit_code == 2
    reason = "fails without a mutation too when it runs once more: exit code 1: AssertionError: leftover"
    assert f"not judged: {typed(words)} {reason}" in result.stdout


def test_one_mutation_is_reproduced_with_the_output(tmp_path: Path) -> None:
    words = connector(tmp_path, LOUD)
    result = run("mutate", "tiki", "--reproduce", NULL, "--", *words)
    assert result.exit_code == 1
    assert result.stdout.count("weakness ") == 1
    assert "in <module>" in result.stderr
    unknown = run("mutate", "tiki", "--reproduce", NULL.replace("null", "nul"), "--", *words)
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert f"did you mean `{NULL}`?" in unknown.stderr


def test_a_write_that_is_repeated_is_a_weakness_although_the_command_is_green(tmp_path: Path) -> None:
    words = connector(tmp_path, PUSHING)
    id = "tiki/createProduct:no-answer-after-change"
    result = run("mutate", "tiki", "--reproduce", id, "--", *words)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1] == (
        f"  {typed(words)}: `tiki/createProduct` was taken 2 times with the same content"
    )


def test_a_token_in_the_output_is_a_weakness_once(tmp_path: Path) -> None:
    words = connector(tmp_path, CLEAN + "print(os.environ['SELLERSPEC_TOKEN'])\n")
    result = run("mutate", "tiki", "--only", "response", "--quick", "--", *words)
    assert result.exit_code == 1
    assert result.stdout.count("weakness ") == 1
    assert result.stdout.startswith(
        "weakness unchanged: nothing is changed at the marketplace\n"
        f"  {typed(words)}: a token of the sandbox is in the captured output\n"
    )


def test_an_accepted_weakness_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "accept.yaml"
    path.write_text(
        "- {mutation: 'tiki/listWarehouses:*/name', reason: only a log line, expires: 2999-12-31}\n"
    )
    words = connector(tmp_path, LOUD)
    result = run("mutate", "tiki", *RESPONSES, "--accept", path, "--", *words)
    assert (result.exit_code, f"accepted: {NULL}: only a log line" in result.stdout) == (0, True)
    missing = run("mutate", "tiki", "--accept", tmp_path / "nothing.yaml", "--", *words)
    assert (missing.exit_code, "nothing.yaml" in missing.stderr) == (2, True)


def test_what_does_not_run_in_time_is_not_judged(tmp_path: Path) -> None:
    words = connector(tmp_path, CLEAN)
    result = run("mutate", "tiki", *RESPONSES, "--max-time", "0.000001", "--", *words)
    assert result.exit_code == 2
    assert "the time ran out before all mutations had run" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "write the command behind `--`, as in `sellerspec mutate -- pytest tests/`"),
        (("tiki", "--"), "write the command behind `--`"),
        (
            ("--", "npm", "test"),
            "`npm` is not pytest: name the marketplace that it calls, `sellerspec mutate tiki -- npm test`",
        ),
        (("--port", "80", "--", "pytest"), "--port needs a marketplace"),
        (("tik", "--", "npm"), "no marketplace with a sandbox named `tik`; did you mean `tiki`?"),
        (("tiki", "--", "/nothing/here"), "cannot run /nothing/here: no such file or directory"),
        (("--", "/nothing/pytest"), "cannot run /nothing/pytest: no such file or directory"),
        (("tiki", "--only", "all", "--", "true"), "no family of mutations named `all`"),
    ],
)
def test_a_wrong_call_is_exit_2_with_what_to_do(words: tuple[str, ...], message: str) -> None:
    result = run("mutate", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_port_that_is_taken_is_exit_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("mutate", "tiki", "--port", port, "--", "true")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1 port {port}" in result.stderr


def test_the_help_shows_where_the_command_stands() -> None:
    assert "mutate [OPTIONS] [MARKETPLACES] -- COMMAND...\n" in run("mutate", "-h").stdout


def test_a_pytest_without_the_plugin_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "test_green.py").write_text("def test_green():\n    pass\n")
    result = run("mutate", "--", sys.executable, "-m", "pytest", "-p", "no:sellerspec", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "error: pytest ended with exit code 4 and nothing was mutated; see its output above" in result.stderr
    )


SUITE = """\
import httpx

def test_warehouses(sellerspec_sandbox):
    box = sellerspec_sandbox("tiki")
    for one in httpx.get(f"{box.url}/v1/warehouses", headers=box.headers, trust_env=False).json():
        one["name"].upper()
"""


def test_pytest_is_run_by_the_plugin_and_its_report_is_the_output(tmp_path: Path) -> None:
    (tmp_path / "test_stock.py").write_text(SUITE)
    words = (
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "sellerspec",
        "-p",
        "no:cacheprovider",
        f"--rootdir={tmp_path}",
        tmp_path,
    )
    narrowed = ("--only", "response", "--quick", "--operation", "listWarehouses")
    result = run("mutate", *narrowed, "--format", "json", "--", *words)
    assert result.exit_code == 1, result.output
    said = json.loads(result.stdout)
    weak = [one["failures"] for one in said["mutations"] if one["id"] == NULL]
    assert [(one["how"], one["line"], one["at"]) for one in weak[0]] == [
        ("assertion", "AttributeError: 'NoneType' object has no attribute 'upper'", "test_stock.py:6")
    ]
    assert "survived: " not in result.stderr  # the report has them
    path = tmp_path / "report.txt"
    written = run("mutate", *narrowed, "--fail-under", "survived=0", "--output", path, "--", *words)
    assert (written.exit_code, written.stdout) == (0, "")
    assert f"  help: sellerspec mutate --reproduce '{NULL}' -- pytest " in path.read_text()


def test_each_marketplace_has_its_own_variables(tmp_path: Path) -> None:
    body = (
        "tokens = [os.environ['SELLERSPEC_TOKEN' + name] for name in ('', '_TIKI', '_TNSL')]\n"
        "urls = [os.environ['SELLERSPEC_URL' + name] for name in ('', '_TIKI', '_TNSL')]\n"
        "assert urls[0] == urls[1] != urls[2] and tokens[0] == tokens[1] != tokens[2]\n"
        "print(len(get('/v1/warehouses', '_TIKI')))\n"
    )
    suite = CommandSuite(connector(tmp_path, body), ["tiki", "tnsl"])
    try:
        assert suite.run((), (), until_red=False).failures == ()
        assert list(suite.calls) == ["tiki/listWarehouses"]
    finally:
        suite.close()


def test_a_command_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    body = (
        f"import pathlib, subprocess\nchild = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(child.pid))\nchild.wait()\n"
    )
    suite = CommandSuite(connector(tmp_path, body), ["tiki"])
    suite.limit = 2.0
    try:
        hung = suite.run((), (), until_red=False)
    finally:
        suite.close()
    assert hung.failures == (Failure(suite.name, "hang", "it did not end in time"),)
    assert _has_ended(int(pid.read_text()))


def test_a_closed_process_starts_no_more() -> None:
    process = Process(["true"], {})
    assert process.run(5) == Ended(0, "")
    process.close()
    with pytest.raises(SellerspecError, match="the run was stopped"):
        process.run(5)


@pytest.mark.no_cover
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_behind(sent: int, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    words = connector(
        tmp_path,
        f"import pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "mutate", "tiki", "--", *words],
        env={**os.environ, "PYTHONPATH": str(Path(sellerspec.__file__).parents[1])},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_heeding,
    )  # fmt: skip
    while not pid.exists() or not pid.read_text():
        time.sleep(0.05)
    process.send_signal(sent)
    assert process.wait(20) == 130
    assert _has_ended(int(pid.read_text()))


def _heeding() -> None:
    """Heed Ctrl+C: a job in the background passes on that it ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _has_ended(pid: int) -> bool:
    """Return whether a process has ended, or soon does: its state is gone, or that of a zombie."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("", "exit code 1"),
        ("all is well\n", "exit code 1"),
        ("  TypeError: x is null\n    at f (a.js:1)\n", "exit code 1: TypeError: x is null"),
        ("not ok 1 - a page (12.3ms)\nbye\n", "exit code 1: not ok 1 - a page"),
        ("\x1b[31m✖ a page\x1b[0m 3 ms\n", "exit code 1: ✖ a page"),
        ("  error: 'x is null'\n# fail 1\n", "exit code 1: error: 'x is null'"),
        ("  error: |-\n    Expected 1:\n\n    got 2\n", "exit code 1: error: Expected 1:"),
        (
            "PHP Fatal error:  Uncaught TypeError: f(): null in a.php:3\n",
            "exit code 1: PHP Fatal error:  Uncaught TypeError: f(): null in a.php:3",
        ),
        (
            "RuntimeError: no order\nnpm error Lifecycle script failed with error:\n",
            "exit code 1: RuntimeError: no order",
        ),
    ],
)
def test_the_line_of_a_red_command_names_the_error_and_no_time(output: str, line: str) -> None:
    assert Ended(1, output).line == line


@pytest.mark.parametrize(
    ("output", "how"),
    [
        ("  error: \"Cannot read properties of null (reading 'trim')\"\n", "crash"),
        (
            'PHP Warning:  Undefined array key "price" in a.php\nErrorException: Undefined array key\n',
            "crash",
        ),
        ("KeyError: 'price'\n\nThe above ...\n\nshop.TikiError: the response cannot be used\n", "exit"),
        ("TikiError: no response\n  [cause]: TypeError: Cannot read properties of null\n", "exit"),
        ("TypeError: fetch failed\n", "exit"),
        ("AssertionError: Expected values to be strictly equal:\n", "exit"),
    ],
)
def test_a_mistake_of_the_code_is_told_from_an_error_and_from_an_assertion(output: str, how: str) -> None:
    assert Ended(1, output).how == how
