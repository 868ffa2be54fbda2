"""Refuse a workbook that could harm its reader, by its zip directory and the raw bytes of its parts."""

import re
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

from sellerspec.errors import ParseError

MAX_FILE = 16 << 20
"""Largest file, in bytes."""

MAX_UNPACKED = 128 << 20
"""Largest size of all its parts together when unpacked, in bytes."""

MAX_RATIO = 200
"""Largest ratio of unpacked to packed size, for parts of more than 1 MiB."""

MAX_PARTS = 1000

_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*['\"]([^'\"]{1,40})['\"]", re.IGNORECASE)
_FORBIDDEN_XML = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def validate(data: bytes) -> None:
    """Refuse a file by its zip directory and the raw bytes of its parts, before anything reads them."""
    if len(data) > MAX_FILE:
        raise ParseError(f"a workbook of {len(data)} bytes, at most {MAX_FILE}")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ParseError("an old .xls or an encrypted workbook; save it as .xlsx without a password")
    if data[:4] != b"PK\x03\x04":
        raise ParseError("not an .xlsx workbook")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _validate_directory(parts)
            for part in parts:
                _validate_content(part.filename, archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise ParseError(f"a damaged zip archive: {str(error)[:80]}") from None


def _validate_directory(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS:
        raise ParseError(f"{len(parts)} parts in the archive, at most {MAX_PARTS}")
    if len({name.lower() for name in names}) < len(names):
        raise ParseError("two parts of the archive have the same name")
    if any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in names):
        raise ParseError("the workbook has macros; save it as .xlsx")
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED:
        raise ParseError(f"unpacks to {total} bytes, at most {MAX_UNPACKED}")
    for part in parts:
        _validate_entry(part)
    if not set(_NEEDED) <= set(names):
        raise ParseError("a zip archive, but not an .xlsx workbook")


def _validate_entry(part: zipfile.ZipInfo) -> None:
    if _outside(part.filename):
        raise ParseError("a part of the archive has a name that leads out of it")
    if part.flag_bits & 1:
        raise ParseError("an encrypted part in the archive")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ParseError("a part of the archive is packed in an unusual way")
    if part.file_size > 1 << 20 and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise ParseError(f"a part of the archive unpacks to more than {MAX_RATIO} times its size")


def _outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")


def _validate_content(name: str, part: bytes) -> None:
    """Refuse XML that could harm its reader; the first byte shows that a part is XML, not its name."""
    start = part[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if part[:2] in (b"\xff\xfe", b"\xfe\xff") or part[:2] in (b"<\0", b"\0<"):
        raise ParseError("a part of the workbook is not UTF-8")
    if not start.startswith(b"<"):
        return  # no XML reader takes it: an image, for example
    encoding = _ENCODING.match(part[:256].removeprefix(b"\xef\xbb\xbf").lstrip())
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise ParseError("a part of the workbook is not UTF-8")
    if _FORBIDDEN_XML.search(part):
        raise ParseError("a part of the workbook defines XML entities")
    if name.lower() == "[content_types].xml" and b"macroenabled" in part.lower():
        raise ParseError("the workbook has macros; save it as .xlsx")
