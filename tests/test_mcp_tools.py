"""The tools of `sellerspec mcp`, called as the server calls them."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from mcp import Client

import sellerspec
from sellerspec import marketplaces
from sellerspec.cli import main
from sellerspec.errors import ParseError, SellerspecError, UnknownName, UsageError
from sellerspec.io.resources import data_dir, read_json
from sellerspec.mcp.catalogue import project_in, tools_of
from sellerspec.mcp.folders import MOST_BYTES, Folders
from sellerspec.mcp.sandboxes import Sandboxes
from sellerspec.mcp.server import server_of
from sellerspec.mcp.tool import Tool
from sellerspec.model import FACTS
from support.mutation_reports import report
from support.sandboxes import example

ORDER = example("tnsl/createOrder/valid/e2e")


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[dict[str, Tool]]:
    project = project_in([tmp_path])
    with closing(Sandboxes(project)) as sandboxes:
        yield {tool.name: tool for tool in tools_of(project, Folders([tmp_path]), sandboxes)}


def test_a_mutation_report_is_read_by_its_shape_and_shown_without_secrets(
    tools: dict[str, Tool], tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report()))
    read = tools["read_mutation_report"]({"file": "report.json"})
    assert [(one["id"], one["state"]) for one in read["items"]] == [
        ("tiki/getOrder:null/status", "weakness"),
        ("tiki/getOrder:renamed/status", "gap"),
    ]
    (failure,) = read["items"][0]["failures"]
    assert (failure["how"], failure["at"]) == ("crash", "orders.py:7")
    assert "eyJ" not in json.dumps(read)
    assert read["figures"]["survived"]["percent"] == 50
    assert read["command"] == "pytest tests/"
    survived = tools["read_mutation_report"]({"file": "report.json", "states": ["survived"]})
    assert [one["id"] for one in survived["items"]] == ["tiki/getOrder:empty/status"]
    path.write_text(json.dumps({**report(), "mutations": [{"id": 5}]}))
    with pytest.raises(ParseError, match=r"not a report of `sellerspec mutate .*`: /mutations/0"):
        tools["read_mutation_report"]({"file": "report.json"})
    path.write_text("{")
    with pytest.raises(ParseError, match=r"^report\.json:1:2: not JSON"):
        tools["read_mutation_report"]({"file": "report.json"})
    with pytest.raises(UsageError, match="outside the folders"):
        tools["read_mutation_report"]({"file": "../report.json"})


def test_what_stands_in_a_file_is_not_shown_where_it_is_secret_or_personal(
    tools: dict[str, Tool], tmp_path: Path
) -> None:
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl"
    payload = {**ORDER, secret: 1, "access_token": secret, "quantity": "1"}
    (tmp_path / "order.json").write_text(json.dumps(payload))
    arguments = {"operation": "tnsl/createOrder", "file": "order.json"}
    for name in ("check_payload", "fix_payload"):
        result = json.dumps(tools[name](arguments))
        assert secret not in result
        assert "***" in result


def test_a_file_is_checked_as_the_command_checks_it(tools: dict[str, Tool], tmp_path: Path) -> None:
    (tmp_path / "sku.json").write_text('{\n "price": 0\n}')
    (tmp_path / "facts.json").write_text('{"listing_price": 100000}')
    arguments = {"operation": "tiki/updateSku", "file": "sku.json", "facts_file": "facts.json"}
    checked = tools["check_payload"](arguments)
    done = CliRunner().invoke(main, [
        "check", str(tmp_path / "sku.json"), "--as", "tiki/updateSku", "--listing-price", "100000",
        "--format", "json",
    ])  # fmt: skip
    (expected,) = json.loads(done.stdout)["reports"]
    assert checked["findings"] == expected["findings"]
    assert checked["unchecked"] == expected["unchecked"] == []
    assert checked["findings"][0]["line"] == 2
    own = {**arguments, "facts": {"listing_price": 1}, "strict": True}
    assert tools["check_payload"](own)["ok"] is False
    for name in ("facts", "sku"):
        (tmp_path / f"{name}.json").write_text("{")
        with pytest.raises(ParseError, match=rf"^{name}\.json:1:2: not JSON"):
            tools["check_payload"](arguments)


def test_the_settings_of_a_root_count(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.sellerspec]\nstrict = true\n")
    project = project_in([tmp_path / "other", tmp_path])
    with closing(Sandboxes(project)) as sandboxes:
        check = tools_of(project, Folders([tmp_path]), sandboxes)[0]
        assert check({"operation": "tiki/updateSku", "payload": {"price": 1, "acti": 1}})["ok"] is False
    assert project_in([]).settings.strict is False


@pytest.mark.no_cover
def test_requirements_of_both_sides_and_every_operation_are_bounded(tools: dict[str, Tool]) -> None:
    for operation in sellerspec.operations():
        for part in ("request", "response"):
            needed = tools["requirements"]({"operation": operation.key, "part": part})
            assert len(json.dumps(needed)) < 50_000
    first = tools["requirements"]({"operation": "tokopedia/orderNotification"})
    offset = first["members"]["next_offset"]
    rest = tools["requirements"]({"operation": "tokopedia/orderNotification", "offset": offset})
    assert set(rest) == {"operation", "members"}
    assert rest["members"]["items"][0] not in first["members"]["items"]
    assert {name for name, _ in first.items()} >= {"minimal", "parameters", "functions", "bases"}


@pytest.mark.parametrize("rule", [rule.id for rule in sellerspec.rules()][::25])
def test_explanations_are_those_of_the_command(tools: dict[str, Tool], rule: str) -> None:
    done = CliRunner().invoke(main, ["explain", rule])
    assert tools["explain"]({"name": rule})["text"] + "\n" == done.stdout


def test_lists_and_their_errors(tools: dict[str, Tool]) -> None:
    assert tools["list"]({"what": "sandboxes"}) == {"items": [], "total": 0, "next_offset": None}
    assert tools["list"]({"what": "defects", "of": "tnsl"})["items"][0]["marketplace"] == "tnsl"
    with pytest.raises(UnknownName, match="tikki"):
        tools["list"]({"what": "operations", "of": "tikki"})
    with pytest.raises(UsageError, match=r"^/what: "):
        tools["list"]({"what": "secrets"})


@pytest.mark.parametrize(
    ("tool", "arguments", "problem"),
    [
        ("sandbox_start", {"marketplace": "tiki", "defects": ["none"]}, "no defect named `none`"),
        ("sandbox_start", {"marketplace": "tiki", "now": "noon"}, "/now: `noon` is not a date and time"),
        ("sandbox_log", {"sandbox": "tiki-9"}, "no running sandbox named `tiki-9`"),
        (
            "fix_payload",
            {"operation": "tiki/updateSku", "payload": {}, "write": True},
            "/write: only a `file`",
        ),
        ("check_exchange", {"exchange": {"method": "GET"}}, "an exchange must have a `url`"),
        (
            "check_exchange",
            {"exchange": {"method": "GET", "url": "https://nowhere.example/"}},
            "no operation",
        ),
        ("check_payload", {"operation": "tiki/listOrders", "payload": {}}, "tiki/listOrders"),
        ("check_payload", {"operation": "tiki/updateSku", "file": "x" * 5000}, "/file: "),
    ],
)
def test_what_a_tool_cannot_do(
    tools: dict[str, Tool], tool: str, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SellerspecError) as refused:
        tools[tool](arguments)
    assert problem in str(refused.value)


def test_a_file_that_is_too_large_or_has_no_name_is_not_read(tools: dict[str, Tool], tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    with pytest.raises(ParseError, match="at most 8,388,608 are read"):
        tools["check_payload"]({"operation": "tiki/updateSku", "file": "large.json"})
    with pytest.raises(SellerspecError, match="no such file"):
        tools["check_payload"]({"operation": "tiki/updateSku", "file": "x" * 900})


def test_without_the_sdk_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = CliRunner().invoke(main, ["mcp"])
    assert done.exit_code == 2
    assert done.stderr == "error: `mcp` is not installed; run: pip install 'sellerspec[mcp]'\n"


def test_a_sandbox_lives_until_it_is_stopped_or_the_server_ends(tools: dict[str, Tool]) -> None:
    with closing(Sandboxes(project_in([]))) as sandboxes:
        own = {tool.name: tool for tool in sandboxes.tools}
        box = own["sandbox_start"]({"marketplace": "tiki", "now": "2026-01-02 03:04:05"})
        drive = {"sandbox": box["sandbox"], "action": "clock"}
        assert own["sandbox_drive"](drive)["result"]["now"] == "2026-01-02 03:04:05"
        httpx.get(f"{box['url']}/integration/v1/orders", headers=box["headers"], trust_env=False)
        (entry,) = own["sandbox_log"]({"sandbox": box["sandbox"]})["entries"]
        assert (entry["operation"], entry["report"]) == ("tiki/listOrders", {"ok": True, "findings": []})
        httpx.get(f"{box['url']}/nowhere", trust_env=False)
        assert own["sandbox_log"]({"sandbox": box["sandbox"], "after": 1})["entries"][0]["report"] is None
        other = own["sandbox_start"]({"marketplace": "tnsl"})
        assert own["sandbox_stop"]({"sandbox": box["sandbox"]}) == {"stopped": "tiki-1"}
        with pytest.raises(UnknownName):
            own["sandbox_drive"](drive)
    with pytest.raises(httpx.ConnectError):
        httpx.get(other["url"], trust_env=False)


def test_a_fault_of_a_tool_and_a_result_that_is_too_long_are_errors_without_a_traceback() -> None:
    secret = "eyJhbGciOiJIUzI1NiJ9"

    def fails(_: object) -> dict[str, Any]:
        raise ValueError(secret)

    faulty = (Tool("explain", fails), Tool("list", lambda _: {"text": "x" * 50_001}))

    async def texts() -> list[tuple[bool | None, str]]:
        async with Client(server_of(faulty)) as client:
            calls = (("explain", {"name": "x"}), ("list", {"what": "rules"}))
            results = [await client.call_tool(name, arguments) for name, arguments in calls]
        return [(result.is_error, getattr(result.content[0], "text", "")) for result in results]

    (failed, problem), (long, too_long) = asyncio.run(texts())
    assert (failed, long) == (True, True)
    assert problem.startswith("the tool failed: ValueError in ")
    assert secret not in problem
    assert too_long == "the result has more than 50000 bytes; ask for less of it"


def test_the_tools_know_every_marketplace_and_every_fact() -> None:
    shapes = read_json(data_dir("schemas") / "sellerspec" / "mcp-tools.json")["$defs"]
    assert shapes["sandbox_start"]["properties"]["marketplace"]["enum"] == list(marketplaces.NAMES)
    named = shapes["list"]["properties"]["of"]["description"]
    assert all(f"`{name}`" in named for name in marketplaces.NAMES)
    facts = shapes["-facts"]["description"]
    assert [name for name in FACTS if f"`{name}`" not in facts] == ["pictures"]
