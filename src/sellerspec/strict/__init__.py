"""Read text strictly: what is doubtful is refused with its place, never guessed."""

from sellerspec.model import Json
from sellerspec.strict.json_text import (
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
        Unreadable: with `line` and `column` where the reader knows them.
    """
    from sellerspec.strict import yaml_text  # a check of one payload starts without it

    return yaml_text.decoded(text)
