"""JSON Schema to violations, in our words: the engines, the full check, and the quick path in `fast`."""
