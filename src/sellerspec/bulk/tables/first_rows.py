"""Remember the first row of each payload of a table, in memory that does not grow with it."""

import sqlite3
from typing import Self


class FirstRows:
    """The first row of each key, in a temporary file of SQLite."""

    def __enter__(self) -> Self:
        self._database = sqlite3.connect("")
        self._database.execute("create table keys (key text primary key, row integer) without rowid")
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def of(self, key: str, row: int) -> int:
        """Return the first row of a key: this one, unless the key came before."""
        insert = "insert into keys values (?, ?) on conflict do nothing"
        if self._database.execute(insert, (key, row)).rowcount:
            return row
        ((before,),) = self._database.execute("select row from keys where key = ?", (key,))
        return int(before)
