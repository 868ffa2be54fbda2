"""What a green test shows too: a write that was taken twice, a token in a log or in the output."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from email.message import Message

from sellerspec.errors import ParseError
from sellerspec.io.strict import canonical, decode
from sellerspec.mutate.running.suite import Failure
from sellerspec.sandbox.log import Entry


def writes(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how often each write was taken.

    A write that changes nothing, such as a second update with the same values, is none; neither is a
    request for a token, which is repeated as often as a token is refused or lost.

    Returns:
        The key of the operation with a digest of the request, and the number; it can be JSON.
    """
    return dict(
        Counter(
            f"{entry.operation.key} {_digest(entry)}"
            for entry in entries
            if entry.operation is not None
            and entry.operation.spec.security
            and entry.changed
            and entry.request.method != "GET"
        )
    )


def repeated(test: str, taken: Mapping[str, int], usual: Mapping[str, int]) -> tuple[Failure, ...]:
    """Return a failure for each write that a test repeats.

    Args:
        test: the id of the test.
        taken: its writes, as `writes` returns them.
        usual: those of the same test without mutation.
    """
    return tuple(
        Failure(test, "repeat", f"`{write.partition(' ')[0]}` was taken {times} times with the same content")
        for write, times in taken.items()
        if times > max(1, usual.get(write, 0))
    )


def leaked(test: str, texts: Mapping[str, str], tokens: Collection[str]) -> tuple[Failure, ...]:
    """Return a failure for each text that holds a token.

    Args:
        test: the id of the test.
        texts: by what they are: `log`, `output`.
        tokens: of the sandboxes that the test uses.
    """
    return tuple(
        Failure(test, "error", f"a token of the sandbox is in the captured {name}")
        for name, text in texts.items()
        if any(token in text for token in tokens if token)
    )


def _digest(entry: Entry) -> str:
    request = entry.request
    content = [request.method, request.url, _content(request.body, request.headers.get("content-type", ""))]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _content(body: bytes, content_type: str) -> bytes:
    """Return a body without what differs between two that mean the same: spaces, order, a boundary."""
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if boundary:
        return body.replace(boundary.encode(), b"")
    try:
        return canonical(decode(body))
    except ParseError:
        return body
