"""The settings of a sandbox."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sellerspec.errors import UsageError
from sellerspec.sandbox import hosts
from sellerspec.sandbox.clock import EARLIEST, END

_TOKEN = re.compile("[!-~]+")


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
    """Bytes of a request's body that are read, after decompression."""

    log_size: int = 10_000
    """How many exchanges the log holds; the oldest are removed."""

    webhook_hosts: Collection[str] = ()
    """Further hosts to which notices are sent; by default they go to this machine only."""

    allow_origins: Collection[str] = ()
    """Origins whose web pages may call the sandbox: `http://localhost:3000`."""

    overlays: tuple[str, ...] = ()
    """Paths of OpenAPI overlays that correct the spec."""

    def __post_init__(self) -> None:
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise UsageError("`token` must be printable ASCII without blanks, as a header carries it")
        if self.rate_limit is not None and not self.rate_limit > 0:  # also not a number
            raise UsageError("`rate_limit` must be positive")
        if self.max_body < 1 or self.log_size < 0:
            raise UsageError("`max_body` must be at least 1 byte and `log_size` at least 0")
        for name in ("defects", "webhook_hosts", "allow_origins"):
            if isinstance(getattr(self, name), str):
                raise UsageError(f"`{name}` is a list of texts, not one text")
        if self.now is not None and (self.now.tzinfo or not EARLIEST <= self.now < END):
            raise UsageError(f"`now` is a moment without an offset from {EARLIEST} until {END}")
        # frozen: the normal forms replace what was given
        object.__setattr__(self, "webhook_hosts", frozenset(map(hosts.named_host, self.webhook_hosts)))
        object.__setattr__(self, "allow_origins", frozenset(map(hosts.origin, self.allow_origins)))
