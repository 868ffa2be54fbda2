"""What is released: the same bytes from the same tree, with all the data that a check needs."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import sellerspec
from support.installed import CHECK, INVALID, ROOT, build, run

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders, each with a wheel and an sdist that were built from the tree."""
    folders = (tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second"))
    for folder in folders:
        build(folder)
    return folders


@pytest.fixture(scope="module")
def wheel(built: tuple[Path, Path]) -> Path:
    (path,) = built[0].glob("*.whl")
    return path


def test_two_builds_give_the_same_bytes(built: tuple[Path, Path]) -> None:
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in built
    )
    assert sorted(Path(name).suffix for name in first) == [".gz", ".whl"]
    assert first == second


def test_the_wheel_holds_specs_schemas_and_examples_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "sellerspec/_data/openapi/tiki.yaml",
        "sellerspec/_data/schemas/tiki/product.json",
        "sellerspec/_data/tests/examples/tiki/createProduct/valid/documented-simple.json",
        "sellerspec/py.typed",
        "pytest_sellerspec/py.typed",
    ):
        assert name in names
    assert not [
        name for name in names if name.startswith(("tests/", "benchmarks/", "cassettes/")) or "/test_" in name
    ]


def test_what_is_in_the_wheel_checks_a_product(wheel: Path, tmp_path: Path) -> None:
    """With the libraries of this environment; `make packaging` installs it into a fresh one."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = run(
        sys.executable, "-c", CHECK, cwd=tmp_path, text=INVALID.read_text("utf-8"), PYTHONPATH=str(tmp_path)
    )
    shown = json.loads(done.stdout)
    assert shown == {
        "code": str(tmp_path / "sellerspec/__init__.py"),
        "data": str(tmp_path / "sellerspec/_data/openapi"),
        "texts": [
            "variants don't match with option_attributes => variants option2 missing",
            "variants should have price > 0",
        ],
        "operations": len(sellerspec.operations()),
        "extras": [],
    }


def test_the_image_copies_all_that_the_package_is_built_from(wheel: Path, tmp_path: Path) -> None:
    stage = (ROOT / "Dockerfile").read_text().split("\nFROM ")[0]
    for *sources, target in (line.split()[1:] for line in stage.splitlines() if line.startswith("COPY ")):
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(ROOT / source, tmp_path / target)
    build(tmp_path / "dist", "-t", "wheel", source=tmp_path)
    (image,) = (tmp_path / "dist").iterdir()
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
    called = [line.partition("sellerspec ")[2].split() for line in lines]
    assert len(called) == 6
    for first, *rest in called:
        assert first in main.list_commands(None)  # type: ignore[arg-type]
        if first in ("cassettes", "specs"):
            assert rest[0] in ("check", "lint")
    assert action["runs"]["using"] == "composite"
    assert all("${{" not in step["run"] for step in steps), "an input in a script could be a command"


def test_D6_the_recorder_asks_for_a_vcrpy_that_runs_no_code_of_a_cassette() -> None:
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    floors = [line for line in extras if line.startswith("vcrpy")]
    assert floors
    assert all(line.startswith("vcrpy>=8.2.1") for line in floors)


@pytest.mark.skipif(os.name == "nt", reason="the action runs bash")
@pytest.mark.parametrize(
    ("step", "variable", "before"),
    [
        ("Check payloads", "PATHS", "check --format github --"),
        ("Check cassettes", "CASSETTES", "cassettes check --format github --"),
    ],
)
@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ("one", ["one"]),
        ("one two\n", ["one", "two"]),
        ("one\ntwo/x.json\n", ["one", "two/x.json"]),
        ("one\r\n  two\tthree\r\n\n-four", ["one", "two", "three", "-four"]),
        ("*", ["*"]),
    ],
)
def test_A7_the_action_checks_the_paths_of_all_lines(
    step: str, variable: str, before: str, given: str, paths: list[str], tmp_path: Path
) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (script,) = (part["run"] for part in action["runs"]["steps"] if part["name"] == step)
    sellerspec = tmp_path / "sellerspec"
    sellerspec.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 1\n')
    sellerspec.chmod(0o755)
    (tmp_path / "step.sh").write_text(script)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(tmp_path / "step.sh")]
    own = {variable: given, "OPERATION": "", "STRICT": "false", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run(command, env=own, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.splitlines()) == (1, [*before.split(), *paths])
    unclear = subprocess.run(
        command, env={**own, "STRICT": "yes"}, capture_output=True, text=True, check=False
    )
    assert (unclear.returncode, "strict is 'yes'; it must be true or false" in unclear.stdout) == (2, True)
    raised = subprocess.run(
        command, env={**own, "STRICT": "true"}, capture_output=True, text=True, check=False
    )
    assert "--strict" in raised.stdout.splitlines()


def test_A7_the_hooks_pass_on_every_kind_of_file_that_their_command_reads() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    same = ("language", "types", "files", "require_serial")
    assert [hooks["sellerspec-payloads-fix"][key] for key in same] == [
        hooks["sellerspec-payloads"][key] for key in same
    ]
    assert (
        hooks["sellerspec-specs"]["types_or"] == hooks["sellerspec-cassettes"]["types_or"] == ["yaml", "json"]
    )
    assert all(
        re.search(hooks["sellerspec-specs"]["files"], f"openapi/x.{end}") for end in ("yml", "yaml", "json")
    )
