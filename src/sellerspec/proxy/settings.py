"""The settings of a proxy."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sellerspec import marketplaces
from sellerspec.errors import UsageError
from sellerspec.io import urls
from sellerspec.model import Facts
from sellerspec.sandbox import hosts

Mode = Literal["block", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one proxy."""

    marketplace: str
    upstream: str
    """Address of the marketplace, without a slash at the end: `https://api.tiki.vn`."""

    mode: Mode = "block"
    """`block` does not send a request that breaks the contract; `report` sends all."""

    max_body: int = 8 << 20
    """Bytes of a body, as it is sent and decompressed, that are judged."""

    timeout: float = 60.0
    """Seconds without a byte after which the marketplace, or a caller, counts as silent."""

    ca_file: Path | None = None
    """PEM file of certificates that are trusted besides those of this machine."""

    allow_unjudged: bool = False
    """Whether bodies that cannot be judged for their size may pass."""

    allow_origins: Collection[str] = ()
    """Origins whose web pages may call the proxy: `http://localhost:3000`."""

    overlays: tuple[str, ...] = ()
    """Paths of OpenAPI overlays that correct the spec; read again when they change."""

    facts: Facts | None = None
    record: Path | None = None
    """Folder for the cassettes of what passed; None records nothing."""

    log: Path | None = None
    """File for one line of JSON for each exchange; None writes none."""

    def __post_init__(self) -> None:
        marketplaces.marketplace(self.marketplace)  # a wrong name is an error before any request
        address = self.upstream.rstrip("/")
        parts = urls.split(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _is_port(address):
            raise UsageError(
                f"no address of a server: `{urls.address(address)}`; name it like `https://api.tiki.vn`"
            )
        if "@" in parts.netloc or "?" in address or "#" in address:
            raise UsageError("the upstream is scheme, host, port and path, without user, query and fragment")
        if self.max_body < 1 or not self.timeout > 0:
            raise UsageError("`max_body` must be at least 1 byte, and `timeout` more than 0 seconds")
        # frozen: the normal forms replace what was given
        object.__setattr__(self, "upstream", address)
        object.__setattr__(self, "allow_origins", frozenset(map(hosts.origin, self.allow_origins)))


def _is_port(url: str) -> bool:
    try:
        _ = urls.split(url).port
    except ValueError:
        return False
    return True
