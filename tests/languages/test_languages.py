"""`sellerspec mutate` of connectors in other languages: real Node and real PHP (`make languages`)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.command_line import run

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = {"node": ("node", "--test"), "php": ("php", "tests/run.php")}


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A copy of an example, as the working folder; its name."""
    name: str = request.param
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    monkeypatch.chdir(tmp_path / name)
    return name


def mutated(name: str, *options: str, code: int) -> Any:
    result = run("mutate", "tiki", *options, "--format", "json", "--", *COMMANDS[name])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("example", list(COMMANDS), indirect=True)
def test_a_clean_connector_survives(example: str) -> None:
    said = mutated(example, "--only", "response,behaviour", code=0)
    states = [mutation["state"] for mutation in said["mutations"]]
    assert states.count("survived") > 150
    assert set(states) == {"survived", "not-applied"}
    assert set(said["calls"]) == {"tiki/createProduct", "tiki/getTracking", "tiki/listOrders"}


@pytest.mark.parametrize("example", list(COMMANDS), indirect=True)
def test_a_suite_notices_broken_contracts(example: str) -> None:
    said = mutated(example, "--only", "defect", "--quick", "--fail-under", "noticed=20", code=0)
    assert said["figures"]["survived"]["judged"] == 0
    assert 20 <= said["figures"]["noticed"]["percent"] < 100


@pytest.mark.parametrize(
    ("example", "fault", "mutation", "line"),
    [
        (
            "node",
            "article-is-trimmed",
            "tiki/listOrders:null/data/*/items/*/original_sku",
            "exit code 1: error: \"Cannot read properties of null (reading 'trim')\"",
        ),
        (
            "php",
            "write-is-repeated",
            "tiki/createProduct:no-answer-after-change",
            "`tiki/createProduct` was taken 2 times with the same content",
        ),
    ],
    indirect=["example"],
)
def test_a_planted_fault_is_found(example: str, fault: str, mutation: str, line: str) -> None:
    subprocess.run(["patch", "-p1", "--quiet", "-i", f"faults/{fault}.patch"], check=True)
    options = ("--operation", mutation.partition(":")[0], "--only", "response,behaviour")
    said = mutated(example, *options, code=1)
    weak = {one["id"]: one["failures"][0]["line"] for one in said["mutations"] if one["state"] == "weakness"}
    assert weak[mutation] == line
