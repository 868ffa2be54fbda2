"""Pictures: found in folders or fetched, and looked at in a process of their own.

What is found is a JSON object for each picture, the fact `pictures`:

- `{"missing": …}`: there is nothing at its address; why.
- `{"broken": …}`: there is something that is no picture, or none that can be decoded; what.
- `{"unjudged": …}`: nothing can be said; why.
- else `format`, `width`, `height`, `frames`, `bytes` and `pixels` (hashes), and `besides`: what else is in
  the file.
"""

from typing import Any

Entry = dict[str, Any]
"""What was found of one picture."""

MOST_BYTES = 20_000_000
"""Most bytes of a picture."""

MOST_PICTURES = 200
"""Most pictures of a payload that are looked at."""


def unjudged(reason: str) -> Entry:
    """Return the entry of a picture of which nothing can be said."""
    return {"unjudged": reason}


def missing(reason: str) -> Entry:
    """Return the entry of a picture that is not at its address."""
    return {"missing": reason}


def broken(what: str) -> Entry:
    """Return the entry of something that is no complete picture."""
    return {"broken": what}
