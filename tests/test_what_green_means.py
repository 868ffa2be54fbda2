"""Nothing passes unjudged: for each way in, one case that cannot be judged, and it is not green.

The ways stand in `docs/ways-in.yaml`, from which the table of `docs/what-green-means.md` is written.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

import sellerspec
from sellerspec import fuzz, guard, sandbox
from sellerspec.cli import main
from sellerspec.errors import ParseError, SellerspecError, UnknownName
from sellerspec.mcp.catalogue import project_in, tools_of
from sellerspec.mcp.folders import Folders
from sellerspec.mcp.sandboxes import Sandboxes
from support import hostile_servers
from support.proxies import proxied
from support.small_connectors import CLEAN, connector

ROOT = Path(__file__).parents[1]
WAYS = yaml.safe_load((ROOT / "docs" / "ways-in.yaml").read_text())
PRODUCT = ROOT / "tests/examples/tiki/createProduct/valid/documented-simple.json"
NOWHERE: dict[str, Any] = {"method": "GET", "url": "https://nowhere.example/x", "status": 200}
UNKNOWN = """version: 1
interactions:
- request: {body: null, headers: {}, method: GET, uri: "https://nowhere.example/x"}
  response:
    {body: {string: "{}"}, headers: {content-type: [application/json]}, status: {code: 200, message: OK}}
"""


def exit_code(*arguments: object) -> int:
    return CliRunner().invoke(main, [str(argument) for argument in arguments]).exit_code


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def suite(folder: Path, *options: str) -> int:
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-p", "pytest_sellerspec", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode


def check(folder: Path) -> bool:
    (folder / "empty").mkdir()
    return (
        exit_code("check", written(folder / "x.json", "{")) == 2
        and exit_code("check", written(folder / "y.json", "{}")) == 2
        and exit_code("check", folder / "empty") == 2
    )


def pictures(folder: Path) -> bool:
    path = written(folder / "x.json", '{"price": 5000}')
    lines = written(folder / "x.jsonl", "{}")
    return (
        exit_code("check", "--as", "tiki/updateSku", "--images", path) == 2
        and exit_code("check", "--as", "tiki/createProduct", "--images", folder, lines) == 2
    )


def fix(folder: Path) -> bool:
    path = written(folder / "x.json", '{"price": "5000"}')
    path.chmod(0o444)
    return (
        exit_code("check", "--as", "tiki/updateSku", "--fix", path) == 2
        and path.read_text() == '{"price": "5000"}'
        and exit_code("check", "--fix", written(folder / "y.json", "{")) == 2
    )


def exchange(folder: Path) -> bool:
    return exit_code("check", written(folder / "x.exchange.json", json.dumps(NOWHERE))) == 2


def library(_: Path) -> bool:
    for broken in (b"{", b'{"a": NaN}', b"\xff"):
        with pytest.raises(ParseError):
            sellerspec.check("tiki/createProduct", broken)
    with pytest.raises(UnknownName):
        sellerspec.check("tiki/createProducts", {})
    with pytest.raises(UnknownName):
        sellerspec.check_exchange(sellerspec.Exchange("GET", NOWHERE["url"], 200))
    return True


def swallowed(client: httpx.Client) -> None:
    try:
        client.post("https://api.tiki.vn/integration/v1/products/A/updateSku", json={"price": 0})
    except Exception:
        return


def guarded(_: Path) -> bool:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        guard.httpx(client, "tiki")
        swallowed(client)
        client.get("https://nowhere.example/x")
        kept = guard.of(client)
        assert kept is not None
        return bool(kept.foreign) and not any(report.ok for report in kept.acknowledge())


SWALLOWING = """
import httpx

def test_swallowed(sellerspec_guard):
    with httpx.Client() as client:
        sellerspec_guard(client, "tiki")
        try:
            client.post("https://api.tiki.vn/integration/v1/products/A/updateSku", json={"price": 0})
        except Exception:
            pass
