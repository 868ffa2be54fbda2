"""`sellerspec mcp` under the SDK's own client, over stdin and stdout of a real process."""

import asyncio
import json
import re
import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sellerspec.cli import main
from support import doc_pages
from support.agents import SOURCES, Agent, Process, agent, calling, greeting
from support.mutation_reports import report
from support.sandboxes import example

ROOT = Path(__file__).parents[1]
TOOLS = {
    "check_payload", "check_exchange", "fix_payload", "explain", "requirements", "list", "sandbox_start",
    "sandbox_drive", "sandbox_log", "sandbox_stop", "read_mutation_report",
}  # fmt: skip
PRODUCT = example("tiki/createProduct/valid/documented-simple")
SKU = "tiki/updateSku"

Scenario = Callable[[Agent], Coroutine[Any, Any, None]]


def played(scenario: Scenario, *options: str) -> None:
    async def play() -> None:
        async with agent(*options) as connected:
            await scenario(connected)

    asyncio.run(play())


def test_every_tool_is_listed_with_a_schema_and_runs(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps(report()))
    called: set[str] = set()

    async def scenario(use: Agent) -> None:
        async def call(tool: str, **arguments: Any) -> Any:
            called.add(tool)
            return await use(tool, **arguments)

        tools = (await use.client.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        for tool in tools:
            assert tool.description
            assert tool.input_schema["type"] == "object"
            assert tool.input_schema["additionalProperties"] is False
            assert "$ref" not in json.dumps(tool.input_schema)
        assert (await call("check_payload", operation="tiki/createProduct", payload=PRODUCT))["ok"] is True
        exchange = {"method": "POST", "url": "https://api.tiki.vn/integration/v1/products/A/updateSku"}
        checked = await call("check_exchange", exchange={**exchange, "request_body": {"price": 0}})
        assert "/request/body/price" in [finding["pointer"] for finding in checked["findings"]]
        fixed = await call("fix_payload", operation=SKU, payload={"sku": "A", "price": "5000"})
        assert fixed["payload"] == {"sku": "A", "price": 5000}
        assert "tiki/createProduct" in (await call("explain", name="tiki.variant-price"))["text"]
        assert (await call("requirements", operation=SKU))["minimal_is_accepted"] is True
        assert (await call("list", what="operations", of="tiki"))["items"][0]["key"] == "tiki/listCategories"
        box = (await call("sandbox_start", marketplace="tiki"))["sandbox"]
        assert (await call("sandbox_drive", sandbox=box, action="reset")) == {"result": {"reset": True}}
        log = {"entries": [], "more": 0, "next_after": None}
        assert (await call("sandbox_log", sandbox=box)) == log
        assert (await call("sandbox_stop", sandbox=box)) == {"stopped": box}
        assert (await call("read_mutation_report", file="report.json"))["total"] == 2
        assert called == TOOLS

    played(scenario, "--root", str(tmp_path))


def test_bad_input_is_a_tool_error_that_says_where_and_what_to_do() -> None:
    async def scenario(use: Agent) -> None:
        wrong = await use.refusal("check_payload", operation="tiki/updatSku", payload={})
        assert wrong == "no operation named `tiki/updatSku`; did you mean `tiki/updateSku`?"
        assert await use.refusal("check_payload", payload={}) == "/operation: `operation` is missing"
        unknown = await use.refusal("check_payload", operation=SKU, payload={}, facst={})
        assert unknown.startswith("/facst: ")
        assert "did you mean `facts`?" in unknown
        assert await use.refusal("check_payload", operation=SKU) == "/: give either `payload` or `file`"
        broken = await use.refusal("check_payload", operation=SKU, payload='{"price": 0,\n"x"}')
        assert broken.startswith("/payload:2:4: not JSON")
        fact = await use.refusal("check_payload", operation=SKU, payload={}, facts={"now": 5})
        assert fact == "/facts: the fact `now` has the wrong type"
        box = (await use("sandbox_start", marketplace="tiki"))["sandbox"]
        back = await use.refusal("sandbox_drive", sandbox=box, action="advance", body={"advance": -1})
        assert back == "/advance: the clock does not run backwards"
        assert (await use.refusal("nothing")).startswith("no tool named `nothing`; known: check_exchange")
        long = await use.refusal("explain", name="x" * 200)
        assert len(long) < 400

    played(scenario)


def test_files_are_read_and_written_below_the_roots_alone(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.json"
    root.mkdir()
    outside.write_text('{"price": "5000"}')
    (root / "link.json").symlink_to(outside)
    (root / "own.json").write_text('{\n  "price":   "5000"\n}\n')
    (root / "folder").mkdir()

    async def scenario(use: Agent) -> None:
        for name in (
            "../outside.json",
            str(outside),
            "link.json",
            "folder/../../outside.json",
            "/etc/passwd",
        ):
            refused = await use.refusal("fix_payload", operation=SKU, file=name, write=True)
            assert refused == f"`{name}` is outside the folders that may be read: {root.resolve()}"
        assert await use.refusal("check_payload", operation=SKU, file="none") == "none: no such file"
        assert await use.refusal("check_payload", operation=SKU, file="folder") == "folder: not a plain file"
        nul = await use.refusal("check_payload", operation=SKU, file="a\0b")
        assert nul.endswith("the name of the file holds a NUL character")
        fixed = await use("fix_payload", operation=SKU, file="own.json")
        assert (fixed["written"], "payload" in fixed) == (False, False)
        fixed = await use("fix_payload", operation=SKU, file="own.json", write=True)
        assert (fixed["written"], fixed["left"]["ok"]) == (True, True)

    played(scenario, "--root", str(root))
    assert (root / "own.json").read_text() == '{\n  "price":   5000\n}\n'
    assert outside.read_text() == '{"price": "5000"}'


def test_without_a_root_no_file_is_read() -> None:
    async def scenario(use: Agent) -> None:
        refused = await use.refusal("read_mutation_report", file="report.json")
        assert refused == "no file may be read: start the server with `sellerspec mcp --root FOLDER`"

    played(scenario)


def test_results_are_bounded_and_say_what_was_cut() -> None:
    async def scenario(use: Agent) -> None:
        variants = [{**PRODUCT["variants"][0], "sku": f"S{number}", "price": 0} for number in range(80)]
        many = await use("check_payload", operation="tiki/createProduct", payload={"variants": variants})
        assert len(many["findings"]) <= 50
        assert many["errors"] > len(many["findings"])
        total = many["errors"] + many["warnings"]
        shown = len(many["findings"])
        assert many["cut"] == f"{shown} of {total} findings are shown, the errors first"
        huge = {**PRODUCT, "price": "5000", "description": "x" * 60_000}
        fixed = await use("fix_payload", operation="tiki/createProduct", payload=huge)
        assert "payload" not in fixed
        assert "give it as `file` with `write`" in fixed["cut"]
        seen: list[str] = []
        offset: int | None = 0
        while offset is not None:
            rules = await use("list", what="rules", offset=offset)
            seen += (rule["id"] for rule in rules["items"])
            offset = rules["next_offset"]
        assert len(seen) == len(set(seen)) == rules["total"] > 50
        past = await use.refusal("list", what="rules", offset=100_000)
        assert past == f"/offset: there are {len(seen)} items, so `offset` is at most {len(seen)}"

    played(scenario)


def test_a_sandbox_is_driven_called_and_read_without_secrets() -> None:
    async def scenario(use: Agent) -> None:
        box = await use("sandbox_start", marketplace="tiki", defects=["price-zero-accepted"])
        name, url = box["sandbox"], box["url"]
        assert url.startswith("http://127.0.0.1:")
        rows = (await use("list", what="sandboxes"))["items"]
        assert rows == [{key: box[key] for key in ("sandbox", "url", "control", "defects")}]
        fault = {"kind": "status", "operation": "listOrders", "status": 503}
        await use("sandbox_drive", sandbox=name, action="faults", body=fault)
        async with httpx.AsyncClient(base_url=url, headers=box["headers"]) as client:
            path = "/integration/v1/orders?page=1"
            assert [(await client.get(path)).status_code for _ in range(3)] == [503, 200, 200]
            await client.get("/integration/v3/orders")  # another version: a warning
        log = await use("sandbox_log", sandbox=name)
        assert [entry["response"]["status"] for entry in log["entries"]][:3] == [503, 200, 200]
        assert box["headers"]["tiki-api"] not in json.dumps(log)
        assert "bytes, not shown" in log["entries"][1]["response"]["body"]
        (last,) = (await use("sandbox_log", sandbox=name, after=3, only_findings=True))["entries"]
        assert last["number"] == 4
        assert await use.refusal("sandbox_drive", sandbox=name, action="reset", body={}) == (
            "/body: `reset` takes none"
        )
        needed = await use.refusal("sandbox_drive", sandbox=name, action="move")
        assert needed == "/body: `move` needs it; see the description of the tool"
        for _ in range(7):
            await use("sandbox_start", marketplace="tnsl")
        full = await use.refusal("sandbox_start", marketplace="tnsl")
        assert full.startswith("8 sandboxes run already; stop one first: tiki-1, tnsl-2")
        await use("sandbox_stop", sandbox=name)
        assert "tiki-1" in await use.refusal("sandbox_stop", sandbox=name)
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, trust_env=False)

    played(scenario)


def test_the_page_for_agents_is_followed(tmp_path: Path) -> None:
    page = doc_pages.blocks("docs/how-to/use-with-an-agent.md")
    (config,) = (json.loads(block.text) for block in page if block.title == ".mcp.json")
    (server,) = config["mcpServers"].values()
    assert server["command"] == "sellerspec"
    (code,) = (block.text for block in page if block.language == "python")
    (printed,) = (block.text for block in page if block.language == "text")
    # the client hands no other variables to the server
    sources = f'args={server["args"]}, env={{"PYTHONPATH": {str(SOURCES)!r}}}'
    (tmp_path / "session.py").write_text(code.replace('args=["mcp"]', sources))
    assert doc_pages.typed("python session.py", tmp_path) == printed
    listed = re.findall(
        r"^\| (`[^|]*`) \|", (ROOT / "docs/how-to/use-with-an-agent.md").read_text(), re.MULTILINE
    )
    assert {name for row in listed for name in re.findall("`([^`]*)`", row)} == TOOLS


HOSTILE = [
    ('{"operation": "tiki/updateSku", "payload": {"price": NaN}}', "not a JSON value: nan at `/price`"),
    ('{"operation": "tiki/updateSku", "payload": "[[1, 2"}', "/payload:1:7: not JSON"),
    (f'{{"operation": "tiki/updateSku", "payload": "{"[" * 3000}"}}', "nested deeper than 254 levels"),
    (f'{{"operation": "tiki/updateSku", "payload": {"[" * 300}{"]" * 300}}}', "cannot be read"),
    (f'{{"operation": "tiki/updateSku", "payload": {"[" * 3000}{"]" * 3000}}}', "cannot be read"),
    ('{"operation": "tiki/updateSku", "payload": {"a": "\\ud800"}}', "cannot be read"),
    ("garbage", "cannot be read"),
    ('{"operation": "tiki/updateSku", "payload": {"price": 1e999}}', "not a JSON value: inf at `/price`"),
]  # fmt: skip


def test_hostile_lines_are_answered_and_the_server_goes_on() -> None:
    calls = [calling(number, "check_payload", line) for number, (line, _) in enumerate(HOSTILE, 1)]
    long = '{"operation": "tiki/updateSku", "payload": {"price": 1%s}}' % ("0" * 40)
    good = calling(99, "check_payload", long)
    with Process() as process:
        for call, (_, expected) in zip(calls, HOSTILE, strict=True):
            process.sent(call)
            assert expected in json.dumps(process.line(), ensure_ascii=False)
        process.sent(good)
        answer = process.line()
        assert (answer["id"], answer["result"]["structuredContent"]["ok"]) == (99, True)
        process.close_stdin()
        assert process.ended() == (0, "")
    # the same within this process
    lines = "".join(f"{line}\n" for line in (*greeting(), *calls, good))
    done = CliRunner().invoke(main, ["mcp"], input=lines)
    assert done.exit_code == 0
    assert "cannot be read" in done.stdout


@pytest.mark.parametrize(("how", "code"), [("stdin", 0), ("SIGINT", 130), ("SIGTERM", 130)])
def test_the_end_of_the_server_ends_its_sandboxes(how: str, code: int) -> None:
    with Process() as process:
        answer = process.called("sandbox_start", '{"marketplace": "tiki"}')
        host, port = answer["result"]["structuredContent"]["url"].removeprefix("http://").split(":")
        socket.create_connection((host, int(port))).close()
        if how == "stdin":
            process.close_stdin()
        else:
            process.process.send_signal(signal.Signals[how])
        assert process.ended() == (code, "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))


def test_a_client_that_reads_no_more_is_no_fault() -> None:
    with Process() as process:
        assert process.process.stdout is not None
        process.process.stdout.close()
        process.sent(calling(1, "list", '{"what": "rules"}'))
        process.close_stdin()
        assert process.ended() == (0, "")
