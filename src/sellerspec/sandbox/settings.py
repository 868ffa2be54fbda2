"""The settings of a sandbox."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sellerspec.errors import UsageError

LOCAL = frozenset(("127.0.0.1", "localhost", "::1"))
"""Hosts to which notices are sent by default: nothing leaves this machine unless you name its host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one sandbox."""

    state: str | Path | None = None
    """A SQLite file that keeps the state; None keeps it in memory."""

    defects: Collection[str] = ()
    """Ids of the defects that are on at the start."""

    token: str | None = None
    """The token of the first seller; None takes the seeded one."""

    rate_limit: float | None = None
    """Calls a second that one token may make; None is no limit."""

    now: datetime | None = None
    """Start of the clock, as the marketplace's wall clock; None is the present."""

    max_body: int = 8 << 20
    """Bytes of a request's body that are read."""

    log_size: int = 10_000
    """How many exchanges the log holds; the oldest are removed."""

    webhook_hosts: Collection[str] = ()
    """Further hosts to which notices are sent."""

    overlays: tuple[str, ...] = ()
    """Paths of OpenAPI overlays that correct the spec."""

    def __post_init__(self) -> None:
        if self.rate_limit is not None and self.rate_limit <= 0:
            raise UsageError("`rate_limit` must be positive")
        if self.max_body < 1 or self.log_size < 0:
            raise UsageError("`max_body` must be at least 1 byte and `log_size` at least 0")
