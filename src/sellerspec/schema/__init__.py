"""JSON Schema to violations, in our words: the engines, the compiled schema, and how to say a keyword."""
