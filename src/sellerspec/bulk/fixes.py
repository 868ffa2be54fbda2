"""Fix the lines of a chunk, and keep those that change until they are written (`fixed_file`)."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from sellerspec.bulk.records import How
from sellerspec.contract.fixes import Choice, Fixes
from sellerspec.contract.operation import OperationContract
from sellerspec.io import pointers
from sellerspec.io.json_edit import edited
from sellerspec.io.strict import canonical
from sellerspec.model import Finding, Json

if TYPE_CHECKING:
    from sellerspec.bulk.tables.columns import Columns
    from sellerspec.bulk.tables.rows import Product


OF_TABLE = -1
"""In place of a checksum: the record is about the rows of a table."""


class ChunkFixes:
    """The fixes of one chunk."""

    def __init__(self, operation: OperationContract, how: How) -> None:
        self._operation, self._how = operation, how
        self.records: list[bytes] = []
        """What changes, for a file in the folder of the run."""

        self.lines = 0
        """Lines that change."""

        self.rules: Counter[str] = Counter()
        """Rule -> findings that a fix removed."""

    def of_line(
        self, number: int, line: bytes, value: Json, findings: tuple[Finding, ...]
    ) -> tuple[Json, tuple[Finding, ...]]:
        """Return a payload with its fixes, and the findings that are left.

        Args:
            number: of the line in its chunk.
            line: the text; a line without a fix is written as it is.
            value: the payload of the line.
            findings: about the payload, at least one.
        """
        after, applied = self._applied(value, findings)
        text = _text(line, value, after.payload, applied) if applied else None
        if text is None:
            return value, findings
        self.records.append(_record(number, zlib.crc32(line.strip()), text))
        self._count(finding for finding, _ in applied)
        return after.payload, after.findings

    def of_rows(self, product: "Product", findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Fix a payload of a table and its cells; return the findings about the payload that are left.

        Args:
            product: changes, and loses the findings about cells that are fixed.
            findings: about its value.
        """
        if not (product.is_checked and product.is_certain and (findings or product.meant)):
            return findings
        from sellerspec.bulk.tables import changes

        start = self._with_meant(product, findings)
        if start is None:
            return findings
        value, findings_then = start
        after, applied = self._applied(value, findings_then)
        cells = changes(product, after.payload, self._columns, applied)
        if not cells:
            return findings
        text = orjson.dumps([after.payload, list(map(tuple, cells))])
        self.records.append(_record(product.row, OF_TABLE, text))
        product.value = after.payload
        of_cells = [product.findings.pop(index)[0] for index, *_ in reversed(product.meant)]
        self._count((*of_cells, *(finding for finding, _ in applied)))
        return after.findings

    def _with_meant(
        self, product: "Product", findings: tuple[Finding, ...]
    ) -> tuple[Json, tuple[Finding, ...]] | None:
        """Return a payload with what is meant by its cells, and the findings about it.

        None if two cells mean different values of one member, or a finding would come to light.
        """
        value: Json = product.value
        for _, path, meant in product.meant:
            if not pointers.has(value, path[:-1]) or pointers.get(value, path, meant) != meant:
                return None
            value = pointers.put(value, path, meant)
        if not product.meant:
            return value, findings
        after = self._operation.body.findings(value, self._how.facts)
        before = Counter(finding.rule for finding in findings)
        return (value, after) if Counter(finding.rule for finding in after) <= before else None

    def _applied(self, value: Json, findings: tuple[Finding, ...]) -> tuple[Fixes, tuple[Choice, ...]]:
        """Apply the fixes of a payload that the run wants."""
        fixes = Fixes(self._operation, findings, value, self._how.facts)
        return fixes.applied(unsafe=self._how.unsafe_fixes)

    @cached_property
    def _columns(self) -> "Columns":
        from sellerspec.bulk.tables.mapping import columns

        return columns(self._how)

    def _count(self, findings: Iterable[Finding]) -> None:
        """Count a line that changes, and the findings that it loses."""
        self.lines += 1
        for finding in findings:
            self.rules[finding.rule] += 1


def _text(line: bytes, value: Json, payload: Json, applied: Iterable[Choice]) -> bytes | None:
    """Return a line, without the blanks around it, in which only the changed values differ.

    None if it is not the fixed payload then: the line stays as it is.
    """
    if orjson.dumps(value) == line.strip():
        return orjson.dumps(payload)  # as `edited` writes it, and faster
    steps = (step for _, fix in applied for step in fix.patch)
    text = edited(line.decode(), steps).encode().strip()
    same = canonical(orjson.loads(text)) == canonical(payload)
    return text if same else None


def _record(number: int, checksum: int, text: bytes) -> bytes:
    return b"%d %d %d\n%s" % (number, checksum, len(text), text)


def chunk_file(folder: Path, chunk: int) -> Path:
    """Return the path of what a folder of the run holds about a chunk; there is no file without content."""
    return folder / f"{chunk:08}.jsonl"


def records(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield number, checksum and new text of each line of a chunk that changes; no file means none.

    Of a payload of a table: its first row, `OF_TABLE`, and a JSON list of the payload and its changes.
    """
    if path.is_file():
        with path.open("rb") as stream:
            while head := stream.readline():
                number, checksum, length = map(int, head.split())
                yield number, checksum, stream.read(length)


def texts(folder: Path, chunk: int) -> dict[int, bytes]:
    """Return the number of each line or payload of a chunk that changes -> its new payload, as JSON."""
    return {
        number: text if checksum != OF_TABLE else orjson.dumps(orjson.loads(text)[0])
        for number, checksum, text in records(chunk_file(folder, chunk))
    }


def replaced(line: bytes, checksum: int, text: bytes) -> bytes | None:
    """Return a line with another text between its blanks; None if the checksum is of another line."""
    old = line.strip()
    if zlib.crc32(old) != checksum:
        return None
    before, _, after = line.partition(old)
    return before + text + after
