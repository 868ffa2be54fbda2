"""Explanations of rules, operations, discrepancies and sources, for people and programs."""
