"""Which members a value lacks, or has without anybody knowing them: asked apart from all else.

An error of the engine brings along the value that it is about. For a member that is missing this is
the whole object, and to bring a product along takes longer than to find what it lacks.
"""

from collections.abc import Callable
from typing import NamedTuple

from sellerspec.model import Json, Path
from sellerspec.schema.fast.gate import ENTANGLED
from sellerspec.schema.keyword import Keyword, Located

Fits = Callable[[Json], bool]


def split(schema: Json) -> tuple[Json, Json]:
    """Return a schema without what it says of missing and unknown members, and a schema of that alone.

    A value fits `schema` if it fits both, and every keyword keeps its place in one of them. What is
    asked inside a condition, a negation or an alternative counts as a whole and is not taken apart.
    """
    if not isinstance(schema, dict) or not ENTANGLED.isdisjoint(schema):
        return schema, True
    rest: dict[str, Json] = {}
    own: dict[str, Json] = {}
    others = schema.get("additionalProperties", True)
    for key, value in schema.items():
        said: Json = True
        if key in ("required", "dependentRequired") or (key == "additionalProperties" and others is False):
            said = value
        elif key == "properties":
            both = {name: split(each) for name, each in value.items()}
            # names alone say something beside what is said of all others
            rest[key] = {
                name: each for name, (each, _) in both.items() if each is not True or isinstance(others, dict)
            }
            said = {
                name: each for name, (_, each) in both.items() if each is not True or others is False
            } or True
        elif key == "allOf":
            parts = [split(each) for each in value]
            rest[key] = [each for each, _ in parts]
            said = [each for _, each in parts] if any(each is not True for _, each in parts) else True
        elif key in ("items", "then", "else"):
            rest[key], said = split(value)
        else:
            rest[key] = value
        if said is not True:
            own[key] = said
    if "if" in schema and ("then" in own or "else" in own):
        own["if"] = schema["if"]
    return rest, own or True


class _Condition(NamedTuple):
    """An `if` above a keyword."""

    depth: int
    """How deep in the judged value that lies which it looks at."""

    holds: Fits
    wanted: bool
    """What has to come out: True for `then`."""


class _Asked(NamedTuple):
    """One keyword about members."""

    keyword: Keyword
    conditions: tuple[_Condition, ...]
    """Those under which it counts."""

    beside: str | None = None
    """The member beside which it counts; None if it always does."""


class Members:
    """What is asked of members at one place of a value and below it, wherever in the schema it stands."""

    def __init__(
        self, keyword: Callable[[Path], Keyword], fits: Callable[[Json], Fits], depth: int = 0
    ) -> None:
        """Ask nothing yet.

        Args:
            keyword: tells of the place of a keyword in the schema what is known of it.
            fits: makes of a schema what says whether a value fits it.
            depth: how deep in the judged value the place lies.
        """
        self._keyword, self._fits, self._depth = keyword, fits, depth
        self._needed: dict[str, list[_Asked]] = {}
        self._names: set[str] = set()  # of them: sets are quicker to compare than views
        self._known: list[tuple[frozenset[str], _Asked]] = []
        self._members: dict[str, Members] = {}
        self._items: Members | None = None

    def add(self, schema: Json, at: Path = (), conditions: tuple[_Condition, ...] = ()) -> None:
        """Take up a schema that `split` has made, which stands at `at` in the whole, under conditions."""
        if schema is True:
            return
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            self._need(name, _Asked(self._keyword((*at, "required")), conditions))
        for beside, names in schema.get("dependentRequired", {}).items():
            for name in names:
                self._need(name, _Asked(self._keyword((*at, "dependentRequired")), conditions, beside))
        if "additionalProperties" in schema:
            asked = _Asked(self._keyword((*at, "additionalProperties")), conditions)
            self._known.append((frozenset(known), asked))
        for name, each in known.items():
            if each is not True:
                below = self._members.setdefault(name, self._deeper())
                below.add(each, (*at, "properties", name), conditions)
        if "items" in schema:
            self._items = self._items or self._deeper()
            self._items.add(schema["items"], (*at, "items"), conditions)
        for place, each in enumerate(schema.get("allOf", ())):
            self.add(each, (*at, "allOf", place), conditions)
        if "if" in schema:
            holds = self._fits(schema["if"])
            for key, wanted in (("then", True), ("else", False)):
                more = (*conditions, _Condition(self._depth, holds, wanted))
                self.add(schema.get(key, True), (*at, key), more)

    def _need(self, name: str, asked: _Asked) -> None:
        self._needed.setdefault(name, []).append(asked)
        self._names.add(name)

    def _deeper(self) -> "Members":
        return Members(self._keyword, self._fits, self._depth + 1)

    def violations(self, value: Json) -> list[Located]:
        """Return the violation of each member that is missing or unknown, for each keyword that says so."""
        out: list[Located] = []
        self._look((value,), (), out)
        return out

    def _look(self, chain: tuple[Json, ...], at: Path, out: list[Located]) -> None:
        """Look at the last value of a chain in which each holds the next."""
        value = chain[-1]
        if isinstance(value, dict):
            names = set(value)
            for name in self._names - names:
                for keyword, conditions, beside in self._needed[name]:
                    if (beside is None or beside in names) and _hold(conditions, chain):
                        out.append(keyword.lacking(at, name))
            for known, (keyword, conditions, _) in self._known:
                if not names <= known and _hold(conditions, chain):
                    out += [keyword.unknown(at, each) for each in names - known]
            for name, below in self._members.items():
                if name in names:
                    below._look((*chain, value[name]), (*at, name), out)
        elif isinstance(value, list) and self._items is not None:
            for index, each in enumerate(value):
                self._items._look((*chain, each), (*at, index), out)


def _hold(conditions: tuple[_Condition, ...], chain: tuple[Json, ...]) -> bool:
    return not conditions or all(holds(chain[depth]) is wanted for depth, holds, wanted in conditions)
