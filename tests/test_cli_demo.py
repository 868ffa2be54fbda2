"""`sellerspec demo` does each step for real, and says so when a step shows something else."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sellerspec.cassettes import files
from sellerspec.cli import main
from sellerspec.cli.demo import steps


def test_the_demo_shows_the_main_job_and_leaves_a_cassette_and_a_report(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["demo", "--output", str(tmp_path / "out"), "--fuzz-time", "20"])
    assert done.exit_code == 0, done.output
    assert "NOT AS EXPECTED" not in done.output
    for line in (
        "documented-simple.json: accepted",
        "Tiki responds: variants should have price > 0",
        "awaiting_approve > approved",
        "the sandbox got 7 calls before and 7 after",
        "7 exchanges, 0 errors",
        "the token of the calls is not in the cassette",
        "the receiver responded 200",
        "the exchange satisfies the contract: yes",
        "error accepted-invalid tiki.variant-price",
        "every step had the expected result",
    ):
        assert line in done.output
    calls = files.read(tmp_path / "out/cassettes/tiki/createProduct/demo.yaml").exchanges
    assert [call.exchange.method for call in calls] == ["POST"] + ["GET"] * 6
    page = (tmp_path / "out/report.html").read_text()
    assert "variants should have price &gt; 0" in page
    assert "Contract coverage of the guarded client" in page


def test_a_step_that_shows_something_else_makes_the_demo_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzzing = [step for step in steps.STEPS if step[1] is steps.fuzzed]
    monkeypatch.setattr(steps, "STEPS", fuzzing)
    # in so short a time nothing is sent, so the seeded defect is not found
    done = CliRunner().invoke(main, ["demo", "--output", str(tmp_path), "--fuzz-time", "0.001"])
    assert done.exit_code == 1
    assert "NOT AS EXPECTED: 0 findings" in done.output
    assert "1 steps did not" in done.output


def test_without_httpx_the_demo_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    done = CliRunner().invoke(main, ["demo", "--output", str(tmp_path)])
    assert done.exit_code == 2
    assert "sellerspec[sandbox]" in done.output
