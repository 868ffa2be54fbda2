"""What is shown, and kept, of an exception that nobody foresaw."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from traceback import walk_tb

from sellerspec import __version__
from sellerspec.io import files, resources


def reported(error: Exception) -> str:
    """Return one line about an exception; its traceback is written to a file that only the user may read."""
    root = str(resources.data_root())
    name = next((name for name in reversed(files.recent) if not name.startswith(root)), "")
    while_ = f" while `{name}` was read" if name else ""
    return (
        f"sellerspec failed{while_} ({type(error).__name__}), and nothing was judged. "
        f"This is a fault of sellerspec, not of your files; {_kept(error)}"
    )


def failed(part: str, error: Exception) -> str:
    """Return one line about an exception after which a server goes on, without the text of the exception.

    Args:
        part: of sellerspec, such as `proxy`.
        error: raised and caught.
    """
    *_, (frame, line) = walk_tb(error.__traceback__)
    place = f"{frame.f_code.co_qualname}, line {line}"
    return f"the {part} failed: {type(error).__name__} in {place}; please report it"


def _kept(error: Exception) -> str:
    try:
        number, path = tempfile.mkstemp(prefix="sellerspec-", suffix=".txt")  # for the owner alone
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as out:
            out.writelines(f"{line}\n" for line in _lines(error))
    except OSError:
        return "its traceback could not be written"
    return f"please report it with its traceback, {path}"


def _lines(error: Exception) -> Iterator[str]:
    """Yield the types of the exceptions, and the functions they passed.

    Without messages, arguments and values: they could quote what was read.
    """
    yield f"sellerspec {__version__}, Python {platform.python_version()}, {sys.platform}"
    cause: BaseException | None = error
    while cause is not None:
        yield f"{type(cause).__module__}.{type(cause).__qualname__}"
        frames = [
            f"  {_module(frame.f_globals)}:{line} in {frame.f_code.co_name}"
            for frame, line in walk_tb(cause.__traceback__)
        ]
        yield from frames if len(frames) <= 100 else (*frames[:50], "  ...", *frames[-50:])
        cause = cause.__cause__ or cause.__context__


def _module(namespace: dict[str, object]) -> str:
    return str(namespace.get("__name__", "?"))
