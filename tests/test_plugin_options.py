"""The options of the pytest plugin and their ini twins: items without code, coverage, waivers."""

import json
import re
import shutil

import pytest

from support.plugin_runs import CALLS, EXAMPLES, PRODUCT, prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def test_every_option_has_an_ini_twin_and_the_command_line_counts_more(pytester: pytest.Pytester) -> None:
    from pytest_sellerspec import OPTIONS

    shown = run(pytester, "--help").stdout.str()
    for name, *_ in OPTIONS:
        assert f"--sellerspec-{name}" in shown
        assert f"sellerspec_{name.replace('-', '_')} (" in shown
    pytester.makeini("[pytest]\nsellerspec_strict = true\nsellerspec_cov_json = ini.json\n")
    pytester.makepyfile(
        'def test_it(preflight): preflight("tiki/updateSku", {"price": 1000, "colour": "red"})'
    )
    result = run(pytester, "--sellerspec-cov-json=line.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  /colour: error *", "contract coverage written to line.json"])
    assert not (pytester.path / "ini.json").exists()
    run(pytester, "-o", "sellerspec_strict=false").assert_outcomes(passed=1)
    run(pytester, "-o", "sellerspec_strict=false", "--sellerspec-strict").assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sellerspec_casettes = tapes", "no option named `sellerspec_casettes`; did you mean `sellerspec_*"),
        ("sellerspec-cassettes = tapes", "no option named `sellerspec-cassettes`; did you mean `sellerspec*"),
        ("SELLERSPEC_STRICT = true", "no option named `SELLERSPEC_STRICT`"),
        ("sellerspec_strict = maybe", "--sellerspec-strict in the ini file is true or false"),
        ("sellerspec_record = onse", "--sellerspec-record is one of none, once, new_episodes, all, not *"),
        ("sellerspec_guard_scope = moduel", "--sellerspec-guard-scope is one of function, *, not `moduel`"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by_option", [False, True])
def test_A6_an_option_that_is_misspelt_stops_the_run(
    pytester: pytest.Pytester, line: str, message: str, by_option: bool
) -> None:
    pytester.makepyfile("def test_it(): pass")
    if not by_option:
        pytester.makeini(f"[pytest]\n{line}\n")
    result = run(pytester, *(("-o", line.replace(" = ", "=")) if by_option else ()))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}*"])


def test_A6_a_marketplace_that_is_misspelt_fails_the_run_without_any_test_of_it(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester, "--sellerspec-cov=tikki")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no marketplace named `tikki`; did you mean `tiki`?*"])


