"""What the place of a cassette says: `<marketplace>/<operationId>/<case>.yaml`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from sellerspec import contract
from sellerspec.cassettes.format import Recorded
from sellerspec.contract.examples import named
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UnknownName
from sellerspec.model import Exchange


class Hint(NamedTuple):
    """What the folders of a cassette say about its exchanges."""

    marketplace: str | None
    webhook: str | None
    """Key of the webhook that the folder is named after; a URL cannot tell one."""


@lru_cache(maxsize=4096)
def hint(folder: str) -> Hint:
    """Return what a folder says; nothing if it is not named after a marketplace."""
    marketplace, ready = named(PurePath(folder))
    return Hint(marketplace, ready.key if ready is not None and ready.operation.webhook else None)


def operation_of(
    exchange: Exchange, key: str, marketplace: str | None, overlays: tuple[str, ...] = ()
) -> OperationContract | None:
    """Return the operation that an exchange calls, or None if no spec has it."""
    try:
        if key:
            return contract.operation(key, overlays)
        return contract.find(exchange, marketplace=marketplace, overlays=overlays)[0]
    except UnknownName:
        return None


Find = Callable[[Recorded], OperationContract | None]
"""Returns the operation that a recorded exchange calls, or None if no spec has it."""


def finder(marketplace: str | None, overlays: Sequence[str] = ()) -> Find:
    """Return what finds operations by what was recorded, and by where it lies.

    Args:
        marketplace: whose operations the calls are, where neither host nor folder tells.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
    """
    corrected = tuple(overlays)

    def find(recorded: Recorded) -> OperationContract | None:
        told = hint(recorded.file.rpartition("/")[0])
        key = recorded.origin.operation or told.webhook or ""
        return operation_of(recorded.exchange, key, marketplace or told.marketplace, corrected)

    return find
