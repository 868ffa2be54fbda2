"""Tables: one row for each variant, read as payloads and written back with comments."""

from sellerspec.bulk.tables.annotate import annotated
from sellerspec.bulk.tables.columns import columns
from sellerspec.bulk.tables.rows import products
from sellerspec.bulk.tables.template import template

__all__ = ["annotated", "columns", "products", "template"]
