"""The sandbox: a marketplace on this machine that keeps state and refuses what the rules refuse.

`app` is an ASGI application, `run` a server on a free port of this machine. Heavy libraries are
loaded when they are first needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sellerspec.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from sellerspec.sandbox.asgi import Application
    from sellerspec.sandbox.defect import Defect
    from sellerspec.sandbox.running import Box

NAMES = ("tiki", "tiki-v2", "tnsl", "tokopedia")
"""The marketplaces that have a sandbox."""


def app(marketplace: str, **settings: Any) -> "Application":
    """Return a marketplace as an ASGI application with a state of its own.

    Args:
        marketplace: `tiki`, `tiki-v2`, `tnsl` or `tokopedia`.
        settings: `state` (path of a SQLite file), `defects` (ids), `token` (the first seller's),
            `rate_limit` (calls a second), `now` (where the clock starts), `webhook_hosts`,
            `allow_origins` (of web pages that may call it), `max_body` (bytes), `log_size`,
            `overlays` (paths).

    Raises:
        UnknownName: there is no such marketplace or defect.
        UsageError: a setting does not exist or has an invalid value.
        SpecError: the spec, or an overlay, contradicts itself.
    """
    from sellerspec.sandbox.asgi import Application
    from sellerspec.sandbox.server import Sandbox
    from sellerspec.sandbox.settings import Settings

    try:
        chosen = Settings(**settings)
    except TypeError as error:
        raise UsageError(f"no such setting of a sandbox: {str(error).rpartition(' ')[2]}") from None
    known = defects(marketplace)
    behaviour = _module(marketplace).BEHAVIOUR
    return Application(Sandbox(marketplace, behaviour, known, chosen))


@contextmanager
def run(marketplace: str, *, host: str = "127.0.0.1", port: int = 0, **settings: Any) -> Iterator["Box"]:
    """Serve a marketplace on a socket while the block runs.

    Args:
        marketplace: as for `app`.
        host: the address to listen on; by default only this machine can connect.
        port: 0 takes a free one.
        settings: as for `app`.

    Raises:
        SellerspecError: as for `app`, or the address cannot be used.
        MissingExtra: uvicorn is not installed.
    """
    from sellerspec.sandbox.running import started

    with started(app(marketplace, **settings), host, port) as box:
        yield box


def defects(marketplace: str) -> "Mapping[str, Defect]":
    """Return the seeded defects of a marketplace by id.

    Raises:
        UnknownName: there is no such marketplace.
    """
    if marketplace not in NAMES:
        raise UnknownName("marketplace with a sandbox", marketplace, NAMES)
    known: tuple[Defect, ...] = import_module(
        f"sellerspec.sandbox.{marketplace.replace('-', '_')}.defects"
    ).DEFECTS
    return {defect.id: defect for defect in known}


def _module(marketplace: str, below: str = "") -> Any:
    return import_module(f"{__name__}.{marketplace.replace('-', '_')}{below}")
