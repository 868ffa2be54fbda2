"""Files of npm packages that tests use; `make test` does not install them."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]


def missing(what: str) -> NoReturn:
    """Skip for lack of a tool; under `make browser`, which installs it, fail."""
    if os.environ.get("SELLERSPEC_BROWSER"):
        pytest.fail(what)
    pytest.skip(f"runs in `make browser`, which .ci/run calls; needs {what}")


def npm(module: str) -> Path:
    """Return a file or folder of an npm package that `make browser` installs, or skip."""
    folder = Path(os.environ.get("SELLERSPEC_NODE_MODULES") or ROOT / "node_modules")
    if not (folder / module).exists():
        missing(f"the npm package of {module}")
    return folder / module
