"""The guarded method of a client, which replaces a method of its class."""

import weakref
from typing import Any

from sellerspec.errors import UsageError
from sellerspec.guard.watch import Guard


class GuardedMethod:
    """Replaces a method of one client, as an attribute of the instance; `guard` is its guard.

    The method of the class is looked up at each call, because vcrpy, requests-mock and aioresponses patch
    the class for a time. Adapters, transports and hooks may be replaced: each call passes the guard.
    """

    def __init__(self, client: Any, method: str, guard: Guard) -> None:
        """Replace the method of a client.

        Raises:
            UsageError: the client is guarded already.
        """
        self.guard = guard
        self._method = method
        self._client = weakref.ref(client)
        self._before = vars(client).get(method)
        if isinstance(self._before, GuardedMethod):
            kind = type(client).__name__
            raise UsageError(f"this {kind} is guarded already; `guard.release` takes the guard off")
        vars(client)[method] = self

    @property
    def client(self) -> Any:
        """The client."""
        return self._client()

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method that this one replaces."""
        __tracebackhide__ = True
        if self._before is not None:
            return self._before(*args, **kwargs)
        client = self.client
        return getattr(type(client), self._method)(client, *args, **kwargs)

    def release(self) -> None:
        """Give the client its method back."""
        own = vars(self.client)
        if self._before is None:
            del own[self._method]
        else:
            own[self._method] = self._before
