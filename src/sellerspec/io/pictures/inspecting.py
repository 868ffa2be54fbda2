"""Look at pictures in a process of its own, which a picture can crash or keep busy without harm."""

import contextlib
import os
import signal
import threading
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from sellerspec.errors import needs
from sellerspec.io.pictures import Entry, broken, unjudged

CPU_SECONDS = 10
"""Seconds of the processor that one picture may take."""

WALL_SECONDS = 30.0
"""Seconds after which the process is ended, whatever it does."""

START_SECONDS = 60.0
"""Seconds that the process has to start."""

ENDED = (-9, -15)
"""Exit codes of a process that was ended: after `WALL_SECONDS`, or by a system without memory."""

MOST_MEMORY = 2 << 30
"""Bytes of memory that the process may take."""


class Inspector:
    """Looks at one picture after the other."""

    def __init__(self) -> None:
        """Make sure that Pillow is installed.

        Raises:
            MissingExtra: it is not.
        """
        needs("images", "PIL")
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._starts = True

    def entry(self, data: bytes) -> Entry:
        """Return what the bytes of a picture are."""
        pipe = self._started()
        if pipe is None:
            return unjudged("the process that opens pictures did not start")
        watchdog = threading.Timer(WALL_SECONDS, self._kill)  # also ends a write that nobody reads
        watchdog.daemon = True
        watchdog.start()
        try:
            pipe.send_bytes(data)
            found: Entry = pipe.recv()
        except (EOFError, OSError):
            process = self._process
            self.close()
            if process is not None and process.exitcode in ENDED:  # a busy machine makes no picture wrong
                return unjudged(f"it was not opened within {WALL_SECONDS:.0f} seconds, or memory ran out")
            return broken(f"one that cannot be decoded within {CPU_SECONDS} seconds, or crashes its reader")
        finally:
            watchdog.cancel()
        return found

    def close(self) -> None:
        """End the process."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()

    def _kill(self) -> None:
        if (process := self._process) is not None:
            process.kill()

    def _started(self) -> Connection | None:
        """Return the pipe to the process, which is started if need be; None if it does not start."""
        if self._pipe is not None or not self._starts:
            return self._pipe
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        with contextlib.suppress(EOFError, OSError):
            if ours.poll(START_SECONDS) and ours.recv():
                return ours
        self.close()
        self._starts = False  # the next picture would wait as long
        return None


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run itself ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from sellerspec.io.pictures.opening import entry

    _limit_memory()
    pipe.send(True)
    while True:
        try:
            data = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        _limit_time()
        pipe.send(entry(data))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # noqa: S101 - this process has one
    connection.wait([parent.sentinel])
    os._exit(1)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_time() -> None:
    """Let the next picture have its seconds, on top of what was used."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime) + 1
        resource.setrlimit(
            resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1])
        )
