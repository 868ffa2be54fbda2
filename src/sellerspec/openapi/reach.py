"""Which files a spec may refer to: those below its own folder, so that no bundle holds others."""

from pathlib import Path

from sellerspec.errors import SpecError
from sellerspec.io import resources


def home(spec: Path) -> Path:
    """Return the folder of the files to which a spec may refer; packaged specs share one."""
    root, spec = resources.data_root().resolve(), spec.resolve()
    return root if spec.is_relative_to(root) else spec.parent


def within(path: Path, folder: Path) -> Path:
    """Return a path without links and `..`.

    Raises:
        SpecError: it leads out of the folder, or is no path.
    """
    try:
        path = path.resolve()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL character, a circle of links
        raise SpecError("no path of a file") from None
    if not path.is_relative_to(folder):
        raise SpecError(f"the file is not below {folder}; `--refs-below FOLDER` allows more")
    return path
