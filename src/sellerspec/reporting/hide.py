"""Hide secrets and personal data in a text that is shown: same length, so that columns stay true."""

import re
from collections.abc import Iterator
from functools import lru_cache

from sellerspec.errors import SellerspecError
from sellerspec.io import strict
from sellerspec.model import Path

BLOT = "*"
"""What hidden characters become."""

_SECRET = re.compile(
    "token|secret|passw|authoriz|apikey|tikiapi|cookie|signature|credential|encryption"
    "|phone|mobile|mail|address|street|fullname|firstname|lastname"
    "|(?:contact|buyer|customer|recipient|receiver|sender|shipper|dropshipper|consignee)name"
)
"""Found in a member's name, in lower case without signs: its value is hidden, at any depth."""

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
"""Members that describe a person or a place of one: a `name` in them is hidden."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")
_IN_URL = re.compile(r"((?:token|secret|key|signature|password)=)([^&\"'\s]+)", re.IGNORECASE)
_YAML_MEMBER = re.compile(r"^([ \t]*(?:- )*[\"']?)([A-Za-z0-9_. -]+?)([\"']?:[ \t]+)(\S.*)$", re.MULTILINE)


@lru_cache(maxsize=8)
def hidden(text: str, language: str = "json") -> str:
    """Return the text with the values of secret and personal members blotted out.

    JSON is read member by member; of YAML, and of a text that cannot be read, the members that
    stand on one line with their value. Names decide: see `is_secret`.
    """
    shown = _IN_URL.sub(lambda found: found[1] + BLOT * len(found[2]), text)
    if language == "json":
        try:
            strict.decode(text)
        except SellerspecError:
            return _YAML_MEMBER.sub(_hide_member, shown)
        return _blotted(shown, list(_spans(text)))
    return _YAML_MEMBER.sub(_hide_member, shown)


def is_secret(path: Path) -> bool:
    """Say whether the value at a path is one to hide, by the names on the way to it.

    >>> is_secret(("shipping", "address", "street")), is_secret(("variants", 0, "name"))
    (True, False)
    """
    names = [re.sub("[^a-z0-9]", "", each.lower()) for each in path if isinstance(each, str)]
    if any(_SECRET.search(name) for name in names):
        return True
    return len(names) > 1 and names[-1] == "name" and names[-2] in _PERSONS


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each scalar to hide; the quotes of a string stay."""
    for path, start in strict.places(text).offsets().items():
        if text[start] in "{[" or not is_secret(path):
            continue
        quote = 1 if text[start] == '"' else 0
        found = (_STRING if quote else _SCALAR).match(text, start)
        assert found is not None  # noqa: S101 - the text has been decoded
        yield start + quote, found.end() - quote


def _blotted(text: str, spans: list[tuple[int, int]]) -> str:
    out: list[str] = []
    at = 0
    for start, end in spans:
        out += (text[at:start], BLOT * (end - start))
        at = end
    return "".join((*out, text[at:]))


def _hide_member(found: re.Match[str]) -> str:
    if not is_secret((found[2],)):
        return found[0]
    return found[1] + found[2] + found[3] + BLOT * len(found[4])
