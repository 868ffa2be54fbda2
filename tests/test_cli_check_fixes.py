"""`sellerspec check --fix`, `--unsafe-fixes` and `--diff`: which files change, how, and what is said."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import Result

import sellerspec
from sellerspec.io import resources, writing
from sellerspec.io.writing import NotWritten
from sellerspec.reporting import FORMATS
from support.command_line import run

EXAMPLES = resources.data_dir("tests/examples")
UPDATE = b'{\r\n\t"price" : "5000",\r\n\t"pirce": 1e2,\r\n\t"active": 1.0}'
SAFE = b'{\r\n\t"price" : 5000,\r\n\t"pirce": 1e2,\r\n\t"active": 1}'
LACKS_FACTS = "note: some rules were not checked; they need --listing-price\n"


def update(*words: object, stdin: bytes | None = None) -> Result:
    return run("check", "--as", "tiki/updateSku", *words, stdin=stdin)


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    path = tmp_path / "price.json"
    path.write_bytes(UPDATE)
    return path


def test_safe_fixes_are_written_and_what_is_left_is_reported(payload: Path) -> None:
    payload.chmod(0o640)
    done = update("--fix", payload)
    assert payload.read_bytes() == SAFE
    assert stat.S_IMODE(payload.stat().st_mode) == 0o640
    assert os.listdir(payload.parent) == [payload.name]
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{payload}:3:11: warning tiki.update-members ")
    assert f"{payload}: fixed sellerspec.number-with-fraction (1), tiki.number-as-text (1)" in lines
    assert any(line.startswith("0 errors, 1 warning in 1 checked, 2 fixed; ") for line in lines)
    assert lines[-1] == "1 fixable with --fix --unsafe-fixes"
    assert (done.exit_code, done.stderr) == (0, LACKS_FACTS)


def test_unsafe_fixes_need_to_be_asked_for(payload: Path) -> None:
    payload.write_bytes(b'{"pirce": 5000}')
    update("--fix", payload)
    assert payload.read_bytes() == b'{"pirce": 5000}'
    done = update("--fix", "--unsafe-fixes", payload)
    assert payload.read_bytes() == b'{"price": 5000}'
    assert done.exit_code == 0


def test_a_file_without_a_fix_is_not_written(payload: Path) -> None:
    update("--fix", payload)
    os.utime(payload, ns=(1, 1))
    before = payload.stat()
    update("--fix", payload)
    after = payload.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, 1)


def test_what_is_left_decides_the_exit_code(payload: Path) -> None:
    payload.write_text('{"price": "5000", "active": 7}')
    assert update("--fix", payload).exit_code == 1
    assert payload.read_text() == '{"price": 5000, "active": 7}'
    payload.write_text('{"price": 5000, "pirce": 1}')
    assert (update("--fix", payload).exit_code, update("--fix", "--strict", payload).exit_code) == (0, 1)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_the_fixed_text(payload: Path, form: str) -> None:
    plain = payload.with_name("plain.json")
    plain.write_bytes(SAFE)
    expected = update("--format", form, plain).stdout
    done = update("--format", form, "--fix", payload)
    assert payload.read_bytes() == SAFE
    if form in ("sarif", "junit", "github"):  # these have no place for what is no longer there
        assert done.stdout == expected.replace("plain.json", "price.json")
    if form == "json":
        value = json.loads(done.stdout)
        assert value["summary"]["fixed"] == 2
        assert value["reports"][0]["fixed"] == {
            "sellerspec.number-with-fraction": 1,
            "tiki.number-as-text": 1,
        }
    if form in ("text", "markdown", "html"):
        assert "0 errors, 1 warning in 1 checked, 2 fixed" in done.stdout


def test_a_diff_writes_nothing_and_can_be_applied(payload: Path) -> None:
    before = payload.stat()
    done = update("--diff", payload)
    assert (payload.read_bytes(), payload.stat().st_mtime_ns) == (UPDATE, before.st_mtime_ns)
    assert done.stdout_bytes == (
        f"--- {payload}\n+++ {payload}\n@@ -1,4 +1,4 @@\n".encode()
        + b' {\r\n-\t"price" : "5000",\r\n+\t"price" : 5000,\r\n \t"pirce": 1e2,\r\n'
        + b'-\t"active": 1.0}\n\\ No newline at end of file\n+\t"active": 1}\n\\ No newline at end of file\n'
    )
    assert (done.exit_code, "note: 2 findings would be fixed in 1 file\n" in done.stderr) == (1, True)
    assert "warning tiki.update-members" in done.stderr
    if shutil.which("patch"):
        subprocess.run(
            ["patch", "--binary", str(payload)], input=done.stdout_bytes, check=True, capture_output=True
        )
        assert payload.read_bytes() == SAFE


def test_a_diff_without_a_change_says_what_the_check_says(payload: Path) -> None:
    payload.write_text('{"price": 5000}')
    done = update("--diff", "--fix", payload)
    assert (done.stdout, done.exit_code) == ("", 0)
    payload.write_text('{"price": 5000, "active": 7}')
    assert update("--diff", payload).exit_code == 1


def test_a_line_separator_within_a_text_ends_no_line_of_a_diff(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"price": "1000", "a": "\u2028"}\n', encoding="utf-8")
    lines = update("--diff", path).stdout.split("\n")
    assert lines[3:] == ['-{"price": "1000", "a": "\u2028"}', '+{"price": 1000, "a": "\u2028"}', ""]


def test_stdin_is_a_filter() -> None:
    done = update("--fix", "-", stdin=UPDATE)
    assert (done.stdout_bytes, done.exit_code) == (SAFE, 0)
    assert "<stdin>: fixed sellerspec.number-with-fraction (1), tiki.number-as-text (1)\n" in done.stderr
    assert "<stdin>:3:11: warning tiki.update-members" in done.stderr


@pytest.mark.parametrize("text", [b'{"price": 5000}\n', b'{"price": 5000', b'{"active": 7}', b"\xff"])
def test_stdin_without_a_fix_passes_as_it_is(text: bytes) -> None:
    done = update("--fix", "-", stdin=text)
    assert done.stdout_bytes == text
    assert done.exit_code == update("-", stdin=text).exit_code


def test_what_cannot_be_judged_stays_and_the_others_are_fixed(payload: Path) -> None:
    broken = payload.with_name("broken.json")
    broken.write_bytes(UPDATE + b",")
    done = update("--fix", broken, payload, payload.with_name("none.json"))
    assert (broken.read_bytes(), payload.read_bytes(), done.exit_code) == (UPDATE + b",", SAFE, 2)


@pytest.mark.parametrize("mode", [0o444, 0o400])
def test_a_read_only_file_stays(payload: Path, mode: int) -> None:
    payload.chmod(mode)
    done = update("--fix", payload)
    assert (payload.read_bytes(), done.exit_code) == (UPDATE, 2)
    kept = f"error: {payload}: cannot be written: it is read-only; what stood there before is kept\n"
    assert done.stderr.startswith(kept)
    assert "0 errors, 3 warnings in 1 checked; " in done.stdout


def test_a_link_stays_and_its_file_is_fixed(payload: Path) -> None:
    link = payload.with_name("link.json")
    link.symlink_to(payload.name)
    update("--fix", link)
    assert (link.is_symlink(), payload.read_bytes()) == (True, SAFE)


def test_a_pipe_is_not_written(payload: Path) -> None:
    with pytest.raises(NotWritten, match="it is not a regular file"):
        writing.rewrite(Path(os.devnull), b"", b"x")


def test_a_file_that_was_changed_since_it_was_read_stays(payload: Path) -> None:
    with pytest.raises(NotWritten, match="it was changed since it was read"):
        writing.rewrite(payload, b"{}", b"[]")
    assert payload.read_bytes() == UPDATE
    assert os.listdir(payload.parent) == [payload.name]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives a file to another user")
def test_the_owner_is_kept(payload: Path) -> None:
    os.chown(payload, 12345, 54321)
    update("--fix", payload)
    status = payload.stat()
    assert (status.st_uid, status.st_gid, payload.read_bytes()) == (12345, 54321, SAFE)


def test_an_exchange_with_an_error_is_not_fixed(tmp_path: Path) -> None:
    path = tmp_path / "call.exchange.json"
    (bad, *_) = sorted((EXAMPLES / "tiki/updateSku/invalid").glob("*.exchange.json")) or sorted(
        EXAMPLES.glob("tiki/*/invalid/*.exchange.json")
    )
    shutil.copy(bad, path)
    plain = run("check", path)
    done = run("check", "--fix", path)
    assert (done.exit_code, done.stdout, path.read_bytes()) == (2, plain.stdout, bad.read_bytes())
    assert f"error: {path}: only payloads are fixed, no exchange and no workbook\n" in done.stderr


def test_a_folder_with_facts(tmp_path: Path) -> None:
    folder = tmp_path / "payloads"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep/a.json").write_bytes(UPDATE)
    (folder / "deep/a.facts.json").write_text('{"listing_price": 50001}')
    (folder / "b.json").write_text('{"price": 60000}')
    done = update("--fix", folder)
    assert (folder / "deep/a.json").read_bytes() == SAFE
    assert (folder / "deep/a.facts.json").read_text() == '{"listing_price": 50001}'
    assert "error tiki.update-price-floor" in done.stdout  # 5000 is read now, and is too little
    assert done.exit_code == 1


def test_an_overlay_decides_what_is_fixed(payload: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: tiki.yaml\nactions:\n"
        "- target: $.paths['/{version}/products/{sku}/updateSku'].post.requestBody"
        ".content['application/json'].schema\n"
        "  update: {properties: {pirce: {}}}\n"
    )
    payload.write_text('{"pirce": "5000", "price": "5000"}')
    update("--fix", "--unsafe-fixes", "--overlay", overlay, payload)
    assert payload.read_text() == '{"pirce": "5000", "price": 5000}'


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--unsafe-fixes"], "`--unsafe-fixes` is used with `--fix`, `--diff` or `--fixed FILE`"),
        (["--fix", "--effective"], "`--effective` shows payloads as they are"),
        (["--fix", "c.jsonl"], "`--fix` is for payload files; a catalogue stays as it is"),
        (["--diff", "c.jsonl"], "`--diff` is for payload files; a catalogue stays as it is"),
        (["--fix", "--fixed", "x.jsonl"], "`--fix` is for payload files; a catalogue stays as it is"),
    ],
)
def test_options_that_do_not_fit_are_refused(payload: Path, words: list[str], problem: str) -> None:
    done = update(*words, payload)
    assert (done.exit_code, problem in done.stderr) == (2, True), done.stderr
    assert payload.read_bytes() == UPDATE


def test_every_invalid_example_is_fixed_as_the_report_fixes_it_and_only_once(tmp_path: Path) -> None:
    copy = tmp_path / "examples"
    for example in EXAMPLES.glob("*/*/invalid/*.json"):
        if not example.name.endswith((".exchange.json", ".facts.json")):
            target = copy / example.relative_to(EXAMPLES)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(example, target)
    first = json.loads(run("check", "--fix", "--unsafe-fixes", "--format", "json", copy).stdout)
    assert first["summary"]["fixed"] > 50
    texts = {path: path.read_bytes() for path in copy.rglob("*.json")}
    for report in (report for report in first["reports"] if "fixed" in report):
        path = Path(report["name"])
        before = json.loads((EXAMPLES / path.relative_to(copy)).read_bytes())
        fixed = sellerspec.check(report["operation"], before).fixed(unsafe=True)
        assert json.loads(texts[path]) == fixed.payload
        assert [finding["rule"] for finding in report["findings"]] == [
            finding.rule for finding in fixed.report.findings
        ]
    second = json.loads(run("check", "--fix", "--unsafe-fixes", "--format", "json", copy).stdout)
    assert second["summary"] == {**first["summary"], "fixed": 0}
    assert {path: path.read_bytes() for path in copy.rglob("*.json")} == texts
