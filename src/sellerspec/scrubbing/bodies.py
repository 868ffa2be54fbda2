"""Scrub a body: decompress it, detect its format whatever its content type is, and scrub its values."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from sellerspec.errors import ParseError
from sellerspec.io.compression import decompressed
from sellerspec.scrubbing.packing import NotScrubbed, from_base64
from sellerspec.scrubbing.placeholders import is_placeholder
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.texts import Values
from sellerspec.scrubbing.urls import is_form

MAX_TEXT = 2_000
"""Most characters of a text that is neither JSON nor a form; a longer text is dropped.

Of a page or a table only single words could be kept. A short text is an error message.
"""

_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]{1,200})", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--([^\r\n]{1,70})\r?\n[Cc]ontent-")
_GIVEN = r"""(?P<encoded>\*?)\s{0,3}=\s{0,3}(?:"(?P<quoted>(?:[^"\\]|\\.){0,500})"|(?P<bare>[^;%s]{1,500}))"""
_FIELD = re.compile(r"(?:^|[;\s])name" + _GIVEN % r"\s", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?<=[;\s])filename" + _GIVEN % r"\r\n", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z]{1,5}$|\.[A-Za-z]{1,3}[0-9]$")
_PART_TYPE = re.compile(r"(?:^|\n)content-type:\s{0,9}([^\r\n]{1,200})", re.IGNORECASE)
_PARAMETER = r"(?:name|filename)\*?\s{0,3}=\s{0,3}(?:\"(?:[^\"\\]|\\.){0,500}\"|[^;\"\s]{1,500})"
_DISPOSITION = re.compile(
    rf"(?:form-data|attachment|inline)(?:;\s{{0,3}}{_PARAMETER}){{0,3}};?", re.IGNORECASE
)
_PART_HEADER = re.compile(
    rf"content-disposition:\s{{0,3}}{_DISPOSITION.pattern}|content-length:\s{{0,3}}[0-9]{{1,15}}"
    r"|content-type:\s{0,3}[a-z]{1,20}/[a-z]{1,30}[0-9]{0,2}(?:[.+-][a-z]{1,30}){0,9}"
    r"(?:;\s{0,3}charset=\"?[a-z0-9_-]{1,20}\"?)?"
    r"|content-transfer-encoding:\s{0,3}(?:[78]bit|binary|base64|quoted-printable)",
    re.IGNORECASE,
)


