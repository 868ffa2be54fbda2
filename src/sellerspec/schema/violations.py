"""A compiled schema that lists its violations: each once, at the offending member itself."""

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from sellerspec.io.strict import printable, quoted
from sellerspec.model import Json, Path
from sellerspec.rules import Rule
from sellerspec.schema import engine as engines
from sellerspec.schema.conditions import others_missing, reason
from sellerspec.schema.keyword import ABOUT_MEMBERS, Keyword, Texts, keyword
from sellerspec.schema.messages import LONGEST, did_you_mean, member, missing_member
from sellerspec.schema.wording import filled

MISSING = object()
"""Stands for the value of a member that is missing."""


class SchemaViolation(NamedTuple):
    """A place that does not meet a keyword."""

    path: Path
    message: str
    keyword: Keyword
    value: Json
    """What stands at the place, or `MISSING`."""

    @property
    def suggests(self) -> bool:
        """Whether the message ends with what was probably meant."""
        return self.message.endswith("?)")


class CompiledSchema:
    """A prepared schema (`prepare.with_gates`); compiled when it is first used."""

    def __init__(
        self, schema: Json, *, formats: engines.Formats, engine: str, texts: Texts | None = None
    ) -> None:
        self.schema = schema
        """The schema as the engine gets it."""
        self._formats, self._engine = formats, engine
        self._texts = texts or Texts(formats)
        self._keywords: dict[Path, Keyword] = {}
        self._of_members: dict[tuple[Keyword, str], tuple[Keyword, Rule | None]] = {}
        self._last: tuple[Json, list[SchemaViolation]] = MISSING, []
        self._keyword_checks: dict[Keyword, Callable[[Json], bool]] = {}
        if engine == engines.REFERENCE:
            _ = self._compiled

    @cached_property
    def _compiled(self) -> engines.Compiled:
        return engines.compiled(self.schema, self._formats, self._engine)

    def violations(self, value: Json) -> list[SchemaViolation]:
        """Return every violation of a value, each place and keyword once, in no order."""
        found = self._found(value)
        self._last = value, found
        return found

    def violations_again(self, value: Json) -> list[SchemaViolation]:
        """Return the violations of a value that was probably the last one, and is still as it was."""
        last, found = self._last
        return found if last is value else self.violations(value)

    def _found(self, value: Json) -> list[SchemaViolation]:
        violations: list[SchemaViolation] = []
        seen: set[tuple[Path, Keyword]] = set()
        numbers: dict[int, dict[int | None, str]] = {}
        for path, place in self._compiled.errors(value):
            violated = self._keywords.get(place)
            if violated is None:
                violated = self._keywords[place] = keyword(self.schema, place, self._texts)
            if violated.name in _REPEATED:
                if (path, violated) in seen:
                    continue
                seen.add((path, violated))
            path, part = located(path, value, numbers)
            if violated.name == "additionalProperties":
                violations += self._unknown(path, violated, part)
            elif violated.name in ABOUT_MEMBERS:
                violations += self._missing(path, violated, part, value)
            else:
                violations.append(self._violation(path, violated, part, value))
        return violations

    def allows(self, keyword: Keyword, value: Json) -> bool:
        """Return whether a value meets a keyword, whatever else is asked of it."""
        meets = self._keyword_checks.get(keyword)
        if meets is None:
            alone = {keyword.name: keyword.limit}
            meets = engines.compiled(alone, self._formats, self._engine).is_valid
            self._keyword_checks[keyword] = meets
        return meets(value)

    def _violation(self, path: Path, violated: Keyword, part: Json, value: Json) -> SchemaViolation:
        texts = self._texts
        why = reason(violated.conditions, value, path, texts.hides) if violated.conditions else ""
        hidden = isinstance(part, str | int | float) and texts.hides(path)
        message = violated.say(member(path, texts.whole), part, hidden, why)
        if len(message) > LONGEST:
            message = printable(message, LONGEST)
        return SchemaViolation(path, message, violated, part)

    def _missing(self, path: Path, violated: Keyword, part: Json, value: Json) -> Iterator[SchemaViolation]:
        if violated.name == "required":
            for name in violated.limit:
                if name not in part:
                    yield self._without((*path, name), violated, value)
            return
        for beside, names in violated.limit.items():
            for name in names if beside in part else ():
                if name not in part:
                    yield self._without((*path, name), violated, value, beside)

    def _without(self, place: Path, violated: Keyword, value: Json, beside: str = "") -> SchemaViolation:
        """Return the violation that a member is missing, under the member's own rule."""
        name, texts = str(place[-1]), self._texts
        own, rule = self._of_members.get((violated, name)) or self._of_member(violated, name)
        missing = missing_member(place, texts.whole)
        why = f"{quoted(beside)} is given" if beside else ""
        if violated.conditions and not beside:
            if len(violated.limit) == 1 and (others := others_missing(violated.conditions, value, place)):
                names = " nor ".join(map(quoted, sorted((name, *others))))
                within = f" in {member(place[:-1], texts.whole)}" if isinstance(place[-2:][0], int) else ""
                return SchemaViolation(place, f"neither {names} is given{within}", own, MISSING)
            why = reason(violated.conditions, value, place, texts.hides)
        if beside and rule is not None and rule.message:
            message = filled(rule.message, quoted(name), quoted(beside), why)
        elif rule is not None and rule.missing:
            message = f"{missing} is missing: {rule.missing}"
        else:
            message = f"{missing} is missing: it is required when {why}" if why else f"{missing} is missing"
        return SchemaViolation(place, message, own, MISSING)

    def _of_member(self, violated: Keyword, name: str) -> tuple[Keyword, Rule | None]:
        own = violated.of_member(name)
        rule = self._texts.rule(own.rule) if own.rule is not None else None
        made = self._of_members[violated, name] = own, rule
        return made

    def _unknown(self, path: Path, violated: Keyword, part: Json) -> Iterator[SchemaViolation]:
        patterns = violated.parent.get("patternProperties", ())
        known = violated.parent.get("properties", {})
        around = member(path, self._texts.whole)
        missing = [name for name in known if name not in part]
        for name in part:
            if name not in known and not any(engines.linear(pattern)(name) for pattern in patterns):
                if name in violated.elsewhere:
                    message = f"{quoted(name)} belongs to {violated.elsewhere[name]}, not to {around}"
                else:
                    meant = did_you_mean(name, missing)
                    message = f"{quoted(name)} is not a known member of {around}{meant}"
                yield SchemaViolation((*path, name), message, violated, part[name])


