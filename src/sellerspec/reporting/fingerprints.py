"""Fingerprints of findings, which stay when the items of a list change their order."""

from collections import Counter
from collections.abc import Sequence

from sellerspec.errors import SellerspecError
from sellerspec.io import pointers, strict
from sellerspec.model import Finding, Json
from sellerspec.reporting.records import Checked

KEYS = (
    "sku",
    "code",
    "id",
    "item_id",
    "order_item_id",
    "product_id",
    "order_id",
    "order_code",
    "trace_id",
    "name",
)
"""Members that identify the items of a list, the best first."""


def fingerprint(finding: Finding, operation: str, value: Json = None) -> str:
    """Return 16 hexadecimal digits that name a finding, the same in every run.

    The digits depend on operation, rule and pointer. In the pointer the index of a list item is
    replaced by a member that identifies the item (its `sku`), so a new order of the list, or a new
    item, changes nothing. File names, lines and messages have no influence.

    Args:
        finding: a finding of a report.
        operation: the `operation` of that report.
        value: the decoded payload; without it an index stays an index.
    """
    parts = "\x1f".join((operation, finding.rule, *_stable(finding.pointer, value)))
    import hashlib  # its import takes two milliseconds, and every command imports this module

    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def fingerprints(checked: Checked) -> tuple[str, ...]:
    """Return the fingerprint of each finding of a report; equal ones are numbered from the second on."""
    value: Json = None
    if checked.text and checked.report.findings:
        try:
            value = strict.decode(checked.text)
        except SellerspecError:
            value = None
    seen: Counter[str] = Counter()
    numbered = []
    for finding in checked.report.findings:
        own = fingerprint(finding, checked.report.operation, value)
        seen[own] += 1
        numbered.append(own if seen[own] == 1 else f"{own}-{seen[own]}")
    return tuple(numbered)


def _stable(pointer: str, value: Json) -> Sequence[str]:
    names = []
    for part in pointers.path_in(value, pointer):
        if isinstance(part, int) and isinstance(value, list):
            names.append(_name(value, part))
            value = value[part] if part < len(value) else None
        else:
            names.append(str(part))
            value = value.get(part) if isinstance(value, dict) else None
    return names


def _name(items: list[Json], index: int) -> str:
    """Name an item of a list by a member whose value no other item has; else `*`."""
    item = items[index] if index < len(items) else None
    if not isinstance(item, dict):
        return "*"
    for key in KEYS:
        own = item.get(key)
        if (
            isinstance(own, str | int)
            and sum(isinstance(other, dict) and other.get(key) == own for other in items) == 1
        ):
            return f"{key}={own}"
    return "*"
