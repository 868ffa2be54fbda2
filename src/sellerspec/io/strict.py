"""Read text strictly: what is doubtful is refused with its place, never guessed."""

from sellerspec.io.json_text import (
    MAX_DEPTH,
    Apart,
    Places,
    decode,
    line_column,
    longest,
    places,
    quoted,
    says_all,
)
from sellerspec.model import Json

__all__ = [
    "MAX_DEPTH",
    "Apart",
    "Places",
    "decode",
    "decode_yaml",
    "line_column",
    "longest",
    "places",
    "quoted",
    "says_all",
]


def decode_yaml(text: bytes | str) -> Json:
    """Return the value of a YAML text; `!!binary` gives bytes, times stay text.

    Raises:
        ParseError: with `line` and `column` where the reader knows them.
    """
    from sellerspec.io import yaml_text  # a check of one payload starts without it

    return yaml_text.decoded(text)
