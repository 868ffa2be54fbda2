"""Check the headers of tables before any row is read: which column fills which member."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NoReturn

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns, Member, nearest
from sellerspec.bulk.tables.mapping import columns
from sellerspec.bulk.tables.sources import MAX_HINTS, Table, opened
from sellerspec.errors import ParseError, UsageError
from sellerspec.io.cells import clean, letters
from sellerspec.io.folders import TABLES

_MOST = 6
"""Most problems of a header in one error."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one table."""

    names: tuple[str, ...]
    """Name of each column as the table writes it; its letters if it has none."""

    members: Mapping[int, Member]
    """Column from 0 -> the member that it fills."""

    group: int | None
    """Column that groups the rows of one payload."""

    unnamed: frozenset[int]
    """Columns without a header."""

    notes: tuple[str, ...] = ()
    """Headers that are spelled differently from the names of their columns, for a person."""

    def name(self, column: int) -> str:
        """Return the name of a column; its letters if it has none."""
        return self.names[column] if column < len(self.names) else letters(column + 1)


def check_headers(names: Sequence[str], how: How) -> list[str]:
    """Check the options for tables and the headers of all tables; return notes for a person.

    Raises:
        ParseError: a table cannot be opened, or its header does not fit the operation; names the file.
        UsageError: an option is for files with another suffix.
        MissingExtra: the library for its format is not installed.
    """
    _check_options(names, how)
    tables = [name for name in names if name.lower().endswith(TABLES)]
    if not tables:
        return []
    known = columns(how)
    opening = (opened(name, known, how, rows=MAX_HINTS) for name in tables)
    return [note for table in opening for note in header(table, known.fitting(table.header)).notes]


def _check_options(names: Sequence[str], how: How) -> None:
    for option, value, suffixes in (
        ("--mapping", how.mapping, TABLES),
        ("--encoding", how.encoding, (".csv",)),
        ("--sheet", how.sheet, (".xlsx",)),
        ("--header-row", how.header_row, (".csv", ".xlsx")),
    ):
        if value is not None and not any(name.lower().endswith(suffixes) for name in names):
            raise UsageError(f"`{option}` is for {', '.join(suffixes)}; none of the files is one")


def header(table: Table, known: Columns) -> Header:
    """Return the member of each column of a table.

    Raises:
        ParseError: a column is unknown, missing or repeated; the error lists all of them.
    """
    columns_of: dict[str, list[int]] = {}
    members: dict[int, Member] = {}
    unknown: list[int] = []
    notes: list[str] = []
    group = None
    for column, text in enumerate(table.header):
        name = clean(text)
        if not name or name.casefold() in known.ignored:
            continue
        match = known.find(name)
        if match is None:
            unknown.append(column)
            continue
        columns_of.setdefault(match[0], []).append(column)
        if match[0] == known.group:
            group = column
        if match[1] is not None:
            members[column] = match[1]
        if text != match[0]:
            notes.append(f"column {_place(table, column)} is read as `{match[0]}`")
    if not columns_of:
        _no_header(table, known)
    problems = chain(
        _unknown(table, known, unknown, columns_of),
        _repeated(table, known, columns_of, members),
        _missing(table, known, columns_of, members, unknown),
    )
    shown = list(islice(problems, _MOST))
    if shown:
        more = "; and more" if next(problems, None) is not None else ""
        raise ParseError("; ".join(shown) + more + _hint(known, unknown), name=table.name)
    unnamed = frozenset(column for column, text in enumerate(table.header) if not clean(text))
    names = tuple(text.strip() or letters(column + 1) for column, text in enumerate(table.header))
    return Header(names, members, group, unnamed, tuple(f"{table.name}: {note}" for note in notes))


def _place(table: Table, column: int) -> str:
    """Return the name of a column and its cell in the header, for a person."""
    cell = f" ({letters(column + 1)}{table.header_row})" if table.header_row else ""
    return f"`{table.header[column][:40]}`{cell}"


def _unknown(
    table: Table, known: Columns, unknown: Sequence[int], columns_of: Mapping[str, Sequence[int]]
) -> Iterator[str]:
    names = [name for name in known.names if name not in columns_of]
    for column in unknown:
        close = nearest(table.header[column], names) or nearest(table.header[column], known.names)
        meant = f", did you mean `{close}`?" if close else ""
        yield f"column {_place(table, column)} is unknown{meant}"


def _repeated(
    table: Table, known: Columns, columns_of: Mapping[str, Sequence[int]], members: Mapping[int, Member]
) -> Iterator[str]:
    """Yield the columns that fill the same member, or a member of what another column fills."""
    for name, repeated in columns_of.items():
        if len(repeated) > 1:
            places = " and ".join(_place(table, column) for column in repeated[:4])
            yield f"column `{name[:40]}` is there {len(repeated)} times: {places}"
    first: dict[tuple[bool, tuple[str, ...]], int] = {}
    for column, member in members.items():
        before = first.setdefault((member.of_row, member.path), column)
        if before != column and known.find(clean(table.header[before])) != known.find(
            clean(table.header[column])
        ):
            yield f"columns {_place(table, before)} and {_place(table, column)} fill the same member"
    for column, member in members.items():
        parts = (first.get((member.of_row, member.path[:length])) for length in range(1, len(member.path)))
        around = next((outer for outer in parts if outer is not None), None)
        if around is not None:
            yield f"column {_place(table, column)} is a member of what column {_place(table, around)} fills"


def _missing(
    table: Table, known: Columns, columns_of: Mapping[str, Sequence[int]], members: Mapping[int, Member],
    unknown: Sequence[int],
) -> Iterator[str]:  # fmt: skip
    """Yield the columns that are required and missing."""
    if known.group is not None and known.group not in columns_of:
        yield f"no column `{known.group[:40]}`, which groups the rows of one payload"
    filled = {
        (member.of_row, member.path[:length])
        for member in members.values()
        for length in range(1, len(member.path) + 1)
    }
    absent = [name for name in known.members if name not in columns_of]
    if known.mapped:
        headers = [table.header[column] for column in unknown]
        for name in absent:
            close = nearest(name, headers)
            meant = f"; did you mean `{close[:40]}`?" if close else ""
            if not name.endswith(".*"):
                yield f"no column `{name[:40]}`, which the mapping names{meant}"
        return
    members_absent = ((name, known.members[name]) for name in absent)
    needed = [
        f"`{name}`"
        for name, member in members_absent
        if member.required and (member.of_row, member.path) not in filled
    ]
    if needed:
        yield f"no column {', '.join(needed)}, without which every payload is refused"


def _hint(known: Columns, unknown: Sequence[int]) -> str:
    if not unknown:
        return ""
    where = "the mapping" if known.mapped or known.ignored else "a --mapping file"
    return f"; a column to be left out is named in `ignore:` of {where}"


def _no_header(table: Table, known: Columns) -> NoReturn:
    """Raise the error about a header without a known column; it names a later row that has known columns.

    Raises:
        ParseError: always.
    """
    shown = ", ".join(f"`{text[:30]}`" for text in table.header if text.strip())[:200] or "nothing"
    hint = "; a mapping file can map columns to members"
    for row in islice(table.rows, MAX_HINTS):
        texts = [clean(cell) for cell in row.cells.values() if isinstance(cell, str)]
        if sum(known.find(text) is not None for text in texts) > 1:
            hint = f"; row {row.number} looks like the header: --header-row {row.number}"
            break
    where = f"row {table.header_row}" if table.header_row else "the table"
    raise ParseError(f"no column has the name of a member: {where} has {shown}{hint}", name=table.name)
