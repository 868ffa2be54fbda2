"""Virtual time: it runs like a real clock and can be moved ahead."""

import heapq
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_ZERO = datetime(1970, 1, 1)


def stamp(moment: datetime) -> float:
    """Return a moment without offset as seconds, fit for `due` members and for comparing."""
    return (moment - _ZERO).total_seconds()


def moment_of(seconds: float) -> datetime:
    """Return the moment that `stamp` gave these seconds for."""
    return _ZERO + timedelta(seconds=seconds)


class Clock:
    """The marketplace's wall clock, without offset."""

    def __init__(self, start: datetime | None = None, *, hours: int = 7) -> None:
        """Start at `start`, or at the present time of a zone `hours` ahead of UTC."""
        self.hours = hours
        self.start = start or datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=hours)
        self._zero = time.monotonic()
        self.advanced = 0.0

    def now(self) -> datetime:
        """Return the present moment."""
        return self.start + timedelta(seconds=time.monotonic() - self._zero + self.advanced)

    def advance(self, seconds: float) -> None:
        """Move ahead."""
        self.advanced += seconds

    def reset(self) -> None:
        """Go back to the start."""
        self._zero = time.monotonic()
        self.advanced = 0.0

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self.now() - self.start).total_seconds()

    def set_elapsed(self, seconds: float) -> None:
        """Go to so many seconds after the start."""
        self._zero = time.monotonic()
        self.advanced = seconds


class Agenda:
    """Which document is due when, the earliest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str, str]] = []

    def add(self, due: float, kind: str, key: str) -> None:
        """Note a document; noting it again with another time is how it moves."""
        heapq.heappush(self._heap, (due, kind, key))

    def take(self, until: float) -> Iterator[tuple[float, str, str]]:
        """Yield and remove what is due; what is added meanwhile is yielded too, when due."""
        while self._heap and self._heap[0][0] <= until:
            yield heapq.heappop(self._heap)

    def clear(self) -> list[tuple[float, str, str]]:
        """Forget everything; return it for the rubbish."""
        heap, self._heap = self._heap, []
        return heap

    def next(self) -> float | None:
        """Return when the next document is due."""
        return self._heap[0][0] if self._heap else None
