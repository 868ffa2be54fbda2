"""The sandbox's state: JSON documents by kind and key, in memory or written through to SQLite.

A document is replaced and never changed in place. So a snapshot is a copy of a few dictionaries,
and a reset or a failed call is atomic.
"""

import heapq
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from pathlib import Path

import orjson

from sellerspec.errors import ParseError, SellerspecError, UsageError
from sellerspec.model import Json

Tables = dict[str, dict[str, Json]]
_MISSING = object()
NOTICE_NUMBER = ("numbers", "notice")
"""Kind and key of the number of the latest notice."""

MOMENTS = frozenset(("updated", "updated_at", "confirmed_at", "due"))
"""Members that say when a document was changed, not what it is."""

TOKENS = ("tokens", "refresh-tokens")
"""Kinds of documents whose keys are tokens."""

PATIENCE = 1.0
"""Real seconds to wait for a file that another sandbox is just closing."""


class NotWritten(SellerspecError):
    """The file of the state cannot be written: the disk is full, for example. Nothing has changed."""


class Store:
    """Documents by kind and key. `due` yields a document with a member `due` at that moment."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Open the store; with a path, with the documents of that file.

        Raises:
            ParseError: the file exists and is not a state of a sandbox.
            UsageError: another sandbox has the file open.
        """
        self._agenda: list[tuple[float, str, str]] = []
        """A heap of moment, kind and key."""

        self._tables: Tables = {}
        self._older: dict[tuple[str, str], Json] = {}
        self._discarded: list[Json] = []
        self._undo: dict[tuple[str, str], Json] | None = None
        self._file = _opened(path) if path else None
        if self._file is not None:
            self._tables = _documents(self._file, str(path))
            self._plan()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()

    @property
    def empty(self) -> bool:
        """Whether there is no document."""
        return not any(self._tables.values())

    def all(self, kind: str) -> Mapping[str, Json]:
        """Return the documents of a kind by key, the oldest first; do not change them."""
        return self._tables.get(kind, {})

    def tokens(self) -> list[str]:
        """Return the tokens that apps were given."""
        return [token for kind in TOKENS for token in self.all(kind)]

    def get(self, kind: str, key: str) -> Json:
        """Return a document, or None."""
        return self._tables.get(kind, {}).get(key)

    def previous(self, kind: str, key: str) -> Json:
        """Return the version of a document before its last change; None if it never changed."""
        return self._older.get((kind, key))

    def put(self, kind: str, key: str, document: Json, *, first: bool = False) -> None:
        """Add or replace a document, inside a transaction; with `first` a new one counts as the oldest."""
        table = self._tables.setdefault(kind, {})
        old = table.get(key, _MISSING)
        self._note(kind, key, old)
        if old is not _MISSING:
            self._older[kind, key] = old
        if first:
            self._tables[kind] = {key: document, **table}
        else:
            table[key] = document
        self._expect(kind, key, document)

    def drop(self, kind: str, key: str) -> None:
        """Remove a document, inside a transaction; nothing happens if there is none."""
        old = self._tables.get(kind, {}).pop(key, _MISSING)
        if old is not _MISSING:
            self._note(kind, key, old)

    def number(self, name: str) -> int:
        """Return the next number of a series, inside a transaction."""
        number: int = self._tables.get("numbers", {}).get(name, 0) + 1
        self.put("numbers", name, number)
        return number

    def next_due(self) -> float:
        """Return when the next document is due, in seconds as of `stamp`; infinity if none is."""
        return self._agenda[0][0] if self._agenda else inf

    def due(self, until: float) -> Iterator[tuple[str, Json]]:
        """Yield kind and document of everything that is due, in the order of time.

        Documents that are put while this runs are yielded too, if they are due.
        """
        while self.next_due() <= until:
            moment, kind, key = heapq.heappop(self._agenda)
            document = self.get(kind, key)
            # a document that was put again with another moment, or without one, has a stale entry
            if isinstance(document, dict) and document.get("due") == moment:
                yield kind, document

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes made inside, to the file too; none of them if an exception leaves the block.

        Raises:
            NotWritten: the file cannot be written.
        """
        del self._discarded[-4:]  # faster than calls can add to it
        self._undo = {}
        try:
            yield
            self._write(self._undo)
        except BaseException:  # Ctrl+C too: half a transaction must not stay
            self._roll_back(self._undo)
            raise
        finally:
            self._undo = None

    def effect(self) -> dict[tuple[str, str], Json]:
        """Return what the present transaction has changed so far: the documents, None for a dropped one.

        Without notices: what is sent follows from the documents.
        """
        changed = (at for at in self._undo or () if not at[0].startswith("notices"))
        return {(kind, key): self.get(kind, key) for kind, key in changed if (kind, key) != NOTICE_NUMBER}

    def changes(self) -> bool:
        """Return whether the present transaction has changed a document, and more of it than moments."""
        return any(
            old is _MISSING or _without_moments(old) != _without_moments(self.get(kind, key))
            for (kind, key), old in (self._undo or {}).items()
            if kind != "numbers" and not kind.startswith("notices")
        )

    def earlier(self) -> Tables:
        """Return a copy of everything as it was when the present transaction began."""
        tables = self.snapshot()
        for (kind, key), old in (self._undo or {}).items():
            if old is _MISSING:
                tables[kind].pop(key, None)
            else:
                tables[kind][key] = old
        return tables

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo, at the end of the block, all that is changed inside; the transaction around it goes on."""
        outer, older = self._undo, dict(self._older)
        self._undo = {}
        try:
            yield
        finally:
            self._roll_back(self._undo)
            self._undo, self._older = outer, older

    def changed(self) -> list[tuple[str, str]]:
        """Return kind and key of what the present transaction has put so far."""
        return [(kind, key) for kind, key in self._undo or () if key in self._tables.get(kind, {})]

    def snapshot(self) -> Tables:
        """Return a copy that later changes do not reach."""
        return {kind: dict(table) for kind, table in self._tables.items()}

    def restore(self, tables: Tables) -> None:
        """Replace everything at once.

        Raises:
            NotWritten: the file cannot be written.
        """
        if self._file is not None:
            with _writing(self._file):
                self._file.execute("DELETE FROM documents")
                self._file.executemany(
                    "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)",
                    (
                        (kind, key, orjson.dumps(document))
                        for kind, table in tables.items()
                        for key, document in table.items()
                    ),
                )
        # freeing many documents takes longer than a reset may, so later transactions do it
        for table in self._tables.values():
            self._discarded.extend(table.values())
        self._discarded.extend(self._older.values())
        self._tables = {kind: dict(table) for kind, table in tables.items()}
        self._older = {}
        self._plan()

    def _note(self, kind: str, key: str, old: Json) -> None:
        if self._undo is None:
            raise RuntimeError("a document was changed outside a transaction")
        self._undo.setdefault((kind, key), old)

    def _roll_back(self, undo: Mapping[tuple[str, str], Json]) -> None:
        for (kind, key), old in undo.items():
            if old is _MISSING:
                self._tables[kind].pop(key, None)
            else:
                self._tables[kind][key] = old
                self._expect(kind, key, old)

    def _write(self, changed: Mapping[tuple[str, str], Json]) -> None:
        if self._file is None or not changed:
            return
        with _writing(self._file):
            for kind, key in changed:
                document = self._tables.get(kind, {}).get(key, _MISSING)
                if document is _MISSING:
                    self._file.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))
                else:
                    self._file.execute(
                        "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
                        " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                        (kind, key, orjson.dumps(document)),
                    )

    def _plan(self) -> None:
        self._agenda.clear()
        for kind, table in self._tables.items():
            for key, document in table.items():
                self._expect(kind, key, document)

    def _expect(self, kind: str, key: str, document: Json) -> None:
        if isinstance(document, dict) and isinstance(document.get("due"), int | float):
            heapq.heappush(self._agenda, (document["due"], kind, key))


