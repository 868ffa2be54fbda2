"""Limits that a project sets on its coverage: `operations=90,rules=70`."""

from collections.abc import Mapping, Sequence

from sellerspec.errors import UnknownName, UsageError
from sellerspec.reporting.coverage.totals import KINDS, Summary


def limits(text: str) -> dict[str, float]:
    """Return kind -> percent of a text such as `operations=90,rules=70`.

    Raises:
        UnknownName: a kind that is not counted; names the nearest.
        UsageError: a number is missing, or none from 0 to 100.
    """
    found: dict[str, float] = {}
    for part in filter(None, (each.strip() for each in text.replace("\n", ",").split(","))):
        kind, _, number = part.partition("=")
        if kind.strip() not in KINDS:
            raise UnknownName("kind of coverage", kind.strip(), KINDS)
        try:
            percent = float(number)
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= 100:
            raise UsageError(f"`{part[:60]}` gives no percentage from 0 to 100, as `{kind.strip()}=70` does")
        found[kind.strip()] = percent
    return found


def judged(summaries: Sequence[Summary], limits: Mapping[str, float]) -> list[str]:
    """Return one line for each marketplace and kind below its limit.

    >>> judged((), {"rules": 70})
    ['nothing was covered at all, so rules=70 is not met']
    """
    if not summaries:
        return [
            f"nothing was covered at all, so {kind}={least:g} is not met" for kind, least in limits.items()
        ]
    return [
        f"{summary.name}: {kind} {summary.shares[kind].percent:.1f} % ({summary.shares[kind]}), "
        f"at least {least:g} % is asked"
        for summary in summaries
        for kind, least in limits.items()
        if summary.shares[kind].percent < least
    ]
