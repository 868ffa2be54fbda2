"""Run a command that is a test suite: its output, a limit of time, and the end of all that it started."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import IO

from sellerspec.errors import SellerspecError
from sellerspec.mutate.running.suite import How, scrubbed

MOST_OUTPUT = 16 << 20
"""Most bytes of an output that are read."""

_NAMED = re.compile(r"^(?!npm ).*?(?:\b\w*(?:Error|Exception)\b.{0,60}?:|\berror: )", re.ASCII)
"""The line that names an exception, in most languages and in TAP; npm only says that there was one."""

_FAILED = re.compile(r"^(?!npm ).*?(?:\b(?:fail|failed|failure|not ok)\b|[✖✗×])", re.IGNORECASE)
_MISTAKE = re.compile(
    r"^(?!\[cause\]|Caused by).*(?:"
    r"Cannot (?:read|set) (?:property|properties)|Cannot convert undefined or null|Cannot destructure"
    r"|is not a function|is not iterable|is not defined|is not valid JSON|end of JSON input"  # JavaScript
    r"|Undefined (?:array key|index|property|variable)|Uncaught TypeError|must be of type .*, null given"
    r"|on null\b|array offset on"  # PHP
    r"|\b(?:Key|Attribute|Index|JSONDecode)Error: |\bNoneType\b"  # Python
    r"|\bNoMethodError\b|\bNullPointerException\b|\bNullReferenceException\b|panic: runtime error)"
)
"""A line of an exception that nobody raises on purpose."""

_TIMES = re.compile(r"\s*[(\[]?\d+(?:\.\d+)?\s?m?s[)\]]?$")
_BLOCK = re.compile(r"^(\s*error: )\|-\s+", re.MULTILINE)
"""A text of several lines in TAP: the first one says most."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int | None
    """Its exit code; None if it was killed because its time was over."""

    output: str

    @property
    def how(self) -> How:
        """How it failed: a command that ends with an exit code may show that its code has a mistake."""
        if self.code is None:
            return "hang"
        return "crash" if _MISTAKE.search(self._error_line) else "exit"

    @property
    def line(self) -> str:
        """The exit code, and the last line that names an error; without times, which differ in each run."""
        if self.code is None:
            return "it did not end in time"
        error = scrubbed(_TIMES.sub("", self._error_line))
        return f"exit code {self.code}: {error}" if error else f"exit code {self.code}"

    @property
    def _error_line(self) -> str:
        """The last line that names an error, else one that says that something failed; "" if none does."""
        text = _BLOCK.sub(r"\1", _COLOURS.sub("", self.output))
        lines = [line.strip() for line in text.splitlines()]
        wanted = (line for one in (_NAMED, _FAILED) for line in reversed(lines) if one.search(line))
        return next(wanted, "")


class Process:
    """Runs one command again and again, one run at a time."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self._words = list(words)
        self._environment = {**os.environ, **environment}
        self._running: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = Lock()

    def run(self, seconds: float) -> Ended:
        """Run the command to its end, and kill what it left running.

        Args:
            seconds: after which it is killed.

        Raises:
            SellerspecError: it cannot be started.
        """
        with tempfile.TemporaryFile() as output:
            process = self._started(output)
            try:
                code: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _kill(process)
                self._running = None
            output.seek(0)
            return Ended(code, output.read(MOST_OUTPUT).decode("utf-8", "replace"))

    def _started(self, output: IO[bytes]) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._closed:
                raise SellerspecError("the run was stopped")
            try:
                self._running = subprocess.Popen(  # noqa: S603 - the user's command
                    self._words, env=self._environment, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise SellerspecError(f"cannot run {self._words[0]}: {reason}") from None
            return self._running

    def close(self) -> None:
        """Kill the command if it runs, and start it no more."""
        with self._lock:
            self._closed = True
            if self._running is not None:
                _kill(self._running)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it started in its group, also when it has ended itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
