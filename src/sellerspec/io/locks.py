"""Locks that one process at a time holds. The system releases them when the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sellerspec.io.files import reason, shown
from sellerspec.io.writing import NotWritten, make_folder

if sys.platform == "win32":  # pragma: no cover - no test runs on Windows
    import msvcrt

    def _take(file: IO[bytes], wait: bool) -> None:
        file.seek(1 << 20)  # a locked byte cannot be read: the text before it says who holds the lock
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # waits ten seconds
else:
    import fcntl

    def _take(file: IO[bytes], wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class InUse(OSError):
    """Another process holds a lock; `holder` is what it wrote into the file."""

    def __init__(self, error: OSError, holder: str) -> None:
        super().__init__(error.errno, error.strerror)
        self.holder = holder


def taken(path: Path, *, wait: bool = False) -> IO[bytes]:
    """Return a lock file that this process holds until it closes the file.

    Raises:
        InUse: another process holds it; with `wait`, only where the system does not wait for ever.
        OSError: it cannot be made.
    """
    while True:
        file = path.open("a+b")
        try:
            _take(file, wait)
        except OSError as error:
            file.seek(0)
            holder = file.read(200).decode(errors="replace")
            file.close()
            raise InUse(error, holder) from None
        with suppress(OSError):  # the process that held the lock before may have removed the file
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Wait until no other process changes a file under this lock, then hold it; makes the file's folder.

    Raises:
        NotWritten: the folder cannot be made or written.
    """
    make_folder(path.parent)
    lock = path.with_name(f".{path.name[:100]}.lock")
    try:
        file = taken(lock, wait=True)
    except OSError as error:
        raise NotWritten(shown(str(path)), reason(error), "what stood there before is kept") from error
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
        file.close()
