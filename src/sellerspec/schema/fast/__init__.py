"""The quick path: says that a value or a text surely has no violation."""
