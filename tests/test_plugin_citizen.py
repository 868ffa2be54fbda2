"""The plugin is a good citizen: light, explicit, and at ease with other plugins."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.plugin_runs import CALLS, SRC, prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def test_unused_it_loads_nothing_but_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    pytester.makeconftest(
        """
        import sys

        def pytest_unconfigure(config):
            print("LOADED", *sorted(sys.modules))
        """
    )
    shown = run(pytester, "-s", subprocess=True).stdout.str()
    loaded = set(shown.partition("LOADED ")[2].split())
    assert "pytest_sellerspec" in loaded
    assert {name for name in loaded if name.startswith("pytest_sellerspec")} == {
        "pytest_sellerspec",
        "pytest_sellerspec.hooks",
    }
    heavy = {
        "sellerspec",
        "orjson",
        "yaml",
        "jsonschema_rs",
        "httpx",
        "requests",
        "vcr",
        "uvicorn",
        "hypothesis",
    }
    assert not loaded & heavy


PRIVATE = {("worker.py", "_pytest.runner")}
"""File and private module that it imports: no public name runs one test past plugins that repeat it."""


def test_no_fixture_is_autouse_and_no_private_module_is_imported() -> None:
    for path in (SRC / "pytest_sellerspec").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = (
                    [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else [name.name for name in node.names]
                )
                private = {(path.name, name) for name in names if name.partition(".")[0] == "_pytest"}
                assert private <= PRIVATE
            if isinstance(node, ast.keyword):
                assert node.arg != "autouse", path.name


def test_it_is_found_by_its_entry_point_and_can_be_switched_off(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).parent.parent
    assert 'sellerspec = "pytest_sellerspec"' in (root / "pyproject.toml").read_text()
    info = pytester.mkdir("site") / "sellerspec_here-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sellerspec-here\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[pytest11]\nsellerspec = pytest_sellerspec\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pytester.path / "site"), os.environ["PYTHONPATH"]]))
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile('def test_it(preflight): preflight("tiki/updateSku", {"price": 9})')
    others = (
        "-p",
        "no:randomly",
        "-p",
        "no:asyncio",
        "-p",
        "no:recording",
        "-p",
        "no:schemathesis",
        "-p",
        "no:cov",
    )
    pytester.runpytest_subprocess(*others).assert_outcomes(passed=1)
    pytester.runpytest_subprocess(*others, "-p", "no:sellerspec").assert_outcomes(errors=1)


@pytest.mark.no_cover
def test_two_workers_cover_what_one_run_covers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a=CALLS, test_b=CALLS)
    (pytester.path / "pyproject.toml").write_text(
        '[tool.sellerspec.waivers]\n"tiki.update-price-positive" = '
        '{place = "/price", reason = "sale", expires = 2999-12-31}\n'
    )
    pytester.makepyfile(test_c='def test_it(preflight): preflight("tiki/updateSku", {"price": 0})')
    written = {}
    for name, args in (("serial", ()), ("two", ("-p", "xdist", "-n", "2"))):
        result = run(pytester, f"--sellerspec-cov-json={name}.json", *args, subprocess=True)
        result.assert_outcomes(passed=9)
        assert result.ret == 0
        assert len([outline for outline in result.outlines if outline.startswith("tiki ")]) == 1
        written[name] = json.loads((pytester.path / f"{name}.json").read_text())
    assert written["serial"] == written["two"]
    result = run(pytester, "-p", "xdist", "-n", "2", "-k", "orders", subprocess=True)
    result.stdout.fnmatch_lines(["sellerspec: no contract coverage, because * tests were deselected"])
    result = run(pytester, "-p", "xdist", "-n", "2", "--sellerspec-cov-fail-under=rules=99", subprocess=True)
    assert result.ret == 1


def test_a_worker_that_crashes_makes_the_run_partial(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a=CALLS, test_b="import os\ndef test_crash(): os._exit(3)")
    result = run(pytester, "-p", "xdist", "-n", "2", subprocess=True)
    result.stdout.fnmatch_lines(
        ["sellerspec: no contract coverage, because 1 workers ended without a result"]
    )


def test_it_works_without_terminal_and_without_cache(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CALLS)
    result = run(pytester, "-p", "no:terminal", "--sellerspec-cov-fail-under=rules=99", subprocess=True)
    assert result.ret == 1
    result.stderr.fnmatch_lines(["sellerspec: contract coverage too low: *"])
    run(pytester, "-p", "no:cacheprovider", "-p", "no:stepwise", subprocess=True).assert_outcomes(passed=4)


def test_it_raises_no_warning(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CALLS)
    run(pytester, "-W", "error", subprocess=True).assert_outcomes(passed=4)


def test_it_works_beside_randomly_and_asyncio_and_anyio(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        CALLS
        + """
    ASK = {"json": {"price": 0}, "headers": {"tiki-api": "FAKE"}}

    async def asked(sellerspec_sandbox, sellerspec_guard):
        import sellerspec
        box = sellerspec_sandbox("tiki")
        async with httpx.AsyncClient(base_url=box.url, headers=box.headers, trust_env=False) as client:
            sellerspec_guard(client, "tiki")
            assert (await client.get("/v1/orders")).status_code == 200
            with pytest.raises(sellerspec.ContractViolation):
                await client.post("/v1/products/A/updateSku", **ASK)

    @pytest.mark.asyncio
    async def test_asyncio(sellerspec_sandbox, sellerspec_guard):
        await asked(sellerspec_sandbox, sellerspec_guard)

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_anyio(sellerspec_sandbox, sellerspec_guard, anyio_backend):
        await asked(sellerspec_sandbox, sellerspec_guard)
"""
    )
    plugins = ("-p", "randomly", "-p", "asyncio", "-p", "anyio")
    run(pytester, *plugins, "-p", "no:warnings", subprocess=True).assert_outcomes(passed=6)


def test_it_uses_the_cassette_of_pytest_recording(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("cassettes") / "test_theirs"
    folder.mkdir()
    (folder / "test_it.yaml").write_text(
        """\
interactions:
- request: {method: GET, uri: 'https://api.tiki.vn/integration/v1/orders/1', body: null,
    headers: {tiki-api: [X]}}
  response:
    status: {code: 404, message: Not Found}
    headers: {content-type: [application/json]}
    body: {string: '{"errors": []}'}
version: 1
"""
    )
    pytester.makepyfile(
        test_theirs="""
        import httpx, pytest

        @pytest.mark.vcr
        def test_it(sellerspec_vcr, vcr):
            with sellerspec_vcr("tiki") as cassette:
                assert cassette is vcr
                httpx.get("https://api.tiki.vn/integration/v1/orders/1", headers={"tiki-api": "X"})
        """
    )
    result = run(pytester, "-p", "recording", subprocess=True)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*test_it.yaml:* tiki/getOrder: *", "  /response/body/errors: error tiki.refusal-errors *"]
    )


def test_the_start_costs_little(pytester: pytest.Pytester) -> None:
    """The budget of 5 ms is shown by benchmarks/plugin_start.py; here, that nothing else is imported."""
    code = "import sys, pytest; old = {*sys.modules}; import pytest_sellerspec; print(*{*sys.modules} - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    others = [name for name in run.stdout.split() if not name.startswith("pytest_sellerspec")]
    assert not others
