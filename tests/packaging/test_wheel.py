"""The wheel in a fresh environment, with the run-time dependencies alone. `make packaging` runs it."""

import json
import sys
from pathlib import Path

import pytest

import sellerspec
from support.installed import CHECK, INVALID, ROOT, build, run

GOOD = ROOT / "tests/examples/tiki/createProduct/valid/documented-simple.json"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    build(folder, "-t", "wheel")
    (wheel,) = folder.glob("*.whl")
    home = folder / "venv"
    run(sys.executable, "-m", "venv", home, cwd=folder)
    done = run(home / "bin/pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return home


def test_the_wheel_checks_a_product(environment: Path, tmp_path: Path) -> None:
    done = run(environment / "bin/python", "-c", CHECK, cwd=tmp_path, text=INVALID.read_text("utf-8"))
    shown = json.loads(done.stdout)
    assert Path(shown["code"]).is_relative_to(environment)
    assert Path(shown["data"]).is_relative_to(environment)
    assert shown["texts"] == [
        "variants don't match with option_attributes => variants option2 missing",
        "variants should have price > 0",
    ]
    assert shown["operations"] >= 29
    assert shown["extras"] == []


def test_the_command_line_works_and_names_the_extras_that_are_missing(
    environment: Path, tmp_path: Path
) -> None:
    tool = environment / "bin/sellerspec"
    assert run(tool, "--version", cwd=tmp_path).stdout == f"sellerspec, version {sellerspec.__version__}\n"
    assert run(tool, "check", GOOD, cwd=tmp_path).returncode == 0
    for words, extra in (
        (("serve", "tiki"), "sandbox"),
        (("fuzz", "tiki", "--sandbox", "--max-time", "2"), "fuzz"),
        (("demo",), "record"),
    ):
        done = run(tool, *words, cwd=tmp_path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert f"pip install 'sellerspec[{extra}]'" in done.stderr
