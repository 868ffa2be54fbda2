"""The package as its users get it: built from the tree, run outside the checkout."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INVALID = ROOT / "tests/examples/tiki/createProduct/invalid/documented-invalid.json"

CHECK = """
import json, sys
import sellerspec
from sellerspec.io import resources
report = sellerspec.check("tiki/createProduct", sys.stdin.buffer.read())
print(json.dumps({
    "code": sellerspec.__file__,
    "data": str(resources.data_dir("openapi")),
    "texts": report.server_response().body["errors"],
    "operations": len(sellerspec.operations()),
    "extras": sorted({"hypothesis", "vcr", "starlette", "pytest"} & set(sys.modules)),
}))
"""
"""Checks the payload on stdin, and prints where code and data come from."""


def run(
    *command: str | Path, cwd: Path, text: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command without the paths and the coverage of the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "COV"))}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        input=text,
        env={**clean, **variables},
        capture_output=True,
        text=True,
    )


def build(folder: Path, *options: str, source: Path = ROOT) -> None:
    """Build a wheel and an sdist, or what the options name, into a folder."""
    done = run(
        sys.executable, "-m", "hatchling", "build", *options, "-d", folder,
        cwd=source, SOURCE_DATE_EPOCH="1700000000",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
