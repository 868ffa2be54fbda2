"""The baseline: known findings, each with a reason and a day on which it expires."""

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
        ParseError: the file is missing or not JSON, or an entry has no reason or no day.
    """
    raw = resources.read_json(path)
    listed = raw.get("known") if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        raise ParseError("a baseline is an object with a list `known`", name=str(path))
    return tuple(_entry(raw, f"/known/{index}", str(path)) for index, raw in enumerate(listed))


def _entry(raw: Json, at: str, name: str) -> Entry:
    members = raw if isinstance(raw, dict) else {}
    texts = [members.get(name) for name in ("fingerprint", "reason", "expires")]
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
    """Return the new findings, the known ones, and a line for each entry that has expired or was not seen."""
    day = today or datetime.now(UTC).date()
    by_fingerprint = {entry.fingerprint: entry for entry in entries}
    new: list[FuzzFinding] = []
    known: list[FuzzFinding] = []
    seen: set[str] = set()
    for finding in findings:
        entry = by_fingerprint.get(finding.fingerprint)
        seen.add(finding.fingerprint)
        if entry is None or entry.expires < day:
            new.append(finding)
        else:
            known.append(replace(finding, accepted_because=entry.reason))
    stale = [
        f"{fingerprint} expired on {entry.expires}" if entry.expires < day else f"{fingerprint} was not seen"
        for fingerprint, entry in by_fingerprint.items()
        if entry.expires < day or fingerprint not in seen
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