_REPEATED = ABOUT_MEMBERS | {"propertyNames"}
"""Keywords for which an engine reports one error for each member that does not meet them."""


def located(
    path: Path, value: Json, numbers: dict[int, dict[int | None, str]] | None = None
) -> tuple[Path, Json]:
    """Return the true path and the value there: jsonschema-rs gives a member named `2` as the number 2."""
    part = value
    try:
        for step in path:
            part = part[step]
    except KeyError:
        return _with_numeric_names(path, value, {} if numbers is None else numbers)
    return path, part


def _with_numeric_names(
    path: Path, value: Json, numbers: dict[int, dict[int | None, str]]
) -> tuple[Path, Json]:
    """Return the true path and the value there.

    Args:
        path: may have numbers where members have names.
        value: the value that `path` is in.
        numbers: id of an object -> its members by number, filled as far as needed.
    """
    steps: list[str | int] = []
    for step in path:
        if isinstance(value, dict) and step not in value and isinstance(step, int):
            if id(value) not in numbers:
                # of two names with one number the first counts
                numbers[id(value)] = {_number(name): name for name in reversed(value)}
            step = numbers[id(value)][step]
        steps.append(step)
        value = value[step]
    return tuple(steps), value


def _number(name: str) -> int | None:
    digits = name.removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def without(value: Json, broken: Collection[Path]) -> Json:
    """Return a copy of a value without the broken places: members left out, items made null.

    Only the containers around those places are copied.
    """
    if not broken:
        return value
    if () in broken:
        return None
    out = value.copy()
    copied: set[int] = set()
    for *way, last in sorted(broken, key=len, reverse=True):
        container = out
        for step in way:
            inner = container[step]
            if id(inner) not in copied:
                inner = container[step] = inner.copy()
                copied.add(id(inner))
            container = inner
        if isinstance(container, dict):
            del container[last]
        else:
            container[last] = None
    return out
