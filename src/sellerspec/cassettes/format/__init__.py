"""Cassettes: the files of vcrpy, YAML or JSON, read strictly and written as vcrpy writes them."""

from sellerspec.cassettes.format.files import MAX_BYTES, files, read, read_text
from sellerspec.cassettes.format.records import FROM, Cassette, Origin, Recorded
from sellerspec.cassettes.format.write import dump, interaction, write

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
