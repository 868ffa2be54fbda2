"""The example connector: its suite passes, and each of ten mistakes in it fails with rule and place."""

import re
import subprocess
from pathlib import Path

import pytest

from support.example_connector import MISTAKES, PYTEST, copied, python

NAMED = {
    "author-forgotten": ("tiki.attribute-required", "/request/body/attributes/author"),
    "confirmation-without-its-moment": (
        "tiki.confirm-items-commitment-needed",
        "/request/body/delivery_commitment_time",
    ),
    "item-ids-as-text": ("tiki.confirm-items-item-ids", "/request/body/item_ids/0"),
    "one-sku-for-all-covers": ("tiki.sku-unique", "/request/body/variants/1/sku"),
    "pages-from-zero": ("tiki.paging-positive", "/request/query/page"),
    "path-misspelled": ("sellerspec.method", "/request/method"),
    "price-with-its-currency": ("tiki.number-unreadable", "/request/body/variants/0/price"),
    "receiver-answers-created": ("sellerspec.answer-status", "/response/status"),
    "token-in-another-header": ("tiki.token-present", "/request/headers/tiki-api"),
    "variant-without-its-option": ("tiki.variant-first-option", "/request/body/variants/0/option1"),
}
"""Mistake -> the rule and the place that the suite has to name."""


UNEARNED = {
    "violation-swallowed": "If that is meant, say so: `with pytest.raises(sellerspec.ContractViolation):`",
    "cassette-unjudged": "rejected-book.yaml",
    "column-misspelt": "`quantitty`",
}
"""Mistake that keeps something from being judged -> what the message says."""


pytestmark = pytest.mark.no_cover  # everything runs in other processes


def suite(folder: Path) -> subprocess.CompletedProcess[str]:
    return python(*PYTEST, cwd=folder)


def sheet(folder: Path) -> subprocess.CompletedProcess[str]:
    return python("-m", "sellerspec", "check", "--as", "tiki/createProduct", "sheets/books.csv", cwd=folder)


def test_the_suite_of_the_connector_passes_and_shows_its_coverage(tmp_path: Path) -> None:
    done = suite(copied(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^tiki +\d+ +\d+/13 ", done.stdout, re.MULTILINE)
    assert re.search(r"^tiki-v2 +\d+ +\d+/45 ", done.stdout, re.MULTILINE)


def test_every_mistake_is_told_apart() -> None:
    assert {path.stem for path in MISTAKES.glob("*.patch")} == {*NAMED, *UNEARNED}


@pytest.mark.parametrize("mistake", sorted(NAMED))
def test_a_mistake_fails_the_suite_with_rule_and_place(mistake: str, tmp_path: Path) -> None:
    done = suite(copied(tmp_path, MISTAKES / f"{mistake}.patch"))
    rule, place = NAMED[mistake]
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(f"{re.escape(place)}: error {re.escape(rule)} ", done.stdout), done.stdout


def test_the_sheet_of_the_connector_is_accepted(tmp_path: Path) -> None:
    done = sheet(copied(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("mistake", sorted(UNEARNED))
def test_what_was_not_judged_is_not_green(mistake: str, tmp_path: Path) -> None:
    copy = copied(tmp_path, MISTAKES / f"{mistake}.patch")
    done = sheet(copy) if mistake == "column-misspelt" else suite(copy)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert UNEARNED[mistake] in done.stdout + done.stderr
