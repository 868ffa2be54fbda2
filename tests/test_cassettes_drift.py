"""Drift: what a marketplace changed in its structure, shown on two generations of Tiki's responses."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from sellerspec import check_exchange, contract
from sellerspec.cassettes import drift, files
from sellerspec.cassettes.drift import Level
from sellerspec.cassettes.drift.compare import collect_words
from sellerspec.cassettes.drift.overlay import add_unknown, fit
from sellerspec.cassettes.files.writing import dump_plain
from sellerspec.errors import ParseError, SpecError
from support.response_generations import (
    GENERATION_2019,
    GENERATION_2020,
    GENERATION_UNKNOWN,
    recorded,
)


def changes(old: Any, new: Any, **settings: Any) -> list[str]:
    result = drift.compare([recorded(old, **settings)], [recorded(new, **settings)])
    return [f"{change.level} {change.kind} {change.pointer}: {change.message}" for change in result.changes]


def test_each_documented_change_of_tracking_from_2019_to_2020_is_reported_and_nothing_else() -> None:
    result = drift.compare(GENERATION_2019, GENERATION_2020)
    assert result.compared == 3
    assert [
        (change.operation, change.kind, change.pointer, change.new_pointer)
        for change in result.at_least(Level.WARNING)
    ] == [
        ("tiki/createProduct", "renamed", "/response/body/trace_id", "/response/body/track_id"),
        ("tiki/getTracking", "renamed", "/response/body/trace_id", "/response/body/track_id"),
        ("tiki/getTracking", "renamed", "/response/body/tiki_sku", "/response/body/request_id"),
        ("tiki/listTracking", "renamed", "/response/body/*/trace_id", "/response/body/*/track_id"),
        ("tiki/listTracking", "renamed", "/response/body/*/tiki_sku", "/response/body/*/request_id"),
    ]
    assert len(result.changes) == 5
    assert result.at_least(Level.ERROR) == ()
    assert (
        str(result.changes[0])
        == "tiki/createProduct /response/body/trace_id: warning renamed `trace_id` is `track_id` now"
    )
    assert result.changes[0].to_dict()["new"] == "b.yaml#0"


def applied(document: Any, overlay: Any) -> Any:
    """Apply the actions of an overlay whose targets are plain members, by hand."""
    import copy
    import re

    document = copy.deepcopy(document)
    for action in overlay["actions"]:
        parts = [
            quoted or plain
            for quoted, plain in re.findall(r"\['([^']+)'\]|\.([A-Za-z0-9_]+)", action["target"])
        ]
        holder = document
        for part in parts[:-1]:
            holder = holder[part]
        if action.get("remove"):
            del holder[parts[-1]]
        else:
            holder[parts[-1]].update(action["update"])
    return document


def test_the_spec_fits_the_responses_of_2019_and_of_2020() -> None:
    assert drift.against_spec(GENERATION_2019) == drift.against_spec(GENERATION_2020) == []


def test_an_overlay_makes_the_spec_fit_responses_with_other_names(tmp_path: Path) -> None:
    corrections = drift.against_spec(GENERATION_UNKNOWN)
    assert [(correction.operation, correction.violated) for correction in corrections] == [
        ("tiki/createProduct", ("/ required", "/trace_code unknown")),
        ("tiki/getTracking", ("/ required", "/trace_code unknown", "/tiki_code unknown")),
        ("tiki/listTracking", ("/* required", "/*/trace_code unknown", "/*/tiki_code unknown")),
    ]
    overlay = drift.overlay(corrections)
    path = tmp_path / "fix.yaml"
    path.write_text(dump_plain(overlay))
    broken = [check_exchange(recorded.exchange, requests="never").ok for recorded in GENERATION_UNKNOWN]
    corrected = [
        check_exchange(recorded.exchange, requests="never", overlays=[str(path)]).errors
        for recorded in GENERATION_UNKNOWN
    ]
    assert (broken, corrected) == ([False] * 3, [()] * 3)
    again = applied(contract.contract("tiki").spec.document, overlay)
    response = again["paths"]["/{version}/tracking"]["get"]["responses"]["200"]["content"]["application/json"]
    assert response["schema"]["items"]["properties"]["trace_code"] == {"type": "string"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": []}, {"a": [1]}, []),
        ({"a": [1, 2]}, {"a": [3]}, []),
        ({"a": 1}, {"a": 1, "b": 2}, ["info added /response/body/b: `b` is new"]),
        ({"a": 1, "b": "x"}, {"a": 1}, ["warning removed /response/body/b: `b` is gone"]),
        ({"a": 1}, {"a": "1"}, ["error type /response/body/a: a string, not an integer"]),
        ({"a": 1}, {"a": 1.5}, ["error type /response/body/a: a number, not an integer"]),
        ({"a": [1]}, {"a": [None]}, ["error null /response/body/a/*: null, where an integer stood"]),
        ({"a": None}, {"a": [1]}, ["info added /response/body/a: a list, where only null stood"]),
        ({"a": {"b": True}}, {"a": []}, ["error type /response/body/a: a list, not an object"]),
        ({"x": 1}, [{"x": 1}], ["error type /response/body: a list, not an object"]),
        (
            {"state": "queuing"},
            {"state": "sleeping"},
            ["error enum /response/body/state: `sleeping` is none of the 12 values that the spec knows"],
        ),
        ({"state": "queuing"}, {"state": "queueing"}, []),
        (
            {"order_code": "929231617", "n": 1},
            {"code": "929231617", "n": 1},
            ["warning renamed /response/body/order_code: `order_code` is `code` now"],
        ),
        (
            {"ship": {"a": 1, "b": 2}, "n": 1},
            {"n": 1, "delivery": {"a": 1, "b": "2"}},
            [
                "warning renamed /response/body/ship: `ship` is `delivery` now",
                "error type /response/body/delivery/b: a string, not an integer",
            ],
        ),
        (
            {"n": 1, "abc": True},
            {"xyz": "text", "n": 1},
            [
                "warning removed /response/body/abc: `abc` is gone",
                "info added /response/body/xyz: `xyz` is new",
            ],
        ),
        (
            {"a": 1},
            b"{broken",
            [
                "error unreadable /response/body: the body at a.yaml#0 cannot be read, so it is not compared:"
                " line 1 column 2: not JSON: unexpected character, expected a string key"
            ],
        ),
        (b"", b"", []),
    ],
)
def test_a_change_is_one_of_structure(old: Any, new: Any, expected: list[str]) -> None:
    assert changes(old, new) == expected


def test_other_words_of_a_refusal_and_another_status_are_errors() -> None:
    sent = {"sku": "a"}
    old = [recorded({"errors": ["price is wrong"]}, status=422, sent=sent)]
    new = [recorded({"errors": ["price is not right"]}, status=422, sent=sent)]
    result = drift.compare(old, new)
    assert [str(change) for change in result.changes] == [
        "tiki/createProduct /response/body/errors/*: error text other words: `price is wrong` is"
        " `price is not right`"
    ]
    moved = [recorded({"errors": ["price is wrong"]}, status=400, sent=sent)]
    assert [str(change) for change in drift.compare(old, moved).changes] == [
        "tiki/createProduct /response/status: error status 422 is 400 now"
    ]
    both = [*old, recorded({"trace_id": "a", "state": "queuing"})]
    assert drift.compare(both, both).changes == ()
    assert [
        change.kind
        for change in drift.compare(old, [recorded({"trace_id": "a", "state": "queuing"})]).changes
    ] == ["status"]


def test_calls_that_came_and_went_are_told_and_unknown_calls_go_by_their_path() -> None:
    gone, come = recorded({}, "/nowhere/here?a=1"), recorded({}, "/elsewhere")
    result = drift.compare([gone], [come])
    assert [str(change) for change in result.changes] == [
        "POST /integration/v1/nowhere/here : warning call is not recorded any more",
        "POST /integration/v1/elsewhere : info call was not recorded before",
    ]


def test_more_examples_of_a_call_are_no_change() -> None:
    one = GENERATION_2019[2]
    assert drift.compare([one], [one, one]).changes == ()


@pytest.mark.parametrize(
    ("status", "body", "broken"),
    [
        (200, {"trace_id": 5, "state": "queuing"}, ("/trace_id type",)),
        (200, {"trace_id": "", "state": "queuing"}, ("/trace_id minLength",)),
        (200, {"trace_id": "a", "state": "asleep"}, ("/state enum",)),
        (200, {"trace_id": "a", "state": "queuing", "more": [1, {"b": None}, 2]}, ("/more unknown",)),
        (200, {"trace_id": "a", "state": "queuing", "more": []}, ("/more unknown",)),
        (200, [], ("/ type",)),
        (422, {"errors": "x"}, ("/errors type",)),
    ],
)
def test_a_corrected_schema_fits_what_contradicted_it(
    status: int, body: Any, broken: tuple[str, ...]
) -> None:
    (correction,) = drift.against_spec([recorded(body, status=status)])
    assert correction.violated == broken
    from sellerspec.schema.engine import compiled

    assert compiled(correction.schema, {}, "jsonschema").is_valid(body)


@pytest.mark.parametrize(
    ("schema", "value", "corrected", "broken"),
    [
        ({"const": 1}, 2, {"enum": [1, 2]}, "/ const"),
        ({"anyOf": [{"type": "string"}]}, 5, {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "/ anyOf"),
        ({"oneOf": [{"type": "integer"}, {"minimum": 1}]}, 3,
         {"anyOf": [{"type": "integer"}, {"minimum": 1}, {"type": "integer"}]}, "/ oneOf"),
        ({"additionalProperties": False}, {"a": [1, "x", None]},
         {"additionalProperties": False, "properties": {"a": {
             "type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}, {}]}}}},
         "/ additionalProperties"),
        ({"allOf": [{"minLength": 5}]}, "x", {"allOf": [{}]}, "/ minLength"),
        ({"items": {"type": "string"}}, ["x", None], {"items": {"type": ["null", "string"]}}, "/* type"),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1},
         {"if": {"required": ["a"]}, "then": {"required": []}}, "/ required"),
    ],
)  # fmt: skip
def test_a_keyword_that_does_not_hold_gives_way_as_little_as_it_can(
    schema: Any, value: Any, corrected: Any, broken: str
) -> None:
    assert (fit(schema, value, {}), schema) == ([broken], corrected)


def test_a_schema_that_nothing_fits_cannot_be_corrected() -> None:
    with pytest.raises(SpecError, match="contradicts itself"):
        fit(False, 1, {})


def test_members_are_welcomed_in_the_branch_that_has_members() -> None:
    schema: dict[str, Any] = {
        "anyOf": [{"type": "null"}, {"properties": {"a": {"items": {"properties": {}}}}}]
    }
    assert add_unknown(schema, {"a": [{"b": 1}], "c": None}) == ["/a/*/b unknown", "/c unknown"]
    inner = schema["anyOf"][1]["properties"]
    assert inner == {"a": {"items": {"properties": {"b": {"type": "integer"}}}}, "c": {}}
    assert add_unknown({"allOf": [True]}, {"a": 1}) == add_unknown({}, [1]) == add_unknown(True, [1]) == []


def test_words_of_conditions_are_found_in_the_spec() -> None:
    schema = {"if": {}, "then": {"properties": {"a": {"const": "x"}}}, "else": False}
    words: dict[str, set[str]] = {}
    collect_words(schema, "", words)
    assert words == {"/a": {"x"}}


def test_what_the_spec_does_not_describe_is_not_corrected() -> None:
    assert (
        drift.against_spec([recorded({}, "/nowhere"), recorded({}, status=418), recorded(b"no json")]) == []
    )


def git(folder: Path, *arguments: str) -> None:
    identity = [
        "-c",
        "user.name=Nobody",
        "-c",
        "user.email=nobody@shop.example",
        "-c",
        "commit.gpgsign=false",
    ]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_side_is_a_file_a_folder_or_a_git_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files.write(tmp_path / "tapes/tiki/a.yaml", GENERATION_2019)
    (tmp_path / "tapes/note.txt").write_text("no cassette")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "old")
    files.write(tmp_path / "tapes/tiki/a.yaml", GENERATION_2020)
    for old in ("HEAD", "HEAD:tapes"):
        before, after = drift.sides(old, "tapes")
        assert len(drift.compare(before, after).changes) == 5
        assert before[0].place == "HEAD:tapes/tiki/a.yaml:2"
    assert len(drift.exchanges("tapes/tiki/a.yaml")) == 3
    for wrong, expected in (
        ("nothing", "neither a file"),
        ("HEAD:tapes/none", "no cassette at this path"),
        ("-x", "neither"),
    ):
        with pytest.raises(ParseError, match=expected):
            drift.exchanges(wrong)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ParseError, match="neither"):
        drift.exchanges("HEAD")
