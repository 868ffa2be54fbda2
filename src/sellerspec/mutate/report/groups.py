"""What belongs together in a report: weaknesses of one cause, gaps at one member."""

import shlex
from collections.abc import Sequence

from sellerspec.mutate.conclusion import Conclusion, Verdict

MOST_TESTS = 3
"""Most tests of a gap that are named."""


def weaknesses(conclusion: Conclusion) -> list[list[Verdict]]:
    """Return the weaknesses; those with the same failure at the same place of the code are one list."""
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in conclusion.weaknesses:
        first = verdict.failures[0]
        cause = (first.how, first.line, first.at) if first.at else (verdict.id,)
        groups.setdefault(cause, []).append(verdict)
    return list(groups.values())


def gaps(conclusion: Conclusion) -> dict[str, list[list[Verdict]]]:
    """Return the gaps by operation; those at one member are one list."""
    groups: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in conclusion.gaps:
        mutation = verdict.mutation
        members = groups.setdefault(mutation.key, {})
        members.setdefault(mutation.place or mutation.kind, []).append(verdict)
    return {key: list(members.values()) for key, members in groups.items()}


def missed(verdicts: Sequence[Verdict]) -> tuple[str, str]:
    """Return the member of gaps and what happens to it; of a defect of the whole, its id and its sentence."""
    first = verdicts[0].mutation
    if first.place:
        return first.place, ", ".join(dict.fromkeys(verdict.mutation.kind for verdict in verdicts))
    return first.kind, first.sentence


def help_line(conclusion: Conclusion, verdict: Verdict) -> str:
    """Return the command that runs a mutation alone."""
    return f"sellerspec mutate --reproduce {shlex.quote(verdict.id)} {conclusion.command}"


def details(verdict: Verdict) -> list[tuple[str, str]]:
    """Return label and text of the lines about a weakness or a gap: failures, source, tests."""
    lines = [
        (failure.test, failure.line + (f" ({failure.at})" if failure.at else ""))
        for failure in verdict.failures
    ]
    if verdict.state == "gap":
        lines.append(("called by", named(verdict.tests)))
    elif verdict.mutation.because and verdict.mutation.family != "defect":
        lines.append(("allowed", verdict.mutation.because))
    return lines


def named(names: Sequence[str], most: int = MOST_TESTS) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
