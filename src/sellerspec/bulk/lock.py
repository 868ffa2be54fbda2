"""A lock on a folder, which one process at a time holds. The system releases it when the process ends."""

import os
import socket
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from sellerspec.errors import UsageError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(1 << 20)  # a locked byte cannot be read: the text before it says who holds the lock
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


NAME = "lock"


class FolderLock:
    """The lock on a folder, held from the call until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            UsageError: another process holds it; says which.
            OSError: the folder cannot be written.
        """
        self._path = folder / NAME
        while True:
            self._file = self._path.open("a+b")
            try:
                _take(self._file)
            except OSError:
                self._file.seek(0)
                holder = self._file.read(200).decode(errors="replace")
                self._file.close()
                raise UsageError(
                    f"`{folder}` is in use by {holder or 'another process'}; wait until that run is done,"
                    " or name another first result"
                ) from None
            with suppress(OSError):
                if os.fstat(self._file.fileno()).st_ino == self._path.stat().st_ino:
                    break
            self._file.close()  # the holder before has removed the file
        self._file.truncate(0)
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        self._file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}".encode())
        self._file.flush()

    def remove(self) -> None:
        """Remove the lock file and release the lock."""
        with suppress(OSError):
            self._path.unlink()
        self.release()

    def release(self) -> None:
        """Release the lock; the file stays."""
        self._file.close()
