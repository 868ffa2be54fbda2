"""Real runs of pytest with `--sellerspec-mutate`, over small connectors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.plugin_runs import CLIENT, prepare, run

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


def prepare_workers(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepare a run of which the workers' files are in a folder of their own, so that they can be found."""
    prepare(pytester, monkeypatch)
    monkeypatch.setenv("TMPDIR", str(pytester.mkdir("temporary")))


def workers(pytester: pytest.Pytester) -> list[int]:
    """Return the processes of workers that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if b"--sellerspec-mutate-worker" in line and str(pytester.path).encode() in line:
            found.append(int(path.parent.name))
    return found


def files(pytester: pytest.Pytester, **parts: str) -> None:
    """Write the connector, its fixtures and its tests, or others for them."""
    pytester.makepyfile(shop=parts.get("shop", CONNECTOR), test_shop=parts.get("tests", TESTS))
    pytester.makeconftest(parts.get("conftest", CLIENT))


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
