"""Tables: one row for each variant, read as payloads and written back with comments."""

from sellerspec.bulk.tables.annotate import annotated
from sellerspec.bulk.tables.columns import of_schema
from sellerspec.bulk.tables.look import columns, look
from sellerspec.bulk.tables.rows import products
from sellerspec.bulk.tables.template import template
from sellerspec.bulk.tables.which import candidates, unclear

__all__ = ["annotated", "candidates", "columns", "look", "of_schema", "products", "template", "unclear"]
