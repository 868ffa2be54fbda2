"""The baseline: known findings, each with a reason and a day on which it expires."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from sellerspec.contract import accepted
from sellerspec.contract.accepted import Entry
from sellerspec.errors import ParseError
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.io import resources


def read(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a baseline file: `{"known": [{"fingerprint", "reason", "expires"}]}`.

    Raises:
        ParseError: the file is missing or not JSON, or an entry has no reason or no day.
    """
    raw = resources.read_json(path)
    listed = raw.get("known") if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        raise ParseError("a baseline is an object with a list `known`", name=str(path))
    return accepted.entries(listed, "a known finding", "fingerprint", file=str(path), at="/known")


def applied(
    findings: Iterable[FuzzFinding], entries: Iterable[Entry], today: date | None = None
) -> tuple[tuple[FuzzFinding, ...], tuple[FuzzFinding, ...], tuple[str, ...]]:
    """Return the new findings, the known ones, and a line for each entry that has expired or was not seen."""
    day = today or datetime.now(UTC).date()
    by_fingerprint = {entry.name: entry for entry in entries}
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
    stale = accepted.stale(by_fingerprint.values(), seen, day, "was not seen")
    return tuple(new), tuple(known), stale


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
