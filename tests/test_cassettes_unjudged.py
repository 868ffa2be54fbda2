"""Cassettes of which something cannot be judged are never green, whoever reads them."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from sellerspec import cassettes, sandbox
from sellerspec.cassettes import check_cassettes, files
from sellerspec.cassettes.files import Recorded
from sellerspec.cli import main
from sellerspec.cli.cassettes import ONLY_IGNORED
from sellerspec.reporting import FORMATS
from support.cassette_files import call, tape

TEST_HOST = "http://127.0.0.1:8000/v1"
ORDERS = "GET http://127.0.0.1:8000/v1/orders"
HOW = "name the marketplace, `-m tiki`, or `marketplace` in [tool.sellerspec]"
MEANT = "if that is meant, add its host, or the beginning of its URL, to `ignored-urls` in [tool.sellerspec]"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cassettes", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.sellerspec]\n{text}\n")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cassette of Tiki's sandbox: tnsl has `/v1/orders` too, and no folder names the marketplace."""
    path = tmp_path_factory.mktemp("recorded") / "calls.yaml"
    with sandbox.run("tiki") as box, cassettes.vcr("tiki").use_cassette(str(path)):
        httpx.get(f"{box.url}/v1/orders", headers=box.headers, trust_env=False)
    return path


def ambiguous(name: str = "a.yaml") -> Path:
    """Write a cassette as a plain vcrpy records it: no host, note or folder names the marketplace."""
    orders = call("GET", "/orders", None, 200, {"data": [], "paging": {}}, base=TEST_HOST)
    return tape(Path(), orders, name=name)


def test_A2_a_cassette_of_our_recorder_names_its_marketplace_to_every_reader(
    recorded: Path, tmp_path: Path
) -> None:
    ((_, report),) = check_cassettes([recorded])
    assert (report.operation, report.ok) == ("tiki/listOrders", True)
    for command in ("check", "coverage", "doctor"):
        done = run(command, recorded)
        assert (done.exit_code, done.stderr) == (0, "")
    assert "operation tiki/listOrders: 1" in run("doctor", recorded).stdout
    assert "tiki/listOrders 200: 1\n" in run("coverage", recorded).stdout
    (exchange,) = files.read(recorded).exchanges
    changed = json.loads(exchange.exchange.response_body)
    changed["data"][0]["status"] = "unheard-of"
    body = json.dumps(changed).encode()
    files.write("new.yaml", [replace(exchange, exchange=replace(exchange.exchange, response_body=body))])
    assert (
        "tiki/listOrders /response/body/data/*/status: error enum `unheard-of`"
        in run("drift", recorded, "new.yaml").stdout
    )


def test_A2_a_host_that_a_spec_names_counts_more_than_the_recorder(tmp_path: Path) -> None:
    shop = call("GET", "/v2/order/list", None, 401, {}, base="https://fs.tokopedia.net")
    noted = replace(Recorded(shop), origin=files.Origin(spec="tiki v1"))
    tape(tmp_path, noted)
    ((_, report),) = check_cassettes([tmp_path])
    assert report.operation.partition("/")[0] == "tokopedia"


@pytest.mark.parametrize("form", FORMATS)
def test_A2_an_exchange_of_no_certain_marketplace_is_exit_2_in_every_format(form: str) -> None:
    path = ambiguous()
    problem = f"exchange 0, {ORDERS}, fits tiki and tnsl: {HOW}"
    done = run("check", path, "--format", form)
    assert (done.exit_code, f"error: {path}:2:1: {problem}" in done.stderr) == (2, True)
    assert "1 could not be checked" in done.stdout or "fits tiki and tnsl" in done.stdout
    assert run("check", path, "-m", "tiki").exit_code != 2


def test_A2_every_reader_names_what_it_cannot_judge_and_takes_the_marketplace_of_the_settings() -> None:
    path = ambiguous()
    for command in (("coverage", path), ("doctor", path), ("drift", path, path, "--against-spec")):
        done = run(*command)
        assert (done.exit_code, f"{path}:2: exchange 0, {ORDERS}, fits tiki and tnsl" in done.stderr) == (
            2,
            True,
        )
    settings('marketplace = "tiki"')
    for command in (("coverage", path), ("doctor", path), ("drift", path, path, "--against-spec")):
        done = run(*command)
        assert (done.exit_code, "fits" in done.stderr) == (0, False)
    settings('marketplace = "tikki"')
    assert (run("check", path).exit_code, "did you mean `tiki`" in run("check", path).stderr) == (2, True)


def test_A2_a_call_of_an_unknown_host_is_exit_2_unless_the_settings_ignore_it() -> None:
    login = call("GET", "/token?page=1", None, response={}, base="https://Login.example:443")
    more = call("GET", "/v3/brands", None, response={}, base="https://api.tiki.vn/integration")
    path = tape(Path(), call(), login, more)
    done = run("check", path)
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        f"error: {path}:28:1: exchange 1, GET https://Login.example:443/token, is no operation of a spec;"
        f" {HOW}; {MEANT}",
        f"error: {path}:46:1: exchange 2, GET https://api.tiki.vn/integration/v3/brands, is no operation of"
        f" a spec; {MEANT}",
    ]  # fmt: skip
    settings('ignored-urls = ["login.example", "api.tiki.vn/integration/v3/"]')
    done = run("check", path)
    assert (done.exit_code, done.stderr) == (0, "2 calls of ignored URLs were not checked\n")
    assert run("coverage", path).exit_code == run("doctor", path).exit_code == 0
    settings('ignored-urls = ["login.example", "api.tiki.vn/integration/v"]')
    assert run("check", path).exit_code == 2


