"""Read pictures of this machine: plain files only."""

import os
import stat
from errno import ELOOP
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from sellerspec.io import urls
from sellerspec.io.files import reason
from sellerspec.io.pictures import MOST_BYTES, Entry, broken, missing, unjudged


def is_address(text: str) -> bool:
    """Return whether a text is an address, not a path: `https:…`, `data:…`, `//host/…`, `http://[`."""
    scheme = urls.split(text).scheme
    return len(scheme) > 1 or text.startswith("//") or not urls.readable(text)


def of_address(address: str, folder: Path) -> Path | None:
    """Return the file of a folder with the name that an address ends with; None if it is not there."""
    name = unquote(urls.split(address).path).rpartition("/")[2]
    if not name or name in (".", "..") or "\\" in name or "\0" in name:
        return None
    # letters with accents are written in one sign or in two, and archives change that
    paths = (folder / form for form in (name, normalize("NFC", name), normalize("NFD", name)))
    return next(filter(os.path.lexists, paths), None)


def read(path: Path) -> bytes | Entry:
    """Return the bytes of a file, or why it has none. A pipe or a device is never opened."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return broken("a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # exchanged meanwhile
                return broken("a pipe or a device")
            data = stream.read(MOST_BYTES + 1)
        if data is None:  # a file of the system that has nothing to say at present
            return unjudged("it has no content that can be read")
    except (FileNotFoundError, NotADirectoryError):
        return missing("no such file")
    except OSError as error:
        return broken("a loop of links") if error.errno == ELOOP else unjudged(reason(error))
    except ValueError:
        return missing("a name that no file can have")
    return data if len(data) <= MOST_BYTES else unjudged(f"more than {MOST_BYTES // 1_000_000} MB")
