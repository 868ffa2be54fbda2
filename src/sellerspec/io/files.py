"""The one reader of files: bounded, and an error of ours whatever a name stands for.

Devices, pipes and the files of `/proc` have no size that could be looked at first, and some never end.
"""

import os
import select
import stat
import sys
from collections import deque
from pathlib import Path
from typing import BinaryIO

from sellerspec.errors import ParseError

MOST_BYTES = 512 * 1024 * 1024
"""Most bytes of a file that is read as a whole."""

MOST_STREAM_BYTES = 128 * 1024 * 1024
"""Most bytes of stdin, a pipe or a device."""

PATIENCE = 10.0
"""Seconds after which a named pipe that nobody writes to is an error."""

STDIN = "<stdin>"

_CHUNK = 1 << 20

recent: deque[str] = deque(maxlen=256)
"""Names of the files that were read last, the newest at the end."""


def read_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file, a pipe or a device; `most` bounds how many.

    Raises:
        ParseError: it cannot be read, or is too large.
    """
    name = shown(str(path))
    recent.append(name)
    try:
        with path.open("rb") if os.name == "nt" else open(path, "rb", opener=_without_waiting) as stream:
            return _all_of(path, stream, most)
    except ParseError as error:
        raise error.named(name) from None
    except OSError as error:
        raise ParseError(reason(error), name=name) from None
    except ValueError:
        raise ParseError("the name of the file holds a NUL character", name=name) from None


def _without_waiting(path: str, flags: int) -> int:
    # a pipe without a writer, or a file like `/proc/kmsg`, would block; plain files ignore the flag
    return os.open(path, flags | os.O_NONBLOCK)


def read_stdin() -> bytes:
    """Return the bytes of stdin.

    Raises:
        ParseError: it is closed or cannot be read, or is too large; carries no name.
    """
    recent.append(STDIN)
    try:
        return _bounded(sys.stdin.buffer, MOST_STREAM_BYTES)
    except AttributeError:  # started with stdin closed
        raise ParseError("stdin is closed") from None
    except OSError as error:
        raise ParseError(reason(error)) from None


def _all_of(path: Path, stream: BinaryIO, most: int) -> bytes:
    status = os.fstat(stream.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size:
        if status.st_size > most:
            raise ParseError(f"{status.st_size:,} bytes, at most {most:,} are read")
        return stream.read()
    if not stat.S_ISREG(status.st_mode):
        if path.is_fifo() and not path.is_symlink():
            _await_writer(stream)
        os.set_blocking(stream.fileno(), True)
    return _bounded(stream, min(most, MOST_STREAM_BYTES))


def _await_writer(stream: BinaryIO) -> None:
    if not select.select([stream], [], [], PATIENCE)[0]:
        raise ParseError(f"a pipe to which nothing was written for {PATIENCE:.0f} seconds")


def _bounded(stream: BinaryIO, most: int) -> bytes:
    data = bytearray()
    while chunk := stream.read(_CHUNK):
        data += chunk
        if len(data) > most:
            raise ParseError(f"a stream of more than {most:,} bytes")
    return bytes(data)


def shown(name: str) -> str:
    r"""Return the name of a file as text that every output can hold: bytes that are not UTF-8 as `\udcff`."""
    return name if name.isascii() else name.encode(errors="backslashreplace").decode()


def reason(error: OSError) -> str:
    """Return the reason of the operating system, in lower case: `no space left on device`."""
    return (error.strerror or type(error).__name__).lower()
