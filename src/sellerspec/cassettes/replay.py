"""Response a request from cassettes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import orjson

from sellerspec import marketplaces
from sellerspec.cassettes import format
from sellerspec.cassettes.format import Recorded
from sellerspec.cassettes.place import operation_of
from sellerspec.model import Exchange
from sellerspec.scrubbing import Scrubber, scrubber, unnumbered

Key = tuple[str, str, tuple[tuple[str, str], ...], str]


@dataclass(slots=True)
class _Played:
    recorded: Recorded
    times: int = 0


class Replay:
    """Looks a request up in cassettes: `find(request)` gives the recorded exchange, or None.

    Hosts and base paths do not count, and a request is scrubbed before it is compared, so that one
    with a real token finds the recorded one with a placeholder. Exchanges with the same request
    are given in their recorded order; after the last, the last again.
    """

    def __init__(self, paths: Iterable[str | Path], *, marketplace: str | None = None) -> None:
        """Read the cassettes.

        Args:
            marketplace: whose secret names count, and whose base paths.

        Raises:
            ParseError: a file is broken; says where.
        """
        self._scrubber: Scrubber = scrubber(marketplaces.marketplace(marketplace) if marketplace else None)
        self._marketplace = marketplace
        self._exchanges: dict[Key, list[_Played]] = {}
        self.count = 0
        """How many exchanges can be answered with."""
        for path in format.files(paths):
            for exchange in format.read(path).exchanges:
                if exchange.exchange.status is not None and self._belongs(exchange):
                    self._exchanges.setdefault(self._key(exchange.exchange), []).append(_Played(exchange))
                    self.count += 1

    def _belongs(self, recorded: Recorded) -> bool:
        if self._marketplace is None:
            return True
        found = operation_of(recorded.exchange, recorded.origin.operation, self._marketplace)
        return found is not None

    def _key(self, exchange: Exchange) -> Key:
        scrubbed = self._scrubber.request(
            Exchange(
                exchange.method.upper(),
                exchange.url,
                request_headers={
                    name: value
                    for name, value in exchange.request_headers.items()
                    if name.lower() == "content-type"
                },
                request_body=exchange.request_body,
            )
        )
        split = urlsplit(scrubbed.url)
        path = split.path
        if (
            self._marketplace is not None
            and (found := operation_of(exchange, "", self._marketplace)) is not None
        ):
            depth = found.operation.path.count("/")
            path = "/" + "/".join(path.split("/")[-depth:])
        query = tuple(sorted(parse_qsl(unnumbered(split.query), keep_blank_values=True)))
        return scrubbed.method, unnumbered(path), query, unnumbered(_canonical(scrubbed.request_body))

    def find(self, request: Exchange) -> Recorded | None:
        """Return the recorded exchange for a request, and count it as played; None if there is none."""
        waiting = self._exchanges.get(self._key(request))
        if not waiting:
            return None
        fewest = min(each.times for each in waiting)
        chosen = next((each for each in waiting if each.times == fewest == 0), waiting[-1])
        chosen.times += 1
        return chosen.recorded

    def unplayed(self) -> list[Recorded]:
        """Return the exchanges that were not asked for."""
        return [each.recorded for found in self._exchanges.values() for each in found if not each.times]

    def reset(self) -> None:
        """Begin again with the first exchange of each request."""
        for found in self._exchanges.values():
            for each in found:
                each.times = 0


def _canonical(body: bytes) -> str:
    """Return a body so that JSON is the same whatever its spaces and the order of its members."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
