"""The reference pages say what the specs, rules and commands say now."""

import importlib.util
import re
from pathlib import Path

import pytest

import sellerspec
import sellerspec.contract.documents

DOCS = Path(__file__).parents[1] / "docs"


def generator() -> object:
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()
PAGES = list(GENERATOR.PAGES)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_reference_page_is_fresh(page: str) -> None:
    kept = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert kept == GENERATOR.written(page), "run `make reference`"  # type: ignore[attr-defined]


def test_no_page_is_left_that_nothing_writes() -> None:
    assert {path.name for path in (DOCS / "reference").glob("*.md")} == set(PAGES)


def test_the_counts_of_the_readme_are_fresh_and_of_what_is_counted() -> None:
    page = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert page == GENERATOR.with_counts(page), "run `make reference`"  # type: ignore[attr-defined]
    counts = page.partition("<!-- counts -->")[2].partition("<!-- /counts -->")[0]
    for name in sellerspec.marketplaces.NAMES:
        rules = [rule for rule in sellerspec.rules(name) if not rule.why_not]
        title = sellerspec.contract.contract(name).marketplace.title
        (row,) = re.findall(rf"^\| \*\*{re.escape(title)}\*\* \|(.*)\|$", counts, re.MULTILINE)
        operations, errors, warnings = (sum(map(int, re.findall(r"\d+", cell))) for cell in row.split("|"))
        assert operations == len(sellerspec.operations(name))
        assert errors == sum(rule.severity == "error" for rule in rules)
        assert errors + warnings == len(rules)
    registered = len(sellerspec.contract.documents.discrepancies())
    assert f"contradict themselves in {registered} places" in counts


def test_no_number_about_rules_stands_in_the_readme_outside_its_counts() -> None:
    page = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- counts -->")
    prose = before + rest.partition("<!-- /counts -->")[2]
    counted = re.findall(r"\d+ (?:of )?(?:rules|operations|places|requirements)\b.*", prose)
    assert counted == ["17 rules unchecked for lack of facts"]  # the output of a command, which a test runs


def test_what_the_readme_has_measured_stands_in_the_measurements() -> None:
    page = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"Of the \d+ seeded defects [^.]*\.", page)
    defects, ours, plain = re.findall(r"\d+", sentence)
    measured = (DOCS / "measured.md").read_text(encoding="utf-8")
    assert f"Each of {defects} seeded defects" in measured
    found = re.findall(r"^\| (?:`sellerspec fuzz`|plain schemathesis) \| (\d+) \|", measured, re.MULTILINE)
    assert found == [ours, plain]


def test_the_pythons_of_the_readme_are_those_of_the_package() -> None:
    page = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"tested on CPython ([^,]*(?:, [^,]*)*) and (3\.\d+), on Linux", page)
    project = (DOCS.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert [*listed[0].split(", "), listed[1]] == re.findall(r"Python :: (3\.\d+)", project)


def test_the_table_of_what_green_means_is_fresh() -> None:
    page = (DOCS / "what-green-means.md").read_text(encoding="utf-8")
    assert page == GENERATOR.with_ways_in(page), "run `make reference`"  # type: ignore[attr-defined]
