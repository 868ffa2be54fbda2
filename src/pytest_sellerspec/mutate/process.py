"""The process of a worker, as the process of pytest sees it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from threading import Lock

from pytest_sellerspec.mutate.messages import Channel, Order, Tested
from sellerspec.errors import SellerspecError
from sellerspec.model import Json
from sellerspec.mutate.running.suite import Failure

GRACE = 5.0
"""Seconds after its limit in which a worker says itself that a test hangs."""

SHOWN = 2000
"""Characters of the output of a worker that could not start."""


class Stopped(SellerspecError):
    """A worker was stopped while tests ran."""


@dataclass(frozen=True, slots=True)
class Command:
    """How a worker is started."""

    arguments: tuple[str, ...]
    """Of Python; `{fd}` is the number of its channel, `{temp}` a folder of its own."""

    directory: Path
    environment: dict[str, str]
    temp: Path
    """Folder for the files of all workers."""

    patience: float
    """Seconds to collect the tests."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker said about an order."""

    tested: tuple[Tested, ...]
    applied: frozenset[str]
    """Ids of the mutations that changed something; of a worker that died, all that were on."""

    died: bool = False
    """Whether the last test ended the process; the tests after it did not run."""


class Process:
    """One running worker."""

    def __init__(self, command: Command, number: int) -> None:
        """Start it; `collected` waits until it is ready."""
        ours, theirs = Pipe()
        self._temp = command.temp / str(number)
        self._temp.mkdir(parents=True)
        self._patience = command.patience
        values = {"{fd}": str(theirs.fileno()), "{temp}": str(self._temp / "basetemp")}
        arguments = [_filled(argument, values) for argument in command.arguments]
        with theirs, (self._temp / "output").open("wb") as output:
            self._popen = subprocess.Popen(  # noqa: S603  (the command is the one that the user has called)
                [sys.executable, *arguments],
                cwd=command.directory,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl+C reaches it by us alone; what it has started ends with it
            )
        self._channel, self._connection = Channel(ours), ours
        self._lock, self._killed = Lock(), False

    def collected(self) -> list[Json]:
        """Return the tests that the worker has collected.

        Raises:
            SellerspecError: it has ended, or collects for too long; with its last output.
        """
        message = None
        with suppress(EOFError):
            message = self._channel.receive(self._patience)
        if message is None:
            self.kill()
            shown = (self._temp / "output").read_text(errors="replace")[-SHOWN:].strip()
            raise SellerspecError(f"a worker could not collect the tests:\n{shown}")
        tests: list[Json] = message["collected"]
        return tests

    def run(self, order: Order) -> Answer:
        """Run tests; a worker whose test hangs or ends the process is dead after it."""
        self._channel.send(order)
        tested: list[Tested] = []
        test, ends = next(iter(order.limits), ""), time.monotonic() + self._patience
        while (message := self._message(ends)) is not None:
            if "starts" in message:
                test = message["starts"]
                ends = time.monotonic() + order.limits[test] + GRACE
            elif "tested" in message:
                tested.append(message["tested"])
                ends = time.monotonic() + self._patience
            elif "ended" in message:
                return Answer(tuple(tested), frozenset(message["ended"]))
            else:
                self.kill()
                tested.append(Tested(test, (Failure(**message["hangs"]),)))
                return Answer(tuple(tested), frozenset(message["applied"]), died=True)
        tested.append(Tested(test, (self._end(test, late=time.monotonic() >= ends),)))
        return Answer(tuple(tested), frozenset(m.id for m in order.mutations), died=True)

    def _message(self, ends: float) -> Json:
        """Return the next message; None if the worker is gone, or its time is over."""
        try:
            return self._channel.receive(max(0.0, ends - time.monotonic()))
        except EOFError:
            return None

    def _end(self, test: str, *, late: bool) -> Failure:
        if late:
            self.kill()
            return Failure(test, "hang", "the test did not end in time")
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(GRACE)
        self.kill()
        code = self._popen.returncode
        how = f"the signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return Failure(test, "crash", f"the process of the test ended with {how}")

    def finish(self) -> None:
        """Let the worker end its session fixtures, then end it."""
        with self._lock:
            self._connection.close()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(2 * GRACE)
        self.kill()

    def kill(self) -> None:
        """End the worker, and what it has started, at once."""
        with self._lock:  # after Ctrl+C two threads come here
            if not self._killed:  # later another process may have its number
                self._killed = True
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            self._connection.close()


def _filled(argument: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        argument = argument.replace(name, value)
    return argument
