"""Hide secrets and personal data in a text that is shown; lengths stay, so columns stay valid."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sellerspec.errors import SellerspecError
from sellerspec.io import strict
from sellerspec.model import Path

BLOT = "*"
"""Replaces each hidden character."""

_SECRET = re.compile(
    "token|secret|passw|authoriz|apikey|tikiapi|cookie|signature|credential|encryption"
    "|phone|mobile|mail|address|street|fullname|firstname|lastname"
    "|(?:contact|buyer|customer|recipient|receiver|sender|shipper|dropshipper|consignee)name"
)
"""Matches the name of a member, in lower case without punctuation, whose value is hidden at any depth."""

_PERSONS = frozenset(
    (
        "buyer",
        "customer",
        "recipient",
        "receiver",
        "sender",
        "contact",
        "shipping",
        "dropshipperinfo",
        "consignee",
    )
)
"""Members that describe a person or an address: a `name` in them is hidden."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")
_IN_URL = re.compile(r"((?:token|secret|key|signature|password)=)([^&\"'\s]+)", re.IGNORECASE)
_MEMBER = re.compile(r"^([ \t]*(?:- )*[\"']?)([A-Za-z0-9_. -]+?)([\"']?:[ \t]+)(\S.*)$", re.MULTILINE)


@lru_cache(maxsize=8)
def hidden(text: str) -> str:
    """Return a text with the values of secret and personal members hidden.

    A member is hidden by its name, see `is_secret`. In a text that is not JSON, only members on one line
    with their value are found.
    """
    shown = _IN_URL.sub(lambda secret: secret[1] + BLOT * len(secret[2]), text)
    try:
        strict.decode(text)
    except SellerspecError:
        return _MEMBER.sub(_hide_member, shown)
    return _without(shown, _spans(text))


def is_secret(path: Path) -> bool:
    """Return whether the value at a path is hidden, by the names in the path.

    >>> is_secret(("shipping", "address", "street")), is_secret(("variants", 0, "name"))
    (True, False)
    """
    names = [re.sub("[^a-z0-9]", "", part.lower()) for part in path if isinstance(part, str)]
    if any(_SECRET.search(name) for name in names):
        return True
    return len(names) > 1 and names[-1] == "name" and names[-2] in _PERSONS


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each scalar that is hidden, without the quotes of a string."""
    for path, start in strict.places(text).offsets().items():
        if text[start] in "{[" or not is_secret(path):
            continue
        quote = 1 if text[start] == '"' else 0
        scalar = (_STRING if quote else _SCALAR).match(text, start)
        assert scalar is not None  # noqa: S101 - the text has been decoded
        yield start + quote, scalar.end() - quote


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out: list[str] = []
    at = 0
    for start, end in spans:
        out += (text[at:start], BLOT * (end - start))
        at = end
    return "".join((*out, text[at:]))


def _hide_member(member: re.Match[str]) -> str:
    return (
        member[1] + member[2] + member[3] + (BLOT * len(member[4]) if is_secret((member[2],)) else member[4])
    )
