"""Check the lines of one chunk: what every worker does, on any machine."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.bulk import records
from sellerspec.bulk.keys import Keys, keys_for
from sellerspec.bulk.reading import STEP, Chunk
from sellerspec.bulk.records import FIRST, NOTHING, How, Kept
from sellerspec.errors import ParseError
from sellerspec.io.strict import decode
from sellerspec.marketplaces.common import CELL_READABLE, LINE_READABLE
from sellerspec.model import Finding, Json, Report, Severity


class Counted(NamedTuple):
    """How often a chunk breaks one rule, and where first."""

    rule: str
    severity: str
    number: int
    first: list[tuple[int, str]]
    """Lines and pointers, as long as the process that checked the chunk has not told `FIRST` of the rule.

    Chunks come to a process in their order, so that what it told before stands before.
    """


class Result(NamedTuple):
    """What a chunk says."""

    number: int
    file: int
    done: int
    verdicts: bytes
    """One byte for each line: see `records.verdict`."""

    counted: list[Counted]

    numbered: bool
    """Whether its lines have the numbers that they have in the file; else they are counted from 1."""


class Checker:
    """One operation, ready to check chunks; lives as long as its process."""

    def __init__(self, how: How, kept: Kept = NOTHING) -> None:
        """Make ready.

        Args:
            how: what to check, and how.
            kept: where that goes which is kept of chunks.
        """
        self.how = how
        self._kept = kept
        ready = contract.operation(how.operation, how.overlays, how.engine)
        self._validate = ready.body
        self._ready = ready
        self._named: dict[str, int] = {}
        """Rule -> how many places of it this process has told."""

        self._compared = kept.keys is not None and keys_for(how.operation) is not None

    def findings(self, line: bytes) -> tuple[Finding, ...]:
        """Return every finding about one line."""
        return self._decoded(line)[1]

    def report(self, findings: tuple[Finding, ...]) -> Report:
        """Return findings about one line as the report that `sellerspec.check` gives."""
        return self._ready.report(findings, self.how.facts)

    def _decoded(self, line: bytes) -> tuple[Json, tuple[Finding, ...]]:
        try:
            value, found = self._validate.of_text(line, self.how.facts)
        except ParseError as error:
            return None, (_broken(error),)
        return value, self._raised(found) if found and self.how.strict else found

    def _raised(self, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        from dataclasses import replace

        return tuple(replace(each, severity=Severity.ERROR) for each in found)

    def value(self, value: Json) -> tuple[Finding, ...]:
        """Return every finding about one decoded value."""
        try:
            found = self._validate.findings(value, self.how.facts)
        except ParseError as error:
            return (_broken(error),)
        return self._raised(found) if found and self.how.strict else found

    def check(self, chunk: Chunk) -> Result:
        """Check a chunk, and write what is to be kept of it, over what an interrupted run left.

        Raises:
            ParseError: the file has changed since it was cut into chunks, or is gone.
        """
        folder = self._kept.findings
        out = _Out(chunk.name, self._named, keeps=folder is not None)
        check = self._rows if chunk.kind == "rows" else self._lines
        if self._compared:
            with Keys(chunk.number, self._kept.keys) as keys:
                check(chunk, out, keys)
        else:
            check(chunk, out, None)
        if folder is not None and out.said:
            findings_of(folder, chunk.number).write_bytes(b"".join(out.said))
        return Result(
            chunk.number,
            chunk.file,
            chunk.done,
            bytes(out.verdicts),
            out.counted(),
            chunk.numbered,
        )

    def _lines(self, chunk: Chunk, out: "_Out", keys: Keys | None) -> None:
        judged, facts = self._validate.of_text, self.how.facts
        accepted = out.verdicts.append
        note = keys.add_clean if keys is not None else None
        numbers = count(chunk.first)
        for block in _blocks(chunk):
            for line, number in zip(block, numbers, strict=False):  # the block first: it is what ends
                try:
                    value, found = judged(line, facts)
                except ParseError:
                    line = line.removesuffix(b"\n")
                    if chunk.kind != "items" and not line.strip():
                        accepted(records.BLANK)
                        continue
                    value, found = None, self.findings(line)
                if not found:
                    accepted(records.ACCEPTED)
                    if note is not None:
                        note(number, value)
                else:
                    if keys is not None:
                        keys.add(number, value)
                    out.say(number, self._raised(found) if self.how.strict else found)
            if keys is not None and keys.many:
                keys.write()

    def _rows(self, chunk: Chunk, out: "_Out", keys: Keys | None) -> None:
        for product in chunk.data:
            # every row has a verdict, so that a row's number leads to it
            out.verdicts.extend([records.BLANK] * product.gap)
            unread = tuple(CELL_READABLE(says, at) for says, at, _ in product.unread)
            broken = {each.pointer for each in unread}
            found = (*unread, *(each for each in self.value(product.value) if each.pointer not in broken))
            if keys is not None:
                keys.add(product.row, product.value)
            if found:
                cells = [cell for _, _, cell in product.unread]
                cells += [product.cell(each.pointer) for each in found[len(cells) :]]
                out.say(product.row, found, cells)
            else:
                out.verdicts.append(records.ACCEPTED)


class _Out:
    """What is gathered while a chunk is checked."""

    def __init__(self, name: str, named: dict[str, int], *, keeps: bool) -> None:
        self._name = name
        self._named = named
        self._keeps = keeps
        self.said: list[bytes] = []
        """Lines of the findings file, if findings are kept."""

        self.verdicts = bytearray()
        self._numbers: dict[str, int] = {}
        self._severities: dict[str, str] = {}
        self._first: dict[str, list[tuple[int, str]]] = {}

    def say(self, number: int, found: tuple[Finding, ...], cells: Sequence[Mapping[str, Json]] = ()) -> None:
        """Note the findings of one line."""
        self.verdicts.append(records.verdict(found))
        for place, each in enumerate(found):
            if self._keeps:
                cell = cells[place] if cells else None
                record = records.record(self._name, number, each, cell)
                self.said.append(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            rule = each.rule
            known = self._numbers.get(rule, 0)
            self._numbers[rule] = known + 1
            if not known:
                self._severities[rule] = each.severity.value
            named = self._named.get(rule, 0)
            if named < FIRST:
                self._named[rule] = named + 1
                self._first.setdefault(rule, []).append((number, each.pointer))

    def counted(self) -> list[Counted]:
        """Return what was found, by rule."""
        return [
            Counted(rule, self._severities[rule], number, self._first.get(rule, []))
            for rule, number in self._numbers.items()
        ]


def findings_of(folder: Path, chunk: int) -> Path:
    """Return the file that takes the findings of a chunk; where there are none, there is no file."""
    return folder / f"{chunk:08}.jsonl"


def texts(chunk: Chunk) -> Iterator[bytes]:
    """Yield the lines, or items, of a chunk that is not of a table.

    Raises:
        ParseError: the file became shorter since it was cut into chunks.
    """
    return (each.removesuffix(b"\n") for each in chain.from_iterable(_blocks(chunk)))


def _blocks(chunk: Chunk) -> Iterator[Iterable[bytes]]:
    """Yield lines with what ends them, or items, some at a time."""
    if chunk.kind == "items":
        yield chunk.data
    elif chunk.kind == "lines":
        yield io.BytesIO(chunk.data)
    else:
        yield from map(io.BytesIO, _read(chunk))


def _read(chunk: Chunk) -> Iterator[bytes]:
    """Yield the bytes of whole lines of a span, some at a time."""
    left = chunk.length
    held = b""
    with Path(chunk.name).open("rb", buffering=0) as stream:
        stream.seek(chunk.offset)
        while left:
            block = stream.read(min(left, STEP))
            if not block:
                raise ParseError("the file became shorter while it was read", name=chunk.name)
            left -= len(block)
            end = block.rfind(b"\n") + 1 if left else len(block)
            if end:
                yield held + block[:end]
                held = block[end:]
            else:
                held += block


def readable(line: bytes) -> Json:
    """Return the value of a line, or None where it has none without doubt."""
    try:
        return decode(line)
    except ParseError:
        return None


def _broken(error: ParseError) -> Finding:
    at = f", at column {error.column}" if error.column else ""
    return LINE_READABLE(f"{error.problem}{at}"[:160])
