"""Pages of a list."""

from collections.abc import Sequence

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Call

LIMIT = 20
"""Entries of a page, unless the call says another number."""


def page(call: Call, entries: Sequence[Json]) -> tuple[list[Json], Json]:
    """Return the entries of the page that a call asks for, and `paging`."""
    number, limit = call.query.get("page", 1), call.query.get("limit", LIMIT)
    begins = (number - 1) * limit
    data = list(entries[begins : begins + limit])
    return data, {
        "total": len(entries),
        "current_page": number,
        "from": begins + 1 if data else 0,
        "to": begins + len(data) if data else 0,
        "per_page": limit,
        "last_page": max(1, -(-len(entries) // limit)),
    }
