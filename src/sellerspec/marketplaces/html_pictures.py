"""The pictures that a text in HTML shows.

Read as browsers read it (the tokens of the HTML standard), in a time that grows as the text does.
`html.parser` does not: it reads the rest of a text again for each tag that is never closed.
"""

import html
import re
from collections.abc import Iterator

_ATTRIBUTE = re.compile(
    r"""[\s/]*+ ([^\s/>][^\s/>=]*+) (?:\s*+=\s*+ (?:"([^"]*+)(?:"|\Z) | '([^']*+)(?:'|\Z) | ([^\s>]*+)))?+""",
    re.VERBOSE | re.ASCII,
)
_NAME = re.compile(r"</?+([a-zA-Z][^\s/>]*+)", re.ASCII)
_TAG_END = re.compile(r"[\s/]*+>", re.ASCII)
_ANY_END = re.compile(">")
_COMMENT_END = re.compile(r"--!?>")
_TEXT_END = {
    name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
"""Element whose content is text -> what ends it."""

_CANDIDATE = re.compile(r"[\s,]*+(\S++)((?<!,)(?:[^,(]|\([^)]*+(?:\)|\Z))*+)?", re.ASCII)
"""One address of a `srcset`, and what stands behind it."""

_SEPARATORS = ", \t\n\r\f\v"

_Tag = tuple[str, dict[str, str]]


def sources(text: str) -> list[str]:
    """Return the addresses of the pictures of a text, each once, in the order of the text.

    Those are `src` and `srcset` of `img`, and `srcset` of `source`.
    """
    found: dict[str, None] = {}
    for name, attributes in _start_tags(text):
        if name in ("img", "image"):  # to browsers they are the same
            found[attributes.get("src", "").strip()] = None
        if name in ("img", "image", "source"):
            candidates = attributes.get("srcset", "").rstrip(_SEPARATORS)
            found |= {one[1].rstrip(","): None for one in _CANDIDATE.finditer(candidates)}
    return [address for address in found if address]


def _start_tags(text: str) -> Iterator[_Tag]:
    """Yield the name and the attributes of each tag that begins an element; a tag without an end is none."""
    at = text.find("<")
    while at >= 0:
        if name := _NAME.match(text, at):
            attributes: dict[str, str] = {}
            at = name.end()
            while attribute := _ATTRIBUTE.match(text, at):
                value = attribute[2] or attribute[3] or attribute[4] or ""
                attributes.setdefault(attribute[1].lower(), value)
                at = attribute.end()
            end = _TAG_END.match(text, at)
            kind = name[1].lower()
            if end and not name[0].startswith("</"):
                yield kind, {key: _unescaped(value) for key, value in attributes.items()}
                if kind in _TEXT_END:
                    end = _TEXT_END[kind].search(text, end.end())
                    at = end.start() if end else len(text)
                    continue
        elif text.startswith("<!--", at):
            end = _COMMENT_END.search(text, at + 2)
        elif text.startswith(("<!", "<?", "</"), at):
            end = _ANY_END.search(text, at)
        else:
            at = text.find("<", at + 1)
            continue
        at = text.find("<", end.end()) if end else -1


def _unescaped(value: str) -> str:
    try:
        return html.unescape(value)
    except ValueError:  # the number of a character has thousands of digits
        return value
