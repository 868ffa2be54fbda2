"""The pictures that a text in HTML shows."""

import re
from html.parser import HTMLParser

_LONG_NUMBER = re.compile(r"&#[0-9]{9,}+")
"""The number of a character that no character has; Python reads no number of thousands of digits."""

_EMPTY_COMMENT = re.compile("<!---?>")
"""A comment that older versions of `HTMLParser` read as the start of one."""

_CANDIDATE = re.compile(r"[\s,]*+(\S++)((?<!,)(?:[^,(]|\([^)]*+(?:\)|\Z))*+)?", re.ASCII)
"""One address of a `srcset`, and what stands behind it."""

_SEPARATORS = ", \t\n\r\f\v"


_TEXT = frozenset(("textarea", "title", "xmp", "iframe", "noembed", "noframes"))
"""Elements whose content is text, beside those that `HTMLParser` knows."""


class _Pictures(HTMLParser):
    """Collects the addresses of pictures, each once."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts
        if tag in ("img", "image"):  # to browsers they are the same
            self.found[attributes.get("src", "").strip()] = None
        if tag in ("img", "image", "source"):
            candidates = attributes.get("srcset", "").rstrip(_SEPARATORS)
            self.found |= {one[1].rstrip(","): None for one in _CANDIDATE.finditer(candidates)}
        if tag in _TEXT:
            self.set_cdata_mode(tag)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Read `<![…>` as browsers do, as a comment up to its end."""
        return self.parse_bogus_comment(i, bool(report))


def sources(text: str) -> list[str]:
    """Return the addresses of the pictures of a text, each once, in the order of the text.

    Those are `src` and `srcset` of `img`, and `srcset` of `source`. A tag without an end is none.
    """
    pictures = _Pictures()
    # without `close`, and up to the last end of a tag: else each open tag is read up to the end of the text
    closed = _LONG_NUMBER.sub("&#9999999", text[: text.rfind(">") + 1])
    pictures.feed(_EMPTY_COMMENT.sub("<!---->", closed))
    return [address for address in pictures.found if address]
