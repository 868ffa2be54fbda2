"""What the place of a cassette says: `<marketplace>/<operationId>/<case>.yaml`."""

from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from sellerspec import contract, marketplaces
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
    parts = PurePath(folder).parts
    for at in range(len(parts) - 1, -1, -1):
        if parts[at] in marketplaces.names():
            found = parts[at]
            if at + 1 < len(parts) and parts[at + 1] in contract.contract(found).spec.ids():
                ready = contract.contract(found).operation(parts[at + 1])
                return Hint(found, ready.key if ready.operation.webhook else None)
            return Hint(found, None)
    return Hint(None, None)


def operation_of(exchange: Exchange, key: str, marketplace: str | None) -> OperationContract | None:
    """Return the operation that an exchange calls, or None if no spec has it."""
    try:
        if key:
            return contract.operation(key)
        return contract.find(exchange, marketplace=marketplace)[0]
    except UnknownName:
        return None
