"""Find the recorded response of a request in cassettes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import orjson

from sellerspec import marketplaces
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.operations import operation_of
from sellerspec.errors import ParseError
from sellerspec.io import urls
from sellerspec.io.strict import canonical
from sellerspec.model import Exchange
from sellerspec.scrubbing import Scrubber, scrubber, unnumbered

Key = tuple[str, str, tuple[tuple[str, str], ...], str]
"""Method, path, query and body of a request."""


class Replay:
    """Finds requests in cassettes: `find(request)` returns the recorded exchange, or None.

    Hosts and base paths do not count, and a request is scrubbed before it is compared, so that one
    with a real token finds the recorded one with a placeholder. Exchanges with the same request
    are returned in their recorded order; after the last one, the last one is returned again.
    """

    def __init__(self, paths: Iterable[str | Path], *, marketplace: str | None = None) -> None:
        """Read the cassettes.

        Args:
            paths: files and folders.
            marketplace: whose secret members and base paths count.

        Raises:
            ParseError: a file is broken, or no exchange is of the marketplace; with its place.
        """
        self._scrubber: Scrubber = scrubber(marketplaces.marketplace(marketplace) if marketplace else None)
        self._marketplace = marketplace
        self._exchanges: dict[Key, list[Recorded]] = {}
        self._played: Counter[Key] = Counter()
        """How often each request was found."""

        self.count = 0
        """Number of exchanges that can be returned."""
        self.left_out: list[str] = []
        """Places of the exchanges that are no call of the marketplace."""

        for path in files.find(paths):
            for recorded in files.read(path).exchanges:
                if self._is_playable(recorded):
                    self._exchanges.setdefault(self._key(recorded.exchange), []).append(recorded)
                    self.count += 1
                else:
                    self.left_out.append(recorded.place)
        if not self.count:
            place = self.left_out[0] if self.left_out else ", ".join(map(str, paths))
            raise ParseError(f"no exchange of {marketplace or 'any marketplace'} to replay", name=place)

    def _is_playable(self, recorded: Recorded) -> bool:
        if self._marketplace is None:
            return True
        operation = operation_of(recorded, self._marketplace)
        return operation is not None and operation.operation.marketplace == self._marketplace

    def _key(self, exchange: Exchange) -> Key:
        headers = exchange.request_headers.items()
        content_type = {name: value for name, value in headers if name.lower() == "content-type"}
        request = replace(exchange, method=exchange.method.upper(), request_headers=content_type)
        scrubbed = self._scrubber.request(request)
        url = urls.split(scrubbed.url)
        path = url.path
        operation = operation_of(Recorded(exchange), self._marketplace) if self._marketplace else None
        if operation is not None:
            depth = operation.operation.path.count("/")
            path = "/" + "/".join(path.split("/")[-depth:])
        query = tuple(sorted(parse_qsl(unnumbered(url.query), keep_blank_values=True)))
        return scrubbed.method, unnumbered(path), query, unnumbered(_canonical(scrubbed.request_body))

    def find(self, request: Exchange) -> Recorded | None:
        """Return the recorded exchange for a request, and count it as played; None if there is none."""
        key = self._key(request)
        candidates = self._exchanges.get(key)
        if candidates is None:
            return None
        self._played[key] += 1
        return candidates[min(self._played[key], len(candidates)) - 1]

    def unplayed(self) -> list[Recorded]:
        """Return the exchanges that were not requested."""
        return [
            recorded
            for key, candidates in self._exchanges.items()
            for recorded in candidates[self._played[key] :]
        ]

    def reset(self) -> None:
        """Begin again with the first exchange of each request."""
        self._played.clear()


def _canonical(body: bytes) -> str:
    """Return a body so that spaces and the order of members in JSON do not count."""
    try:
        return canonical(orjson.loads(body)).decode()
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
