"""Derive one function from the comparisons of rules: a single pass over a value that most values pass.

The function is generated as Python source, because a call for each comparison takes longer than all
comparisons together. Names of members get into the source as literals only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sellerspec.model import Json
from sellerspec.rules import AtLeast, Comparison, Distinct, Excludes, NotAmong, Same

T = TypeVar("T")


class _Lines(NamedTuple):
    """Source of one comparison; `add(index)` names it as one that may have a violation."""

    before: Sequence[str] = ()
    for_each: Sequence[str] = ()
    """Runs for each object in `rows`; `get` is its method."""

    after: Sequence[str] = ()


def precheck(compared: Sequence[tuple[Comparison, T]]) -> Callable[[Json], Sequence[T]]:
    """Return a function that returns what belongs to the comparisons which a value may violate.

    A value surely does not violate any other. It returns all of them for a value in which a member
    is missing, or of a type that cannot be compared.
    """
    lists: dict[str, list[_Lines]] = {}
    for index, (comparison, _) in enumerate(compared):
        lines = _DERIVED[type(comparison)](index, comparison)
        lists.setdefault(getattr(comparison, "items", ""), []).append(lines)
    body = [line for items, parts in lists.items() for line in _of_list(items, parts)]
    source = _FUNCTION.format("\n".join(f"  {line}" for line in body))
    namespace: dict[str, Any] = {"all_": [owner for _, owner in compared]}
    exec(source, namespace)  # noqa: S102 - see above
    find: Callable[[Json], Sequence[T]] = namespace["find"]
    return find


_FUNCTION = """
def find(value):
 indexes = []
 add = indexes.append
 try:
{}
 except (LookupError, TypeError, AttributeError):
  return all_
 return [all_[index] for index in dict.fromkeys(indexes)] if indexes else indexes
"""


def _of_list(items: str, parts: Sequence[_Lines]) -> list[str]:
    """Return the source for all comparisons of the objects in one list; "" for those of the value alone."""
    before = [line for part in parts for line in part.before]
    if not items:
        return before
    return [
        f"rows = value[{items!r}]",
        *before,
        "for row in rows:",
        " get = row.get",
        *[f" {line}" for part in parts for line in part.for_each],
        *[line for part in parts for line in part.after],
    ]


def _distinct(index: int, comparison: Distinct) -> _Lines:
    values = f"({''.join(f'get({name!r}), ' for name in comparison.members)})"
    before = [f"values{index} = set()"]
    if comparison.count is not None:
        before.append(f"count{index} = len(value[{comparison.count!r}])")
        values = f"{values}[:count{index}]"
    return _Lines(
        before,
        [f"values{index}.add({values})"],
        [f"if len(values{index}) < len(rows): add({index})"],
    )


def _same(index: int, comparison: Same) -> _Lines:
    return _Lines(
        [f"first{index} = rows[0].get({comparison.member!r})"],
        [f"if get({comparison.member!r}) != first{index}: add({index})"],
    )


def _not_among(index: int, comparison: NotAmong) -> _Lines:
    found = " or ".join(f"get({name!r}) in others{index}" for name in comparison.members)
    return _Lines([f"others{index} = value[{comparison.others!r}]"], [f"if {found}: add({index})"])


def _excludes(index: int, comparison: Excludes) -> _Lines:
    return _Lines([f"if value[{comparison.member!r}] in value[{comparison.others!r}]: add({index})"])


def _at_least(index: int, comparison: AtLeast) -> _Lines:
    return _Lines(
        [f"shared{index} = value.get({comparison.member!r})"],
        [
            f"amount, bound = get({comparison.member!r}) or shared{index}, get({comparison.bound!r})",
            "if amount is not None and bound is not None and (type(amount) is not int or amount < bound):",
            f" add({index})",
        ],
    )


_DERIVED: Mapping[type[Comparison], Callable[[int, Any], _Lines]] = {
    Distinct: _distinct,
    Same: _same,
    NotAmong: _not_among,
    Excludes: _excludes,
    AtLeast: _at_least,
}
