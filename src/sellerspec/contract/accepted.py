"""What a project accepts until a day, each with a reason: the entries of a baseline or an accept file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sellerspec.errors import ParseError
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is accepted."""

    name: str
    """What it is: a fingerprint, the id of a mutation, or a pattern of ids."""

    reason: str
    expires: date
    """The last day on which it counts."""


def entries(listed: Json, kind: str, member: str, *, file: str, at: str = "") -> tuple[Entry, ...]:
    """Return the entries of a list of `{member, "reason", "expires"}`; expires is written YYYY-MM-DD.

    Args:
        listed: the decoded list.
        kind: what an entry is, for errors: `a known finding`.
        member: the member that names what is accepted.
        file: the name of the file.
        at: pointer of the list.

    Raises:
        ParseError: it is no list, or an entry has no name, no reason or no day.
    """
    if not isinstance(listed, list):
        raise ParseError(f"a list is required, of objects with `{member}`, `reason` and `expires`", name=file)
    return tuple(_entry(raw, kind, member, f"{at}/{index}", file) for index, raw in enumerate(listed))


def _entry(raw: Json, kind: str, member: str, at: str, file: str) -> Entry:
    members = raw if isinstance(raw, dict) else {}
    name, reason, expires = (members.get(name) for name in (member, "reason", "expires"))
    if not all(isinstance(text, str) and text.strip() for text in (name, reason, expires)):
        raise ParseError(f"{at}: {kind} has `{member}`, `reason` and `expires`", name=file)
    try:
        day = date.fromisoformat(str(expires))
    except ValueError:
        raise ParseError(f"{at}/expires: not a day; write it as YYYY-MM-DD", name=file) from None
    return Entry(str(name), str(reason), day)


def stale(listed: Iterable[Entry], used: Collection[str], today: date, unused: str) -> tuple[str, ...]:
    """Return a line for each entry that has expired, or that was not used: it says `unused`."""
    return tuple(
        f"{entry.name} expired on {entry.expires}" if entry.expires < today else f"{entry.name} {unused}"
        for entry in listed
        if entry.expires < today or entry.name not in used
    )
