"""The records of a cassette."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sellerspec.model import Exchange, Json

SOURCES = ("live", "sandbox", "documentation")
"""Where an exchange may come from."""

LOADED = "\x00loaded"
"""Source, in memory only, of a response that was loaded from a file which does not name its source."""

MEMBER = "sellerspec"
"""The member of a response that holds its origin.

vcrpy drops unknown members of an interaction and refuses those of a request. It keeps those of a
response when it loads, replays and saves.
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """How an exchange was recorded; any of it may be unknown."""

    at: str = ""
    """When it was recorded: RFC 3339 in UTC, `2026-01-31T12:00:00Z`; "" if unknown."""

    source: str = ""
    """One of `SOURCES`; "" if unknown."""

    spec: str = ""
    """Version of the spec it was checked with, `tiki v1`."""

    operation: str = ""
    """Key of the operation where the URL does not determine it: a webhook."""

    refused_for: tuple[str, ...] | None = None
    """Findings about the request of a refusal, each as `rule pointer`; None if not noted."""

    types: Mapping[str, str] = field(default_factory=dict)
    """Place -> JSON types of the members that the contract leaves untyped; see `open_types`."""

    dropped: tuple[str, ...] = ()
    """Bodies that were not kept, because they are neither JSON, a form nor a short text."""

    def to_dict(self) -> dict[str, Json]:
        """Return the members that are known, as they stand in a cassette."""
        texts = {"at": self.at, "from": self.source, "spec": self.spec, "operation": self.operation}
        out: dict[str, Json] = {name: value for name, value in texts.items() if value}
        if self.refused_for is not None:
            out["refused_for"] = list(self.refused_for)
        if self.types:
            out["types"] = dict(self.types)
        if self.dropped:
            out["dropped"] = list(self.dropped)
        return out


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange of a cassette, with its place."""

    exchange: Exchange
    origin: Origin = Origin()
    file: str = ""
    index: int = 0
    """Number within its cassette, from 0."""

    line: int = 0
    """Line of the file at which it begins, from 1; 0 if unknown."""

    reason: str = ""
    """The reason phrase of the response."""

    column: int = 0
    """Column of that line, from 1; 0 if unknown."""

    @property
    def place(self) -> str:
        """`file:line`, or `file#index` where the line is not known or holds several exchanges."""
        return f"{self.file}:{self.line}" if self.column <= 1 and self.line else f"{self.file}#{self.index}"


@dataclass(frozen=True, slots=True)
class Cassette:
    """One file of exchanges."""

    file: str
    exchanges: tuple[Recorded, ...]
    metadata: Json = field(default=None)
    """What vcrpy 9 keeps beside the exchanges, or None."""
