"""A report as text shows the titles of fixes and short patches, and is bounded."""

import json
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec.contract.project import Project
from sellerspec.model import MOST_SHOWN, Fix, Json
from support.sandboxes import example

KEY = "tiki/createProduct"


def product(variants: int, **more: Any) -> dict[str, Json]:
    value: dict[str, Json] = example(f"{KEY}/valid/documented-configurable")
    (first, *_) = value["variants"]
    value["variants"] = [
        {**first, "sku": f"sku{number}", "option1": f"option{number}", **more} for number in range(variants)
    ]
    return value


def fix_lines(report: sellerspec.Report) -> list[str]:
    return [line.strip() for line in str(report).splitlines() if line.strip().startswith("fix")]


def test_the_text_of_a_report_has_the_titles_of_fixes_and_short_patches() -> None:
    report = sellerspec.check("tiki/updateSku", {"price": "5000", "quantty": 20})
    assert fix_lines(report)[:2] == [
        'fix: write the number without quotes: [{"op":"replace","path":"/price","value":5000}]',
        'fix (unsafe): rename the member to `quantity`: '
        '[{"op":"move","from":"/quantty","path":"/quantity"}]',
    ]  # fmt: skip
    assert str(sellerspec.ContractViolation(report)) == str(report)


@pytest.mark.parametrize("name", ["Anh_%20Nguyen!", "x" * 150])
def test_a_patch_that_is_long_or_has_a_text_that_no_message_shows_has_its_title_alone(name: str) -> None:
    report = sellerspec.check(KEY, {**product(1), "image": f" https://shop.example/{name}.png"})
    assert set(fix_lines(report)) == {"fix: remove the blanks around the text"}
    assert name in json.dumps(report.findings[0].fixes[0].to_dict())


@pytest.mark.parametrize(
    ("path", "value", "is_shown"),
    [
        ("/shipping/phone", 849123, False),
        ("/shipping", {"phone": 849123}, False),
        ("/shipping", [None, 5], True),
    ],
)
def test_a_patch_with_a_value_of_a_person_is_not_shown(path: str, value: Json, is_shown: bool) -> None:
    report = sellerspec.check("tnsl/createOrder", {"shipping": 1})
    assert report.origin is not None
    patch = {"op": "replace", "path": path, "value": value}
    assert bool(report.origin.line(Fix("mend it", (patch,), safe=True))) is is_shown


def test_the_text_of_a_report_is_bounded() -> None:
    report = sellerspec.check(KEY, product(MOST_SHOWN + 20, price="5000"))
    lines = str(report).splitlines()
    assert sum(": warning tiki.number-as-text " in line for line in lines) == MOST_SHOWN
    assert lines[-1] == f"  … and {len(report.findings) - MOST_SHOWN} more findings"


def test_a_member_that_the_project_calls_secret_has_no_fixes(tmp_path: Path) -> None:
    project = Project.read(tmp_path, secret_members=["price"])
    report = project.check("tiki/updateSku", {"price": "5000"})
    assert [(finding.pointer, finding.fixes) for finding in report.findings] == [("/price", ())]
    assert "5000" not in json.dumps(report.to_dict()) + str(report)
