"""Write files: completely or not at all, never over an input."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io.files import read_bytes, reason, shown


class NotWritten(SellerspecError):
    """A file could not be written: no space, no permission, no folder."""

    def __init__(self, name: str, problem: str, kept: str) -> None:
        super().__init__(name, problem, kept)
        self.name, self.problem, self.kept = name, problem, kept

    def __str__(self) -> str:
        return f"{self.name}: cannot be written: {self.problem}; {self.kept}"


def write(path: Path, data: bytes | str) -> None:
    """Write a file completely or not at all; text as UTF-8.

    Raises:
        NotWritten: the file cannot be written; what stood there before is kept.
    """
    with writing(path) as out:
        out.write(data.encode() if isinstance(data, str) else data)


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Put other bytes into a file that was read before: completely or not at all.

    Raises:
        NotWritten: it holds other bytes than `old` by now, is read-only or not a regular file, or cannot be
            written; what stood there before is kept.
    """
    name, kept = shown(str(path)), "what stood there before is kept"
    mode = _mode(path)
    if not stat.S_ISREG(mode):
        raise NotWritten(name, "it is not a regular file", kept)
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise NotWritten(name, "it is read-only", kept)
    with writing(path) as out:
        out.write(new)
        if read_bytes(path) != old:
            raise NotWritten(name, "it was changed since it was read", kept)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those around it, if it does not exist; `mode` is for the folder itself.

    Raises:
        NotWritten: it cannot be made.
    """
    try:
        folder.mkdir(mode, parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(shown(str(folder)), reason(error), "nothing was written") from error


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of `path` when it is complete.

    A symbolic link stays and the file that it names is replaced. A device or a pipe is written
    directly.

    Raises:
        NotWritten: the file cannot be written; what stood there before is kept.
    """
    directly = _is_special(path)
    target = path if directly else Path(os.path.realpath(path))
    # the name is new: two processes may write the same file, and the last one wins
    place = path if directly else target.with_name(f".{target.name[:100]}.{os.urandom(6).hex()}")
    try:
        with place.open("wb" if directly else "xb") as out:
            yield out
            if not directly:
                _sync(out)
        if not directly:
            _replace(place, target)
    except OSError as error:
        if error.filename not in (None, str(place)):
            raise  # about another file, which the caller reads
        kept = "no part of it" if directly or not _mode(target) else "what stood there before"
        raise NotWritten(shown(str(path)), reason(error), f"{kept} is kept") from error
    finally:
        if not directly:
            with suppress(OSError):
                place.unlink(missing_ok=True)


def put_on_disk(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())


def _replace(unfinished: Path, target: Path) -> None:
    with suppress(OSError):  # a new file has neither owner nor mode yet
        before, own = target.stat(), unfinished.stat()
        if (before.st_uid, before.st_gid) != (own.st_uid, own.st_gid):
            with suppress(PermissionError):  # only root gives a file to another user
                os.chown(unfinished, before.st_uid, before.st_gid)
        unfinished.chmod(stat.S_IMODE(before.st_mode))
    unfinished.replace(target)


def _is_special(path: Path) -> bool:
    """Say whether a path names a device, a pipe or a socket."""
    mode = _mode(path)
    return mode != 0 and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _mode(path: Path) -> int:
    """Return the mode of what a path names, through links; 0 if there is nothing."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def check_outputs(outputs: Mapping[str, Path | None], inputs: Mapping[Path, str]) -> None:
    """Refuse outputs that would destroy an input or each other, before anything is read.

    Args:
        outputs: name of an option -> the file that it writes; None if it was not given.
        inputs: file that is read -> what it is, for the message.

    Raises:
        UsageError: an output is an input, two outputs are the same file (also by a link), or the
            folder of an output does not exist.
    """
    read = {_identity(path): f"{what} `{shown(str(path))}`, which is read" for path, what in inputs.items()}
    written: dict[object, str] = {}
    for option, path in outputs.items():
        if path is None or _is_special(path):
            continue
        name = shown(str(path))
        if "\0" in str(path):
            raise UsageError(f"{option}: the name of a file has no NUL character")
        if stat.S_ISDIR(_mode(path)):
            raise UsageError(f"{option}: `{name}` is a folder")
        if not stat.S_ISDIR(_mode(Path(os.path.realpath(path)).parent)):
            raise UsageError(f"{option}: there is no folder `{shown(str(path.parent))}`")
        identity = _identity(path)
        other = read.get(identity) or written.get(identity)
        if other is not None:
            raise UsageError(f"{option}: `{name}` is the same file as {other}; name another file")
        written[identity] = option


def _identity(path: Path) -> object:
    """Return a value that is equal for two names of one file, also for one that does not exist yet."""
    try:
        status = path.stat()
    except OSError:
        return os.path.normcase(os.path.realpath(path))
    except ValueError:
        return None  # a NUL character: no file
    return status.st_dev, status.st_ino
