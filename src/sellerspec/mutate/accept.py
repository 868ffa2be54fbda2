"""Weaknesses and gaps that a project accepts until a day: the file of `--accept`.

    - mutation: tiki/getOrder:null/items/*/price
      reason: the price list of the shop counts
      expires: 2027-01-31

`mutation` is an id, or a pattern of ids in which `*` stands for any text. An entry that has expired
accepts nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from sellerspec import contract
from sellerspec.contract import accepted
from sellerspec.contract.accepted import Entry
from sellerspec.errors import ParseError, UnknownName
from sellerspec.io import resources
from sellerspec.mutate.conclusion import Conclusion, Verdict
from sellerspec.mutate.mutation import UNCHANGED


def read(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a file.

    Raises:
        ParseError: the file is missing or no YAML; an entry has no reason or no day, or names an operation
            that does not exist.
    """
    listed = accepted.entries(resources.read_yaml(path), "an entry", "mutation", file=str(path))
    for index, entry in enumerate(listed):
        key = entry.name.partition(":")[0]
        try:
            if "*" not in key and entry.name != UNCHANGED.id:
                contract.operation(key)
        except UnknownName as error:
            raise ParseError(f"/{index}/mutation: {error}", name=str(path)) from None
    return listed


def applied(conclusion: Conclusion, entries: Sequence[Entry], *, today: date | None = None) -> Conclusion:
    """Return what a run says when some weaknesses and gaps are accepted.

    In a complete run, an entry that names no mutation of the run is a reason for exit code 2: it may be
    misspelled. One that accepts nothing is a line of `stale`.
    """
    day = today or date.today()
    ids = {verdict.id for verdict in conclusion.verdicts} | {UNCHANGED.id}
    used: set[str] = set()
    verdicts = [_verdict(verdict, entries, ids, day, used) for verdict in conclusion.verdicts]
    complete = conclusion.settings.is_complete and not conclusion.unjudged
    unknown = [entry for entry in entries if complete and not any(_covers(entry, id, ids) for id in ids)]
    known = [entry for entry in entries if entry not in unknown]
    has_run = complete and not any(conclusion.of("not-run"))
    looked_at = known if has_run else [entry for entry in known if entry.expires < day]
    return replace(
        conclusion,
        verdicts=tuple(verdicts),
        unjudged=(*conclusion.unjudged, *_unknown(unknown, ids)),
        stale=accepted.stale(looked_at, used, day, "accepts nothing: remove it"),
    )


def _verdict(verdict: Verdict, entries: Sequence[Entry], ids: set[str], day: date, used: set[str]) -> Verdict:
    if verdict.state not in ("weakness", "gap"):
        return verdict
    covering = [entry for entry in entries if _covers(entry, verdict.id, ids)]
    used.update(entry.name for entry in covering)
    reason = next((entry.reason for entry in covering if entry.expires >= day), "")
    return replace(verdict, accepted=reason)


def _covers(entry: Entry, id: str, ids: set[str]) -> bool:
    """Return whether an entry is for a mutation; an id is no pattern, although its place may have a `*`."""
    return entry.name == id if entry.name in ids else fnmatchcase(id, entry.name)


def _unknown(entries: Iterable[Entry], ids: set[str]) -> list[str]:
    return [
        str(UnknownName("mutation of what the suite calls", entry.name, sorted(ids))) for entry in entries
    ]
