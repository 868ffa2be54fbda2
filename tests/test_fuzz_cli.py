"""`sellerspec fuzz` from the command line: exit codes, formats, files, and one line for what is wrong."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sellerspec
from sellerspec import fuzz, marketplaces, sandbox
from sellerspec.cli import main
from support import hostile_servers


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


@pytest.mark.parametrize(
    "target", [("tnsl/orderStatusSync", "--receiver"), ("tiki", "--url"), ("tokopedia", "--url")]
)
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://127.0.0.1:9/x", "5 calls in a row got no response: All connection attempts failed"),
        ("http://127.0.0.1:abc/", "the address of the server is not like http://host:port/path"),
        ("http://[", "5 calls in a row got no response"),
        ("https://", "the address of the server is not like http://host:port/path"),
    ],
)
def test_H2_a_server_that_cannot_be_reached_is_not_judged(
    target: tuple[str, str], address: str, message: str
) -> None:
    done = call(*target, address, "--max-time", "5")
    assert done.exit_code == 2
    assert message in done.output


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (401, "give the headers of an account that may call it"),
        (403, "give the headers of an account that may call it"),
        (429, "give a lower rate limit"),
        (404, "look at the address, and name ids that the account has"),
    ],
)
@pytest.mark.parametrize("marketplace", marketplaces.NAMES)
def test_A5_a_server_that_lets_nobody_in_is_not_judged(marketplace: str, status: int, step: str) -> None:
    closed = hostile_servers.respond(f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n".encode())
    with hostile_servers.server(closed) as (url, _):
        done = call(marketplace, "--url", url, "--max-time", "4", "--phase", "examples", "--format", "json")
    assert done.exit_code == 2
    result = json.loads(done.stdout)
    assert not result["ok"]
    assert set(result["unjudged"]) == {
        operation.key for operation in sellerspec.operations(marketplace) if not operation.webhook
    }
    shut = [
        reason for reason in result["unjudged"].values() if reason.startswith(f"never accepted ({status} ")
    ]
    assert shut
    assert all(reason.endswith(step) for reason in shut)


def test_A5_an_operation_that_is_never_accepted_keeps_a_run_from_passing() -> None:
    box = sandbox.app("tiki")

    async def closed(scope: Any, receive: Any, send: Any) -> None:
        if "/orders" not in scope["path"]:
            await box(scope, receive, send)
            return
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 403, "headers": kind})
        await send({"type": "http.response.body", "body": b'{"errors": ["no"]}'})

    named = ["listOrders", "updateSku"]
    result = fuzz.run("tiki", app=closed, include=named, phases=["examples"], headers=box.sandbox.auth())
    assert not result.ok
    assert list(result.unjudged) == ["tiki/listOrders"]
    assert "--exclude" in result.to_text()
    errors = ElementTree.fromstring(replace(result, findings=()).to_junit()).iter("error")
    assert [error.get("message", "").partition(" (")[0] for error in errors] == ["never accepted"]
    meant = fuzz.run(
        "tiki", app=closed, include=named, exclude=["listOrders"], phases=["examples"],
        headers=box.sandbox.auth(),
    )  # fmt: skip
    assert (meant.exit_code, meant.unjudged) == (0, {})


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
