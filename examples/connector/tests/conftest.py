"""The connector against the sandbox of Tiki, with a guarded client."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from connector.shop import Book
from connector.tiki import Tiki, connect

import sellerspec

BOOK = Book(
    code="SACH-BIA",
    title="Sách bịa cho trẻ em",
    text="Một cuốn sách không có thật, để thử kết nối.",
    pictures=("https://shop.example/sach-bia.png", "https://shop.example/sach-bia-2.png"),
    author="Người Bịa",
    price=199_000,
    covers={"soft": 3, "hard": 5},
)

CATEGORY = json.loads(Path(__file__).with_name("category.json").read_text())


def pytest_sellerspec_facts(operation: str) -> sellerspec.Facts | None:
    """What a product cannot know: the attributes of its category."""
    return sellerspec.Facts(category=CATEGORY) if operation == "tiki/createProduct" else None


@pytest.fixture
def sandbox(sellerspec_sandbox):
    return sellerspec_sandbox("tiki")


@pytest.fixture
def calling(sandbox, sellerspec_guard) -> Iterator:
    """Returns Tiki, called by a client that sends nothing that breaks the contract."""
    with connect(sandbox.url, sandbox.headers["tiki-api"], timeout=0.5) as client:

        def tiki(**settings) -> Tiki:
            guarded = sellerspec_guard(client, "tiki", **settings)
            # the connector waits on the sandbox's clock, which takes no time
            return Tiki(guarded, now=sandbox.sandbox.clock.now, sleep=sandbox.advance)

        yield tiki


@pytest.fixture
def tiki(calling) -> Tiki:
    return calling()
