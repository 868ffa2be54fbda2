"""`sellerspec fuzz` from the command line: exit codes, formats, files, and one line for what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sellerspec import sandbox
from sellerspec.cli import main


def call(*arguments: str, **settings: Any) -> Result:
    return CliRunner().invoke(main, ["fuzz", *arguments], **settings)


SHORT = ("--sandbox", "--profile", "quick", "--phase", "sequences", "--max-time", "20")


def test_an_honest_sandbox_exits_with_0() -> None:
    done = call("tokopedia", *SHORT)
    assert done.exit_code == 0, done.output
    assert "tokopedia: 0 errors, 0 warnings" in done.stdout


def test_a_defect_exits_with_1_and_shows_a_command() -> None:
    done = call("tokopedia", *SHORT, "--defect", "header-dropped", "--max-findings", "1")
    assert done.exit_code == 1
    assert "tokopedia.answer-header" in done.stdout
    assert "curl -sS" in done.stdout


def test_findings_are_written_as_json_junit_tests_and_baseline(tmp_path: Path) -> None:
    known, tests = tmp_path / "known.json", tmp_path / "test_found.py"
    done = call(
        "tokopedia", *SHORT, "--defect", "header-dropped", "--format", "json",
        "--pytest-file", str(tests), "--write-baseline", str(known), "--reason", "an old gateway",
    )  # fmt: skip
    shown = json.loads(done.stdout)
    assert shown["ok"] is False
    compile(tests.read_text(), "test_found.py", "exec")
    again = call(
        "tokopedia", *SHORT, "--defect", "header-dropped", "--baseline", str(known), "--format", "junit"
    )
    assert again.exit_code == 0, again.output
    assert again.stdout.startswith("<?xml")


def test_a_server_and_an_account_are_named_by_options_and_environment(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"listing_price": 1200000}')
    with sandbox.run("tiki") as box:
        done = call(
            "tiki", "--url", box.url, "--include", "updateSku", "--phase", "rules", "--facts",
            str(facts), "--id", "sku=DANG19951995", "--other-header", "tiki-api: FAKE-TOKEN-GLOBAL",
            env={"SELLERSPEC_HEADERS": "tiki-api: FAKE-TOKEN-FOR-TESTS"},
        )  # fmt: skip
    assert done.exit_code == 0, done.output


def test_a_receiver_that_is_not_there_exits_with_1() -> None:
    done = call("tnsl/orderStatusSync", "--receiver", "http://127.0.0.1:9/x", "--max-time", "5")
    assert done.exit_code == 1
    assert "unreachable" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("tiki",), "name one thing to fuzz: --url, --sandbox or --receiver"),
        (("tiki", "--url", "http://127.0.0.1:9", "--defect", "x"), "--defect needs --sandbox"),
        (("tiki", "--sandbox", "--write-baseline", "x"), "needs --reason"),
        (("tiki", "--sandbox", "-H", "not-a-real-token"), "--header is written `NAME: VALUE`"),
        (("tikki", "--sandbox"), "tiki"),
        (("tiki", "--sandbox", "--include", "createProduc"), "did you mean"),
    ],
)
def test_what_cannot_be_understood_exits_with_2_and_one_line(
    arguments: tuple[str, ...], expected: str
) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "not-a-real-token" not in done.output
