"""Time small functions against each other in one run: rounds in turn, and the best round of each."""

import time
from collections.abc import Callable, Mapping


def best(
    functions: Mapping[str, Callable[[], object]], *, rounds: int = 300, calls: int = 200
) -> dict[str, float]:
    """Return the seconds that one call takes, for each function, in its quietest round.

    The functions take turns, so that a slow moment of the machine hits all of them; a round
    of few calls is short enough to fall between two such moments.
    """
    out = dict.fromkeys(functions, float("inf"))
    clock = time.perf_counter
    for _ in range(rounds):
        for name, function in functions.items():
            start = clock()
            for _ in range(calls):
                function()
            out[name] = min(out[name], (clock() - start) / calls)
    return out
