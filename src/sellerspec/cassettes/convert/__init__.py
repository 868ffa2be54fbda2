"""Turn other recordings into cassettes, cassettes into HAR, and a spec's examples into exchanges."""

from sellerspec.cassettes.convert.examples import documented
from sellerspec.cassettes.convert.har import from_har, to_har
from sellerspec.cassettes.convert.reading import read_any
from sellerspec.cassettes.convert.schemathesis import from_schemathesis

__all__ = ["documented", "from_har", "from_schemathesis", "read_any", "to_har"]
