"""Find the member that makes a receiver fail on a valid notice."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sellerspec.io.pointers import drop, get, has, paths, put
from sellerspec.model import Json, Path, pointer

MOST = 40
"""Most differences from one accepted notice that are tried, each with two requests."""

MOST_NOTICES = 3
"""Most accepted notices that a failing one is compared with."""


class Cause(NamedTuple):
    """The difference between a failing notice and an accepted one that makes it fail."""

    path: Path
    notice: Json
    """A notice that fails, and would not fail without this difference."""

    def __str__(self) -> str:
        if not has(self.notice, self.path):
            return f"without `{pointer(self.path)}`"
        present = "null" if get(self.notice, self.path) is None else "as it is"
        return f"with `{pointer(self.path)}` {present}"


def cause_of(
    failing: Json, accepted: Iterable[Json], valid: Callable[[Json], bool], fails: Callable[[Json], bool]
) -> Cause | None:
    """Return the member that makes a receiver fail on a notice; None if no single member does.

    Args:
        failing: the receiver fails on it.
        accepted: notices that the receiver accepts; those most like the failing one are compared with it.
        valid: returns whether a notice satisfies its contract; only such notices are sent.
        fails: sends a notice, and returns whether the receiver fails.
    """
    compared = [(list(_differences(failing, notice)), notice) for notice in accepted]
    container = None
    for different, notice in sorted(compared, key=lambda pair: len(pair[0]))[:MOST_NOTICES]:
        for path in different[:MOST]:
            added, repaired = _with(notice, failing, path), _with(failing, notice, path)
            if valid(added) and fails(added):
                cause = Cause(path, added)
            elif valid(repaired) and not fails(repaired):
                cause = Cause(path, failing)
            else:
                continue
            if not isinstance(get(cause.notice, path), dict | list):
                return cause
            container = container or cause  # another notice may show which member of it is the cause
    return container


def _differences(failing: Json, accepted: Json) -> Iterator[Path]:
    """Yield the paths at which two notices differ: a member that only one has, or another value."""
    union = dict.fromkeys([*paths(accepted), *paths(failing)])
    for path in sorted(union, key=len):
        if not path or not has(accepted, path[:-1]) or not has(failing, path[:-1]):
            continue
        one, other = get(failing, path), get(accepted, path)
        nested = isinstance(one, dict | list) and type(one) is type(other)
        if has(failing, path) != has(accepted, path) or (one != other and not nested):
            yield path


def _with(notice: Json, other: Json, path: Path) -> Json:
    """Return a notice with what another one has at a path."""
    return put(notice, path, get(other, path)) if has(other, path) else drop(notice, path)
