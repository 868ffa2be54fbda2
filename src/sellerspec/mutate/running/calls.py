"""The calls of a run by operation, as the listeners of sandboxes got them."""

from collections import defaultdict
from collections.abc import Iterable

import orjson

from sellerspec.model import Exchange
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.log import Entry

MOST_CALLS = 50
"""Most exchanges of an operation that are kept."""


def calls_of(events: Iterable[tuple[str, Entry | Notice]]) -> dict[str, tuple[Exchange, ...]]:
    """Return the exchanges that the listeners of sandboxes got, by the key of their operation.

    Args:
        events: marketplace, and a call or a notice, in their order.
    """
    calls: dict[str, list[Exchange]] = defaultdict(list)
    for marketplace, one in events:
        if isinstance(one, Notice):
            body, headers = orjson.dumps(one.body), {"content-type": "application/json"}
            exchange = Exchange("POST", one.url, request_headers=headers, request_body=body)
            calls[f"{marketplace}/{one.operation}"].append(exchange)
        elif one.operation is not None:
            calls[one.operation.key].append(one.exchange)
    return {key: tuple(exchanges[:MOST_CALLS]) for key, exchanges in calls.items()}
