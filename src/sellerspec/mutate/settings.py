"""The settings of a run, as the command line and the pytest plugin take them: texts to values, and back."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from sellerspec.contract.registry import operations as all_operations
from sellerspec.errors import UnknownName, UsageError
from sellerspec.mutate.mutation import FAMILIES, Family
from sellerspec.reporting.coverage import limits

FORMS = ("text", "json", "junit", "html", "markdown")
"""The formats of the report."""

FIGURES = ("survived", "noticed")
"""The two figures: mutations that the connector survived, defects that its suite noticed; in percent."""

MOST_SEED = 1 << 53


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run."""

    only: tuple[Family, ...] = FAMILIES
    operations: tuple[str, ...] = ()
    """Keys of the operations whose mutations run; empty is all that the suite calls."""

    seed: int = 0
    quick: bool = False
    """Whether only a fixed sample runs."""

    max_time: float | None = None
    """Seconds after which no further run of tests starts."""

    survived: float = 100.0
    """Least percent of mutations that the connector must survive."""

    noticed: float = 80.0
    """Least percent of defects that the suite must notice."""

    accept: Path | None = None
    """File of mutations that the connector need not survive, or defects that the suite need not notice."""

    reproduce: str = ""
    """Id of the only mutation that runs; "" for all."""

    form: str = "text"
    output: Path | None = None
    """File for the report; None is stdout."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing narrows the run: then an id that it does not know is a mistake."""
        return not (self.quick or self.operations or self.reproduce) and set(self.only) == set(FAMILIES)

    def arguments(self) -> list[str]:
        """Return the options of the pytest plugin that say the same."""
        options: list[tuple[str, object]] = [
            *(("only", family) for family in self.only),
            *(("operation", key) for key in self.operations),
            ("seed", self.seed),
            ("max-time", self.max_time),
            ("fail-under", f"survived={self.survived!r},noticed={self.noticed!r}"),
            ("accept", self.accept),
            ("reproduce", self.reproduce or None),
            ("format", self.form),
            ("output", self.output),
        ]
        mode = "--sellerspec-mutate=quick" if self.quick else "--sellerspec-mutate"
        return [
            mode,
            *(f"--sellerspec-mutate-{name}={value}" for name, value in options if value is not None),
        ]


def settings_of(
    *,
    quick: bool = False,
    only: Iterable[str] = (),
    operations: Iterable[str] = (),
    seed: str = "",
    max_time: str = "",
    fail_under: str = "",
    accept: str = "",
    reproduce: str = "",
    form: str = "",
    output: str = "",
) -> Settings:
    """Return the settings of the texts of options; "" and an empty list are the default.

    Args:
        quick: run only a fixed sample.
        only: families, separated by commas, or several of them.
        operations: keys or operationIds, `*` allowed; separated by commas, or several of them.
        seed: an integer.
        max_time: seconds, greater than 0.
        fail_under: `survived=100,noticed=80`.
        accept: path of a file, as `accept.read` reads it.
        reproduce: id of a mutation.
        form: one of `FORMS`.
        output: path of a file.

    Raises:
        UnknownName: there is no such family, operation, figure or format.
        UsageError: a number is none, or out of range.
    """
    families = [_known("family of mutations", family, FAMILIES) for family in _listed(only)]
    percents = {"survived": 100.0, "noticed": 80.0} | limits(fail_under, FIGURES, "figure")
    return Settings(
        quick=quick,
        only=tuple(family for family in FAMILIES if family in families or not families),
        operations=keys_of(tuple(_listed(operations))),
        seed=_integer(seed) if seed else 0,
        max_time=_seconds(max_time) if max_time else None,
        accept=Path(accept) if accept else None,
        reproduce=reproduce,
        form=_known("format", form or "text", FORMS),
        output=Path(output) if output and output != "-" else None,
        **percents,
    )


def keys_of(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of the operations that patterns name, in the order of the specs.

    Raises:
        UnknownName: a pattern fits no operation.
    """
    if not patterns:
        return ()
    known = {operation.key: (operation.key, operation.id) for operation in all_operations()}
    fitting: set[str] = set()
    for pattern in patterns:
        fits = {key for key, names in known.items() if any(fnmatchcase(name, pattern) for name in names)}
        if not fits:
            raise UnknownName("operation", pattern, list(known))
        fitting |= fits
    return tuple(key for key in known if key in fitting)


def _listed(texts: Iterable[str]) -> Iterator[str]:
    return (part.strip() for text in texts for part in text.replace("\n", ",").split(",") if part.strip())


def _known(kind: str, name: str, known: Collection[str]) -> str:
    if name not in known:
        raise UnknownName(kind, name, known)
    return name


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_SEED))):
        raise UsageError(f"the seed is an integer of at most {len(str(MOST_SEED))} digits, not `{text[:40]}`")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (seconds > 0 and math.isfinite(seconds)):
        raise UsageError(f"the longest time is a number of seconds greater than 0, not `{text[:40]}`")
    return seconds
