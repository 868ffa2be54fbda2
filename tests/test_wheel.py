"""The wheel works by itself: installed outside the checkout, with the run-time dependencies alone."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INVALID = ROOT / "tests/examples/tiki/createProduct/invalid/documented-invalid.json"

CHECK = """
import json, sys
import sellerspec
from sellerspec import resources
report = sellerspec.check("tiki/createProduct", sys.stdin.buffer.read())
print(json.dumps({
    "code": sellerspec.__file__,
    "data": str(resources.data_root()),
    "texts": report.server_answer().body["errors"],
    "operations": len(sellerspec.operations()),
    "extras": sorted({"hypothesis", "vcr", "starlette", "pytest"} & set(sys.modules)),
}))
"""


def run(*command: str | Path, cwd: Path, text: str = "") -> str:
    """Run a command outside the checkout, without its paths, and return what it prints."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "COVERAGE_PROCESS_START")
    }
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        input=text,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        out,
        ROOT,
        cwd=out,
    )
    (built,) = out.glob("sellerspec-*.whl")
    return built


def test_the_wheel_holds_specs_schemas_and_examples_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "sellerspec/_data/openapi/tiki.yaml",
        "sellerspec/_data/schemas/tiki/product.json",
        "sellerspec/_data/tests/examples/tiki/createProduct/valid/documented-simple.json",
        "sellerspec/py.typed",
    ):
        assert name in names
    assert not [
        name for name in names if name.startswith(("tests/", "benchmarks/", "cassettes/")) or "/test_" in name
    ]


@pytest.mark.slow
def test_the_wheel_checks_a_product_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    said = json.loads(run(python, "-c", CHECK, cwd=tmp_path, text=INVALID.read_text(encoding="utf-8")))
    assert Path(said["code"]).is_relative_to(home)
    assert Path(said["data"]).is_relative_to(home)
    assert said["texts"] == [
        "variants don't match with option_attributes => variants option2 missing",
        "variants should have price > 0",
    ]
    assert said["operations"] >= 29
    assert said["extras"] == []
