"""What a proxy changes of a message of HTTP: the headers of the connection, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sellerspec.errors import ParseError
from sellerspec.io.compression import decompressed
from sellerspec.model import Json
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.reading import not_compressed

RawHeaders = list[tuple[bytes, bytes]]
"""Headers in their order, with duplicates."""

HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
     b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings")
)  # fmt: skip
"""Headers of one connection, in lower case. Those that `Connection` names are too."""


class Outcome(StrEnum):
    """What became of one exchange."""

    PASSED = "passed"
    """Request and response were judged."""

    BLOCKED = "blocked"
    """The request breaks the contract, and was not sent."""

    REFUSED = "refused"
    """The request is none that can be passed on, and was not sent."""

    UNJUDGED = "unjudged"
    """Passed on, but a body was not judged."""

    UNREACHABLE = "unreachable"
    """The marketplace cannot be reached."""

    TIMEOUT = "timeout"
    """The marketplace was silent for too long."""

    BROKEN = "broken"
    """The response breaks off, or is no HTTP."""

    GONE = "client-gone"
    """The caller left before its request was complete; nothing was sent."""

    STOPPED = "stopped"
    """The proxy was stopped before the response had ended."""

    FAILED = "failed"
    """A fault of sellerspec."""


class Ended(Exception):
    """An exchange ends with a response of the proxy itself."""

    def __init__(
        self,
        outcome: Outcome,
        status: int,
        problem: str,
        *,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """End an exchange.

        Args:
            outcome: what became of it.
            status: of the response.
            problem: one line for people; also in the response if there is no `body`.
            body: of the response.
            headers: of the response, besides the one with the outcome.
        """
        super().__init__(outcome, status, problem)
        self.outcome, self.status, self.problem = outcome, status, problem
        self._body = {"error": problem} if body is None else body
        self._headers = headers or {}

    @property
    def reply(self) -> Reply:
        """The response of the proxy."""
        return reply(self._body, self.status, **{"x-sellerspec-outcome": self.outcome.value, **self._headers})


def end_to_end(headers: RawHeaders, *further: bytes) -> RawHeaders:
    """Return the headers that are not those of one connection, in their order.

    Args:
        headers: of a message.
        further: names in lower case of headers to leave out, too.
    """
    named = {
        name.strip().lower()
        for header, value in headers
        if header.lower() == b"connection"
        for name in value.split(b",")
    }
    out = HOP_BY_HOP | named | frozenset(further)
    return [(name, value) for name, value in headers if name.lower() not in out]


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by name in lower case; values of one name are joined, as HTTP reads them."""
    out: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        out[name] = f"{out[name]}, {value}" if name in out else value
    return out


def plain(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """Return headers and body without compression; as they are if the body breaks off or is too large.

    Raises:
        Ended: the body is a plain text, and its header names a compression.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity") or not body:
        return headers, body
    try:
        unpacked = decompressed(body, encoding)
    except ParseError:
        return headers, body  # the check finds that it cannot be read
    if unpacked is body:
        unread = not_compressed(encoding)
        raise Ended(Outcome.REFUSED, unread.status, unread.reason)
    rest = {name: value for name, value in headers.items() if name != "content-encoding"}
    return {**rest, "content-length": str(len(unpacked))}, unpacked


@dataclass(slots=True)
class Collected:
    """A body while it arrives; what is more than `most` bytes is counted and not kept."""

    most: int
    size: int = 0
    _chunks: list[bytes] = field(default_factory=list)

    def add(self, chunk: bytes) -> None:
        """Add the next bytes."""
        self.size += len(chunk)
        if self.size <= self.most:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    @property
    def is_complete(self) -> bool:
        """Whether all bytes so far are kept."""
        return self.size <= self.most

    def content(self) -> bytes:
        """Return the bytes; none if there were too many."""
        return b"".join(self._chunks)
