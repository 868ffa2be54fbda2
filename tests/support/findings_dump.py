"""Print the findings about the examples, cassettes and tables of the repository as JSON Lines.

    PYTHONPATH=tests python -m support.findings_dump > FILE
    PYTHONPATH=tests python -m support.findings_dump --compare FILE

Take a dump before a change that must keep all findings, and compare after it. Messages are left out.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import sellerspec
from sellerspec import bulk
from sellerspec.bulk.generate import generate
from sellerspec.cassettes import files as cassette
from sellerspec.cassettes.check import check_cassettes
from sellerspec.contract import xlsx_import as importing
from support.examples import examples

ROOT = Path(__file__).resolve().parents[2]

SHEET = """product,category_id,name,description,image,images,option_attributes,attributes.brand,sku,price,\
quantity,option1,inventory_type,supplier
7,2458,Made-up shirt,A shirt,https://img.example/a.jpg,https://img.example/b.jpg,color,None,A1,100000,5,red,drop_ship,239091
,,,,,,,,A2,0,few,blue,drop_ship,239091
7,,another name,,,,,,A3,90000,4,,BACKORDER,239091
8,x,Made-up shoe,A shoe,https://img.example/d.jpg,d.jpg,,None,A1,-5,,,drop_ship,0
"""
ORDERS: tuple[dict[str, Any], ...] = (
    {"order_type": "E2E", "qty": 1},
    {"order_type": "e2e", "qty": "x"},
    {"order_type": 1, "ref_code": 123.5},
    {"order_type": "FFO", "ref_code": "A", "qty": 2},
    {"order_type": "FFO", "ref_code": "A", "qty": 0},
)


def facts(finding: sellerspec.Finding) -> list[Any]:
    """Return what must not change of a finding: all but its message."""
    return [
        finding.rule,
        finding.severity,
        finding.pointer,
        finding.status,
        finding.code,
        finding.server_text,
        finding.basis,
        finding.source.document,
        finding.source.section,
        finding.phase,
        finding.hint,
    ]


def report(name: str, value: sellerspec.Report) -> Iterator[list[Any]]:
    """Yield one line for a report."""
    response = value.server_response()
    yield [
        name,
        value.operation,
        [facts(finding) for finding in value.findings],
        sorted(value.unchecked),
        sorted(value.assumed),
        response.status,
    ]


def lines() -> Iterator[list[Any]]:
    """Yield all lines, in a stable order."""
    for example in examples():
        for engine in ("jsonschema-rs", "jsonschema"):
            # an older dump names the examples of rules about responses so
            name = str(example).replace("-answer", "-response").replace("answer-", "response-")
            yield from report(f"{name} {engine}", example.report(engine))
    for path in cassette.find([ROOT / "cassettes"]):
        for index, recorded in enumerate(cassette.read(path).exchanges):
            name = f"{path.relative_to(ROOT)}#{index}"
            try:
                yield from report(name, sellerspec.check_exchange(recorded.exchange, requests="always"))
            except sellerspec.SellerspecError as error:
                yield [name, type(error).__name__]
    for place, value in check_cassettes([ROOT / "cassettes"]):
        yield from report(str(place).rpartition(":")[0], value)
    with tempfile.TemporaryDirectory() as folder:
        yield from tables(Path(folder))
    for rule in sellerspec.rules():
        record = {
            key: value
            for key, value in asdict(rule).items()
            if key not in ("check", "fixes", "unless", "place", "compares")
        }
        yield ["rule", json.loads(json.dumps(record, default=str))]


def tables(folder: Path) -> Iterator[list[Any]]:
    """Yield the findings about a generated catalogue, and about a table and a workbook."""
    catalogue, sheet, workbook_path = folder / "catalogue.jsonl", folder / "table.csv", folder / "orders.xlsx"
    catalogue.write_bytes(
        b"".join(line + b"\n" for line, _ in generate("tiki/createProduct", 3000, broken=0.5, seed=7))
    )
    sheet.write_text(SHEET, encoding="utf-8")
    for path, operation in ((catalogue, "tiki/createProduct"), (sheet, "tiki/createProduct")):
        output = folder / f"{path.stem}.findings.jsonl"
        bulk.check_files([str(path)], bulk.How(operation), workers=1, output=output)
        for line in output.read_text(encoding="utf-8").splitlines():
            yield [
                path.name,
                {key: value for key, value in json.loads(line).items() if key not in ("message", "file")},
            ]
    import openpyxl

    workbook = openpyxl.load_workbook(BytesIO(importing.template("tnsl/importOrders")))
    first_sheet = workbook.worksheets[0]
    header = [cell.value for cell in first_sheet[1]]
    for number, cells in enumerate(ORDERS, 2):
        for column, name in enumerate(header, 1):
            first_sheet.cell(number, column, cells.get(name))
    workbook.save(workbook_path)
    for located in importing.check_workbook("tnsl/importOrders", workbook_path.read_bytes()):
        yield [workbook_path.name, located.row, located.column, facts(located.finding)]


def renamed(line: str) -> str:
    """Return a line of an older dump with the pointers of today."""
    return line.replace("/answer", "/response")


def differences(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the lines of one dump that the other has not, marked `-` or `+`; their order does not count."""
    old, new = Counter(map(renamed, before)), Counter(map(renamed, after))
    return [
        *(f"- {line}" for line in sorted((old - new).elements())),
        *(f"+ {line}" for line in sorted((new - old).elements())),
    ]


def main() -> int:
    """Print the lines, or how they differ from those of a file; return 1 if they do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", type=Path, metavar="FILE", help="an older dump: print what differs")
    arguments = parser.parse_args()
    written = (json.dumps(line, ensure_ascii=False) for line in lines())
    if arguments.compare is None:
        for line in written:
            print(line)
        return 0
    changes = differences(arguments.compare.read_text(encoding="utf-8").splitlines(), written)
    for change in changes:
        print(change)
    print(f"{len(changes)} lines differ", file=sys.stderr)
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
