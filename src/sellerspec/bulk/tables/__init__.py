"""Tables: one row for each variant, read as payloads and written back with comments."""

from sellerspec.bulk.tables.annotate import annotated
from sellerspec.bulk.tables.columns import Columns, Member, columns
from sellerspec.bulk.tables.rows import Product, products
from sellerspec.bulk.tables.template import template

__all__ = ["Columns", "Member", "Product", "annotated", "columns", "products", "template"]
