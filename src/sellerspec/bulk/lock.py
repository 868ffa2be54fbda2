"""A lock on a folder, which one process at a time holds. The system releases it when the process ends."""

import os
import socket
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sellerspec.errors import UsageError
from sellerspec.io.locks import is_at, take

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
                take(self._file)
            except OSError:
                self._file.seek(0)
                holder = self._file.read(200).decode(errors="replace")
                self._file.close()
                raise UsageError(
                    f"`{folder}` is in use by {holder or 'another process'}; wait until that run is done,"
                    " or name another first result"
                ) from None
            if is_at(self._file, self._path):
                break
            self._file.close()
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
