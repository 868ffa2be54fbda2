"""Decompress bodies, and decode base64."""

import base64
import binascii
import re

from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io.compression import decompressed


class NotScrubbed(SellerspecError):
    """A value cannot be scrubbed, so it is not written."""


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return a decompressed body; the header or the first bytes name the compression.

    Raises:
        NotScrubbed: it cannot be decompressed.
    """
    try:
        return decompressed(body, encoding)
    except ParseError as error:
        raise NotScrubbed(error.problem) from None


_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*|[A-Za-z0-9_-]{16,}={0,2}")


def from_base64(text: str) -> bytes | None:
    """Return the decoded bytes of a base64 text, or None if it is not base64."""
    if not _BASE64.fullmatch(text):
        return None
    bare = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
