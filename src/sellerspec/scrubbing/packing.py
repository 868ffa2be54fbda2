"""Decode base64; what cannot be scrubbed."""

import base64
import re

from sellerspec.errors import SellerspecError


class NotScrubbed(SellerspecError):
    """A value cannot be scrubbed, so it is not written."""


_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*|[A-Za-z0-9_-]{16,}={0,2}")


def from_base64(text: str) -> bytes | None:
    """Return the decoded bytes of a base64 text, or None if it is not base64."""
    if not _BASE64.fullmatch(text):
        return None
    bare = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return None
