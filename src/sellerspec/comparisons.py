"""Requirements that compare members: violations, fixes and prechecks are derived from their records."""

from collections.abc import Callable, Iterable, Iterator
from functools import update_wrapper
from itertools import count
from typing import NamedTuple

from sellerspec.fix import removed, replaced
from sellerspec.model import Facts, Fix, Json, Path
from sellerspec.rules import Violation
from sellerspec.values import items, number, objects, texts


class Distinct(NamedTuple):
    """No two objects of a list have the same texts in the named members."""

    items: str
    """The member of the value that holds the list."""

    members: tuple[str, ...]
    as_many_as: str | None = None
    """A list beside `items`: only as many members are compared as it has items. None compares all."""

    def violations(self, value: Json, message: Callable[[dict[str, str], str], str]) -> Iterator[Violation]:
        """Yield each repetition at its last member.

        `message` gets the values by member, and the first object that has them.
        """
        members = self.members
        if self.as_many_as is not None:
            members = members[: len(list(items(value, self.as_many_as)))]
        first: dict[tuple[str, ...], int] = {}
        for index, item in objects(value, self.items) if members else ():
            values = tuple(text for name in members if isinstance(text := item.get(name), str) and text)
            if len(values) < len(members):
                continue
            if first.setdefault(values, index) != index:
                same = dict(zip(members, values, strict=True))
                yield Violation((self.items, index, members[-1]), message(same, _item(self, first[values])))

    def fixes(self, value: Json, path: Path) -> Iterator[Fix]:
        """Propose a text with the next free number, where one member alone tells the objects apart."""
        if len(self.members) > 1:
            return
        (name,) = self.members
        used = {text for _, item in objects(value, self.items) if isinstance(text := item.get(name), str)}
        text = value[self.items][path[1]][name]
        free = next(tried for at in count(2) if (tried := f"{text}-{at}") not in used)
        yield Fix("add a number to the repeated text", (replaced(path, free),), safe=False)


class Same(NamedTuple):
    """All objects of a list have the same number in a member, if they have one."""

    items: str
    member: str

    def violations(self, value: Json, message: Callable[[int, int, str], str]) -> Iterator[Violation]:
        """Yield each object with another number than the first; `message` gets both, and the first object."""
        numbers = [(index, number(item.get(self.member))) for index, item in objects(value, self.items)]
        known = [(index, amount) for index, amount in numbers if amount is not None]
        for index, amount in known:
            if amount != known[0][1]:
                words = message(amount, known[0][1], _item(self, known[0][0]))
                yield Violation((self.items, index, self.member), words)


class AllOrNone(NamedTuple):
    """Of the objects of a list that have a member, either all have one certain value there or none has."""

    items: str
    member: str
    value: str

    def violations(self, value: Json, message: Callable[[Json, Json, str], str]) -> Iterator[Violation]:
        """Yield each object that differs from the first; `message` gets both values, and the first object."""
        values = [(index, item.get(self.member)) for index, item in objects(value, self.items)]
        known = [(index, other) for index, other in values if other]
        for index, other in known:
            first, one = known[0]
            if (other == self.value) is not (one == self.value):
                words = message(other, one, _item(self, first))
                yield Violation((self.items, index, self.member), words)


class NotAmong(NamedTuple):
    """No text of the named members stands in another list of the value."""

    members: tuple[str, ...]
    others: str
    """The list of texts, a member of the value."""

    items: str
    """The list of objects that have the members."""

    def violations(self, value: Json, message: Callable[[str, str], str]) -> Iterator[Violation]:
        """Yield each member whose text stands in the other list; `message` gets the member and its text."""
        others = {text for _, text in texts(value, self.others)}
        for index, item in objects(value, self.items):
            for name in self.members:
                if isinstance(item.get(name), str) and item[name] in others:
                    yield Violation((self.items, index, name), message(name, item[name]))


class Excludes(NamedTuple):
    """A list of texts does not hold the text of a member beside it."""

    others: str
    member: str

    def violations(self, value: Json, message: Callable[[str], str]) -> Iterator[Violation]:
        """Yield the first item of the list that equals the member; `message` gets its text."""
        for index, text in texts(value, self.others):
            if text == value.get(self.member):
                yield Violation((self.others, index), message(text))
                return

    def fixes(self, _: Json, path: Path) -> Iterator[Fix]:
        """Propose to drop the item: the member beside the list already holds it."""
        yield Fix("drop the repeated item", (removed(path),), safe=True)


class AtLeast(NamedTuple):
    """In each object of a list, one amount is not below another; 0 or less is no amount.

    An object without the first amount takes it from the value around the list.
    """

    items: str
    member: str
    bound: str

    def violations(self, value: Json, message: Callable[[int, int, str], str]) -> Iterator[Violation]:
        """Yield each amount that is too low, the shared one only once.

        `message` gets amount, bound, and for the shared amount the object, else "".
        """
        shared = number(value.get(self.member)) if isinstance(value, dict) else None
        for index, item in objects(value, self.items):
            bound, own = number(item.get(self.bound)), number(item.get(self.member))
            if bound is None:
                continue
            if own is not None and 0 < own < bound:
                yield Violation((self.items, index, self.member), message(own, bound, ""))
            elif own is None and shared is not None and 0 < shared < bound:
                yield Violation((self.member,), message(shared, bound, _item(self, index)))
                shared = None


def _item(comparison: Distinct | Same | AllOrNone | AtLeast, index: int) -> str:
    """Name an object of the list that is compared, as messages do: `` `variants[0]` ``."""
    return f"`{comparison.items}[{index}]`"


Comparison = Distinct | Same | AllOrNone | NotAmong | Excludes | AtLeast


class ComparisonCheck:
    """The check of a rule that compares members: finds the violations by the comparison alone."""

    __module__: str
    __qualname__: str

    def __init__(self, comparison: Comparison, message: Callable[..., str]) -> None:
        self.comparison = comparison
        self._message = message
        update_wrapper(self, message)

    def __call__(self, value: Json, _: Facts) -> Iterator[Violation]:
        """Yield the violations, each with its message."""
        return self.comparison.violations(value, self._message)

    def fixes(self, value: Json, path: Path, _: Facts) -> Iterable[Fix]:
        """Propose what the comparison can know."""
        return self.comparison.fixes(value, path) if isinstance(self.comparison, Distinct | Excludes) else ()


def compares(comparison: Comparison) -> Callable[[Callable[..., str]], ComparisonCheck]:
    """Make the check of a rule of a comparison, and of the function that words its messages.

    The quick path derives a precheck from the same comparison, so it is written once.
    """
    return lambda message: ComparisonCheck(comparison, message)
