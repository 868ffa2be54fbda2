"""Fingerprints of findings: the same finding keeps its own when lists are put in another order."""

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
"""Members that tell the items of a list apart, the most telling first."""


def fingerprint(finding: Finding, operation: str, value: Json = None) -> str:
    """Return 16 hexadecimal digits that name a finding, the same in every run.

    They are made of operation, rule and pointer, where the number of a list item is replaced
    by what tells the item apart (its `sku`, say), so neither a new order of the list nor an
    item added before it changes them. File names, lines and messages play no part.

    Args:
        finding: a finding of a report.
        operation: the `operation` of that report.
        value: the decoded payload; without it list numbers count as they are.
    """
    parts = "\x1f".join((operation, finding.rule, *_stable(finding.pointer, value)))
    import hashlib  # takes two milliseconds, and every command reads this module

    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def fingerprints(checked: Checked) -> tuple[str, ...]:
    """Return the fingerprint of each finding of a report; alike ones are numbered from the second on."""
    value: Json = None
    if checked.text and checked.report.findings:
        try:
            read = strict.decode_yaml if checked.language == "yaml" else strict.decode
            value = read(checked.text)
        except SellerspecError:
            value = None
    seen: Counter[str] = Counter()
    out = []
    for finding in checked.report.findings:
        mark = fingerprint(finding, checked.report.operation, value)
        seen[mark] += 1
        out.append(mark if seen[mark] == 1 else f"{mark}-{seen[mark]}")
    return tuple(out)


def _stable(pointer: str, value: Json) -> Sequence[str]:
    out = []
    for part in pointers.path_in(value, pointer):
        if isinstance(part, int) and isinstance(value, list):
            out.append(_name(value, part))
            value = value[part] if part < len(value) else None
        else:
            out.append(str(part))
            value = value.get(part) if isinstance(value, dict) else None
    return out


def _name(items: list[Json], index: int) -> str:
    """Name an item of a list by a member whose value no other item has; else `*`."""
    item = items[index] if index < len(items) else None
    if not isinstance(item, dict):
        return "*"
    for key in KEYS:
        own = item.get(key)
        if (
            isinstance(own, str | int)
            and sum(isinstance(each, dict) and each.get(key) == own for each in items) == 1
        ):
            return f"{key}={own}"
    return "*"
