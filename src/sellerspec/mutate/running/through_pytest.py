"""`sellerspec mutate -- pytest ...`: the pytest plugin does the work, in the user's own pytest."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sellerspec.errors import SellerspecError
from sellerspec.mutate.settings import Settings

STDERR = 2
"""The file descriptor."""

REPORTED = (0, 1, 2)
"""Exit codes of a run that has written a report."""


def is_pytest(command: Sequence[str]) -> bool:
    """Return whether a command runs pytest.

    >>> [is_pytest(text.split()) for text in ("uv run pytest tests", "python3 -m pytest", "make pytest")]
    [True, True, False]
    """
    for before, word in zip(("", *command), command, strict=False):
        if word.startswith("-") and word != "-m":
            return False  # an option of something else; what follows may be its value
        if Path(word).name.removesuffix(".exe") in ("pytest", "py.test") and before in (
            "",
            "-m",
            "run",
            "exec",
        ):
            return True
    return False


def run_pytest(command: Sequence[str], settings: Settings) -> tuple[int, str]:
    """Run pytest with the plugin's options; return the exit code and the report.

    What pytest itself prints goes to stderr. The report is "" if it went to the file of the settings.

    Raises:
        SellerspecError: pytest cannot be started, or has written no report.
    """
    with tempfile.TemporaryDirectory(prefix="sellerspec-mutate-") as folder:
        path = Path(folder, "report")
        options = [*replace(settings, output=path).arguments(), "--sellerspec-mutate-wrapped"]
        try:
            code = subprocess.run([*command, *options], stdout=STDERR).returncode  # noqa: S603 - the user's
        except OSError as error:
            raise SellerspecError(
                f"cannot run {command[0]}: {(error.strerror or str(error)).lower()}"
            ) from None
        report = path.read_text(encoding="utf-8") if path.exists() else ""
    if not report or code not in REPORTED:
        raise SellerspecError(
            f"pytest ended with exit code {code} and nothing was mutated; see its output above"
        )
    return code, report
