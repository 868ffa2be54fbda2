"""Read a recording of any known kind."""

from pathlib import Path

from sellerspec.cassettes import format
from sellerspec.cassettes.convert.har import from_har
from sellerspec.cassettes.convert.schemathesis import from_schemathesis
from sellerspec.cassettes.format import Recorded
from sellerspec.errors import ParseError
from sellerspec.io import resources, strict


def read_any(path: str | Path) -> list[Recorded]:
    """Return the exchanges of a cassette, a HAR file or a report of schemathesis.

    Raises:
        ParseError: it is none of these, or broken; says where.
    """
    path = Path(path)
    data = resources.read_bytes(path)
    if len(data) > format.MAX_BYTES:
        raise ParseError(f"larger than {format.MAX_BYTES:,} bytes", name=str(path))
    try:
        if data.lstrip()[:1] == b"{":
            value = strict.decode(data)
            if isinstance(value, dict) and "log" in value:
                return from_har(value, name=str(path))
        elif b"http_interactions:" in data[:4000]:
            return from_schemathesis(strict.decode_yaml(data), name=str(path))
    except ParseError as error:
        raise (error if error.name else error.named(str(path))) from None
    return list(format.read(path).exchanges)
