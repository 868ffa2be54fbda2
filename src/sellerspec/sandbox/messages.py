"""What goes in and out of the sandbox, free of any web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from sellerspec.model import Json

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came over the wire."""

    method: str
    path: str
    """As it stands in the request line, still encoded, without the query."""

    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    body: bytes = b""
    oversized: bool = False
    """Whether the body was larger than the sandbox reads; then `body` is empty."""

    @property
    def url(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Reply:
    """One response, before it goes over the wire."""

    status: int
    content: bytes = b""
    kind: str = JSON
    """The content type; "" for none."""

    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Real seconds to wait before answering."""

    drops: bool = False
    """Whether the connection is reset instead of answering."""

    def all_headers(self) -> dict[str, str]:
        """Return every header of the response, names in lower case."""
        found = {"content-type": self.kind} if self.kind else {}
        return {**found, **self.headers}

    def json(self) -> Json:
        """Return the decoded body; the body of a response of the sandbox is always readable."""
        return orjson.loads(self.content)


def reply(value: Json, status: int = 200, **headers: str) -> Reply:
    """Return a response with a JSON body."""
    return Reply(status, orjson.dumps(value), headers=headers)
