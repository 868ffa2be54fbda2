"""The two sides of a comparison: files, folders, or what git keeps of them."""

import subprocess
from collections.abc import Iterator
from os.path import exists

from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.files.reading import SUFFIXES
from sellerspec.errors import ParseError


def sides(old: str, new: str) -> tuple[list[Recorded], list[Recorded]]:
    """Return the exchanges of both sides.

    Args:
        old: a file, a folder, a git revision (`HEAD~3`: of the same path as `new`), or revision
            and path (`v1.2:cassettes/tiki`).
        new: the same.

    Raises:
        ParseError: a side is none of these, or a cassette is broken.
    """
    return exchanges(old, beside=new), exchanges(new, beside=old)


def exchanges(side: str, *, beside: str = ".") -> list[Recorded]:
    """Return the exchanges of one side.

    Args:
        side: as for `sides`.
        beside: the path for a revision that is given without a path.

    Raises:
        ParseError: it is neither a path nor a git revision, or a cassette is broken.
    """
    if exists(side):
        return [exchange for path in files.find([side]) for exchange in files.read(path).exchanges]
    revision, colon, path = side.partition(":")
    if revision and _is_revision(revision):
        return list(_of_git(revision, path if colon else beside))
    raise ParseError("neither a file, a folder nor a git revision", name=side)


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        problem = getattr(error, "stderr", b"") or str(error).encode()
        raise ParseError(f"git: {problem.decode(errors='replace').strip().splitlines()[0][:120]}") from None
    return done.stdout


def _is_revision(name: str) -> bool:
    if name.startswith("-"):
        return False
    try:
        _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except ParseError:
        return False
    return True


def _of_git(revision: str, path: str) -> Iterator[Recorded]:
    listed = _git("ls-tree", "-r", "-z", "--name-only", revision, "--", path).decode().split("\0")
    names = [name for name in listed if name.endswith(SUFFIXES)]
    if not names:
        raise ParseError("no cassette at this path of the revision", name=f"{revision}:{path}")
    for name in names:
        text = _git("show", f"{revision}:./{name}")
        yield from files.read_text(text, name=f"{revision}:{name}", json=name.endswith(".json")).exchanges
