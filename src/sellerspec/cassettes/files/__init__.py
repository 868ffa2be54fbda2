"""Cassettes as files of vcrpy, YAML or JSON, read strictly and written as vcrpy writes them."""

from sellerspec.cassettes.files.reading import EMPTY, MAX_BYTES, OTHER_KIND, find, read, read_text
from sellerspec.cassettes.files.records import Cassette, Origin, Recorded
from sellerspec.cassettes.files.writing import dump, interaction, write

__all__ = [
    "EMPTY",
    "MAX_BYTES",
    "OTHER_KIND",
    "Cassette",
    "Origin",
    "Recorded",
    "dump",
    "find",
    "interaction",
    "read",
    "read_text",
    "write",
]
