"""A rule of one's own may name a place in whatever way: the findings still have an order."""

from collections.abc import Iterator

from sellerspec.contract.project import Project
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Violation, rule


@rule("tiki.house-places", on="updateSku", source=("house", ""), basis=Basis.DOCUMENTED)
def house_places(body: Json, _: Facts) -> Iterator[Violation]:
    """a price is named by its number and by its name"""
    if body.get("price") == 15_000:
        yield Violation(("price", "last"), "by name")
        yield Violation(("price", 10), "by number")
        yield Violation(("price", 9), "by number")


def test_findings_at_numbers_and_at_names_are_in_order() -> None:
    report = Project(rules=[house_places]).check("tiki/updateSku", {"price": 15_000})
    assert [error.pointer for error in report.errors if error.rule == "tiki.house-places"] == [
        "/price/9",
        "/price/10",
        "/price/last",
    ]
