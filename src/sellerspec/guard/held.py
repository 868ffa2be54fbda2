"""A method of a guarded client, in place of the method of its class."""

import weakref
from typing import Any

from sellerspec.errors import UsageError
from sellerspec.guard.watch import Guard


class Held:
    """Stands in the namespace of one client for a method of its class; `guard` is its guard.

    The method itself is looked up at each call, so that libraries which replace it for a time (vcrpy,
    requests-mock, aioresponses) still work. Adapters, transports and hooks may be replaced: each call
    passes the guard.
    """

    def __init__(self, client: Any, method: str, guard: Guard) -> None:
        """Put the method on a client.

        Raises:
            UsageError: the client is guarded already.
        """
        self.guard = guard
        self._method = method
        self._client = weakref.ref(client)
        self._before = vars(client).get(method)
        if isinstance(self._before, Held):
            kind = type(client).__name__
            raise UsageError(f"this {kind} is guarded already; `guard.release` takes the guard off")
        vars(client)[method] = self

    @property
    def client(self) -> Any:
        """The client."""
        return self._client()

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method that this one stands for."""
        __tracebackhide__ = True
        if self._before is not None:
            return self._before(*args, **kwargs)
        client = self.client
        return getattr(type(client), self._method)(client, *args, **kwargs)

    def release(self) -> None:
        """Take the method off the client."""
        own = vars(self.client)
        if self._before is None:
            del own[self._method]
        else:
            own[self._method] = self._before
