"""Real runs of pytest with `--sellerspec-mutate`, over small connectors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from support.plugin_runs import run

CONNECTOR = """
    import os, time

    def order(client, code="419060832"):
        return client.get(f"/v1/orders/{code}").json()

    def total(client):
        return sum(item["price"] * item["qty"] for item in order(client)["items"])

    def note(client):
        while order(client)["note"] is None:
            time.sleep(0.01)
        return "a note"

    def fee(client):
        fee = order(client)["handling_fee"]
        if fee is None:
            os._exit(3)
        return fee
"""
"""Does not bear a null: it raises, waits for ever, and ends the process."""

FIXTURES = """
    import httpx, pytest

    @pytest.fixture
    def client(sellerspec_sandbox, sellerspec_guard):
        box = sellerspec_sandbox("tiki")
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield sellerspec_guard(client, "tiki")
"""

TESTS = """
    import shop

    def test_total(client):
        assert shop.total(client) == 240000

    def test_note(client):
        assert shop.note(client)

    def test_fee(client):
        assert shop.fee(client) == 0

    def test_without_a_call():
        pass
"""


@dataclass(frozen=True)
class Mutated:
    """What one run has shown."""

    ret: int
    text: str
    report: Any

    @property
    def states(self) -> dict[str, str]:
        """Id of each mutation without its operation -> what became of it."""
        return {one["id"].partition(":")[2] or one["id"]: one["state"] for one in self.report["mutations"]}

    @property
    def failures(self) -> dict[str, list[Any]]:
        """The same ids -> the failures."""
        named = {one["id"].partition(":")[2] or one["id"]: one for one in self.report["mutations"]}
        return {id: one["failures"] for id, one in named.items() if one["failures"]}


def files(pytester: pytest.Pytester, **parts: str) -> None:
    """Write the connector, its fixtures and its tests, or others for them."""
    pytester.makepyfile(shop=parts.get("shop", CONNECTOR), test_shop=parts.get("tests", TESTS))
    pytester.makeconftest(parts.get("conftest", FIXTURES))


def mutate(pytester: pytest.Pytester, *args: object, workers: int = 1, here: bool = False) -> Mutated:
    """Run pytest, in a process of its own or `here`, and return the report."""
    (pytester.path / "report.json").unlink(missing_ok=True)
    result = run(
        pytester, "--sellerspec-mutate", f"--sellerspec-mutate-workers={workers}",
        "--sellerspec-mutate-format=json", "--sellerspec-mutate-output=report.json", *args,
        subprocess=not here,
    )  # fmt: skip
    path = pytester.path / "report.json"
    report: Mapping[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return Mutated(int(result.ret), result.stdout.str() + result.stderr.str(), report)


def only(id: str) -> str:
    """Return the option for one mutation of the operation `tiki/getOrder`."""
    return f"--sellerspec-mutate-reproduce=tiki/getOrder:{id}"