def _without_moments(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_moments(part) for name, part in value.items() if name not in MOMENTS}
    return [_without_moments(part) for part in value] if isinstance(value, list) else value


@contextmanager
def _writing(file: sqlite3.Connection) -> Iterator[None]:
    try:
        with file:
            yield
    except sqlite3.Error as error:
        raise NotWritten(f"the file of the state cannot be written: {error}") from None


def _documents(file: sqlite3.Connection, name: str) -> Tables:
    tables: Tables = {}
    try:
        for kind, key, body in file.execute("SELECT kind, key, body FROM documents ORDER BY number"):
            tables.setdefault(str(kind), {})[str(key)] = orjson.loads(body)
    except (sqlite3.Error, ValueError, TypeError) as error:
        file.close()
        reason = str(error) if isinstance(error, sqlite3.Error) else "a document of it is no JSON"
        raise ParseError(f"no state of a sandbox: {reason}", name=name) from None
    return tables


def _opened(path: str | Path) -> sqlite3.Connection:
    file = None
    try:
        file = sqlite3.connect(path, check_same_thread=False, timeout=PATIENCE)
        # the lock is held until the file is closed or the process ends, so a state has one owner
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        # FULL with a write-ahead log: a commit is on the disk before its response is sent
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute(
            "CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY,"
            " kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (kind, key))"
        )
        file.execute("SELECT number, kind, key, body FROM documents LIMIT 1")
        file.execute("BEGIN IMMEDIATE")
        file.execute("COMMIT")
    except (sqlite3.Error, ValueError) as error:
        if file is not None:
            file.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            problem = "the file is in use by another sandbox; stop that one, or name another file"
            raise UsageError(f"{path}: {problem}") from None
        raise ParseError(f"no state of a sandbox: {error}", name=str(path)) from None
    return file
