"""Derive one function from the comparisons of rules: a single pass over a value that most values pass.

The function is generated as Python source, because a call for each comparison takes longer than all
comparisons together. Names of members get into the source as literals only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sellerspec.comparisons import AllOrNone, AtLeast, Comparison, Distinct, Excludes, NotAmong, Same
from sellerspec.model import Json

T = TypeVar("T")


class _Lines(NamedTuple):
    """Source of one comparison. It adds its index to `indexes` where a value may violate it."""

    before: Sequence[str] = ()
    in_loop: Sequence[str] = ()
    """Runs for each object in `rows`; a member of it is a variable, see `_Members`."""

    after: Sequence[str] = ()


class _Members(dict[str, str]):
    """Member of an object -> the variable that holds it; a new member gets the next variable."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, f"member{len(self)}")


def precheck(compared: Sequence[tuple[Comparison, T]]) -> Callable[[Json], Sequence[T]]:
    """Return a function that returns what belongs to the comparisons which a value may violate.

    A value surely does not violate any other. It returns all of them for a value in which a member
    is missing, or of a type that cannot be compared.
    """
    lists: dict[str, tuple[_Members, list[_Lines]]] = {}
    for index, (comparison, _) in enumerate(compared):
        members, parts = lists.setdefault(getattr(comparison, "items", ""), (_Members(), []))
        parts.append(_DERIVED[type(comparison)](index, comparison, members))
    body = [line for items, (members, parts) in lists.items() for line in _of_list(items, members, parts)]
    source = _FUNCTION.format("\n".join(f"  {line}" for line in body))
    namespace: dict[str, Any] = {"all_": [owner for _, owner in compared]}
    exec(source, namespace)  # noqa: S102 - see above
    find: Callable[[Json], Sequence[T]] = namespace["find"]
    return find


_FUNCTION = """
def find(value):
 indexes = []
 try:
{}
 except (LookupError, TypeError, AttributeError):
  return all_
 return [all_[index] for index in dict.fromkeys(indexes)] if indexes else indexes
"""


def _of_list(items: str, members: _Members, parts: Sequence[_Lines]) -> list[str]:
    """Return the source for all comparisons of the objects in one list; "" for those of the value alone."""
    before = [line for part in parts for line in part.before]
    if not items:
        return before
    return [
        f"rows = value[{items!r}]",
        *before,
        "for row in rows:",
        " get = row.get",
        *[f" {variable} = get({name!r})" for name, variable in members.items()],
        *[f" {line}" for part in parts for line in part.in_loop],
        *[line for part in parts for line in part.after],
    ]


def _distinct(index: int, comparison: Distinct, members: _Members) -> _Lines:
    before = [f"values{index} = set()"]
    first, *_ = variables = [members[name] for name in comparison.members]
    together = f"({', '.join(variables)},)"
    key = first if len(variables) == 1 else together
    if comparison.as_many_as is not None:
        before.append(f"count{index} = len(value[{comparison.as_many_as!r}])")
        key = f"{first} if count{index} == 1 else {together}[:count{index}]"
    after = f"if len(values{index}) < len(rows): indexes.append({index})"
    return _Lines(before, [f"values{index}.add({key})"], [after])


def _same(index: int, comparison: Same, members: _Members) -> _Lines:
    first = f"first{index} = rows[0].get({comparison.member!r})"
    return _Lines([first], [f"if {members[comparison.member]} != first{index}: indexes.append({index})"])


def _all_or_none(index: int, comparison: AllOrNone, members: _Members) -> _Lines:
    is_value = f"rows[0].get({comparison.member!r}) == {comparison.value!r}"
    differs = f"({members[comparison.member]} == {comparison.value!r}) is not expected{index}"
    return _Lines([f"expected{index} = {is_value}"], [f"if {differs}: indexes.append({index})"])


def _not_among(index: int, comparison: NotAmong, members: _Members) -> _Lines:
    is_among = " or ".join(f"{members[name]} in others{index}" for name in comparison.members)
    return _Lines(
        [f"others{index} = value[{comparison.others!r}]"], [f"if {is_among}: indexes.append({index})"]
    )


def _excludes(index: int, comparison: Excludes, _: _Members) -> _Lines:
    return _Lines(
        [f"if value[{comparison.member!r}] in value[{comparison.others!r}]: indexes.append({index})"]
    )


def _at_least(index: int, comparison: AtLeast, members: _Members) -> _Lines:
    own, bound = members[comparison.member], members[comparison.bound]
    return _Lines(
        [f"shared{index} = value.get({comparison.member!r})"],
        [
            f"amount = {own} or shared{index}",
            f"if amount is not None and {bound} is not None"
            f" and (type(amount) is not int or amount < {bound}): indexes.append({index})",
        ],
    )


_DERIVED: Mapping[type[Comparison], Callable[[int, Any, _Members], _Lines]] = {
    Distinct: _distinct,
    Same: _same,
    AllOrNone: _all_or_none,
    NotAmong: _not_among,
    Excludes: _excludes,
    AtLeast: _at_least,
}
