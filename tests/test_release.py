"""What is released: the same bytes from the same tree, a command line that works alone, extras named."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GOOD = ROOT / "tests/examples/tiki/createProduct/valid/documented-simple.json"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def run(*command: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command outside the checkout, without its paths."""
    clean = {name: each for name, each in os.environ.items() if not name.startswith(("PYTHONPATH", "COV"))}
    return subprocess.run(
        [str(each) for each in command], cwd=cwd, env={**clean, **more}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders, each with a wheel and an sdist that were built from the tree."""
    folders = (tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second"))
    for folder in folders:
        done = run(
            sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT, SOURCE_DATE_EPOCH="1700000000"
        )
        assert done.returncode == 0, done.stderr
    return folders


def test_two_builds_give_the_same_bytes(built: tuple[Path, Path]) -> None:
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in built
    )
    assert sorted(Path(each).suffix for each in first) == [".gz", ".whl"]
    assert first == second


@pytest.mark.slow
def test_the_wheel_alone_checks_and_names_the_extras_that_are_missing(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    (wheel,) = built[0].glob("*.whl")
    done = run(home / "bin/pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tool = home / "bin/sellerspec"
    assert run(tool, "--version", cwd=tmp_path).stdout == f"sellerspec, version {PROJECT['version']}\n"
    assert run(tool, "check", GOOD, cwd=tmp_path).returncode == 0
    for words, extra in (
        (("serve", "tiki"), "sandbox"),
        (("fuzz", "tiki", "--sandbox", "--max-time", "2"), "fuzz"),
        (("demo",), "record"),
    ):
        done = run(tool, *words, cwd=tmp_path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert f"pip install 'sellerspec[{extra}]'" in done.stderr


def test_the_image_copies_all_that_the_package_is_built_from(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    stage = (ROOT / "Dockerfile").read_text().split("\nFROM ")[0]
    for *sources, target in (line.split()[1:] for line in stage.splitlines() if line.startswith("COPY ")):
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(ROOT / source, tmp_path / target)
    done = run(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist", cwd=tmp_path,
        SOURCE_DATE_EPOCH="1700000000",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (image,) = (tmp_path / "dist").iterdir()
    (wheel,) = built[0].glob("*.whl")
    assert image.read_bytes() == wheel.read_bytes()


def test_only_the_python_that_is_tested_is_declared() -> None:
    declared = [
        classifier.rpartition(" ")[2] for classifier in PROJECT["classifiers"] if "Python :: 3." in classifier
    ]
    assert declared == ["3.11", "3.12", "3.13"]  # `make versions` runs all tests on the newer two


def test_hooks_and_action_call_commands_that_there_are() -> None:
    from sellerspec.cli import main

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    lines = [hook["entry"] for hook in hooks]
    steps = action["runs"]["steps"]
    lines += [line.strip() for step in steps for line in step["run"].splitlines() if "sellerspec " in line]
    called = [each.partition("sellerspec ")[2].split() for each in lines]
    assert len(called) == 5
    for first, *rest in called:
        assert first in main.list_commands(None)  # type: ignore[arg-type]
        if first in ("cassettes", "specs"):
            assert rest[0] in ("check", "lint")
    assert action["runs"]["using"] == "composite"
    assert all("${{" not in step["run"] for step in steps), "an input in a script could be a command"
