"""Scrub a body: decompress it, detect its format whatever its content type is, and scrub its values."""

import re
from collections.abc import Mapping

from sellerspec.scrubbing.packing import NotScrubbed, from_base64, unpacked
from sellerspec.scrubbing.texts import Leak, Values, is_form

MAX_TEXT = 2_000
"""Most characters of a text that is neither JSON nor a form; a longer text is dropped.

No pattern finds the name of a buyer in an HTML page. A short text is an error message.
"""

_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_-]+)", re.IGNORECASE)
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]+)", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--([^\r\n]{1,70})\r?\n[Cc]ontent-")
_FIELD = re.compile(r"(?:^|[;\s])name=\"([^\"]*)\"")
_PART_TYPE = re.compile(r"(?:^|\n)content-type:\s*([^\r\n]+)", re.IGNORECASE)


class Bodies:
    """Scrubs bodies with one set of values."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def scrubbed(self, body: bytes, headers: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the scrubbed, decompressed body, and a description of what was dropped.

        A body without secrets is returned as the same object.

        Raises:
            NotScrubbed: it cannot be decompressed.
        """
        # uncompressed JSON is by far the most frequent
        if body[:1] == b"{" or body[:1] == b"[":
            document = self._values.document(body)
            if document is not None:
                return document, ""
        lower = {name.lower(): value for name, value in headers.items()}
        content_type = lower.get("content-type", "")
        plain = unpacked(body, lower.get("content-encoding", ""))
        multipart = self._boundary(plain, content_type)
        if multipart is not None:
            return self._multipart(plain, multipart)
        decoded = _decoded(plain, content_type)
        if decoded is None:
            return self._dropped(plain, content_type)
        text, codec = decoded
        scrubbed = self._text(text, content_type)
        if scrubbed is None:
            return self._dropped(plain, content_type)
        if scrubbed == text:
            return (body if plain == body else plain), ""
        return scrubbed.encode(codec), ""

    def _dropped(self, plain: bytes, content_type: str) -> tuple[bytes, str]:
        values = self._values
        values.leaks.append(Leak("/" + "/".join(map(str, values.trail)), "unreadable"))
        kind = content_type.partition(";")[0].strip()[:40] or "no known type"
        return b"", f"{len(plain):,} bytes of {kind}"

    def _text(self, text: str, content_type: str) -> str | None:
        values = self._values
        stripped = text.strip()
        if stripped[:1] in ("{", "[", '"'):
            data = stripped.encode()
            scrubbed = values.document(data)
            if scrubbed is not None:
                return text if scrubbed is data else scrubbed.decode()
        if from_base64(stripped) is not None:  # its padding looks like the value of a form
            scrubbed_text = values.text(stripped)
            if scrubbed_text != stripped:
                return scrubbed_text
        elif "urlencoded" in content_type.lower() or is_form(stripped):
            return values.form(text)
        return values.text(text) if len(stripped) <= MAX_TEXT else None

    @staticmethod
    def _boundary(plain: bytes, content_type: str) -> bytes | None:
        if content_type.lower().startswith("multipart/"):
            named = _BOUNDARY.search(content_type)
            if named:
                return named[1].strip().encode()
        first = _FIRST_LINE.match(plain)
        return first[1] if first else None

    def _multipart(self, plain: bytes, boundary: bytes) -> tuple[bytes, str]:
        out: list[bytes] = []
        dropped: list[str] = []
        for part in plain.split(b"--" + boundary):
            head, blank, content = part.partition(b"\r\n\r\n")
            if not blank:
                if part.strip() not in (b"", b"--"):
                    raise NotScrubbed("a part of a multipart body has no header")
                out.append(part)
                continue
            shown = head.decode("utf-8", "replace")
            field = _FIELD.search(shown)
            name = field[1] if field else ""
            kind = _PART_TYPE.search(shown)
            end = b"\r\n" if content.endswith(b"\r\n") else b""
            self._values.trail.append(name or "part")
            new, dropped_part = self._part(content[: len(content) - len(end)], name, kind[1] if kind else "")
            new_head = self._values.text(shown)
            self._values.trail.pop()
            if dropped_part:
                dropped.append(dropped_part)
            out.append((head if new_head == shown else new_head.encode()) + blank + new + end)
        joined = (b"--" + boundary).join(out)
        return (plain if joined == plain else joined), ", ".join(dropped)

    def _part(self, content: bytes, name: str, content_type: str) -> tuple[bytes, str]:
        if self._values.names.kind(name) == "secret":
            try:
                return self._values.secret(name, content.decode()).encode(), ""
            except UnicodeDecodeError:
                return self._dropped(content, content_type)
        return self.scrubbed(content, {"content-type": content_type})


def _decoded(plain: bytes, content_type: str) -> tuple[str, str] | None:
    """Return a body as text with its codec, or None if it is not text."""
    named = _CHARSET.search(content_type)
    for codec in (
        "utf-8",
        named[1] if named else "",
        "utf-16" if plain[:2] in (b"\xff\xfe", b"\xfe\xff") else "",
    ):
        if not codec:
            continue
        try:
            text = plain.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" not in text:
            return text, codec
    return None
