"""Look at tables as a whole, before any row is judged."""

from collections.abc import Sequence
from pathlib import Path

from sellerspec.bulk.reading import TABLES
from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns, of_schema
from sellerspec.bulk.tables.header import header
from sellerspec.bulk.tables.mapping import mapped
from sellerspec.bulk.tables.sources import MAX_HINTS, opened
from sellerspec.errors import UsageError


def columns(how: How) -> Columns:
    """Return the columns of an operation's tables, by its schema or the mapping.

    Raises:
        ParseError: the mapping is none, or names a place that the payload does not have.
        UsageError: the payload has more than one list of objects, so a row is ambiguous.
    """
    own = of_schema(how.operation, how.overlays)
    return own if how.mapping is None else mapped(Path(how.mapping), own)


def look(names: Sequence[str], how: How) -> list[str]:
    """Look at the headers of all tables, before any row is judged; return notes for a person.

    Raises:
        ParseError: a table cannot be opened, or its header is not one of the operation; names it.
        UsageError: an option is for files of another kind.
        MissingExtra: the library for its format is not installed.
    """
    _options_fit(names, how)
    tables = [name for name in names if name.lower().endswith(TABLES)]
    if not tables:
        return []
    known = columns(how)
    return [note for name in tables for note in header(opened(name, known, how, rows=MAX_HINTS), known).notes]


def _options_fit(names: Sequence[str], how: How) -> None:
    for option, value, suffixes in (
        ("--mapping", how.mapping, TABLES),
        ("--encoding", how.encoding, (".csv",)),
        ("--sheet", how.sheet, (".xlsx",)),
        ("--header-row", how.header_row, (".csv", ".xlsx")),
    ):
        if value is not None and not any(name.lower().endswith(suffixes) for name in names):
            raise UsageError(f"`{option}` is for {', '.join(suffixes)}; none of the files is one")
