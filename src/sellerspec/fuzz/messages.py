"""What a run sends and receives: a call, and the reply to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sellerspec.model import Exchange, Json


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    operation: str
    """Key of the operation that it is meant for."""

    method: str
    path: str
    """Encoded path below the server's address, with the query: `/v2/orders?page=1`."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def id(self) -> str:
        """The operationId."""
        return self.operation.partition("/")[2]

    def weight(self) -> int:
        """Return the size; of two calls that show the same finding, the smaller one is reported."""
        return len(self.body) + len(self.path) + sum(len(value) for value in self.headers.values())


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, or the problem that prevented one."""

    status: int = 0
    """0 where there is no response."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    body: bytes = b""
    problem: str = ""
    """`hang`, `reset`, `garbage`, `too-large`, `unreachable`, `crash` or `unsendable`; "" for a response."""

    detail: str = ""
    seconds: float = 0.0

    @property
    def success(self) -> bool:
        """Whether the server accepted the request."""
        return 200 <= self.status < 300


def form_content(members: Mapping[str, Json]) -> bytes | None:
    """Return members as a form, those that are no text as JSON writes them; None for what UTF-8 has not."""
    texts = {name: text if isinstance(text, str) else json.dumps(text) for name, text in members.items()}
    try:
        return urlencode(texts).encode()
    except UnicodeEncodeError:
        return None


def exchange_of(call: Call, reply: Reply) -> Exchange:
    """Return a call and its reply as one exchange."""
    return Exchange(
        call.method,
        call.path,
        reply.status or None,
        request_headers=call.headers,
        request_body=call.body,
        response_headers=reply.headers,
        response_body=reply.body,
    )
