"""A rate limit: a token bucket for each token of a seller."""

from collections.abc import Callable


class Limit:
    """At most `rate` calls a second, and as many at once."""

    def __init__(self, rate: float | None, seconds: Callable[[], float]) -> None:
        self.rate = rate
        self._seconds = seconds
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, who: str) -> float:
        """Count a call; return 0 if it may pass, else the seconds until the next one may."""
        if self.rate is None:
            return 0.0
        most = max(1.0, self.rate)
        now = self._seconds()
        level, at = self._buckets.get(who, (most, now))
        level = min(most, level + (now - at) * self.rate)
        if level < 1:
            self._buckets[who] = (level, now)
            return (1 - level) / self.rate
        self._buckets[who] = (level - 1, now)
        return 0.0

    def clear(self) -> None:
        """Forget all calls."""
        self._buckets.clear()