"""


def guard_fixture(folder: Path) -> bool:
    written(folder / "test_x.py", SWALLOWING)
    return suite(folder) == 1


def payload_items(folder: Path) -> bool:
    written(folder / "payloads/x.json", "{}")
    return (
        suite(folder, "--sellerspec-payloads=payloads") != 0
        and suite(folder, "--sellerspec-payloads=no") != 0
    )


def cassette_items(folder: Path) -> bool:
    written(folder / "cassettes/x.yaml", UNKNOWN)
    (folder / "empty").mkdir()
    return all(suite(folder, f"--sellerspec-cassettes={name}") != 0 for name in ("cassettes", "empty", "no"))


def cassettes(folder: Path) -> bool:
    (folder / "empty").mkdir()
    return (
        exit_code("cassettes", "check", written(folder / "x.yaml", UNKNOWN)) == 2
        and exit_code("cassettes", "check", written(folder / "y.yaml", "interactions: [")) == 2
        and exit_code("cassettes", "check", folder / "empty") == 2
    )


def drift(folder: Path) -> bool:
    (folder / "empty").mkdir()
    written(folder / "full/x.yaml", UNKNOWN)
    return exit_code("cassettes", "drift", folder / "empty", folder / "full") == 2


def table(folder: Path) -> bool:
    path = written(folder / "x.csv", "price,quantitty\n1000,5\n")
    return exit_code("check", "--as", "tiki/updateSku", path) == 2


def catalogue(folder: Path) -> bool:
    path = folder / "x.jsonl.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00")
    lines = written(folder / "x.jsonl", '{"price": 1000}\n{\n')
    return exit_code("check", "--as", "tiki/updateSku", path) == 2 and exit_code(
        "check", "--as", "tiki/updateSku", lines
    ) in (1, 2)


def fuzzed(__: Path) -> bool:
    closed = hostile_servers.respond(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n")
    with hostile_servers.server(closed) as (url, _):
        result = fuzz.run("tnsl", url=url, max_time=5, phases=["examples"])
    return result.exit_code == 2 and not result.ok


def fuzz_items(folder: Path) -> bool:
    closed = hostile_servers.respond(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n")
    with hostile_servers.server(closed) as (url, _):
        options = ("--sellerspec-fuzz=tiki", f"--sellerspec-url={url}", "--sellerspec-fuzz-time=2")
        return suite(folder, *options, "sellerspec-fuzz/tiki::updateSku") == 1


def receiver(_: Path) -> bool:
    result = fuzz.receive("tnsl/orderStatusSync", url="http://127.0.0.1:9/x", max_time=5)
    return result.exit_code == 2 and not result.ok


def mcp(folder: Path) -> bool:
    project = project_in([folder])
    with closing(Sandboxes(project)) as sandboxes:
        check = tools_of(project, Folders([folder]), sandboxes)[0]
        wrongs: tuple[dict[str, Any], ...] = (
            {"payload": "{"}, {"payload": {}, "fact": {}}, {"file": "../x.json"}, {"payload": float("nan")},
        )  # fmt: skip
        for wrong in wrongs:
            with pytest.raises(SellerspecError):
                check({"operation": "tiki/updateSku", **wrong})
    return True


def specs(folder: Path) -> bool:
    broken = written(folder / "x.yaml", "openapi: [")
    return exit_code("specs", "lint", broken) == 2 and exit_code("specs", "bundle", broken) == 2


def mutated(folder: Path) -> bool:
    """Say that a suite that is red, one that calls no sandbox, and one without the plugin are not judged."""

    def said(plugin: str, test: str) -> str:
        path = written(folder / "test_it.py", test)
        words = [sys.executable, "-m", "sellerspec", "mutate", "--"]
        words += [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", plugin, str(path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        return f"{done.returncode} {done.stderr}"

    red, green = "def test_red():\n    assert False\n", "def test_green():\n    pass\n"
    return (
        re.search(
            "(?s)^2 .*the suite fails without a mutation, correct it first: .*test_red",
            said("sellerspec", red),
        )
        is not None
        and re.search("(?s)^2 .*no test calls a sandbox", said("sellerspec", green)) is not None
        and re.search("(?s)^2 .*unrecognized arguments", said("no:sellerspec", green)) is not None
    )


def mutated_command(folder: Path) -> bool:
    clean = ("--", *connector(folder, CLEAN))
    idle = ("--", *connector(folder, "print('green')\n", "idle.py"))
    red = ("--", *connector(folder, "sys.exit(1)\n", "red.py"))
    entry = "- {mutation: 'tiki/listWarehouses:nul', reason: r, expires: 2999-12-31}"
    accepting = ("--accept", written(folder / "accept.yaml", entry))
    tiki = ("mutate", "tiki")
    return (
        exit_code(*tiki, *red) == 2
        and exit_code(*tiki, *idle) == 2
        and exit_code(*tiki, "--max-time", "0.000001", *clean) == 2
        and exit_code(*tiki, "--reproduce", "tiki/listWarehouses:nul", *clean) == 2
        and exit_code(*tiki, *accepting, "--fail-under", "survived=0,noticed=0", *clean) == 2
    )


def hooks(folder: Path) -> bool:
    defined = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    codes = {}
    for hook in defined:
        command, *arguments = hook["entry"].split()
        assert command == "sellerspec"
        codes[hook["id"]] = exit_code(*arguments, written(folder / f"{hook['id']}.yaml", "{"))
    return len(codes) >= 3 and set(codes.values()) == {2}


def action(folder: Path) -> bool:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    script = next(step["run"] for step in steps if step["name"] == "Check payloads")
    written(folder / "good.json", PRODUCT.read_text())
    written(folder / "bad.json", "{")
    wrapper = written(folder / "bin/sellerspec", f'#!/bin/sh\nexec {sys.executable} -m sellerspec "$@"\n')
    wrapper.chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{wrapper.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"),
        "PATHS": "good.json\nbad.json", "OPERATION": "tiki/createProduct", "STRICT": "false",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, env=environment, capture_output=True, check=False
    )
    return done.returncode == 2


def proxy(_: Path) -> bool:
    order = "/integration/v1/orders/1"
    with proxied("http://127.0.0.1:9") as unused:
        pass
    with proxied("http://127.0.0.1:9") as silent:
        answer = httpx.get(silent.url + order, headers={"tiki-api": "a"})
    codes = [one.result.exit_code() for one in (unused, silent)]
    return (answer.status_code, codes) == (502, [2, 2])


def check_service(_: Path) -> bool:
    with sandbox.run("tiki") as box:
        url = f"{box.url}/__sellerspec/check/tiki/"
        json_type = {"content-type": "application/json"}
        statuses = [
            httpx.post(url + id, content=body, headers=json_type).status_code
            for id, body in (("updateSku", b"{"), ("updateSkus", b"{}"), ("getOrder", b"{}"))
        ]
    return statuses == [400, 404, 422]


CASES: dict[str, Callable[[Path], bool]] = {
    "check": check,
    "fix": fix,
    "pictures": pictures,
    "exchange": exchange,
    "library": library,
    "guard": guarded,
    "guard-fixture": guard_fixture,
    "payload-items": payload_items,
    "cassette-items": cassette_items,
    "cassettes": cassettes,
    "drift": drift,
    "table": table,
    "catalogue": catalogue,
    "fuzz": fuzzed,
    "fuzz-items": fuzz_items,
    "receiver": receiver,
    "mutate": mutated,
    "mutate-command": mutated_command,
    "proxy": proxy,
    "check-service": check_service,
    "mcp": mcp,
    "specs": specs,
    "hooks": hooks,
    "action": action,
}


def test_each_way_in_has_its_case() -> None:
    assert list(WAYS) == list(CASES)


@pytest.mark.parametrize("way", CASES)
def test_what_cannot_be_judged_is_not_green(way: str, tmp_path: Path) -> None:
    assert CASES[way](tmp_path)
