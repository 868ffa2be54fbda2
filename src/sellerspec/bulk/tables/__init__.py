"""Tables: one row for each variant, read as payloads and written back with comments."""

from sellerspec.bulk.tables.annotate import annotated
from sellerspec.bulk.tables.changes import Change, changes
from sellerspec.bulk.tables.columns import of_schema
from sellerspec.bulk.tables.header import check_headers
from sellerspec.bulk.tables.recognise import candidates
from sellerspec.bulk.tables.rewriting import rewrite
from sellerspec.bulk.tables.rows import products
from sellerspec.bulk.tables.template import template

__all__ = [
    "Change",
    "annotated",
    "candidates",
    "changes",
    "check_headers",
    "of_schema",
    "products",
    "rewrite",
    "template",
]
