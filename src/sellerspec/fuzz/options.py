"""What a run can be told, and what the profiles stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from sellerspec import contract
from sellerspec.errors import UnknownName, UsageError
from sellerspec.model import NO_FACTS, Facts

Profile = Literal["quick", "realistic", "hostile"]

PHASES = ("examples", "rules", "sequences", "schemathesis", "variations")
"""In the order in which they run; the verdict of every response is compared in all of them."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a profile goes."""

    variants: int
    """Payloads sent for each rule that they break."""

    coverage: int
    """Cases of schemathesis' coverage phase for each operation."""

    fuzzing: int
    """Cases of its fuzzing phase for each operation."""

    rounds: int
    """Rounds of variations; more as long as there is time, if negative."""

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
    """Sent with every call: who asks."""

    other_headers: Mapping[str, str] = field(default_factory=dict)
    """Of a second account, to see that nobody sees what is another's."""

    facts: Facts = NO_FACTS
    """What is known of the seller and its goods."""

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
    """Bytes of a response that are read."""

    max_findings: int | None = None
    listen: str = "127.0.0.1"
    """Where notices of the server are taken: the address it can reach this machine at; "" for nowhere."""

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise UnknownName("profile", self.profile, PROFILES)
        for phase in self.phases:
            if phase not in PHASES:
                raise UnknownName("phase", phase, PHASES)
        if self.max_time <= 0 or self.timeout <= 0:
            raise UsageError("a run and an answer need some time: `max_time` and `timeout` are above 0")
        if self.rate_limit is not None and self.rate_limit <= 0:
            raise UsageError(f"a rate limit of {self.rate_limit} calls a second sends nothing")

    @property
    def extent(self) -> Extent:
        """How far the profile goes."""
        return PROFILES[self.profile]


def chosen(marketplace: str, options: Options) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of the operations, and the ids of the rules, that a run is about.

    A name that matches nothing is an error rather than a run that tests nothing.

    Raises:
        UnknownName: a pattern fits neither an operation nor a tag nor a rule.
    """
    owner = contract.contract(marketplace)
    operations = [operation for operation in owner.operations() if not operation.operation.webhook]
    rules = [each.id for each in owner.rules() if not each.why_not]
    names: dict[str, set[str]] = {
        operation.key: {operation.key, operation.operation.id, *(f"tag:{t}" for t in operation.spec.tags)}
        for operation in operations
    }
    kept = {key for key in names if not options.include}
    kept_rules = set(rules)
    wanted_rules: set[str] = set()
    for pattern in options.include:
        keys = {key for key, known in names.items() if any(fnmatchcase(each, pattern) for each in known)}
        fitting = {each for each in rules if fnmatchcase(each, pattern)}
        _known(pattern, keys or fitting, [*names, *rules])
        kept |= keys
        wanted_rules |= fitting
    for rule in owner.rules():
        if rule.id in wanted_rules:
            kept |= {key for key in names if "*" in rule.on or key.partition("/")[2] in rule.on}
    if wanted_rules:
        kept_rules = wanted_rules
    for pattern in options.exclude:
        keys = {key for key, known in names.items() if any(fnmatchcase(each, pattern) for each in known)}
        fitting = {each for each in rules if fnmatchcase(each, pattern)}
        _known(pattern, keys or fitting, [*names, *rules])
        kept -= keys
        kept_rules -= fitting
    return tuple(name for name in names if name in kept), tuple(each for each in rules if each in kept_rules)


def _known(pattern: str, found: object, all_: list[str]) -> None:
    if not found:
        raise UnknownName("operation, tag or rule", pattern, all_)
