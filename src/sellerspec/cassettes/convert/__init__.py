"""Turn other recordings into cassettes, cassettes into HAR, and a spec's examples into exchanges."""

from codecs import BOM_UTF8
from collections.abc import Collection
from pathlib import Path

from sellerspec.cassettes import files
from sellerspec.cassettes.convert.entries import Entries
from sellerspec.cassettes.convert.examples import documented
from sellerspec.cassettes.convert.har import from_har, to_har
from sellerspec.cassettes.convert.relevant import of_hosts, of_marketplaces
from sellerspec.cassettes.convert.schemathesis import from_schemathesis
from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.files import read_bytes

__all__ = ["Entries", "documented", "from_har", "from_schemathesis", "read_any", "to_har"]


def read_any(path: str | Path, kept: Collection[str] = ()) -> Entries:
    """Return the exchanges of a cassette, a HAR file or a report of schemathesis.

    Args:
        path: of the file.
        kept: hosts whose calls are kept; by default all, but of a HAR file only the marketplaces'.

    Raises:
        ParseError: it is none of these, or broken; with its place.
    """
    path = Path(path)
    data = read_bytes(path, most=files.MAX_BYTES).removeprefix(BOM_UTF8)
    try:
        entries = _entries(path, data)
    except ParseError as error:
        raise (error if error.name else error.named(str(path))) from None
    if kept:
        return of_hosts(entries, kept)
    return of_marketplaces(entries) if entries.from_browser else entries


def _entries(path: Path, data: bytes) -> Entries:
    if data.lstrip()[:1] == b"{":
        value = strict.decode(data)
        if isinstance(value, dict) and "log" in value:
            return from_har(value, name=str(path))
    elif b"http_interactions:" in data[:4000]:
        return from_schemathesis(strict.decode_yaml(data), name=str(path))
    return Entries(list(files.read(path).exchanges))
