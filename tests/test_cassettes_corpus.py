"""The corpus: every operation is there, all of it is green, and no field can change its type unseen."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sellerspec import contract, marketplaces
from sellerspec.cassettes import Checker, Settings, check_cassettes, files
from sellerspec.cassettes.convert import documented
from sellerspec.cassettes.coverage import coverage
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.open_types import places
from sellerspec.model import Path as Place
from sellerspec.model import pointer

CORPUS = Path(__file__).parents[1] / "cassettes"
FILES = list(files.find([CORPUS]))


def test_every_exchange_of_the_corpus_is_green() -> None:
    assert {place: str(report) for place, report in check_cassettes([CORPUS]) if not report.ok} == {}


def test_the_corpus_shows_each_success_each_documented_refusal_and_every_documented_example() -> None:
    shown = coverage([CORPUS])
    assert shown.unknown == ()
    assert shown.missing == ()
    for name in marketplaces.NAMES:
        there = {file.relative_to(CORPUS / name).as_posix() for file in files.find([CORPUS / name])}
        assert {f"{operation}/{case}.yaml" for operation, case, _ in documented(name)} <= there
        ids = {operation.operation.id for operation in contract.contract(name).operations()}
        assert {case.partition("/")[0] for case in there} == ids


def test_every_exchange_tells_when_from_where_and_with_which_spec_it_was_recorded() -> None:
    for path in FILES:
        for exchange in files.read(path).exchanges:
            assert exchange.origin.source in ("sandbox", "documentation")
            market = path.relative_to(CORPUS).parts[0]
            assert exchange.origin.spec == f"{market} {contract.contract(market).spec.version}"
            assert exchange.origin.at or exchange.origin.source == "documentation"


def otherwise(value: Any, at: Place) -> Any:
    """Return a copy in which one place has another type."""
    copy = json.loads(json.dumps(value))
    holder = copy
    for part in at[:-1]:
        holder = holder[part]
    holder[at[-1]] = "changed" if isinstance(holder[at[-1]], dict) else {"changed": 1}
    return copy


def mutants(recorded: Recorded) -> Iterator[tuple[str, Recorded]]:
    """Yield an exchange once for each field of its bodies, with that field's pointer."""
    for half in ("request", "response"):
        try:
            value = json.loads(getattr(recorded.exchange, f"{half}_body"))
        except ValueError:
            continue
        for at, _ in places(value):
            body: dict[str, Any] = {f"{half}_body": json.dumps(otherwise(value, at)).encode()}
            changed = replace(recorded.exchange, **body)
            yield f"/{half}/body{pointer(at)}", replace(recorded, exchange=changed)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", marketplaces.NAMES)
def test_another_type_of_any_field_of_any_cassette_is_an_error_at_that_field(name: str) -> None:
    tried = 0
    for path in files.find([CORPUS / name]):
        checker = Checker(Settings())
        for recorded in files.read(path).exchanges:
            for at, mutant in mutants(recorded):
                tried += 1
                assert at in {error.pointer for error in checker.exchange(mutant).errors}, f"{path}: {at}"
    assert tried > 100
