"""`specs`, `list discrepancies`, `template`, workbooks and `--overlay` on the command line."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from support.command_line import run

FIX = """\
overlay: 1.0.0
info: {title: t, version: "1"}
extends: openapi/tnsl.yaml
actions:
  - target: $.paths['/v1/orders'].post
    update: {x-source: {document: tnsl-guide, status: documented}}
"""


@pytest.fixture
def fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "fix.yaml"
    path.write_text(FIX)
    return path


def test_list_operations_shows_the_basis() -> None:
    rows = json.loads(run("list", "operations", "--format", "json").stdout)
    assert len(rows) == 75
    assert sum(row["key"].startswith("tiki-v2/") for row in rows) == 45
    assert [row["status"] for row in rows if row["key"].startswith("tnsl/")].count("assumed") == 10
    of_open_api = {row["status"] for row in rows if row["key"].startswith("tiki-v2/")}
    assert of_open_api == {"observed", "inferred", "assumed"}
    others = {row["status"] for row in rows if not row["key"].startswith("tiki-v2/")}
    assert others == {"documented", "assumed"}


def test_an_overlay_of_the_call_and_of_the_project_changes_the_list(fix: Path) -> None:
    def status() -> str:
        rows = json.loads(run("list", "operations", "tnsl", "--format", "json", *given).stdout)
        return str(next(row["status"] for row in rows if row["key"] == "tnsl/createOrder"))

    given: tuple[object, ...] = ()
    assert status() == "assumed"
    given = ("--overlay", fix)
    assert status() == "documented"
    given = ()
    Path("pyproject.toml").write_text('[tool.sellerspec]\noverlays = ["fix.yaml"]\n')
    assert status() == "documented"
    assert "no document states" not in run("explain", "tnsl/createOrder").stdout
    assert "was assumed, is documented" in run("specs", "diff", "tnsl", "tnsl").stdout
    rows = json.loads(run("list", "marketplaces", "--format", "json").stdout)
    assert next(row["operations"] for row in rows if row["name"] == "tnsl") == 13
    assert run("list", "rules", "tnsl/createOrder").exit_code == 0


def test_discrepancies_are_listed_and_explained() -> None:
    rows = json.loads(run("list", "discrepancies", "--format", "json").stdout)
    assert {"A046", "K001", "N001"} <= {row["id"] for row in rows}
    some = run("list", "discrepancies", "--marketplace", "tokopedia").stdout.splitlines()
    assert all(line.startswith("K") for line in some)
    assert len(some) < len(rows)
    assert "reading 2:" in run("explain", "A046").stdout
    assert run("list", "discrepancies", "--marketplace", "tokopdia").exit_code == 2


def test_lint_bundle_and_diff_end_with_their_verdict(tmp_path: Path, fix: Path) -> None:
    assert run("specs", "lint").stdout.splitlines() == [
        "tiki: nothing found",
        "tiki-v2: nothing found",
        "tnsl: nothing found",
        "tokopedia: nothing found",
    ]
    out = tmp_path / "tiki.json"
    assert run("specs", "bundle", "tiki", "--output", out).stdout == ""
    assert json.loads(out.read_text())["x-marketplace"] == "tiki"
    assert run("specs", "bundle", "tiki", "--format", "json").stdout == out.read_text()
    assert run("specs", "bundle", "tnsl").stdout.startswith("openapi: 3.1.0\n")
    same = run("specs", "diff", "tiki", out)
    assert (same.stdout, same.exit_code) == ("0 breaking, 0 other differences\n", 0)
    document = json.loads(out.read_text())
    del document["paths"]["/{version}/products"]
    del document["paths"]["/{version}/orders"]["get"]["summary"]
    out.write_text(json.dumps(document))
    gone = run("specs", "diff", "tiki", out, "--format", "json")
    assert gone.exit_code == 1
    assert {"place": "createProduct", "message": "the operation is gone", "breaking": True} in json.loads(
        gone.stdout
    )
    broken = run("specs", "lint", out, "--format", "json")
    assert broken.exit_code == 1
    assert {load["spec"] for load in json.loads(broken.stdout)} == {str(out)}
    assert str(out) in run("specs", "lint", out).stdout
    assert run("specs", "bundle", "tiki", "--output", tmp_path / "no/where.yaml").exit_code == 2


def test_a_workbook_is_checked_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    made = run("template", "tnsl/importOrders", "--output", path)
    assert made.exit_code == 0
    assert "its columns are assumed" in made.stderr
    workbook = load_workbook(path)
    sheet = workbook["orders"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("ref_code") + 1, "=1+1")
    workbook.save(path)
    done = run("check", path, "--as", "tnsl/importOrders")
    assert done.exit_code == 1
    assert f"{path}:2:1: error " in done.stdout
    assert "orders row 2 `ref_code`: `ref_code` must hold a plain value, got a formula" in done.stdout
    assert "no document states `tnsl/importOrders`" in done.stdout
    folder = run("check", tmp_path, "--as", "tnsl/importOrders", "--strict", "--format", "json")
    assert "/orders/2/ref_code" in folder.stdout
    unsaid = run("check", path)
    assert unsaid.exit_code == 2
    assert "say --as tnsl/importOrders" in unsaid.stderr
    assert run("template", "tnsl/getOrder").exit_code == 2
    assert run("template", "tnsl/importOrders").stdout_bytes[:2] == b"PK"
