"""Read the rows of a table as payloads, and find the cell of each member."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.cells import Fault, group_key, typed
from sellerspec.bulk.tables.columns import Columns, Member
from sellerspec.bulk.tables.first_rows import FirstRows
from sellerspec.bulk.tables.header import Header, header
from sellerspec.bulk.tables.mapping import columns
from sellerspec.bulk.tables.sources import Row, Table, opened
from sellerspec.errors import ParseError
from sellerspec.io.cells import Odd, letters
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import CELL_READABLE, ROW_BLANK, ROW_CELLS, ROWS_TOGETHER
from sellerspec.model import Finding, Json, Path
from sellerspec.model import pointer as pointer_of


@dataclass(slots=True)
class Product:
    """One payload, made of one or more rows."""

    value: dict[str, Json]
    row: int
    """Number of its first row, as a spreadsheet counts."""

    gap: int
    """Rows between the first row of the previous payload, or the top of the table, and `row`."""

    sheet: str
    rows: list[int] = field(default_factory=list)
    """Row of each object of the list."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Pointer of a member, without the index in the list -> header of its column."""

    list_name: str | None = None
    findings: list[tuple[Finding, dict[str, Json]]] = field(default_factory=list)
    """The findings about its cells and rows, each with its sheet, row and column."""

    meant: list[tuple[int, Path, Json]] = field(default_factory=list)
    """Index of a finding about a cell, path of the member, and the value that is meant for certain."""

    is_certain: bool = True
    """Whether the value of each cell is known, or meant for certain."""

    is_checked: bool = True
    """Whether the payload is checked: not if its rows, or the columns of its values, are uncertain."""

    def cell(self, pointer: str) -> dict[str, Json]:
        """Return sheet, row and column of a member, or of the nearest member around it."""
        parts = pointer.split("/")[1:]
        row = self.row
        if len(parts) > 1 and parts[0] == self.list_name and parts[1].isdigit():
            index = int(parts.pop(1))
            row = self.rows[index] if index < len(self.rows) else row
        column = ""
        while parts and not column:
            column = self.headers.get("/" + "/".join(parts), "")
            parts.pop()
        return self.cell_at(row, column)

    def cell_at(self, row: int, column: str) -> dict[str, Json]:
        """Return sheet, row and column as members of a finding."""
        return {**({"sheet": self.sheet} if self.sheet else {}), "row": row, "column": column}

    def mean(self, fault: Fault, member: Member, path: Path) -> None:
        """Keep what is meant by a cell, whose finding is added next."""
        value = typed(fault.meant, member)
        if value is None or isinstance(value, Fault):
            self.is_certain = False
        else:
            self.meant.append((len(self.findings), path, value))

    def add(self, fault: Fault, row: int, column: str, pointer: str = "") -> None:
        """Add a finding about a cell, or, without a pointer, about a row."""
        if not pointer and self.list_name is not None:
            pointer = pointer_of((self.list_name, len(self.rows)))
        self.findings.append((fault.rule(fault.message, pointer), self.cell_at(row, column)))


def products(name: str, how: How) -> Iterator[Product]:
    """Yield the payloads of a table, in order; rows of one payload follow each other.

    A row whose group cell is empty belongs to the payload above.

    Raises:
        ParseError: the file is not in the format of its suffix, or its header is not one of the
            operation, or no row is below it; names the file.
        MissingExtra: the library for its format is not installed.
    """
    table = opened(name, columns(how), how)
    known = columns(how).fitting(table.header)
    current: Product | None = None
    with FirstRows() as first_rows:
        reader = _Reader(table, known, header(table, known), first_rows)
        for row in table.rows:
            begun = reader.begin(row, current)
            if begun is not None:
                if current is not None:
                    yield current
                current = begun
            if current is not None:
                reader.add(row, current)
    if current is None:
        raise ParseError("no row below the header", name=name)
    yield current


