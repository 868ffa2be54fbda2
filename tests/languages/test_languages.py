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
def test_a_suite_notices_broken_contracts(example: str) -> None:
    said = mutated(example, "--only", "defect", "--quick", "--fail-under", "noticed=20", code=0)
    assert said["figures"]["survived"]["total"] == 0
    assert 20 <= said["figures"]["noticed"]["percent"] < 100


@pytest.mark.parametrize("example", ["php"], indirect=True)
def test_a_write_that_is_repeated_is_found(example: str) -> None:
    subprocess.run(["patch", "-p1", "--quiet", "-i", "faults/write-is-repeated.patch"], check=True)
    options = ("--operation", "tiki/createProduct", "--only", "behaviour")
    said = mutated(example, *options, code=1)
    weak = {one["id"]: one["failures"][0]["line"] for one in said["mutations"] if one["state"] == "weakness"}
    line = "`tiki/createProduct` was taken 2 times with the same content"
    assert weak["tiki/createProduct:no-answer-after-change"] == line
