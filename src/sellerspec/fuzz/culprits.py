"""Find the member because of which a receiver fails on a valid notice."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sellerspec.io.pointers import drop, get, has, paths, put
from sellerspec.model import Json, Path, pointer

MOST = 40
"""Most differences from one accepted notice that are tried, each with two requests."""

MOST_NOTICES = 3
"""Most accepted notices that a failing one is compared with."""


class Culprit(NamedTuple):
    """The difference between a failing notice and an accepted one that makes it fail."""

    path: Path
    notice: Json
    """A notice that fails, and would not fail without this difference."""

    def __str__(self) -> str:
        if not has(self.notice, self.path):
            return f"without `{pointer(self.path)}`"
        present = "null" if get(self.notice, self.path) is None else "as it is"
        return f"with `{pointer(self.path)}` {present}"


def culprit(
    failing: Json, accepted: Iterable[Json], valid: Callable[[Json], bool], fails: Callable[[Json], bool]
) -> Culprit | None:
    """Return the member because of which a receiver fails on a notice; None if no single one is the cause.

    Args:
        failing: the receiver fails on it.
        accepted: notices that the receiver accepts; those most like the failing one are compared with it.
        valid: returns whether a notice satisfies its contract; no other is sent.
        fails: sends a notice, and returns whether the receiver fails.
    """
    compared = [(list(_differences(failing, notice)), notice) for notice in accepted]
    container = None
    for different, notice in sorted(compared, key=lambda pair: len(pair[0]))[:MOST_NOTICES]:
        for path in different[:MOST]:
            added, repaired = _with(notice, failing, path), _with(failing, notice, path)
            if valid(added) and fails(added):
                cause = Culprit(path, added)
            elif valid(repaired) and not fails(repaired):
                cause = Culprit(path, failing)
            else:
                continue
            if not isinstance(get(cause.notice, path), dict | list):
                return cause
            container = container or cause  # another notice may show which member of it is the cause
    return container


def _differences(failing: Json, accepted: Json) -> Iterator[Path]:
    """Yield the places at which two notices differ: members that one lacks, and values."""
    places = dict.fromkeys([*paths(accepted), *paths(failing)])
    for path in sorted(places, key=len):
        if not path or not has(accepted, path[:-1]) or not has(failing, path[:-1]):
            continue
        ours, theirs = get(failing, path), get(accepted, path)
        nested = isinstance(ours, dict | list) and type(ours) is type(theirs)
        if has(failing, path) != has(accepted, path) or (ours != theirs and not nested):
            yield path


def _with(notice: Json, other: Json, path: Path) -> Json:
    """Return a notice with what another one has at a path."""
    return put(notice, path, get(other, path)) if has(other, path) else drop(notice, path)
