"""Which operation a recorded exchange calls: by its URL, its recorder, and the folder of its cassette."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePath
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.cassettes.files import Recorded
from sellerspec.contract.call import Called
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import OtherMarketplace, UnknownName
from sellerspec.io import hosts, urls
from sellerspec.model import Exchange


class Hint(NamedTuple):
    """What is known of an exchange besides its URL."""

    marketplace: str | None
    """Name of the marketplace; it counts where the host does not name another one."""

    operation: str
    """Key of the operation where no URL determines it, a webhook; else ""."""


def hint(recorded: Recorded, marketplace: str | None = None) -> Hint:
    """Return what an option, the recorder and the folder `<marketplace>/<operationId>/` say.

    Args:
        recorded: the exchange.
        marketplace: name that the user gave; it counts more than recorder and folder.
    """
    origin = recorded.origin
    if origin.operation:
        return Hint(origin.operation.partition("/")[0], origin.operation)
    folder = _of_folder(recorded.file.rpartition("/")[0])
    if marketplace or folder.operation:
        return Hint(marketplace or folder.marketplace, folder.operation)
    return Hint(origin.spec.partition(" ")[0] or folder.marketplace, "")


@lru_cache(maxsize=4096)
def _of_folder(folder: str) -> Hint:
    parts = PurePath(folder).parts
    for name, id in reversed(list(pairwise((*parts, "")))):
        if name in marketplaces.names():
            ready = contract.contract(name)
            webhook = id in ready.spec.ids() and ready.operation(id).operation.webhook
            return Hint(name, f"{name}/{id}" if webhook else "")
    return Hint(None, "")


def called(recorded: Recorded, marketplace: str | None = None, overlays: Sequence[str] = ()) -> Called:
    """Return the operation that a recorded exchange calls.

    Args:
        recorded: the exchange.
        marketplace: name, where host and recorder do not determine it.
        overlays: paths of OpenAPI Overlay files that correct the specs first.

    Raises:
        UnknownName: no spec has it, or those of several marketplaces have; see `unknown`.
    """
    known = hint(recorded, marketplace)
    if known.operation:
        ready = contract.operation(known.operation, overlays)
        return contract.of_operation(ready, recorded.exchange, overlays)
    return contract.find(recorded.exchange, likely=known.marketplace, overlays=overlays)


def is_ignored(exchange: Exchange, ignored: Collection[str]) -> bool:
    """Return whether the URL of an exchange begins with one of `ignored`: hosts, or hosts and paths."""
    path = urls.without_user(exchange.url).partition("?")[0].partition("://")[2].partition("/")[2]
    names = {hosts.host(exchange.url), hosts.name(exchange.url)}
    for url in ignored:
        name, _, begin = url.removesuffix("/").partition("/")
        if hosts.host(name) in names and (not begin or f"{path}/".startswith(f"{begin}/")):
            return True
    return False


def operation_of(
    recorded: Recorded, marketplace: str | None = None, overlays: Sequence[str] = ()
) -> OperationContract | None:
    """Return the operation that a recorded exchange calls, as `called` does; None if there is none."""
    try:
        return called(recorded, marketplace, overlays).operation
    except UnknownName:
        return None


def why_unknown(
    recorded: Recorded,
    marketplace: str | None = None,
    overlays: Sequence[str] = (),
    ignored_urls: Collection[str] = (),
) -> str:
    """Return `place: reason` of an exchange of no known operation; "" if there is one, or it is ignored."""
    try:
        called(recorded, marketplace, overlays)
    except UnknownName as error:
        ignored = is_ignored(recorded.exchange, ignored_urls)
        return "" if ignored else f"{recorded.place}: {unknown(recorded, error)}"
    return ""


def unknown(recorded: Recorded, error: UnknownName) -> str:
    """Return why no operation of an exchange is known, what to name, and how to say that it is meant."""
    if error.known:  # a marketplace or an operation that the cassette names, and that does not exist
        return f"exchange {recorded.index}: {error}"
    if isinstance(error, OtherMarketplace):
        return f"exchange {recorded.index}: {error}; name `{error.owner}` as the marketplace"
    exchange = recorded.exchange
    call = f"exchange {recorded.index}, {exchange.method} {urls.address(exchange.url)}"
    fitting = [
        name for name in marketplaces.names()
        if contract.contract(name).routes.find(exchange.method, exchange.url, any_host=True)
    ]  # fmt: skip
    name = "name the marketplace, `-m {}`, or `marketplace` in [tool.sellerspec]"
    if len(fitting) > 1:
        return f"{call}, fits {' and '.join(fitting)}: {name.format(fitting[0])}"
    meant = (
        "if that is meant, add its host, or the beginning of its URL, to `ignored-urls` in [tool.sellerspec]"
    )
    known = hint(recorded).marketplace or any(
        hosts.host(exchange.url) in contract.contract(name).routes.hosts for name in marketplaces.names()
    )
    first = "" if known else f"{name.format('tiki')}; "
    return f"{call}, is no operation of a spec; {first}{meant}"
