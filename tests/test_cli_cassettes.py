"""`sellerspec cassettes`, as its users call it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from sellerspec.cassettes import files
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cli import main
from support.cassette_files import call, tape
from support.response_generations import GENERATION_2019, GENERATION_UNKNOWN
from support.sandboxes import example


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cassettes", *map(str, arguments)])


def test_check_exits_0_1_or_2(tmp_path: Path) -> None:
    good = tape(tmp_path, call())
    assert run("check", good).exit_code == 0
    bad = tape(tmp_path, call(response={"trace_id": 5, "state": "queuing"}), name="b.yaml")
    done = run("check", bad)
    assert done.exit_code == 1
    assert f"{bad}:2:1: error tiki.created-answer" in done.stdout
    (tmp_path / "c.yaml").write_text("x: [")
    broken = run("check", tmp_path, "--format", "json")
    assert broken.exit_code == 2
    assert "c.yaml" in json.dumps(json.loads(broken.stdout))
    assert run("check", tmp_path / "none").exit_code == 2


def test_check_takes_age_used_paths_strictness_and_no_secrets(tmp_path: Path) -> None:
    old = tape(tmp_path, Recorded(call(headers={"tiki-api": "FAKE"}), Origin("2020-01-01T00:00:00Z", "live")))
    used = tmp_path / "used.txt"
    used.write_text("other.yaml\n")
    done = run("check", old, "--max-age", "2w", "--used", used)
    for rule in ("sellerspec.cassette-expired", "sellerspec.cassette-orphan", "sellerspec.cassette-secret"):
        assert rule in done.stdout
    assert run("check", old, "--no-secrets").exit_code == 0
    assert run("check", old, "--no-secrets", "--used", used, "--strict").exit_code == 0
    assert "`soon` is not a number of days, like `90d`" in run("check", old, "--max-age", "soon").stderr


def test_drift_prints_changes_and_with_against_spec_an_overlay_that_can_be_used_at_once(
    tmp_path: Path,
) -> None:
    files.write(tmp_path / "old/a.yaml", GENERATION_2019)
    files.write(tmp_path / "new/a.yaml", GENERATION_UNKNOWN)
    done = run("drift", tmp_path / "old", tmp_path / "new")
    assert done.exit_code == 0
    assert (
        "tiki/getTracking /response/body/tiki_sku: warning renamed `tiki_sku` is `tiki_code` now"
        in done.stdout
    )
    assert run("drift", tmp_path / "old", tmp_path / "new", "--fail-on", "warning").exit_code == 1
    fixing = run("drift", tmp_path / "old", tmp_path / "new", "--against-spec")
    overlay = tmp_path / "fix.yaml"
    overlay.write_text(fixing.stdout)
    assert yaml.safe_load(fixing.stdout)["overlay"] == "1.0.0"
    assert "tiki/createProduct response 200: the spec no longer holds at / required" in fixing.stderr
    assert run("check", tmp_path / "new").exit_code == 1
    checked = run("check", tmp_path / "new", "--overlay", overlay, "--format", "json")
    assert "tiki.created-answer" not in checked.stdout
    both = json.loads(
        run("drift", tmp_path / "old", tmp_path / "new", "--against-spec", "--format", "json").stdout
    )
    assert (len(both["changes"]), both["overlay"]["overlay"], both["compared"]) == (5, "1.0.0", 3)
    same = json.loads(
        run("drift", tmp_path / "old", tmp_path / "old", "--against-spec", "--format", "json").stdout
    )
    assert (same["changes"], same["overlay"]) == ([], None)
    again = ("drift", tmp_path / "old", tmp_path / "new", "--against-spec", "--overlay", overlay)
    fixed = json.loads(run(*again, "--format", "json").stdout)
    assert (fixed["changes"], len(fixed["in_force"]), fixed["overlay"]) == ([], 5, None)


def test_coverage_shows_what_cassettes_have_and_what_is_missing(tmp_path: Path) -> None:
    tape(tmp_path, Recorded(call(), Origin(source="documentation")), call(status=418), call(path="/nowhere"))
    done = run("coverage", tmp_path, "-m", "tiki")
    shown = done.stdout
    assert "tiki/createProduct 200: 1, 1 from documents\n" in shown
    assert "tiki/createProduct 418: 1 (not in the spec)\n" in shown
    assert (done.exit_code, "is no operation of a spec" in done.stderr) == (2, True)
    missing = run("coverage", tmp_path, "--missing").stdout
    assert "tiki/createProduct 200" not in missing
    assert "tiki/createProduct 422: no cassette\n" in missing
    assert (
        json.loads(run("coverage", tmp_path, "--format", "json").stdout)["rules"]["tiki.variant-price"] == 0
    )


def test_scrub_cleans_in_place_and_names_what_it_could_not_scrub(tmp_path: Path) -> None:
    path = tape(tmp_path, call(headers={"tiki-api": "FAKE-TOKEN"}))
    dry = run("scrub", path, "--dry-run")
    assert (dry.exit_code, dry.stdout) == (1, f"{path}: 1 place\n1 file would change\n")
    done = run("scrub", path)
    assert (done.exit_code, done.stdout) == (0, f"{path}: 1 place\n1 file changed\n")
    assert "FAKE-TOKEN" not in path.read_text()
    assert run("scrub", path, "--dry-run").exit_code == 0
    binary = tape(tmp_path, replace(call(), response_body=b"\x89PNG\x00"), name="b.yaml")
    assert "not kept: response body (5 bytes of application/json)" in run("scrub", binary).stdout
    packed = tape(tmp_path, replace(call(), response_body=b"\x1f\x8bcut"), name="c.yaml")
    broken = tmp_path / "d.yaml"
    broken.write_text("x: [")
    failed = run("scrub", packed, broken)
    assert failed.exit_code == 2
    assert f"error: {packed}: the compressed body is cut off\nerror: {broken}:2:1: not YAML" in failed.stderr


def test_convert_goes_from_har_to_cassette_and_back_and_scrubs_on_the_way(tmp_path: Path) -> None:
    path = tape(tmp_path, call(headers={"tiki-api": "FAKE-TOKEN"}))
    assert run("convert", path, tmp_path / "a.har").exit_code == 0
    assert "FAKE-TOKEN" not in (tmp_path / "a.har").read_text()
    done = run("convert", tmp_path / "a.har", tmp_path / "b.json", "--from", "live")
    assert done.stdout == f"{tmp_path / 'b.json'}: 1 exchange\n"
    (back,) = files.read(tmp_path / "b.json").exchanges
    assert (back.exchange, back.origin.source) == (call(), "live")
    assert run("convert", tmp_path / "none.har", tmp_path / "c.yaml").exit_code == 2


def test_convert_writes_the_documented_examples_of_a_spec(tmp_path: Path) -> None:
    done = run("convert", "spec:tokopedia", tmp_path)
    written = list(Path(tmp_path / "tokopedia").rglob("*.yaml"))
    assert done.stdout == f"{len(written)} cassettes\n"
    assert run("check", tmp_path).exit_code == 0


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_doctor_reports_and_exits_1_if_there_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.delenv("SELLERSPEC_SCRUB_KEY", raising=False)
    tape(tmp_path, Recorded(call(), Origin("2026-01-01T00:00:00Z", "live")))
    good = run("doctor", tmp_path, "--format", form)
    assert good.exit_code == 0
    assert "2026-01-01T00:00:00Z" in good.stdout
    (tmp_path / "c.yaml").write_text("")
    bad = run("doctor", tmp_path, "--format", form)
    assert bad.exit_code == 2
    assert "record it again" in bad.stderr
    if form == "text":
        assert "placeholders: counted\n" in good.stdout
        assert "  operation tiki/createProduct: 1\n" in good.stdout


def test_the_group_is_in_the_help() -> None:
    assert "cassettes" in CliRunner().invoke(main, ["--help"]).stdout
    assert "drift" in run("--help").stdout


def test_D8_drift_against_the_spec_says_the_changes_first_and_ends_when_they_are_in_force(
    tmp_path: Path,
) -> None:
    old, new, overlay = tmp_path / "old", tmp_path / "new", tmp_path / "fix.yaml"
    order = example("tiki/getOrder/valid/documented-detail.exchange")["response_body"]
    changed = {**order, "status": 5, "tracking_url": "https://x.example"}
    for folder, body in ((old, order), (new, changed)):
        tape(make(folder), call("GET", "/orders/1", None, response=body))
    changes = [
        "tiki/getOrder /response/body/status: error type an integer, not a string",
        "tiki/getOrder /response/body/tracking_url: info added `tracking_url` is new",
    ]
    done = run("drift", old, new, "--against-spec")
    assert (done.exit_code, done.stderr.splitlines()[:2]) == (1, changes)
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"# {change}" for change in changes]
    assert len(lines) < 20
    overlay.write_text(done.stdout)
    again = run("drift", old, new, "--against-spec", "--overlay", overlay)
    assert (again.exit_code, again.stdout.splitlines()) == (
        0,
        [
            "# 0 changes in 1 pair of exchanges",
            "# 2 changes are in force: the spec, with its overlays, has them",
        ],
    )
    other = {**changed, "status": None}
    tape(new, call("GET", "/orders/1", None, response=other))
    third = run("drift", old, new, "--against-spec", "--overlay", overlay)
    assert third.exit_code == 1
    first = "# tiki/getOrder /response/body/status: error null null, where a string stood"
    assert third.stdout.startswith(first)


def test_D8_a_response_that_the_spec_does_not_describe_is_never_in_force(tmp_path: Path) -> None:
    old, new = make(tmp_path / "old"), make(tmp_path / "new")
    tape(old, call("GET", "/orders/1", None, status=418, response={"a": 1}))
    tape(new, call("GET", "/orders/1", None, status=418, response={"a": "x"}))
    done = run("drift", old, new, "--against-spec")
    change = "# tiki/getOrder /response/body/a: error type a string, not an integer"
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, change)


def test_drift_between_recordings_without_a_common_call_is_not_judged(tmp_path: Path) -> None:
    old, new = make(tmp_path / "old"), make(tmp_path / "new")
    tape(old, call("GET", "/orders/1", None))
    tape(new, call("GET", "/orders", None))
    done = run("drift", old, new)
    assert done.exit_code == 2
    assert f"no call is in both `{old}` and `{new}`, so nothing was compared" in done.stderr


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder
