"""The reference pages say what the specs, rules and commands say now."""

import importlib.util
from pathlib import Path

import pytest

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


def test_the_table_of_what_green_means_is_fresh() -> None:
    page = (DOCS / "what-green-means.md").read_text(encoding="utf-8")
    assert page == GENERATOR.with_ways_in(page), "run `make reference`"  # type: ignore[attr-defined]
