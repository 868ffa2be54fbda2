"""Free what a reset throws away bit by bit: a reset after a long run takes no longer than any other."""

from typing import Any


class Rubbish:
    """Containers nobody looks into any more; each sweep frees a few of their items."""

    def __init__(self) -> None:
        self._containers: list[Any] = []

    def add(self, *containers: Any) -> None:
        """Take dictionaries, lists or deques over; nobody else may hold them."""
        self._containers.extend(container for container in containers if container)

    def sweep(self) -> None:
        """Free up to four items, so that rubbish shrinks faster than calls can make it."""
        for _ in range(4):
            if not self._containers:
                return
            last = self._containers[-1]
            if isinstance(last, dict):
                last.popitem()
            else:
                last.pop()
            if not last:
                self._containers.pop()
