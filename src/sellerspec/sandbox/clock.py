"""Virtual time: it runs like real time and can be moved ahead."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sellerspec.errors import UsageError

_ZERO = datetime(1970, 1, 1)

EARLIEST = datetime(1971, 1, 1)
"""The earliest start of a clock; seeds lie some weeks before it."""

END = datetime(9999, 1, 1)
"""Up to here a clock is moved; the year after it is for what is due later, and for real time."""


def stamp(moment: datetime) -> float:
    """Return a moment without offset as seconds, for `due` members and for comparing."""
    return (moment - _ZERO).total_seconds()


def moment_of(seconds: float) -> datetime:
    """Return the moment of such seconds."""
    return _ZERO + timedelta(seconds=seconds)


class Clock:
    """The marketplace's wall clock, without offset."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start`, or at the present time of Ha Noi and Jakarta (UTC+7)."""
        self.start = start or datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=7)
        self._stopped: datetime | None = None
        self.set_elapsed(0.0)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the clock while the block runs, so that two results can be compared."""
        self._stopped = self.now()
        try:
            yield
        finally:
            self._stopped = None

    def now(self) -> datetime:
        """Return the present moment."""
        if self._stopped is not None:
            return self._stopped
        return self.start + timedelta(seconds=time.monotonic() - self._zero + self._advanced)

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self.now() - self.start).total_seconds()

    def require_before_end(self, seconds: float) -> None:
        """Make sure that so many seconds after the start the clock still runs.

        Raises:
            UsageError: the clock has ended by then.
        """
        most = (END - self.start).total_seconds()
        if not seconds <= most:
            raise UsageError(
                f"the clock ends at {END}: at most {most:,.0f} seconds after its start at {self.start:%F %T}"
            )

    def set_elapsed(self, seconds: float) -> None:
        """Set the clock to so many seconds after the start."""
        self._zero = time.monotonic()
        self._advanced = seconds