def test_A5_a_time_that_is_no_number_fuzzes_nothing(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--sellerspec-fuzz=tiki", "--sellerspec-fuzz-time=nan", "-x")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["`max_time` and `timeout` must be positive"])


@pytest.fixture
def payloads(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("payloads")
    for kind in ("valid", "invalid"):
        (folder / "tiki/createProduct" / kind).mkdir(parents=True)
    product = folder / "tiki/createProduct"
    (product / "valid/good.json").write_text(PRODUCT)
    (product / "valid/bad.json").write_text(PRODUCT.replace('"name"', '"title"'))
    (product / "invalid/tiki.product-name.json").write_text(PRODUCT.replace('"name"', '"title"'))
    (product / "invalid/tiki.product-name.2.json").write_text(PRODUCT)
    (product / "invalid/anything.json").write_text(PRODUCT)
    (folder / "recognised.json").write_text(PRODUCT)
    (folder / "broken.json").write_text('{"name": ')
    name = "tiki.attribute-known"
    for item in (f"{name}.json", f"{name}.facts.json"):
        shutil.copy(EXAMPLES / "tiki/createProduct/invalid" / item, product / "invalid" / item)
    call = "documented-response.exchange.json"
    shutil.copy(EXAMPLES / "tiki/createProduct/valid" / call, product / "valid" / call)


@pytest.mark.usefixtures("payloads")
def test_each_payload_file_is_a_test_that_shows_its_findings(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--sellerspec-payloads", "payloads")
    result.assert_outcomes(passed=5, failed=3, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "  /name: error tiki.product-name `name` is missing (documented)",
            "  it is named after `tiki.product-name`, which it does not break",
            "  it lies in a folder `invalid`, and nothing refuses it",
            "*broken.json:1:*",
            "tiki  *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    one = "payloads/tiki/createProduct/valid/bad.json::payload"
    run(pytester, "--sellerspec-payloads", "payloads", one).assert_outcomes(failed=1)
    run(pytester, "--sellerspec-payloads", "payloads", "payloads/recognised.json").assert_outcomes(
        passed=5, failed=3, errors=1
    )


@pytest.mark.usefixtures("payloads")
def test_folders_of_the_ini_file_join_a_whole_run_only(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nsellerspec_payloads = payloads\ntestpaths = tests\n")
    tests = pytester.mkdir("tests")
    (tests / "test_it.py").write_text("def test_it(): pass\n")
    run(pytester).assert_outcomes(passed=6, failed=3, errors=1)
    run(pytester, "tests").assert_outcomes(passed=1)
    result = run(pytester, "--sellerspec-payloads=nowhere")
    result.stderr.fnmatch_lines(["*there is no folder *nowhere*"])


CASSETTE = """
interactions:
- request: {{method: GET, uri: 'https://api.tiki.vn/integration/v1/orders/419060832', body: null,
    headers: {{tiki-api: []}}}}
  response:
    status: {{code: 404, message: Not Found}}
    headers: {{content-type: [application/json]}}
    body: {{string: '{body}'}}
version: 1
"""


def test_each_recorded_exchange_is_a_test(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("cassettes") / "tiki" / "getOrder"
    folder.mkdir(parents=True)
    (folder / "good.yaml").write_text(CASSETTE.format(body='{"errors": ["no order has this code"]}'))
    (folder / "bad.yaml").write_text(CASSETTE.format(body='{"errors": []}'))
    (folder / "cut.yaml").write_text("interactions: []\n")
    result = run(pytester, "--sellerspec-cassettes=cassettes", "-v")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "cassettes/tiki/getOrder/good.yaml::0-GET PASSED*",
            "*bad.yaml:* tiki/getOrder: 1 error*",
            "  /response/body/errors: error tiki.refusal-errors *",
            "*cut.yaml: no `version: 1`*",
            "tiki  *",
        ]
    )
    pytester.makeini("[pytest]\nsellerspec_cassettes = cassettes\n")
    run(pytester, "cassettes/tiki/getOrder/good.yaml::0-GET").assert_outcomes(passed=1)


def test_coverage_is_printed_and_written_as_json_and_html(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CALLS)
    result = run(
        pytester,
        "--sellerspec-cov=tnsl,tiki",
        "--sellerspec-cov-json=out/c.json",
        "--sellerspec-cov-html=out/c.html",
    )
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "*operations*statuses*parameters*fields*rules*satisfied*violated",
            "tnsl *0/13 0%*",
            "tiki *4/13 31%*",
        ]
    )
    written = json.loads((pytester.path / "out/c.json").read_text())
    assert set(written["seen"]) == {
        "tiki/listOrders",
        "tiki/getOrder",
        "tiki/listCategories",
        "tiki/updateSku",
    }
    assert written["seen"]["tiki/listOrders"]["calls"] == {"guard": 1, "sandbox": 1}
    assert "query limit" in written["seen"]["tiki/listOrders"]["parameters"]
    assert written["marketplaces"]["tiki"]["operations"]["seen"] == 4
    page = (pytester.path / "out/c.html").read_text()
    assert "<code>tiki.update-price</code>" not in page.partition("updateSku")[0]
    assert not re.search(r"(src|href)=", page)


def test_too_little_coverage_fails_a_run_that_passed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CALLS)
    pytester.makeini("[pytest]\nsellerspec_cov_fail_under = operations=30,rules=99\n")
    result = run(pytester)
    result.assert_outcomes(passed=4)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["sellerspec: contract coverage too low: tiki: rules * at least 99 % is required"]
    )
    assert run(pytester, "--sellerspec-cov-fail-under=operations=30").ret == 0
    assert run(pytester, "--sellerspec-no-cov").ret == 0
    quiet = run(pytester, "-q")
    quiet.stdout.fnmatch_lines(["sellerspec: contract coverage too low: *"])
    quiet.stdout.no_fnmatch_line("*parameters*")
    wrong = run(pytester, "--sellerspec-cov-fail-under=operatoins=30")
    wrong.stderr.fnmatch_lines(["*did you mean `operations`?*"])
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR


