"""A spec: read, dereference, overlay, bundle, compare, discrepancies."""
