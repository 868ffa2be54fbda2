"""Cassettes: the files of vcrpy, YAML or JSON, read strictly and written as vcrpy writes them."""

from sellerspec.cassette.files import MAX_BYTES, files, read, read_text
from sellerspec.cassette.records import FROM, Cassette, Origin, Recorded
from sellerspec.cassette.write import dump, interaction, write

__all__ = [
    "FROM",
    "MAX_BYTES",
    "Cassette",
    "Origin",
    "Recorded",
    "dump",
    "files",
    "interaction",
    "read",
    "read_text",
    "write",
]
