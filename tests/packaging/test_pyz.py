"""The executable file of `make pyz`, in an environment with nothing but Python. `make packaging` runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sellerspec
from support.installed import ROOT
from support.servers import free_port, running, status

PYZ = ROOT / "dist/sellerspec.pyz"
EXAMPLES = ROOT / "tests/examples/tiki/createProduct"
ORDER = "/v1/orders/419060832"
TOKEN = "FAKE-TOKEN-FOR-TESTS"
VERSIONS = ("3.11", "3.12", "3.13")


def pythons() -> list[str]:
    """Return the Python that this environment was made with, and that of the system if it is one of ours."""
    base = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
    system = shutil.which("python3", path=os.defpath) or str(base)
    version = subprocess.run([system, "-V"], capture_output=True, text=True, check=True).stdout
    ours = version.split()[1].rpartition(".")[0] in VERSIONS
    return list(dict.fromkeys((str(base), *([system] if ours else []))))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder: the home of whoever runs the file, and the folder in which it is run."""
    return tmp_path_factory.mktemp("home")


def call(python: str, home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, PYZ, *map(str, words)], cwd=home, env={"HOME": str(home)}, capture_output=True, text=True
    )


def test_its_size_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    size = PYZ.stat().st_size
    with capsys.disabled():
        print(f"\n{PYZ.name}: {size / 1e6:.1f} MB")
    assert size < 60e6
    assert os.access(PYZ, os.X_OK)
    assert PYZ.read_bytes().startswith(b"#!/usr/bin/env python3\n")


@pytest.mark.parametrize("python", pythons())
def test_the_command_line_works_with_python_alone(python: str, home: Path) -> None:
    assert call(python, home, "--version").stdout.endswith(f", version {sellerspec.__version__}\n")
    assert call(python, home, "check", EXAMPLES / "valid/documented-simple.json").returncode == 0
    refused = call(python, home, "check", EXAMPLES / "invalid/documented-invalid.json")
    assert (refused.returncode, "tiki.variant-price" in refused.stdout) == (1, True), refused.stderr
    listed = call(python, home, "list", "operations", "tiki")
    assert (listed.returncode, "tiki/createProduct" in listed.stdout) == (0, True), listed.stderr


@pytest.mark.parametrize("python", pythons())
def test_sandbox_and_proxy_work_with_python_alone(python: str, home: Path) -> None:
    environment = {"HOME": str(home)}
    port, front = free_port(), free_port()
    with running([python, PYZ, "serve", "tiki", "--port", port], port, cwd=home, env=environment) as url:
        assert status(url + ORDER, tiki_api=TOKEN) == 200
        proxy = [python, PYZ, "proxy", "tiki", "--upstream", url, "--port", front, "--record", "calls"]
        with running(proxy, front, cwd=home, env=environment) as way:
            assert status(way + ORDER, tiki_api=TOKEN) == 200
            assert status(f"{way}/nowhere", tiki_api=TOKEN) == 422
    assert call(python, home, "cassettes", "check", "calls").returncode == 0
