"""What the formats show of fixes: SARIF replacements, before and after, suggestions; nothing secret."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sellerspec
from sellerspec.io import patches, resources
from sellerspec.model import Basis, Finding, Fix, Report, Severity, Source
from sellerspec.reporting import Checked, located, render
from support.npm_packages import npm

PRODUCTS = resources.data_dir("tests/examples") / "tiki/createProduct"
INVALID = [path for path in sorted(PRODUCTS.glob("invalid/tiki.[ino]*.json"))
           if not path.name.endswith((".facts.json", ".exchange.json"))]  # fmt: skip
TEXT = """{
  "category_id": "218",
  "images": [
    "https://shop.example/a.png",
    "https://shop.example/a.png"
  ],
  "variants": [{"sku":"a","prise":5000,"inventory_type":"BACKORDER"}]
}
"""


def checked(text: str = TEXT, operation: str = "tiki/createProduct") -> Checked:
    return Checked("a.json", located(sellerspec.check(operation, text), text), text)


def fixed_by(operation: str, text: str, *patch: dict[str, Any]) -> Checked:
    """Return a finding about the first place of a patch, with that fix."""
    source = Source("doc", "1", Basis.DOCUMENTED)
    finding = Finding(
        "tiki.x", Severity.ERROR, patch[0]["path"], "is odd", Basis.DOCUMENTED, source,
        suggest=lambda _: (Fix("mend it", patch, safe=True),),
    )  # fmt: skip
    return Checked("a.json", located(Report(operation, (finding,)), text), text)


def replacements(one: Checked) -> list[tuple[str, str, str]]:
    """Return title, old and new text of each fix in the SARIF of a report."""
    lines = one.text.split("\n")
    found = []
    for result in json.loads(render("sarif", (one,)))["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            ((replacement,),) = [change["replacements"] for change in fix["artifactChanges"]]
            start, end = _offsets(lines, replacement["deletedRegion"])
            title = fix["description"]["text"]
            found.append((title, one.text[start:end], replacement["insertedContent"]["text"]))
    return found


def _offsets(lines: list[str], region: dict[str, int]) -> tuple[int, int]:
    """Return the offsets of a SARIF region, whose lines and columns count from 1."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return (
        starts[region["startLine"] - 1] + region["startColumn"] - 1,
        starts[region["endLine"] - 1] + region["endColumn"] - 1,
    )


def test_sarif_replaces_names_and_values_and_nothing_around_them() -> None:
    assert {(old, new) for _, old, new in replacements(checked())} >= {
        ('"218"', "218"),
        ('"https://shop.example/a.png",\n    "https://shop.example/a.png"', '"https://shop.example/a.png"'),
        ('"inventory_type":"BACKORDER"', '"inventory_type":"backorder"'),
        ('"prise"', '"price"'),
    }


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_sarif_replacement_gives_the_text_whose_value_is_the_patched_payload(path: Path) -> None:
    text = path.read_text()
    one = checked(text)
    patched = [
        patches.patched(json.loads(text), fix.patch)
        for finding in one.report.findings
        for fix in finding.fixes
    ]
    changed = []
    for result in json.loads(render("sarif", (one,)))["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            (replacement,) = fix["artifactChanges"][0]["replacements"]
            start, end = _offsets(text.split("\n"), replacement["deletedRegion"])
            changed.append(json.loads(text[:start] + replacement["insertedContent"]["text"] + text[end:]))
    assert changed == patched


def test_sarif_with_fixes_fits_the_official_schema() -> None:
    schema = json.loads(npm("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text())
    log = json.loads(render("sarif", (checked(),)))
    assert list(jsonschema.Draft4Validator(schema).iter_errors(log)) == []
    (fix,) = log["runs"][0]["results"][-1].get("fixes") or log["runs"][0]["results"][1]["fixes"]
    del fix["artifactChanges"]
    assert list(jsonschema.Draft4Validator(schema).iter_errors(log))


def test_html_shows_the_line_before_and_after_a_fix() -> None:
    page = render("html", (checked(),))
    shown = [
        unescape(re.sub("<[^>]*>", "|", row)).strip("|")
        for row in re.findall(r'<dl class="fix">(.*?)</dl>', page)
    ]
    assert 'before|||"category_id": |"218"|,|||after|||"category_id": |218|,' in shown
    words = "a book " * 50
    long = json.dumps({"name": words, "description": "short", "market_price": words})
    one = fixed_by("tiki/createProduct", long, {"op": "replace", "path": "/description", "value": words})
    (row,) = re.findall(r'<dl class="fix">(.*?)</dl>', render("html", (one,)))
    assert len(row) < 1000
    assert row.count("…") == 5  # on both sides of both, and of the new value


def test_github_suggests_what_to_write() -> None:
    (line,) = [one for one in render("github", (checked(),)).splitlines() if "got `BACKORDER`" in one]
    assert re.search(r'%0Afix: [^%]*%0Asuggestion: \S*"BACKORDER" -> \S*"backorder"%0A', line)
    many = [f"https://shop.example/{number}.png" for number in range(9)]
    lines = '{"images": ' + json.dumps([*many, *many]) + "}"
    patch = {"op": "replace", "path": "/images", "value": many}
    assert "suggestion" not in render("github", (fixed_by("tiki/createProduct", lines, patch),))


@pytest.mark.parametrize("form", ["github", "html", "sarif"])
def test_a_change_around_a_hidden_value_is_not_shown(form: str) -> None:
    text = json.dumps({"note_a": 1, "shipping": {"phone": "0912345678"}, "note_b": 1})
    patch = [{"op": "replace", "path": f"/{name}", "value": 2} for name in ("note_a", "note_b")]
    one = fixed_by("tnsl/createOrder", text, *patch)
    written = render(form, (one,))
    assert "0912345678" not in written
    assert "mend it" in written
    assert not re.search('suggestion|<dl class="fix">|"fixes"', written)


def test_a_value_for_a_secret_member_and_a_patch_that_fits_another_text_are_not_shown() -> None:
    text = '{"shipping": {"name": "A"}}'
    added = fixed_by(
        "tnsl/createOrder", text, {"op": "add", "path": "/shipping/phone", "value": "0912345678"}
    )
    assert "0912345678" not in render("json", (added,))
    renamed = fixed_by("tnsl/createOrder", text, {"op": "move", "from": "/0912345678", "path": "/shipping/x"})
    assert "0912345678" not in render("json", (renamed,))
    other = fixed_by("tiki/updateSku", '{"price": 1}', {"op": "remove", "path": "/request/body/price"})
    assert replacements(other) == []
