"""Planted secrets of one kind each: redirects and accounts, running texts, forms and pages."""

import pytest

from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from sellerspec.marketplaces import marketplace
from sellerspec.scrubbing import scrubber
from support.planted_secrets import LINES, PLANTED, reached

ACCOUNTS = tuple(f"-member-{name}" for name in ("ktp", "npwp", "virtual_account"))
FORMS = ("part-", "form-", "html-", "text-csv", "text-tsv", "xml-attribute")
REDIRECTS = [kind for kind in PLANTED if kind.startswith("location-") or kind.endswith(ACCOUNTS)]
TEXTS = [f"{where}-{kind}" for where in ("line", "text") for kind in LINES]


def left(kind: str) -> list[str]:
    """Return the secrets of a kind that stand in a cassette of the scrubbed exchange."""
    planted = PLANTED[kind]
    assert reached(files.dump([Recorded(planted.exchange)]), planted), "the secret is not planted"
    (scrubbed,) = scrubber(marketplace("tiki")).scrub([planted.exchange])
    return reached(files.dump([Recorded(scrubbed.exchange)]), planted)


@pytest.mark.parametrize("kind", REDIRECTS)
def test_D4_a_redirect_and_an_account_are_scrubbed(kind: str) -> None:
    assert left(kind) == []


@pytest.mark.parametrize("kind", TEXTS)
def test_G3_a_secret_in_running_text_is_scrubbed(kind: str) -> None:
    assert left(kind) == []


@pytest.mark.parametrize("kind", [kind for kind in PLANTED if kind.startswith(FORMS)])
def test_G6_a_secret_in_a_form_a_page_or_a_table_is_scrubbed(kind: str) -> None:
    assert left(kind) == []
