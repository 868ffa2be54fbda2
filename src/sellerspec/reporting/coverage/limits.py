"""Lower limits that a project sets for its coverage: `operations=90,rules=70`."""

from collections.abc import Collection, Mapping, Sequence

from sellerspec.errors import UnknownName, UsageError
from sellerspec.reporting.coverage.totals import KINDS, Summary


def limits(text: str, kinds: Collection[str] = KINDS, noun: str = "kind of coverage") -> dict[str, float]:
    """Return kind -> percent of a text such as `operations=90,rules=70`.

    Args:
        text: kinds and percentages, separated by commas or line feeds.
        kinds: the kinds that there are.
        noun: what an error calls one of them.

    Raises:
        UnknownName: a kind is not one of `kinds`.
        UsageError: a number is missing, or not from 0 to 100.
    """
    percents: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.replace("\n", ",").split(","))):
        kind, equals, number = part.partition("=")
        kind = kind.strip()
        if not equals and kind not in kinds:
            raise UsageError(f"`{part[:60]}` names no limit as `{next(iter(kinds))}=70` does")
        if kind not in kinds:
            raise UnknownName(noun, kind, kinds)
        try:
            percent = float(number)
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= 100:
            raise UsageError(f"`{part[:60]}` gives no percentage from 0 to 100, as `{kind}=70` does")
        percents[kind] = percent
    return percents


def below_limits(summaries: Sequence[Summary], limits: Mapping[str, float]) -> list[str]:
    """Return one line for each marketplace and kind below its limit.

    >>> below_limits((), {"rules": 70})
    ['nothing was covered at all, so rules=70 is not met']
    """
    if not summaries:
        return [
            f"nothing was covered at all, so {kind}={least:g} is not met" for kind, least in limits.items()
        ]
    return [
        f"{summary.name}: {kind} {summary.shares[kind].percent:.1f} % ({summary.shares[kind]}), "
        f"at least {least:g} % is required"
        for summary in summaries
        for kind, least in limits.items()
        if summary.shares[kind].percent < least
    ]
