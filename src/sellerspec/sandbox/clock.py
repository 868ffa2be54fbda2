"""Virtual time: it runs like real time and can be moved ahead."""

import time
from datetime import UTC, datetime, timedelta

_ZERO = datetime(1970, 1, 1)


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
        self.set_elapsed(0.0)

    def now(self) -> datetime:
        """Return the present moment."""
        return self.start + timedelta(seconds=time.monotonic() - self._zero + self._advanced)

    def advance(self, seconds: float) -> None:
        """Move ahead."""
        self._advanced += seconds

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self.now() - self.start).total_seconds()

    def set_elapsed(self, seconds: float) -> None:
        """Set the clock to so many seconds after the start."""
        self._zero = time.monotonic()
        self._advanced = seconds
