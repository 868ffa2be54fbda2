"""Turn other recordings into cassettes, cassettes into HAR, and a spec's examples into exchanges."""

from pathlib import Path

from sellerspec.cassettes import files
from sellerspec.cassettes.convert.examples import documented
from sellerspec.cassettes.convert.har import from_har, to_har
from sellerspec.cassettes.convert.schemathesis import from_schemathesis
from sellerspec.cassettes.files import Recorded
from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.files import read_bytes

__all__ = ["documented", "from_har", "from_schemathesis", "read_any", "to_har"]


def read_any(path: str | Path) -> list[Recorded]:
    """Return the exchanges of a cassette, a HAR file or a report of schemathesis.

    Raises:
        ParseError: it is none of these, or broken; with its place.
    """
    path = Path(path)
    data = read_bytes(path, most=files.MAX_BYTES)
    try:
        if data.lstrip()[:1] == b"{":
            value = strict.decode(data)
            if isinstance(value, dict) and "log" in value:
                return from_har(value, name=str(path))
        elif b"http_interactions:" in data[:4000]:
            return from_schemathesis(strict.decode_yaml(data), name=str(path))
    except ParseError as error:
        raise (error if error.name else error.named(str(path))) from None
    return list(files.read(path).exchanges)
