"""`--sellerspec-mutate`: its workers, beside other plugins and when they end, and its options."""

import signal
import subprocess
import sys
import time

import pytest

from support.mutated_runs import TESTS, files, mutate, only, prepare_workers, workers
from support.plugin_runs import run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_workers(pytester, monkeypatch)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("id", "failure"),
    [
        (
            "null/note",
            {
                "test": "test_shop.py::test_note",
                "how": "hang",
                "line": "the test did not end in time",
                "at": "shop.py:9",
            },
        ),
        (
            "null/handling_fee",
            {
                "test": "test_shop.py::test_fee",
                "how": "crash",
                "line": "the process of the test ended with exit code 3",
                "at": "",
            },
        ),
    ],
)
def test_a_worker_that_hangs_or_dies_is_replaced(
    pytester: pytest.Pytester, id: str, failure: dict[str, str]
) -> None:
    files(pytester)
    mutated = mutate(pytester, only(id))
    assert (mutated.ret, mutated.failures) == (1, {id: [failure]}), mutated.text
    assert workers(pytester) == []


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "args",
    [
        ("-p", "xdist.plugin", "-n", "2"),
        ("-p", "pytest_cov.plugin", "--cov", "--cov-report=", "--cov-fail-under=1"),
        ("-p", "pytest_timeout", "--timeout=100"),
        ("-p", "pytest_randomly"),
        ("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto"),
        ("-s", "--junitxml=junit.xml", "--log-file=run.log", "--basetemp=base", "--lf"),
    ],
    ids=lambda args: args[1],
)
def test_other_plugins_do_not_disturb_workers(pytester: pytest.Pytester, args: tuple[str, ...]) -> None:
    tests = "async def test_async(client): assert shop.total(client) == 240000\n"
    files(pytester, tests=TESTS + (f"\n    {tests}" if "pytest_asyncio.plugin" in args else ""))
    mutated = mutate(pytester, *args, only("absent/items/*/price"), workers=2)
    (tested,) = (mutated.failures or {"": []}).values()
    assert (mutated.ret, [failure["line"] for failure in tested]) == (1, ["KeyError: 'price'"]), mutated.text
    assert mutated.report["not_judged"] == []
    if "--junitxml=junit.xml" in args:
        assert (pytester.path / "junit.xml").read_text().count("<testcase") == 4


@pytest.mark.no_cover
def test_ctrl_c_ends_all_workers(pytester: pytest.Pytester) -> None:
    files(pytester)
    command = [sys.executable, "-m", "pytest", "-p", "pytest_sellerspec", "--sellerspec-mutate", "-q"]
    # a process in the background of a script ignores Ctrl+C, and so does what it starts
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    ends = time.monotonic() + 60
    while not workers(pytester) and time.monotonic() < ends:
        time.sleep(0.05)
    assert workers(pytester)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 2, output
    assert workers(pytester) == []
    assert list((pytester.path / "temporary").glob("sellerspec-*")) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("--sellerspec-mutate", "test_shop.py"),
            "*followed by `=quick`, `=full` or another option, not by `test_*",
        ),
        (("--sellerspec-mutate=quik",), "*not by `quik`*"),
        (("--sellerspec-mutate", "--sellerspec-mutate-only=responses"), "*did you mean `response`*"),
        (("--sellerspec-mutate", "--sellerspec-mutate-workers=0"), "*-workers is a number from 1 to 256*"),
        (("--sellerspec-mutate", "--sellerspec-mutate-accept=none.yaml"), "*none.yaml*"),
    ],
)
def test_wrong_options_stop_the_run(pytester: pytest.Pytester, args: tuple[str, ...], message: str) -> None:
    files(pytester)
    result = run(pytester, *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


LOUD = """
    import shop

    def test_total(client):
        print("token of", client.headers["tiki-api"])
        assert shop.total(client) == 240000
"""


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        (
            "tiki/getOrder:null/items/*/price",
            ["*return sum(item*", "TypeError: *", "Captured stdout call:", "token of *"],
        ),
        ("unchanged", ["Captured stdout call:", "token of *", "", "weakness unchanged: *"]),
    ],
)
def test_what_is_reproduced_shows_the_traceback_and_what_the_test_prints(
    pytester: pytest.Pytester, id: str, shown: list[str]
) -> None:
    files(pytester, tests=LOUD)
    result = run(pytester, f"--sellerspec-mutate-reproduce={id}", "--sellerspec-mutate")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*sellerspec mutate*", "test_shop.py::test_total:", *shown])
    result.stdout.no_fnmatch_line("* (0 of 2)*")


def test_the_ini_file_has_the_twins_and_the_report_is_printed(pytester: pytest.Pytester) -> None:
    files(pytester)
    pytester.makeini(
        "[pytest]\nsellerspec_mutate = quick\nsellerspec_mutate_only = response\n"
        "sellerspec_mutate_reproduce = tiki/getOrder:null/items/*/price\n"
    )
    result = run(pytester)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*sellerspec mutate*",
            "weakness tiki/getOrder:null/items/[*]/price: `price` of each item of `items` is null",
            "  test_shop.py::test_total: TypeError: unsupported operand type(s) for *: * (shop.py:7)",
            "survived: 0 % (0 of 1), at least 100 % is required",
        ]
    )


def test_a_worker_that_cannot_collect_says_why(pytester: pytest.Pytester) -> None:
    files(pytester)
    conftest = pytester.path / "conftest.py"
    conftest.write_text(
        conftest.read_text()
        + "\nimport sys\nif any('mutate-worker' in a for a in sys.argv): sys.exit('no licence')\n"
    )
    mutated = mutate(pytester, here=True)
    assert mutated.ret == 2
    assert "nothing was mutated: a worker could not collect the tests:" in mutated.text
    assert "no licence" in mutated.text