class _Reader:
    """Builds payloads from the rows of one table."""

    def __init__(self, table: Table, known: Columns, of_table: Header, first_rows: FirstRows) -> None:
        self._table, self._known, self._header, self._first_rows = table, known, of_table, first_rows
        self._headers = {
            known.pointer(member): of_table.name(column) for column, member in of_table.members.items()
        }
        self._group: str | None = None
        self._first = 0
        """First row of the payload before."""

        self._before = table.header_row
        """The row before."""

    def begin(self, row: Row, current: Product | None) -> Product | None:
        """Return the payload that a row begins; None if the row belongs to the payload above."""
        column = self._header.group
        if column is None:
            return self._product(row)
        key, fault = group_key(row.cells.get(column))
        unknown = key is None and (fault is not None or current is None)
        if not unknown and (key is None or (current is not None and key == self._group)):
            if fault is not None and current is not None:
                current.add(fault, row.number, self._header.name(column))
            return None
        product = self._product(row)
        if fault is None and unknown:
            fault = Fault(
                ROWS_TOGETHER, "the cell must name the payload of its row, got an empty cell in the first row"
            )
        if fault is not None:
            product.add(fault, row.number, self._header.name(column))
        if unknown:
            product.is_checked = False
        elif key is not None and (first := self._first_rows.of(key, row.number)) != row.number:
            message = f"rows of one payload must follow each other, got {quoted(key)} as in row {first}"
            product.add(Fault(ROWS_TOGETHER, message), row.number, self._header.name(column))
            product.is_checked = False
        self._group = key
        return product

    def _product(self, row: Row) -> Product:
        value = _empty(self._header.members.values())
        product = Product(
            value, row.number, row.number - self._first - 1, self._table.sheet, [], self._headers,
            self._known.rows,
        )  # fmt: skip
        self._first = row.number
        return product

    def add(self, row: Row, product: Product) -> None:
        """Add one row to its payload."""
        blank = range(self._before + 1, row.number)
        self._before = row.number
        if blank:
            rows = f"row {blank[0]}" if len(blank) == 1 else f"rows {blank[0]} to {blank[-1]}"
            product.add(Fault(ROW_BLANK, f"{rows} must not be blank, because rows follow"), blank[0], "")
        if self._fits(row, product):
            own = self._own(row, product)
        else:
            own, product.is_checked = {}, False
        if product.list_name is not None:
            product.rows.append(row.number)
            product.value.setdefault(product.list_name, []).append(own)

    def _fits(self, row: Row, product: Product) -> bool:
        """Say whether each cell of a row is in a known column; if not, add a finding."""
        if row.width is None or self._header.unnamed:
            self._check_unnamed(row, product)
        width = len(self._header.names)
        if row.width is None or row.width == width:
            return True
        cells = f"the row must have as many cells as the header, {width}, got {row.width}"
        if row.width > width:
            why = f"a cell with `{self._table.delimiter}` in it needs quotation marks"
            product.add(Fault(ROW_CELLS, f"{cells}; {why}"), row.number, letters(width + 1))
        else:
            why = "which of them are missing is not known"
            product.add(Fault(ROW_CELLS, f"{cells}; {why}"), row.number, self._header.name(row.width))
        return False

    def _check_unnamed(self, row: Row, product: Product) -> None:
        """Add a finding about each value in a column without a header."""
        for column, cell in row.cells.items():
            beyond = row.width is None and column >= len(self._header.names)
            if (beyond or column in self._header.unnamed) and cell not in (None, ""):
                fault = Fault(ROW_CELLS, "the cell must be empty, because its column has no header")
                product.add(fault, row.number, letters(column + 1))

    def _own(self, row: Row, product: Product) -> dict[str, Json]:
        """Return the members of a row's own object; put the others into the payload."""
        own: dict[str, Json] = {}
        cells = row.cells
        for column, member in self._header.members.items():
            cell = cells.get(column)
            if cell is None or cell == "" or (type(cell) is Odd and _is_above(cell, member, row, product)):
                continue
            value = typed(cell, member)
            if value is None:
                continue
            target = own if member.of_row else product.value
            if isinstance(value, Fault):
                fault: Fault | None = value
                _forget(target, member)
            else:
                fault = _put(target, member, value, row, product)
            if fault is not None:
                path: Path = member.path
                if member.of_row and product.list_name is not None:
                    path = (product.list_name, len(product.rows), *path)
                product.mean(fault, member, path)
                product.add(fault, row.number, self._header.name(column), pointer_of(path))
        return own


def _is_above(cell: Odd, member: Member, row: Row, product: Product) -> bool:
    """Say whether a cell is merged with one above, in the first row of its payload."""
    return cell.kind == "merged" and not member.of_row and row.number != product.row


def _forget(target: dict[str, Json], member: Member) -> None:
    """Remove the empty list that stands for an empty cell: the cell has a value that is not read."""
    parent = _parent(target, member)
    if parent.get(member.path[-1]) == []:
        del parent[member.path[-1]]


def _put(
    target: dict[str, Json], member: Member, value: Json, row: Row, product: Product
) -> Fault | None:  # fmt: skip
    """Put a value into a payload; return a fault if the payload has another value."""
    target = _parent(target, member)
    name = member.path[-1]
    before = target.setdefault(name, value)
    if before == [] and product.row == row.number:
        before = target[name] = value
    if before == value:
        return None
    message = f"the cell must hold what row {product.row} of its payload holds, or nothing, got another value"
    return Fault(CELL_READABLE, message)


def _empty(members: Iterable[Member]) -> dict[str, Json]:
    """Return a payload with the empty lists and objects that have columns."""
    value: dict[str, Json] = {}
    for member in members:
        if not member.of_row:
            target = _parent(value, member)
            if member.kind == "list":
                target.setdefault(member.path[-1], [])
    return value


def _parent(value: dict[str, Json], member: Member) -> dict[str, Json]:
    """Return the object that holds a member, created where it is missing."""
    for name in member.path[:-1]:
        value = value.setdefault(name, {})
    return value
