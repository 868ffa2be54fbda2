"""Which operation a recorded exchange calls, by its URL, its origin and the folder of its cassette."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePath
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.cassettes.files import Recorded
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UnknownName


class Hint(NamedTuple):
    """The marketplace and webhook that the folder of a cassette names."""

    marketplace: str | None
    webhook: str
    """Key of the webhook that the folder is named after, as no URL determines one; else ""."""


def hint(file: str) -> Hint:
    """Return what the path of a cassette names: `<marketplace>/<operationId>/<case>.yaml`."""
    return _hint(file.rpartition("/")[0])


@lru_cache(maxsize=4096)
def _hint(folder: str) -> Hint:
    parts = PurePath(folder).parts
    for name, id in reversed(list(pairwise((*parts, "")))):
        if name in marketplaces.names():
            ready = contract.contract(name)
            webhook = id in ready.spec.ids() and ready.operation(id).operation.webhook
            return Hint(name, f"{name}/{id}" if webhook else "")
    return Hint(None, "")


def operation_of(
    recorded: Recorded, marketplace: str | None = None, overlays: Sequence[str] = ()
) -> OperationContract | None:
    """Return the operation that a recorded exchange calls; None if no spec has it.

    Args:
        recorded: the exchange.
        marketplace: name, where neither host nor folder determine it.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
    """
    folder = hint(recorded.file)
    key = recorded.origin.operation or folder.webhook
    try:
        if key:
            return contract.operation(key, overlays)
        market = marketplace or folder.marketplace
        return contract.find(recorded.exchange, marketplace=market, overlays=overlays)[0]
    except UnknownName:
        return None
