"""Read and write Excel workbooks (.xlsx): cells are values; formulas and macros never run.

A file is not trusted: its zip directory and the raw bytes of its parts are checked first, so that an
archive bomb, a macro or an XML entity never reaches the library that reads cells.
"""

from sellerspec.io.cells import letters
from sellerspec.io.xlsx.reading import MAX_COLUMNS, MAX_ROWS, Grid, grids
from sellerspec.io.xlsx.sheets import Row, Sheet, as_json, header_of, merged, read, sheet
from sellerspec.io.xlsx.writing import Column, annotated, changed, table, template

__all__ = [
    "MAX_COLUMNS",
    "MAX_ROWS",
    "Column",
    "Grid",
    "Row",
    "Sheet",
    "annotated",
    "as_json",
    "changed",
    "grids",
    "header_of",
    "letters",
    "merged",
    "read",
    "sheet",
    "table",
    "template",
]
