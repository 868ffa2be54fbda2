"""A lock on a folder, which one process at a time holds. The system releases it when the process ends."""

import os
import socket
from datetime import datetime
from pathlib import Path
from typing import IO

from sellerspec.errors import UsageError
from sellerspec.io.locks import InUse, taken

NAME = "lock"


def locked(folder: Path) -> IO[bytes]:
    """Return the lock file of a folder; closing it releases the lock.

    Raises:
        UsageError: another process holds the lock; says which.
        OSError: the folder cannot be written.
    """
    try:
        file = taken(folder / NAME)
    except InUse as error:
        raise UsageError(
            f"`{folder}` is in use by {error.holder or 'another process'}; wait until that run is done,"
            " or name another first result"
        ) from None
    file.truncate(0)
    now = datetime.now().astimezone().isoformat(" ", "seconds")
    file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}".encode())
    file.flush()
    return file
