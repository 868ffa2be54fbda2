"""Bound what a tool returns: complete items of a list, and how much was left out."""

from collections.abc import Iterable, Sequence

import orjson

from sellerspec.errors import UsageError
from sellerspec.model import Json, Report, Severity
from sellerspec.reporting.excerpt import plain
from sellerspec.scrubbing.display import searched

MOST = 50_000
"""Most bytes of a result."""

MOST_ITEMS = 50
"""Most items of a list in a result."""

MOST_LIST = 40_000
"""Most bytes of a list in a result."""

MOST_VALUE = 2_000
"""Most bytes of one value: a patch, a recorded body."""

MOST_TEXT = 500
"""Most characters of a text that comes from outside."""


def size(value: Json) -> int:
    """Return the bytes of a value as JSON."""
    return len(orjson.dumps(value))


def fitting(items: Iterable[Json]) -> list[Json]:
    """Return as many of the first items as one result may hold."""
    kept: list[Json] = []
    left = MOST_LIST
    for item in items:
        left -= size(item)
        if len(kept) == MOST_ITEMS or (left < 0 and kept):
            break
        kept.append(item)
    return kept


def page(items: Sequence[Json], offset: int) -> dict[str, Json]:
    """Return the items from an offset on that fit, how many there are, and the offset of the next ones.

    Raises:
        UsageError: there is no such item.
    """
    if offset > len(items):
        raise UsageError(f"/offset: there are {len(items)} items, so `offset` is at most {len(items)}")
    kept = fitting(items[offset:])
    end = offset + len(kept)
    return {"items": kept, "total": len(items), "next_offset": end if end < len(items) else None}


def without_rest(value: dict[str, Json], shown: Report) -> dict[str, Json]:
    """Return a report as JSON with no more findings than fit, the errors first if some are left out.

    Args:
        value: of `sandbox.checking.report_json`.
        shown: the report that it was made of.
    """
    findings = [_with_small_fixes(finding) for finding in value["findings"]]
    counts = {"errors": len(shown.errors), "warnings": len(shown.warnings)}
    kept = fitting(findings)
    cut: dict[str, Json] = {}
    if len(kept) < len(findings):
        kept = fitting(sorted(findings, key=lambda finding: finding["severity"] != Severity.ERROR.value))
        cut = {"cut": f"{len(kept)} of {len(findings)} findings are shown, the errors first"}
    unchecked = value["unchecked"]
    if len(unchecked) > MOST_ITEMS:
        cut["unchecked_cut"] = f"{MOST_ITEMS} of {len(unchecked)} rules are shown"
    rest = {"findings": kept, "unchecked": unchecked[:MOST_ITEMS], **counts, **cut}
    return {name: member for name, member in value.items() if name != "name"} | rest


def _with_small_fixes(finding: dict[str, Json]) -> dict[str, Json]:
    fixes = [small_patch(fix) for fix in finding.get("fixes", ())]
    return finding | {"fixes": fixes} if fixes else finding


def small_patch(fix: dict[str, Json]) -> dict[str, Json]:
    """Return a fix as JSON, without its patch if that is long: half a patch would do harm."""
    bytes_ = size(fix["patch"])
    if bytes_ <= MOST_VALUE:
        return fix
    return {**fix, "patch": [], "cut": f"the patch has {bytes_} bytes and is not shown"}


def small(value: Json) -> Json:
    """Return a value, or how long it is if it is long."""
    bytes_ = size(value)
    return value if bytes_ <= MOST_VALUE else f"{bytes_} bytes, not shown"


def text(value: str, most: int = MOST_TEXT) -> str:
    """Return a text from outside on one line, cut, without what looks like a secret or a person's."""
    clean = plain(" ".join(searched(value[: 4 * most]).split()))
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"
