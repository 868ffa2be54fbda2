"""Rules of listTracking."""

from collections.abc import Iterator

from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, rule


@rule(
    "tiki.tracking-times-ordered",
    on="listTracking",
    catalogue="T04",
    source=("tis-2019", "V.4.4.1"),
    basis=Basis.INFERRED,
    reads="query",
)
def times_ordered(query: Json, _: Facts) -> Iterator[Violation]:
    """a span of time does not end before it begins"""
    for what in ("created_at", "updated_at"):
        begins = moment(query.get(f"{what}_min"))
        ends = moment(query.get(f"{what}_max"))
        if begins and ends and ends < begins:
            yield Violation((f"{what}_max",), f"earlier than `{what}_min`")


TRACKING_RULES: tuple[Rule, ...] = (times_ordered,)
