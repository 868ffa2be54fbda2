"""A rate limit: a token bucket for each token, or for each seller."""

from collections.abc import Callable


class Limit:
    """At most `rate` calls a second; the same number may come at once."""

    def __init__(self, rate: float | None, seconds: Callable[[], float]) -> None:
        self.rate = rate
        self._seconds = seconds
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, caller: str) -> float:
        """Count a call; return 0 if it may pass, else the seconds until the next one may."""
        if self.rate is None:
            return 0.0
        size = max(1.0, self.rate)
        now = self._seconds()
        level, at = self._buckets.get(caller, (size, now))
        level = min(size, level + (now - at) * self.rate)
        passes = level >= 1
        self._buckets[caller] = (level - passes, now)
        return 0.0 if passes else (1 - level) / self.rate

    def clear(self) -> None:
        """Forget all calls."""
        self._buckets.clear()
