"""Known findings, each with the reason why it is known and the day until which that holds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from sellerspec.errors import ParseError
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.io import resources
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding."""

    fingerprint: str
    reason: str
    expires: date


def read(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a baseline file: `{"known": [{"fingerprint", "reason", "expires"}]}`.

    Raises:
        ParseError: it is missing, no JSON, or an entry lacks its reason or its day.
    """
    raw = resources.read_json(path)
    listed = raw.get("known") if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        raise ParseError("a baseline is an object with a list `known`", name=str(path))
    return tuple(_entry(each, f"/known/{place}", str(path)) for place, each in enumerate(listed))


def _entry(raw: Json, at: str, name: str) -> Entry:
    texts = [
        raw.get(each) if isinstance(raw, dict) else None for each in ("fingerprint", "reason", "expires")
    ]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ParseError(f"{at}: a known finding has `fingerprint`, `reason` and `expires`", name=name)
    try:
        day = date.fromisoformat(str(texts[2]))
    except ValueError:
        raise ParseError(f"{at}/expires: not a day; write it as YYYY-MM-DD", name=name) from None
    return Entry(str(texts[0]), str(texts[1]), day)


def applied(
    findings: Iterable[FuzzFinding], entries: Iterable[Entry], today: date | None = None
) -> tuple[tuple[FuzzFinding, ...], tuple[FuzzFinding, ...], tuple[str, ...]]:
    """Return new findings, known ones, and what is wrong with the entries."""
    day = today or datetime.now(UTC).date()
    by_print = {each.fingerprint: each for each in entries}
    new: list[FuzzFinding] = []
    known: list[FuzzFinding] = []
    seen: set[str] = set()
    for finding in findings:
        entry = by_print.get(finding.fingerprint)
        seen.add(finding.fingerprint)
        if entry is None or entry.expires < day:
            new.append(finding)
        else:
            known.append(replace(finding, accepted_because=entry.reason))
    stale = [
        f"{each.fingerprint} expired on {each.expires}"
        if each.expires < day
        else f"{each.fingerprint} was not seen"
        for each in by_print.values()
        if each.expires < day or each.fingerprint not in seen
    ]
    return tuple(new), tuple(known), tuple(stale)


def written(findings: Iterable[FuzzFinding], reason: str, expires: date) -> bytes:
    """Return a baseline file that knows these findings."""
    entries = [
        {
            "fingerprint": finding.fingerprint,
            "reason": reason,
            "expires": expires.isoformat(),
            "finding": str(finding)[:200],
        }
        for finding in findings
    ]
    return orjson.dumps({"known": entries}, option=orjson.OPT_INDENT_2) + b"\n"
