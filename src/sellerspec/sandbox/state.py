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

from sellerspec.errors import ParseError
from sellerspec.model import Json

Tables = dict[str, dict[str, Json]]
_MISSING = object()


class Store:
    """Documents by kind and key. `due` yields a document with a member `due` at that moment."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Open the store; with a path, with the documents of that file.

        Raises:
            ParseError: the file exists and is not a state of a sandbox.
        """
        self._agenda: list[tuple[float, str, str]] = []
        """A heap of moment, kind and key."""

        self._tables: Tables = {}
        self._older: dict[tuple[str, str], Json] = {}
        self._discarded: list[Json] = []
        self._undo: dict[tuple[str, str], Json] | None = None
        self._file = _opened(path) if path else None
        if self._file is not None:
            for kind, key, body in self._file.execute(
                "SELECT kind, key, body FROM documents ORDER BY number"
            ):
                self._tables.setdefault(kind, {})[key] = orjson.loads(body)
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

    def get(self, kind: str, key: str) -> Json:
        """Return a document, or None."""
        return self._tables.get(kind, {}).get(key)

    def previous(self, kind: str, key: str) -> Json:
        """Return the version of a document before its last change; None if it never changed."""
        return self._older.get((kind, key))

    def put(self, kind: str, key: str, document: Json) -> None:
        """Add or replace a document, inside a transaction."""
        table = self._tables.setdefault(kind, {})
        old = table.get(key, _MISSING)
        self._note(kind, key, old)
        if old is not _MISSING:
            self._older[kind, key] = old
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
        """Commit all changes made inside, to the file too; none of them if an exception leaves the block."""
        del self._discarded[-4:]  # faster than calls can add to it
        self._undo = {}
        try:
            yield
            self._write(self._undo)
        except BaseException:
            self._roll_back(self._undo)
            raise
        finally:
            self._undo = None

    def snapshot(self) -> Tables:
        """Return a copy that later changes do not reach."""
        return {kind: dict(table) for kind, table in self._tables.items()}

    def restore(self, tables: Tables) -> None:
        """Replace everything at once."""
        if self._file is not None:
            with self._file:
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
        with self._file:
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


def _opened(path: str | Path) -> sqlite3.Connection:
    file = None
    try:
        file = sqlite3.connect(path, check_same_thread=False)
        # FULL with a write-ahead log: a commit is on the disk before its response is sent
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute(
            "CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY,"
            " kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (kind, key))"
        )
        file.execute("SELECT number, kind, key, body FROM documents LIMIT 1")
    except sqlite3.Error as error:
        if file is not None:
            file.close()
        raise ParseError(f"no state of a sandbox: {error}", name=str(path)) from None
    return file
