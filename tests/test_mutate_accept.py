"""Weaknesses and gaps that a project accepts until a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sellerspec.contract.accepted import Entry
from sellerspec.errors import ParseError
from sellerspec.mutate import accept
from sellerspec.mutate.mutation import UNCHANGED
from sellerspec.mutate.result import Weakness
from support.conclusions import LIMITED, NULL, RENAMED, RESULT, TOKEN, conclusion

TODAY = date(2026, 11, 28)
LATER = date(2027, 1, 31)


def test_a_file_is_a_list_of_mutations_with_a_reason_and_a_day(tmp_path: Path) -> None:
    path = tmp_path / "accept.yaml"
    path.write_text(
        "- mutation: tiki/getOrder:null/items/*/price\n  reason: the list counts\n  expires: 2027-01-31\n"
        "- {mutation: '*:renamed/*', reason: another team, expires: '2027-01-31'}\n"
        "- {mutation: unchanged, reason: known, expires: 2027-01-31}\n"
    )
    assert accept.read(path) == (
        Entry("tiki/getOrder:null/items/*/price", "the list counts", LATER),
        Entry("*:renamed/*", "another team", LATER),
        Entry("unchanged", "known", LATER),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mutation: x", "a list is required, of objects with `mutation`, `reason` and `expires`"),
        ("- x", "/0: an entry has `mutation`, `reason` and `expires`"),
        (
            "- {mutation: unchanged, reason: ' ', expires: 2027-01-31}",
            "/0: an entry has `mutation`, `reason` and `expires`",
        ),
        (
            "- {mutation: unchanged, reason: r, expires: soon}",
            "/0/expires: not a day; write it as YYYY-MM-DD",
        ),
        (
            "- {mutation: 'tiki/getOrdr:null/x', reason: r, expires: 2027-01-31}",
            "/0/mutation: no operation named `tiki/getOrdr`; did you mean `tiki/getOrder`?",
        ),
        ("- [", ":2:1: not YAML"),
    ],
)
def test_a_file_that_says_something_else_is_an_error_with_its_place(
    text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "accept.yaml"
    path.write_text(text)
    with pytest.raises(ParseError) as error:
        accept.read(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)


def test_what_is_accepted_counts_for_neither_figure() -> None:
    entries = (Entry(NULL.id, "the list counts", LATER), Entry("*:renamed/*", "another team", TODAY))
    said = accept.applied(conclusion(), entries, today=TODAY)
    assert [(v.id, v.accepted) for v in said.accepted] == [
        (NULL.id, "the list counts"),
        (RENAMED.id, "another team"),
    ]
    assert [str(figure) for figure in said.figures] == [
        "survived: 50 % (1 of 2), at least 100 % is required",
        "noticed: 33.3 % (1 of 3), at least 80 % is required",
    ]
    assert said.stale == said.unjudged == ()


def test_the_place_of_an_id_is_no_pattern() -> None:
    deeper = replace(NULL, place="/items/*/stock/*/price")
    said = conclusion(replace(RESULT, weaknesses=(Weakness(NULL, TOKEN),)))
    other = replace(said, verdicts=(*said.verdicts, replace(said.verdicts[0], mutation=deeper)))
    accepted = accept.applied(other, (Entry(NULL.id, "r", LATER),), today=TODAY).accepted
    assert [verdict.id for verdict in accepted] == [NULL.id]


def test_an_expired_entry_accepts_nothing_and_an_unused_one_is_reported() -> None:
    entries = (Entry(NULL.id, "r", date(2026, 11, 27)), Entry(LIMITED.id, "r", LATER))
    said = accept.applied(conclusion(), entries, today=TODAY)
    assert said.accepted == ()
    assert said.stale == (f"{NULL.id} expired on 2026-11-27", f"{LIMITED.id} accepts nothing: remove it")
    assert said.exit_code == 1


def test_an_entry_of_no_mutation_is_not_judged_in_a_complete_run() -> None:
    entries = (Entry("tiki/getOrder:nul/items/*/price", "r", LATER),)
    said = accept.applied(conclusion(), entries, today=TODAY)
    assert said.unjudged == (
        f"no mutation of what the suite calls named `{entries[0].name}`; did you mean `{NULL.id}`?",
    )
    assert said.exit_code == 2
    narrowed = accept.applied(conclusion(quick=True), entries, today=TODAY)
    assert (narrowed.unjudged, narrowed.stale) == ((), ())


def test_an_entry_is_not_called_unused_when_its_mutation_did_not_run() -> None:
    result = replace(RESULT, survived=(), not_run=(LIMITED,))
    said = accept.applied(conclusion(result), (Entry(LIMITED.id, "r", LATER),), today=TODAY)
    assert said.stale == ()


def test_what_is_observed_without_a_mutation_can_be_accepted() -> None:
    result = replace(RESULT, weaknesses=(Weakness(UNCHANGED, TOKEN),), gaps=())
    assert conclusion(result).exit_code == 1
    said = accept.applied(conclusion(result), (Entry("unchanged", "the log is private", LATER),), today=TODAY)
    assert (said.exit_code, [verdict.id for verdict in said.accepted]) == (0, ["unchanged"])