class Bodies:
    """Scrubs bodies with one set of values."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def scrubbed(self, body: bytes, headers: Mapping[str, str], place: Place) -> tuple[bytes, str]:
        """Return the scrubbed, decompressed body, and a description of what was dropped.

        A body without secrets is returned as the same object.

        Raises:
            NotScrubbed: it cannot be decompressed.
        """
        # uncompressed JSON is by far the most frequent
        if body[:1] == b"{" or body[:1] == b"[":
            document = self._values.document(body, place)
            if document is not None:
                return document, ""
        lower = {name.lower(): value for name, value in headers.items()}
        content_type = lower.get("content-type", "")
        try:
            plain = decompressed(body, lower.get("content-encoding", ""))
        except ParseError as error:
            raise NotScrubbed(error.problem) from None
        multipart = self._boundary(plain, content_type)
        if multipart is not None:
            parts = self._multipart(plain, multipart, place)
            return self._dropped(plain, content_type) if parts is None else parts
        decoded = _decoded(plain, content_type)
        if decoded is None:
            return self._dropped(plain, content_type)
        text, codec = decoded
        scrubbed = self._text(text, content_type, place)
        if scrubbed is None:
            return self._dropped(plain, content_type)
        if scrubbed == text:
            return (body if plain == body else plain), ""
        return scrubbed.encode(codec), ""

    def _dropped(self, plain: bytes, content_type: str) -> tuple[bytes, str]:
        self._values.leak("unreadable")
        kind = content_type.partition(";")[0].strip()[:40]
        shown = kind if re.fullmatch(r"[a-z]{1,15}/[a-z0-9.+-]{1,80}", kind.lower()) else "no known type"
        return b"", f"{len(plain):,} bytes of {shown}"

    def _text(self, text: str, content_type: str, place: Place) -> str | None:
        values = self._values
        stripped = text.strip()
        if stripped[:1] in ("{", "[", '"'):
            data = stripped.encode()
            scrubbed = values.document(data, place)
            if scrubbed is not None:
                return text if scrubbed is data else scrubbed.decode()
        if len(stripped) >= 16 and from_base64(stripped) is not None and not stripped.isalpha():
            # its padding looks like the value of a form
            return values.secret("packed", stripped, certain=False)
        if "urlencoded" in content_type.lower() or is_form(stripped):
            return values.urls.form(text, place)
        if place.takes_text and len(stripped) <= MAX_TEXT and not place.is_free and not place.is_object:
            return values.text(text, place)
        return values.prose.running(text) if len(stripped) <= MAX_TEXT else None

    @staticmethod
    def _boundary(plain: bytes, content_type: str) -> bytes | None:
        named = _BOUNDARY.search(content_type) if content_type.lower().startswith("multipart/") else None
        if named:
            return named[1].strip().encode()
        first = _FIRST_LINE.match(plain)
        return first[1] if first else None

    def _multipart(self, plain: bytes, boundary: bytes, place: Place) -> tuple[bytes, str] | None:
        """Return a scrubbed form and what was dropped of it; None if a part has no header."""
        out: list[bytes] = []
        dropped: list[str] = []
        for index, part in enumerate(plain.split(b"--" + boundary)):
            if part.strip() in (b"", b"--"):
                out.append(part)
            elif index == 0 or part[:2] == b"--":
                self._values.leak("around the parts")  # no reader of a form looks at it
                out.append(b"--\r\n" if index else b"")
            elif b"\r\n\r\n" in part:
                new, dropped_part = self._part_of(part, place)
                out.append(new)
                dropped += [dropped_part] if dropped_part else []
            else:
                return None
        joined = (b"--" + boundary).join(out)
        return (plain if joined == plain else joined), ", ".join(dropped)

    def _part_of(self, part: bytes, place: Place) -> tuple[bytes, str]:
        head, blank, content = part.partition(b"\r\n\r\n")
        end = b"\r\n" if content.endswith(b"\r\n") else b""
        new_head, name, kind = self._head(head.decode("utf-8", "replace"))
        self._values.trail.append(name or "part")
        new, dropped = self._part(content[: len(content) - len(end)], name, kind, place)
        self._values.trail.pop()
        return (head if new_head is None else new_head.encode()) + blank + new + end, dropped

    def _head(self, head: str) -> tuple[str | None, str, str]:
        """Return the header of a part without secrets (None if it had none), the field and its type."""
        field = _FIELD.search(head)
        name = "" if field is None else _value(field)
        kind = _PART_TYPE.search(head)
        new = _FILE_NAME.sub(self._file_name, head)
        clean = self._values.key(name, self._values.unknown.member(name)) if name else name
        if clean != name and field is not None:
            new = new.replace(field[0], f'{field[0][:1].strip() or " "}name="{clean}"', 1)
        new = "\r\n".join(_part_headers(new, clean))
        if new != head:
            self._values.leak("the header of a part")
        return (None if new == head else new), clean, kind[1].strip() if kind else ""

    def disposition(self, header: str) -> str | None:
        """Return a `Content-Disposition` with a placeholder for the name of the file, None if it has more."""
        return _FILE_NAME.sub(self._file_name, header) if _DISPOSITION.fullmatch(header) else None

    def _file_name(self, found: re.Match[str]) -> str:
        name = _value(found)
        return f'filename="{file_name(self._values, name)}"'

    def _part(self, content: bytes, name: str, content_type: str, place: Place) -> tuple[bytes, str]:
        own = place.member(name)
        headers = {"content-type": content_type}
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return (
                self._dropped(content, content_type)
                if own.is_hidden
                else self.scrubbed(content, headers, own)
            )
        structured = text.lstrip()[:1] in ("{", "[", "<") or "\n" in text.strip() or content_type
        if own.is_hidden or (not structured and not is_form(text)):
            scrubbed = self._values.text(text, own)
            return (content if scrubbed == text else scrubbed.encode()), ""
        return self.scrubbed(content, headers, own)


def _part_headers(head: str, name: str) -> Iterator[str]:
    """Yield the lines of the header of a part that may be written; of a field at least its name."""
    has_name = not name
    for line in head.split("\r\n"):
        if not line or _PART_HEADER.fullmatch(line):
            has_name = has_name or "name" in line.lower()
            yield line
    if not has_name:
        yield f'Content-Disposition: form-data; name="{name}"'


def _value(found: re.Match[str]) -> str:
    """Return the value of a parameter of a header; `name*=utf-8''…` is decoded."""
    value = found["quoted"] if found["quoted"] is not None else found["bare"]
    return unquote(value.rpartition("''")[2]) if found["encoded"] else value.strip()


def file_name(values: Values, name: str) -> str:
    """Return the name of a file without what it tells: a placeholder with the same ending."""
    ending = _EXTENSION.search(name)
    stem = name[: ending.start()] if ending else name
    if not stem or is_placeholder(stem) or values.words.knows(stem):
        return name
    return values.secret("file", stem, certain=False) + (ending[0] if ending else "")


def _decoded(plain: bytes, content_type: str) -> tuple[str, str] | None:
    """Return a body as text with its codec, or None if it is not text."""
    named = _CHARSET.search(content_type)
    marked = plain[:2] in (b"\xff\xfe", b"\xfe\xff")
    for codec in ("utf-8", named[1] if named else "utf-8", "utf-16" if marked else "utf-8"):
        try:
            text = plain.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" not in text:
            return text, codec
    return None
