"""The bytes of a request's body, as an HTTP library of Python holds it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from sellerspec.errors import UsageError


def body_bytes(value: Any) -> bytes:
    """Return the bytes of a body: bytes, a text, None, a stream, or an iterator over bytes and texts.

    Raises:
        UsageError: it is something else, e.g. a form that its library has not written yet.
    """
    if hasattr(value, "read"):
        value = value.read()
    if value is None:
        return b""
    # texts and bytes are sequences; what another one, a mapping or a set holds are members of JSON or of a
    # form, and no pieces of a body
    if isinstance(value, Iterable) and not isinstance(value, Mapping | Sequence | Set):
        return b"".join(map(_piece, value))
    return _piece(value)


def _piece(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    kind = type(value).__name__
    raise UsageError(f"how a `{kind}` is sent in a body is unknown: send bytes or a text")
