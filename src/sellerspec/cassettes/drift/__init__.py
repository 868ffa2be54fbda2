"""Tell what a marketplace changed between two recordings of the same call: by structure, not by value."""

from sellerspec.cassettes.drift.compare import compare
from sellerspec.cassettes.drift.overlay import Mend, against_spec, overlay
from sellerspec.cassettes.drift.records import LEVELS, Change, Drift, Level
from sellerspec.cassettes.drift.sides import exchanges, sides

__all__ = [
    "LEVELS",
    "Change",
    "Drift",
    "Level",
    "Mend",
    "against_spec",
    "compare",
    "exchanges",
    "overlay",
    "sides",
]
