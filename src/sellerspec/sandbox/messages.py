"""Requests and replies of the sandbox, free of any web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import orjson

from sellerspec.inputs import Compared
from sellerspec.io.urls import address
from sellerspec.model import Exchange, Json

JSON = "application/json"

BODYLESS = frozenset((204, 304))
"""Statuses of responses that have no body, and no length of one."""

Ending = Literal["whole", "reset", "cut", "held"]
"""What the client receives: all of it; a reset before anything; one in the middle of the body; nothing."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why the body of a request was not read."""

    status: int
    """The status of HTTP for it."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Request(Compared):
    """One request as it was received."""

    method: str
    path: str
    """As in the request line: still encoded, without the query."""

    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    body: bytes = b""
    unread: Unread | None = None
    """Why the body was not read; then `body` is empty."""

    def __repr__(self) -> str:
        """Return what is no secret: a failed test prints its values."""
        return f"<Request {self.method[:10]} {address(self.path)}, body of {len(self.body)} bytes>"

    @property
    def url(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def exchange(self) -> Exchange:
        """The request as the contract checks it, without a response."""
        return Exchange(self.method, self.url, request_headers=self.headers, request_body=self.body)

    def exchange_with(self, response: "Reply") -> Exchange:
        """Return the exchange of this request and its response."""
        return replace(
            self.exchange,
            status=response.status,
            response_headers=response.all_headers(),
            response_body=response.content,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reply(Compared):
    """One response before it is sent."""

    status: int
    content: bytes = b""
    content_type: str = JSON
    """Empty: no such header is sent."""

    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Real seconds to wait before the response is sent."""

    ends: Ending = "whole"
    """How much of the response the client receives."""

    def __repr__(self) -> str:
        """Return what is no secret: a failed test prints its values."""
        return f"<Reply {self.status}, body of {len(self.content)} bytes>"

    def all_headers(self) -> dict[str, str]:
        """Return every header of the response, names in lower case."""
        content_type = {"content-type": self.content_type} if self.content_type else {}
        return {**content_type, **self.headers}

    def json(self) -> Json:
        """Return the decoded body."""
        return orjson.loads(self.content)

    def with_json(self, body: Json) -> "Reply":
        """Return the same response with another JSON body."""
        return replace(self, content=orjson.dumps(body))


def reply(value: Json, status: int = 200, **headers: str) -> Reply:
    """Return a response with a JSON body."""
    return Reply(status, orjson.dumps(value), headers=headers)