def test_A2_settings_that_ignore_every_call_leave_nothing_to_be_green() -> None:
    path = tape(Path(), call())
    settings('ignored-urls = ["api.tiki.vn"]')
    for form in FORMATS:
        done = run("check", path, "--format", form)
        assert (done.exit_code, ONLY_IGNORED in done.stderr) == (2, True), form
    done = run("coverage", path, "-m", "tnsl")
    assert (done.exit_code, f"error: {path}: no exchange is counted" in done.stderr) == (2, True)


def test_A2_a_body_that_nobody_can_look_through_is_exit_2(tmp_path: Path) -> None:
    tape(tmp_path, replace(call(), response_body=b"\x89PNG\x00"))
    done = run("check", tmp_path)
    assert done.exit_code == 2
    assert "the body must be JSON, a form or a short text" in done.stderr


def test_A2_served_cassettes_name_what_they_leave_out(tmp_path: Path) -> None:
    other = call("GET", "/v2/order/list", None, base="https://fs.tokopedia.net")
    path = tape(tmp_path, call(), other)
    replay = cassettes.Replay([path], marketplace="tiki")
    assert (replay.count, replay.left_out) == (1, [f"{path}:28"])
    with pytest.raises(Exception, match=r"no exchange of tnsl to replay"):
        cassettes.Replay([path], marketplace="tnsl")


@pytest.mark.parametrize("form", FORMATS)
def test_A6_an_empty_folder_and_a_broken_file_are_exit_2_with_place_and_reason_in_every_format(
    form: str,
) -> None:
    Path("empty").mkdir()
    Path("broken.yaml").write_text("interactions: [\n")
    files.write("none.yaml", [])
    good = tape(Path(), call(), name="good.yaml")
    done = run("check", "empty", "broken.yaml", "gone", "none.yaml", good, "--format", form)
    problems = [
        "empty: no cassette in this folder (.yaml, .yml, .json)",
        "broken.yaml:2:1: not YAML: did not find expected node content",
        "gone: there is no such file or folder",
        "none.yaml: no exchange in it; delete it or record it again",
    ]
    assert (done.exit_code, done.stderr.splitlines()) == (2, [f"error: {problem}" for problem in problems])
    assert "tiki/createProduct" in done.stdout or form in ("github", "markdown", "html", "sarif", "junit")
    if form != "text":
        shown = done.stdout.replace("\\", "")  # Markdown escapes
        assert [problem for problem in problems if problem.rpartition(": ")[2] not in shown] == []


def test_A6_every_command_refuses_a_folder_without_cassettes() -> None:
    empty = Path("empty")
    empty.mkdir()
    (empty / "notes.txt").write_text("")
    ways = (("coverage", empty), ("doctor", empty), ("drift", empty, empty), ("scrub", empty))
    for way in ways:
        done = run(*way)
        assert (done.exit_code, done.stderr) == (
            2, "error: empty: no cassette in this folder (.yaml, .yml, .json)\n",
        )  # fmt: skip
    assert run("convert", empty, "a.har").exit_code == 2
    served = CliRunner().invoke(main, ["serve", "tiki", "--cassettes", str(empty)])
    assert (served.exit_code, "no cassette in this folder" in served.stderr) == (2, True)


def test_E5_the_list_of_used_cassettes_is_read_as_any_file() -> None:
    path = tape(Path(), call())
    Path("used").write_bytes(b"\xff\n")
    done = run("check", path, "--used", "used")
    assert (done.exit_code, done.stderr) == (2, "error: used:1:1: not UTF-8: byte 0xff\n")
    assert run("check", path, "--used", "/dev/zero").exit_code == 2


def test_A6_no_recording_of_a_folder_is_passed_over() -> None:
    folder, other = Path("folder"), Path("other")
    other.mkdir()
    good = tape(folder, call(), name="good.yaml")
    (other / "linked.yaml").write_text("interactions: [\n")
    (folder / "CAPITALS.YAML").write_text("interactions: [\n")
    (folder / "browser.har").write_text('{"log": {"entries": []}}')
    (folder / "packed.yaml.gz").write_bytes(gzip.compress(Path(good).read_bytes()))
    (folder / "of_other").symlink_to(other.absolute())
    (folder / "loop").symlink_to(folder.absolute())
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    done = run("check", folder)
    broken, kind = ":2:1: not YAML: did not find expected node content", f": {files.OTHER_KIND}"
    assert (done.exit_code, done.stderr.splitlines()) == (2, [
        f"error: folder/CAPITALS.YAML{broken}",
        f"error: folder/browser.har{kind}",
        "error: folder/gone.yaml: no such file or directory",
        f"error: folder/of_other/linked.yaml{broken}",
        f"error: folder/packed.yaml.gz{kind}",
    ])  # fmt: skip
    for way in (("coverage", folder), ("drift", folder, folder), ("scrub", folder)):
        assert run(*way).exit_code == 2, way


def test_A2_a_call_to_another_marketplace_is_judged_by_its_own_contract_when_it_is_recorded(
    tmp_path: Path,
) -> None:
    with (
        pytest.raises(
            cassettes.NotRecorded, match=r"order/list: /request/headers/authorization: error tokopedia\."
        ),
        cassettes.vcr("tiki").use_cassette(str(tmp_path / "a.yaml")),
        httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=5))) as client,
    ):
        client.get("https://fs.tokopedia.net/v2/order/list")
