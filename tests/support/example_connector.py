"""The example connector in a folder of its own, as it is or with a patch."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONNECTOR = ROOT / "examples" / "connector"
FAULTS = CONNECTOR / "faults"
MISTAKES = ROOT / "tests" / "mistakes"

PYTEST = ("-m", "pytest", "-p", "pytest_sellerspec", "-p", "no:cacheprovider")

_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", "faults")


def copied(folder: Path, patch: Path | None = None) -> Path:
    """Return a copy of the connector below a folder, patched."""
    copy = Path(shutil.copytree(CONNECTOR, folder / "connector", ignore=_LEFT_OUT))
    if patch is not None:
        subprocess.run(["git", "apply", str(patch)], cwd=copy, check=True)
    return copy


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python there with this repository's package; of pytest's plugins, only ours."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
