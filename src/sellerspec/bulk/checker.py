"""Check the lines of one chunk, in any process on any machine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.bulk import records
from sellerspec.bulk.content import Digest, add_row, lines_of, pieces
from sellerspec.bulk.fixes import ChunkFixes, chunk_file
from sellerspec.bulk.keys import Keys
from sellerspec.bulk.reading import Chunk
from sellerspec.bulk.records import FIRST, NO_FOLDERS, Folders, How, as_errors
from sellerspec.errors import ParseError
from sellerspec.io.strict import require_json
from sellerspec.marketplaces.common import LINE_READABLE
from sellerspec.model import Finding, Json, Report


@dataclass(slots=True)
class RuleCount:
    """The findings of one rule in a chunk."""

    rule: str
    severity: str
    basis: str
    number: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)
    """Line and pointer of the first findings. A worker reports at most `FIRST` places of a rule in all.

    A worker gets its chunks in order, so the places that it has reported before come first.
    """

    cells: list[str] = field(default_factory=list)
    """Place and message of the same findings, if they are in a table."""


class ChunkResult(NamedTuple):
    """The result of one chunk."""

    number: int
    file: int
    done: int
    verdicts: bytes
    """One byte for each line: see `records.verdict`."""

    counts: list[RuleCount]

    numbered: bool
    """Whether line numbers count from the start of the file; else from the start of the chunk."""

    content: str
    """Hash of what was checked, if lines are split by it."""

    files: dict[str, int]
    """Files that hold findings, keys and fixed lines, below the folder of the run -> size in bytes."""

    fixed: int
    """Lines that fixes change."""

    fixes: dict[str, int]
    """Rule -> findings that fixes removed."""

    unread: tuple[int, str] | None
    """Line from which the file cannot be read, and the reason."""


class Checker:
    """One operation, ready to check chunks; one for each process."""

    def __init__(self, how: How, folders: Folders = NO_FOLDERS) -> None:
        self.how = how
        self._folders = folders
        self._operation = contract.operation(how.operation, how.overlays, how.engine)
        self._validate = self._operation.body
        self._named: dict[str, int] = {}
        """Rule -> number of places that this process has reported."""

        self._compares = folders.keys is not None and self._operation.spec.compares_lines

    def findings(self, line: bytes) -> tuple[Finding, ...]:
        """Return every finding about one line."""
        try:
            return self._strictly(self._validate.of_text(line, self.how.facts)[1])
        except ParseError as error:
            return (_unreadable(error),)

    def value_findings(self, value: Json) -> tuple[Finding, ...]:
        """Return every finding about one decoded value."""
        try:
            require_json(value)
            return self._strictly(self._validate.findings(value, self.how.facts))
        except ParseError as error:
            return (_unreadable(error),)

    def report(self, line: bytes | Json) -> Report:
        """Return the report of `sellerspec.check` on one line, or on one decoded value."""
        if not isinstance(line, bytes):
            return self._operation.report(self.value_findings(line), self.how.facts, line)
        try:
            value, findings = self._validate.of_text(line, self.how.facts)
        except ParseError as error:
            value, findings = None, (_unreadable(error),)
        return self._operation.report(self._strictly(findings), self.how.facts, value)

    def _strictly(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return as_errors(findings) if findings and self.how.strict else findings

    def check(self, chunk: Chunk) -> ChunkResult:
        """Check a chunk and write its keys, findings and fixes, over the files of an interrupted run.

        Raises:
            ParseError: the file was changed or removed since it was cut into chunks.
        """
        fixes = ChunkFixes(self._operation, self.how) if self._folders.fixes is not None else None
        collector = _Collector(chunk.name, self._named, fixes, writes=self._folders.findings is not None)
        digest = sha256() if self._folders.hashed else None
        check = self._check_rows if chunk.kind == "rows" else self._check_lines
        with Keys(chunk.number, self._folders.keys) if self._compares else nullcontext() as keys:
            check(chunk, collector, keys, digest)
        files = [] if keys is None else list(keys.paths)
        files += collector.written(self._folders, chunk.number)
        return ChunkResult(
            chunk.number,
            chunk.file,
            chunk.done,
            bytes(collector.verdicts),
            list(collector.counts.values()),
            chunk.numbered,
            digest.hexdigest() if digest is not None else "",
            {f"{file.parent.name}/{file.name}": file.stat().st_size for file in files},
            fixes.lines if fixes is not None else 0,
            dict(fixes.rules) if fixes is not None else {},
            (chunk.first, chunk.problem) if chunk.kind == "unread" else None,
        )

    def _check_lines(
        self, chunk: Chunk, collector: "_Collector", keys: Keys | None, digest: Digest | None
    ) -> None:
        number = chunk.first
        for piece in pieces(chunk, digest):
            if isinstance(piece, bytes) and not piece.strip():
                blank = piece.count(b"\n") + (not piece.endswith(b"\n"))
                collector.verdicts += b"%c" % records.BLANK * blank
                number += blank
                continue
            number = self._check_piece(piece, number, collector, keys)
            if keys is not None and keys.is_full:
                keys.write()

    def _check_piece(
        self, piece: bytes | list[bytes], first: int, collector: "_Collector", keys: Keys | None
    ) -> int:
        """Check lines or items from number `first` on; return the number after the last one."""
        validate, facts, fixes = self._validate.of_text, self.how.facts, collector.fixes
        accept = collector.verdicts.append
        add_clean = keys.add_clean if keys is not None else None
        number = first - 1
        for number, line in enumerate(lines_of(piece), first):
            try:
                value, findings = validate(line, facts)
            except ParseError:
                line = line.removesuffix(b"\n")
                if isinstance(piece, bytes) and not line.strip():
                    accept(records.BLANK)
                    continue
                value, findings = None, self.findings(line)
            if findings and fixes is not None and value is not None:
                value, findings = fixes.of_line(number, line, value, findings)
            if not findings:
                accept(records.ACCEPTED)
                if add_clean is not None:
                    add_clean(number, value)
            else:
                if keys is not None:
                    keys.add(number, value)
                collector.add(number, self._strictly(findings))
        return number + 1

    def _check_rows(
        self, chunk: Chunk, collector: "_Collector", keys: Keys | None, digest: Digest | None
    ) -> None:
        for product in chunk.data:
            add_row(digest, product)
            # one verdict for each row: the number of a row is its index
            collector.verdicts.extend([records.BLANK] * product.gap)
            of_payload = self.value_findings(product.value) if product.is_checked else ()
            if collector.fixes is not None:
                of_payload = self._strictly(collector.fixes.of_rows(product, of_payload))
            of_cells = self._strictly(tuple(finding for finding, _ in product.findings))
            known = {finding.pointer for finding in of_cells}
            findings = (*of_cells, *(finding for finding in of_payload if finding.pointer not in known))
            if keys is not None:
                keys.add(product.row, product.value)
            if findings:
                cells = [cell for _, cell in product.findings]
                cells += [product.cell(finding.pointer) for finding in findings[len(cells) :]]
                collector.add(product.row, findings, cells)
            else:
                collector.verdicts.append(records.ACCEPTED)


class _Collector:
    """Collects verdicts, counts and findings of one chunk."""

    def __init__(
        self, name: str, named: dict[str, int], fixes: ChunkFixes | None, *, writes: bool
    ) -> None:  # fmt: skip
        self.fixes = fixes
        """Fixes lines, if the run does that."""

        self._name = name
        self._named = named
        self._writes = writes
        self.records: list[bytes] = []
        """Lines of the findings file, if there is one."""

        self.verdicts = bytearray()
        self.counts: dict[str, RuleCount] = {}
        """Rule -> its findings."""

    def written(self, folders: Folders, chunk: int) -> Iterator[Path]:
        """Write the findings and the fixed lines; yield the files."""
        fixed = self.fixes.records if self.fixes is not None else []
        for folder, texts in ((folders.findings, self.records), (folders.fixes, fixed)):
            if folder is not None and texts:
                path = chunk_file(folder, chunk)
                path.write_bytes(b"".join(texts))
                yield path

    def add(self, line: int, findings: tuple[Finding, ...], cells: Sequence[Mapping[str, Json]] = ()) -> None:
        """Add the findings of one line; `cells` are their places in a table."""
        self.verdicts.append(records.verdict(findings))
        for index, finding in enumerate(findings):
            if self._writes:
                record = records.record(self._name, line, finding, cells[index] if cells else None)
                self.records.append(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            rule = finding.rule
            count = self.counts.get(rule)
            if count is None:
                count = self.counts[rule] = RuleCount(rule, finding.severity.value, finding.basis.value)
            count.number += 1
            named = self._named.get(rule, 0)
            if named < FIRST:
                self._named[rule] = named + 1
                count.first.append((line, finding.pointer))
                if cells:
                    count.cells.append(records.cell_text(cells[index], finding))


def _unreadable(error: ParseError) -> Finding:
    column = f", at column {error.column}" if error.column else ""
    return LINE_READABLE(f"{error.problem}{column}"[:160])
