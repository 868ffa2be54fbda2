"""Time small functions against each other in one run: rounds in turn, and the best round of each."""

import time
from collections.abc import Callable, Mapping

ROUND = 0.002
"""Seconds that one round of a function lasts, about: long against what another's round left in the
caches, short enough to fall between two moments at which the machine does something else."""


def best(
    functions: Mapping[str, Callable[[], object]], *, rounds: int = 100, lasting: float = ROUND
) -> dict[str, float]:
    """Return the seconds that one call takes, for each function, in its quietest round.

    The functions take turns, so that a slow moment of the machine hits all of them. A round of
    each lasts about as long as a round of the others, whatever one call takes: with an equal
    number of calls, a quick function would be timed in the caches that a slow one leaves behind.
    """
    calls = {name: _calls(function, lasting) for name, function in functions.items()}
    out = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            out[name] = min(out[name], _round(function, calls[name]) / calls[name])
    return out


def _calls(function: Callable[[], object], lasting: float) -> int:
    """Return how many calls fill a round, once the first calls have prepared what later calls use."""
    for _ in range(5):
        function()
    calls = 1
    while _round(function, calls) < lasting / 2:
        calls *= 2
    return calls


def _round(function: Callable[[], object], calls: int) -> float:
    clock = time.perf_counter
    start = clock()
    for _ in range(calls):
        function()
    return clock() - start
