"""Locks that one process at a time holds. The system releases them when the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sellerspec.io.files import shown
from sellerspec.io.writing import NotWritten, make_folder, reason

if sys.platform == "win32":  # pragma: no cover - no test runs on Windows
    import msvcrt

    def take(file: IO[bytes], *, wait: bool = False) -> None:
        """Lock a file.

        Raises:
            OSError: another process holds the lock; with `wait`, for ten seconds.
        """
        file.seek(1 << 20)  # a locked byte cannot be read: the text before it says who holds the lock
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(file: IO[bytes], *, wait: bool = False) -> None:
        """Lock a file.

        Raises:
            OSError: another process holds the lock, and `wait` is false.
        """
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def is_at(file: IO[bytes], path: Path) -> bool:
    """Return whether an open file still has its name: the holder of a lock before may have removed it."""
    with suppress(OSError):
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    return False


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Wait until no other process changes a file under this lock, then hold it; makes the file's folder.

    Raises:
        NotWritten: the folder cannot be made or written.
    """
    make_folder(path.parent)
    lock = path.with_name(f".{path.name[:100]}.lock")
    try:
        file = _taken(lock)
    except OSError as error:
        raise NotWritten(shown(str(path)), reason(error), "what stood there before is kept") from error
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
        file.close()


def _taken(lock: Path) -> IO[bytes]:
    while True:
        file = lock.open("a+b")
        take(file, wait=True)
        if is_at(file, lock):
            return file
        file.close()
