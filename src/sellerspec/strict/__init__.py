"""Read text strictly: what is doubtful is refused with its place, never guessed."""

from sellerspec.strict.json_text import MAX_DEPTH, Places, decode, line_column, places, quoted
from sellerspec.strict.yaml_text import MAX_YAML_VALUES, decode_yaml

__all__ = [
    "MAX_DEPTH",
    "MAX_YAML_VALUES",
    "Places",
    "decode",
    "decode_yaml",
    "line_column",
    "places",
    "quoted",
]
