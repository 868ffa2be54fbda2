"""Collect the fact `pictures`: find, fetch and look at the pictures that a payload names."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from sellerspec.io import hosts
from sellerspec.io.connecting import in_thread
from sellerspec.io.pictures import MOST_PICTURES, Entry, local, unjudged
from sellerspec.io.pictures.fetching import LATE, fetch
from sellerspec.io.pictures.inspecting import Inspector

AT_ONCE = 8
"""Pictures that are fetched at the same time."""

MOST_LATE = 3
"""Late answers of a host after which it is called no more."""

MOST_KEPT = 10_000
"""Addresses whose pictures are remembered."""


class Pictures:
    """The pictures of the payloads of one run; each address is looked at once."""

    def __init__(
        self, *, folder: Path | None = None, fetches: bool = False, allow_private: bool = False
    ) -> None:
        """Make the collection.

        Args:
            folder: of pictures with the names that the addresses end with.
            fetches: fetch what is not in the folder.
            allow_private: also from private networks and this machine.

        Raises:
            MissingExtra: Pillow is not installed.
        """
        self._folder, self._fetches, self._allow_private = folder, fetches, allow_private
        self._inspector = Inspector()
        self._late: Counter[str] = Counter()
        self._known: dict[tuple[str, Path | None], Entry] = {}

    def found(self, addresses: Iterable[str], beside: Path) -> dict[str, Entry]:
        """Return what was found at each address.

        Args:
            addresses: of one payload; paths are relative to `beside`, or else to the folder.
            beside: the folder of the payload.
        """
        distinct = list(dict.fromkeys(addresses))
        looked_at = distinct[:MOST_PICTURES]
        keys = {address: (address, None if local.is_address(address) else beside) for address in looked_at}
        new = [address for address in looked_at if keys[address] not in self._known]
        if len(self._known) > MOST_KEPT:
            self._known.clear()
            new = looked_at
        for start in range(0, len(new), AT_ONCE):  # by groups, so that few pictures are held at a time
            source = self._source(beside)
            group = {one: in_thread(partial(source, one)) for one in new[start : start + AT_ONCE]}
            for address, future in group.items():
                data = future.result()
                entry = data if isinstance(data, dict) else self._inspector.entry(data)
                self._known[keys[address]] = entry
        rest = dict.fromkeys(
            distinct[MOST_PICTURES:], unjudged(f"only {MOST_PICTURES} pictures are looked at")
        )
        return {address: self._known[keys[address]] for address in looked_at} | rest

    def close(self) -> None:
        """End the process that opens pictures."""
        self._inspector.close()

    def _source(self, beside: Path) -> Callable[[str], bytes | Entry]:
        def source(address: str) -> bytes | Entry:
            if not local.is_address(address):
                return self._file(address, beside)
            path = local.of_address(address, self._folder) if self._folder is not None else None
            if path is not None:
                return local.read(path)
            if self._fetches:
                return self._fetched(address)
            return unjudged("not fetched" if self._folder is None else "not in the folder, and not fetched")

        return source

    def _fetched(self, address: str) -> bytes | Entry:
        host = hosts.host(address)
        if self._late[host] >= MOST_LATE:
            return unjudged(f"not fetched: its host was too late {MOST_LATE} times")
        found = fetch(address, allow_private=self._allow_private)
        if isinstance(found, dict) and found.get("unjudged") == LATE:
            self._late[host] += 1
        return found

    def _file(self, name: str, beside: Path) -> bytes | Entry:
        found = local.read(beside / name)
        if isinstance(found, dict) and "missing" in found and self._folder is not None:
            return local.read(self._folder / name)
        return found
