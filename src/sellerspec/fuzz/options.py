"""The settings of a run, its profiles, and the choice of operations and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from sellerspec import contract
from sellerspec.errors import UnknownName, UsageError
from sellerspec.model import NO_FACTS, Facts

Profile = Literal["quick", "realistic", "hostile"]

PHASES = ("examples", "rules", "sequences", "schemathesis", "variations")
"""In the order in which they run."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a profile goes."""

    variants: int
    """Payloads that violate a rule, for each rule."""

    coverage: int
    """Cases of schemathesis' coverage phase for each operation."""

    fuzzing: int
    """Cases of its fuzzing phase for each operation."""

    rounds: int
    """Rounds of variations; negative: as many as the time allows."""

    odd: bool
    """Whether NUL, lone surrogates, huge and malformed bodies are sent."""


PROFILES: Mapping[str, Extent] = {
    "quick": Extent(variants=3, coverage=40, fuzzing=0, rounds=1, odd=False),
    "realistic": Extent(variants=8, coverage=200, fuzzing=30, rounds=20, odd=False),
    "hostile": Extent(variants=1000, coverage=2000, fuzzing=200, rounds=-1, odd=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of one run."""

    seed: int = 0
    max_time: float = 60.0
    """Seconds after which nothing more is sent."""

    profile: Profile = "realistic"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call: the account."""

    other_headers: Mapping[str, str] = field(default_factory=dict)
    """Of a second account, to show that neither sees what belongs to the other."""

    facts: Facts = NO_FACTS
    """What is known about the seller and its products."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """Things that the account has, by the name of the parameter: `{"sku": "AO-1", "fs_id": "13004"}`."""

    include: tuple[str, ...] = ()
    """Operations (key or id), `tag:NAME`s or rules, `*` allowed; empty is everything."""

    exclude: tuple[str, ...] = ()
    phases: tuple[str, ...] = PHASES
    rate_limit: float | None = None
    """Calls a second to one operation."""

    timeout: float = 5.0
    """Seconds that one response may take."""

    largest: int = 16 << 20
    """Bytes of a response that are read; a longer one is a finding."""

    max_findings: int | None = None
    listen: str = "127.0.0.1"
    """The address at which the server can reach this machine with notices; "" takes none."""

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise UnknownName("profile", self.profile, PROFILES)
        for phase in self.phases:
            if phase not in PHASES:
                raise UnknownName("phase", phase, PHASES)
        if not (self.max_time > 0 and self.timeout > 0):  # also not a number
            raise UsageError("`max_time` and `timeout` must be positive")
        if self.rate_limit is not None and not self.rate_limit > 0:
            raise UsageError(f"`rate_limit` must be positive, got {self.rate_limit}")

    @property
    def extent(self) -> Extent:
        """How far the profile goes."""
        return PROFILES[self.profile]


def options_of(**settings: Any) -> Options:
    """Return the options of a run.

    Raises:
        UnknownName: there is no such profile or phase.
        UsageError: there is no such setting, or its value makes no sense.
    """
    try:
        return Options(**settings)
    except TypeError as error:
        raise UsageError(f"no such setting of a run: {str(error).rpartition(' ')[2]}") from None


def chosen(marketplace: str, options: Options) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of the operations and the ids of the rules that a run tests.

    Raises:
        UnknownName: a pattern fits neither an operation nor a tag nor a rule.
    """
    owner = contract.contract(marketplace)
    names = {
        ready.key: {ready.key, ready.operation.id, *(f"tag:{tag}" for tag in ready.spec.tags)}
        for ready in owner.operations()
        if not ready.operation.webhook
    }
    rules = {rule.id: rule for rule in owner.rules() if not rule.why_not}

    def fitting(patterns: tuple[str, ...]) -> tuple[set[str], set[str]]:
        operations: set[str] = set()
        ids: set[str] = set()
        for pattern in patterns:
            keys = {key for key, own in names.items() if any(fnmatchcase(name, pattern) for name in own)}
            fits = {id for id in rules if fnmatchcase(id, pattern)}
            if not keys and not fits:
                raise UnknownName("operation, tag or rule", pattern, [*names, *rules])
            operations |= keys
            ids |= fits
        return operations, ids

    included, wanted = fitting(options.include)
    excluded, unwanted = fitting(options.exclude)
    for rule in (rules[id] for id in wanted):
        included |= {key for key in names if {"*", key.partition("/")[2]} & set(rule.on)}
    return (
        tuple(key for key in names if (key in included or not options.include) and key not in excluded),
        tuple(id for id in rules if (id in wanted or not wanted) and id not in unwanted),
    )
