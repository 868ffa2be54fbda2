"""What the plugin cannot judge, and what nobody foresaw, is an error of the item that met it."""

from pathlib import Path

import pytest

from sellerspec.cassettes import files
from support.cassette_files import call, tape
from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]

UNKNOWN = call("GET", "/orders", None, 200, {"data": 5}, base="http://127.0.0.1:8000/v1")


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def test_A2_a_recorded_exchange_of_no_certain_marketplace_is_an_error_of_its_item(
    pytester: pytest.Pytester,
) -> None:
    folder = pytester.mkdir("tapes")
    tape(folder, call(), UNKNOWN)
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*a.yaml:28: exchange 1, GET http://127.0.0.1:8000/v1/orders, fits tiki and tnsl: name *"]
    )
    pytester.makepyprojecttoml('[tool.sellerspec]\nignored-urls = ["127.0.0.1"]\n')
    run(pytester, "--sellerspec-cassettes=tapes").assert_outcomes(passed=2)
    pytester.makepyprojecttoml('[tool.sellerspec]\nmarketplace = "tiki"\n')
    run(pytester, "--sellerspec-cassettes=tapes").assert_outcomes(passed=1, failed=1)


def test_A2_a_played_call_of_no_operation_is_an_error_of_the_test(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("cassettes")
    tape(folder, call("GET", "/token", None, base="https://login.example"), name="own.yaml")
    pytester.makepyfile(
        """
        import httpx

        def test_it(sellerspec_vcr):
            with sellerspec_vcr("tiki", name="own"):
                httpx.get("https://login.example/token")
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*own.yaml:2: exchange 0, GET https://login.example/token, is no operation*"]
    )
    pytester.makepyprojecttoml('[tool.sellerspec]\nignored-urls = ["login.example"]\n')
    run(pytester).assert_outcomes(passed=1)


@pytest.mark.parametrize("option", ["payloads", "cassettes"])
def test_A6_a_folder_without_a_file_to_check_stops_the_run(pytester: pytest.Pytester, option: str) -> None:
    (pytester.mkdir("empty") / "notes.txt").write_text("")
    (pytester.path / "empty" / "a.facts.json.txt").write_text("{}")
    result = run(pytester, f"--sellerspec-{option}=empty")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--sellerspec-{option}: *empty holds no file to check*"])


def test_A2_a_run_whose_settings_ignore_all_calls_fails(pytester: pytest.Pytester) -> None:
    tape(pytester.mkdir("tapes"), call(), UNKNOWN)
    pytester.makepyprojecttoml('[tool.sellerspec]\nignored-urls = ["127.0.0.1", "api.tiki.vn"]\n')
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["sellerspec: `ignored-urls` in *leaves out all 2 recorded exchanges, so none*"]
    )
    assert run(pytester, "--sellerspec-cassettes=tapes", "-k", "0-").ret == pytest.ExitCode.OK  # a part of it


def test_A6_no_file_of_a_folder_is_passed_over(pytester: pytest.Pytester) -> None:
    other = pytester.mkdir("other")
    (other / "linked.yaml").write_text("interactions: [\n")
    (other / "linked.json").write_text("{")
    (other / "file").write_text("{")
    for folder in (pytester.mkdir("tapes"), pytester.mkdir("payloads")):
        (folder / "of_other").symlink_to(other)
        (folder / "CAPITALS.JSON").write_text("{")
        (folder / "file.json").symlink_to(other / "file")
    (pytester.path / "payloads/more.jsonl").write_text("{}\n")
    (pytester.path / "tapes/browser.har").write_text("{}")
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.assert_outcomes(errors=5)
    result.stdout.fnmatch_lines(
        ["*browser.har: a recording that is no cassette, so nothing of it is judged*"]
    )
    result = run(pytester, "--sellerspec-payloads=payloads")
    result.assert_outcomes(errors=4)
    result.stdout.fnmatch_lines(["a catalogue, which is no payload file: check it with `sellerspec check`*"])
    (pytester.path / "payloads/gone.json").symlink_to("nowhere.json")
    result = run(pytester, "--sellerspec-payloads=payloads")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--sellerspec-payloads: the link *gone.json leads nowhere"])


def test_A6_a_cassette_without_an_exchange_is_an_error(pytester: pytest.Pytester) -> None:
    files.write(pytester.mkdir("tapes") / "a.yaml", [])
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a.yaml: no exchange in it; delete it or record it again"])


BREAKS = """
    import pytest
    from sellerspec.contract.operation import OperationContract

    PATCH = pytest.MonkeyPatch()
    exec("def broken(*args, **kwargs): raise KeyError('secret-of-a-seller')")  # in no file of the project

    def pytest_configure():
        PATCH.setattr(OperationContract, "check", broken)

    def pytest_unconfigure():
        PATCH.undo()
"""


def test_E0_an_exception_that_nobody_foresaw_is_an_error_of_the_item_and_names_its_traceback(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(BREAKS)
    payloads = pytester.mkdir("payloads") / "tiki" / "updateSku"
    payloads.mkdir(parents=True)
    (payloads / "a.json").write_text('{"price": 1000}')
    pytester.makepyfile("def test_it(preflight): preflight('tiki/updateSku', {'price': 1000})")
    result = run(pytester, "--sellerspec-payloads=payloads")
    result.assert_outcomes(errors=1, failed=1)
    text = result.stdout.str()
    assert text.count(" (KeyError), and nothing was judged. This is a fault of sellerspec") == 2
    assert "secret-of-a-seller" not in text
    kept = Path(text.partition("with its traceback, ")[2].partition("\n")[0])
    assert "KeyError" in kept.read_text()
    kept.unlink()


def test_E0_an_exception_of_the_project_s_own_hook_keeps_its_traceback(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_sellerspec_facts(config, operation): return {}['mine']")
    pytester.makepyfile("def test_it(preflight): preflight('tiki/updateSku', {'price': 1000})")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*KeyError: 'mine'*"])
    result.stdout.no_fnmatch_line("*fault of sellerspec*")


def test_E0_wrong_arguments_are_the_test_s_own_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(sellerspec_sandbox): sellerspec_sandbox()")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*TypeError: *missing 1 required positional argument*"])


@pytest.mark.parametrize("left_out", ["dist", ".hidden"])
def test_A6_cassettes_that_pytest_leaves_out_are_named(pytester: pytest.Pytester, left_out: str) -> None:
    folder = pytester.mkdir("tapes")
    (folder / left_out).mkdir()
    tape(folder / left_out, call())
    result = run(pytester, "--sellerspec-cassettes=tapes")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*1 of 1 files below *tapes are not checked, such as {left_out}/a.yaml: *"])
    tape(folder, call())
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["sellerspec: --sellerspec-cassettes: 1 of 2 files below *tapes are not checked*"]
    )


def test_E0_what_fails_at_the_end_of_a_run_is_a_line_and_a_failed_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(preflight): preflight('tiki/updateSku', {'price': 1000})")
    (pytester.path / "taken").write_text("")
    result = run(pytester, "--sellerspec-cov-json=taken/c.json")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["sellerspec: *taken*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_an_exchange_of_the_other_generation_says_whose_it_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sellerspec

        def test_it(sellerspec_check):
            exchange = sellerspec.Exchange("GET", "https://api.tiki.vn/integration/v2/orders", None)
            sellerspec_check(exchange, marketplace="tiki")
        """
    )
    result = run(pytester)
    result.stdout.fnmatch_lines(["*`/integration/v2/orders` is of `tiki-v2`, not of `tiki`*"])
    tape(pytester.mkdir("tapes"), call("GET", "/orders", None, base="http://127.0.0.1:8000/integration/v2"))
    pytester.makepyprojecttoml('[tool.sellerspec]\nmarketplace = "tiki"\n')
    result = run(pytester, "--sellerspec-cassettes=tapes")
    result.stdout.fnmatch_lines(["*a.yaml:2: exchange 0: `/integration/v2/orders` is of `tiki-v2`, not of*"])