def test_no_coverage_at_all_does_not_meet_a_limit(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester, "--sellerspec-cov-fail-under=rules=1")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*nothing was covered at all, so rules=1 is not met"])


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["-k", "orders"], "4 tests were deselected"),
        (["test_part.py::test_orders"], "single tests were chosen"),
        (["--lf"], "only tests that had failed were run"),
        (["-x"], "the run was stopped early"),
    ],
)
def test_a_partial_run_has_no_coverage_to_judge(pytester: pytest.Pytester, args: list[str], why: str) -> None:
    pytester.makepyfile(test_part=CALLS, test_zz="def test_it(): assert 0")
    result = run(pytester, "--sellerspec-cov-fail-under=rules=99", *args)
    result.stdout.fnmatch_lines([f"sellerspec: no contract coverage, because {why}"])
    if "-k" in args:
        forced = run(pytester, "--sellerspec-cov-partial", *args)
        assert forced.ret == 0
        forced.stdout.fnmatch_lines(["tiki *1/13 8%*"])


def test_some_of_the_testpaths_are_a_partial_run(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntestpaths = one two\n")
    for name in ("one", "two"):
        folder = pytester.mkdir(name)
        (folder / f"test_{name}.py").write_text(
            "def test_it(preflight): preflight('tiki/updateSku', {'price': 9})\n"
        )
    run(pytester).stdout.fnmatch_lines(["tiki *"])
    run(pytester, "one").stdout.fnmatch_lines(["*because only some of the `testpaths` were run"])


WAIVED = """
[tool.sellerspec.waivers]
"tiki.update-price-positive" = {place = "/price", reason = "agreed for the sale", expires = 2999-12-31}
"tiki.update-active" = {place = "/active", reason = "was agreed", expires = 2001-01-01}
"tiki.product-name" = {place = "/name", reason = "no longer", expires = 2999-12-31}
"""


def test_waivers_waive_and_an_expired_or_unused_one_is_a_finding(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text(WAIVED)
    pytester.makepyfile(
        """
        def test_waived(preflight): preflight("tiki/updateSku", {"price": 0})
        def test_expired(preflight): preflight("tiki/updateSku", {"active": 7})
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "sellerspec: /active: error sellerspec.waiver-expired the waiver of *ended on 2001-01-01*",
            "sellerspec: /name: warning sellerspec.waiver-unused the waiver of * must be removed*",
        ]
    )
    result = run(pytester, "-k", "test_waived")
    result.stdout.no_fnmatch_line("*waiver-unused*")
    (pytester.path / "pyproject.toml").write_text(WAIVED.replace("tiki.product-name", "tiki.product-nam"))
    run(pytester).stdout.fnmatch_lines(["*did you mean `tiki.product-name`?*"])


def test_each_operation_is_fuzzed_as_one_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        "--sellerspec-fuzz=tiki",
        "--sellerspec-fuzz-time=2",
        "sellerspec-fuzz/tiki::updateSku",
        "-v",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["sellerspec-fuzz/tiki::updateSku PASSED*"])
    result = run(pytester, "--sellerspec-fuzz=tiky")
    result.stderr.fnmatch_lines(["*--sellerspec-fuzz: no marketplace named `tiky`; did you mean `tiki`?*"])
    listed = run(pytester, "--sellerspec-fuzz=tiki", "--collect-only", "-q").outlines
    assert len([item for item in listed if item.startswith("sellerspec-fuzz/tiki::")]) == 13


def test_a_server_that_takes_anything_fails_its_fuzzed_test(pytester: pytest.Pytester) -> None:
    from sellerspec import sandbox

    defect = next(item for item in sandbox.defects("tiki").values() if "updateSku" in item.on)
    one = ("--sellerspec-fuzz=tiki", "sellerspec-fuzz/tiki::updateSku")
    with sandbox.run("tiki", defects=[defect.id]) as box:
        headers = [f"--sellerspec-header={name}: {value}" for name, value in box.headers.items()]
        result = run(pytester, *one, "--sellerspec-fuzz-time=4", f"--sellerspec-url={box.url}", *headers)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["tiki/updateSku: * findings", "  tiki/updateSku: *"])
        wrong = run(pytester, *one, f"--sellerspec-url={box.url}", "--sellerspec-header=token")
        wrong.stdout.fnmatch_lines(["*--sellerspec-header is written NAME: VALUE*"])
    late = run(pytester, *one, "--sellerspec-fuzz-time=soon")
    late.stdout.fnmatch_lines(["*--sellerspec-fuzz-time is a number of seconds*"])
