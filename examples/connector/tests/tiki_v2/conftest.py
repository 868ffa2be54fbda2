"""The connector against the sandbox of Tiki's Open API, with a guarded client."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from connector.shop import OrderBook
from connector.tiki_v2 import TikiV2, connect

import sellerspec

APP, SECRET = "1234567890", "FAKE-SECRET"
FRIDAY = datetime(2026, 11, 27, 14)
FACTS = sellerspec.Facts(**json.loads(Path(__file__).with_name("facts.json").read_text()))
"""What `sellerspec facts tiki-v2` has collected of the category of books."""


def pytest_sellerspec_facts(operation: str) -> sellerspec.Facts | None:
    """What a product cannot know: the attributes of its category."""
    return FACTS if operation == "tiki-v2/createProductRequest" else None


class Clock:
    """The connector's clock; waiting takes no time, and the sandbox waits too."""

    def __init__(self, sandbox) -> None:
        self.sandbox = sandbox
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.sandbox.advance(seconds)

    def until(self, seconds: float) -> None:
        """Wait until so many seconds after the start."""
        self.sleep(seconds - self.seconds)


@pytest.fixture
def sandbox(sellerspec_sandbox):
    return sellerspec_sandbox("tiki-v2", now=FRIDAY)


@pytest.fixture
def tables(sandbox):
    """Returns a table of what Tiki keeps."""
    return lambda name: sandbox.state()["tables"].get(name, {})


@pytest.fixture
def kept(tables):
    """Returns an order as Tiki keeps it."""
    return lambda code: tables("orders")[code]["order"]


@pytest.fixture
def arrive(sandbox, kept):
    """Lets a new order come, which is like another one but for some members."""
    return lambda code, like, **members: sandbox.seed({"orders": [{**kept(like), "code": code, **members}]})


@pytest.fixture
def clock(sandbox) -> Clock:
    return Clock(sandbox)


@pytest.fixture
def client(sandbox, clock) -> Iterator:
    with connect(sandbox.url, APP, SECRET, now=clock.now, timeout=0.5) as client:
        yield client


@pytest.fixture
def packed() -> list:
    """The orders that were passed on."""
    return []


@pytest.fixture
def book(packed) -> OrderBook:
    return OrderBook(packed.append)


@pytest.fixture
def unguarded(client, book, clock) -> TikiV2:
    """Tiki by a client that takes what breaks the contract."""
    return TikiV2(client, book, facts=FACTS, sleep=clock.sleep)


@pytest.fixture
def calling(client, book, clock, sellerspec_guard):
    """Returns Tiki, called by a client that sends nothing that breaks the contract."""
    return lambda **settings: TikiV2(
        sellerspec_guard(client, "tiki-v2", **settings), book, facts=FACTS, sleep=clock.sleep
    )


@pytest.fixture
def tiki(calling) -> TikiV2:
    return calling()


@pytest.fixture
def confirming(calling, kept, tables):
    """Returns Tiki, by a client whose guard knows the order that is confirmed."""

    def knowing(code):
        warehouses = [one for key, one in tables("warehouses").items() if key.startswith("1/")]
        return calling(facts=sellerspec.Facts(order=kept(code), warehouses=warehouses)).orders

    return knowing
