"""What sandboxes heard during a run: the calls by operation; and what may be shown of a run's output."""

from collections import defaultdict
from collections.abc import Iterable

import orjson

from sellerspec.model import Exchange
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.log import Entry
from sellerspec.scrubbing.display import searched

MOST_CALLS = 50
"""Most exchanges of an operation that are kept."""

LONGEST = 200
"""Most characters of a line that is shown."""


def calls_of(news: Iterable[tuple[str, Entry | Notice]]) -> dict[str, tuple[Exchange, ...]]:
    """Return the exchanges that the listeners of sandboxes heard, by the key of their operation.

    Args:
        news: marketplace, and a call or a notice, in their order.
    """
    calls: dict[str, list[Exchange]] = defaultdict(list)
    for marketplace, one in news:
        if isinstance(one, Notice):
            body, headers = orjson.dumps(one.body), {"content-type": "application/json"}
            exchange = Exchange("POST", one.url, request_headers=headers, request_body=body)
            calls[f"{marketplace}/{one.operation}"].append(exchange)
        elif one.operation is not None:
            calls[one.operation.key].append(one.exchange)
    return {key: tuple(exchanges[:MOST_CALLS]) for key, exchanges in calls.items()}


def scrubbed(text: str) -> str:
    """Return a text without what looks like a secret or a person's, and not longer than `LONGEST`."""
    clean = searched(text[: 4 * LONGEST])
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"
