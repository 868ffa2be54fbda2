"""Find what a marketplace changed between two recordings of the same call: by structure, not by value."""

from sellerspec.cassettes.drift.compare import compare
from sellerspec.cassettes.drift.overlay import (
    Correction,
    against_spec,
    overlay,
    overlay_text,
    without_those_in_force,
)
from sellerspec.cassettes.drift.records import Drift, Level
from sellerspec.cassettes.drift.sides import exchanges, sides

__all__ = [
    "Correction",
    "Drift",
    "Level",
    "against_spec",
    "compare",
    "exchanges",
    "overlay",
    "overlay_text",
    "sides",
    "without_those_in_force",
]
