"""What requirements say of a schema: members, conditions in words, plain samples."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec.cli import main
from sellerspec.contract.requirements import requirements
from sellerspec.contract.requirements.conditions import condition
from sellerspec.contract.requirements.members import members
from sellerspec.contract.requirements.sample import sample


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (True, "a condition of the schema holds"),
        ({"required": ["a"]}, "`a` is given"),
        ({"properties": {"a": {"const": None}}, "required": ["a"]}, "`a` is null"),
        ({"properties": {"a": {"enum": [1, True]}}}, "`a` is `1` or `true`"),
        ({"properties": {"a": {"minItems": 1}}}, "`a` has at least 1 item"),
        ({"properties": {"a": {"maxItems": 0}}}, "`a` is empty"),
        ({"properties": {"a": {"minItems": 2, "maxItems": 2}}}, "`a` has 2 items"),
        ({"properties": {"a": {"maxItems": 1}}}, "`a` has at most 1 item"),
        (
            {"properties": {"a": {"minimum": 3, "pattern": "^x"}}},
            "`a` is at least `3` and `a` is of the form `^x`",
        ),
        ({"properties": {"a": {"minLength": 1}}}, "`a` is not empty"),
        ({"properties": {"a": {"items": {"const": 1}}}}, "each `a[]` is `1`"),
        ({"properties": {"a": {"contains": {"const": 1}}}}, "one `a[]` is `1`"),
        ({"const": 5}, "the payload is `5`"),
        ({"not": {"required": ["a"]}}, "not `a` is given"),
        ({"not": True}, "not of that form"),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, "`a` is given and `b` is given"),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "`a` is given or `b` is given"),
    ],
)
def test_a_condition_is_said_in_words(schema: Any, words: str) -> None:
    assert condition(schema, "") == words
    assert condition(schema, "", negated=True) == f"not ({words})"


def test_members_carry_types_limits_rules_and_when_they_are_required() -> None:
    schema = {
        "required": ["list"],
        "properties": {
            "list": {
                "type": "array",
                "maxItems": 9,
                "x-rule": "m.list",
                "items": {"properties": {"kind": {"enum": ["a", None], "description": "which"}}},
                "x-warnings": [{"x-rule": "m.list-advice", "minItems": 1, "required": ["never"]}],
            },
            "open": True,
            "text": {"type": ["string", "null"], "minLength": 1, "allOf": [{"format": "day"}]},
        },
        "allOf": [
            {
                "if": {"required": ["text"]},
                "then": {
                    "required": ["other"],
                    "properties": {"text": {"maxLength": 5, "x-rule": "m.short"}},
                    "if": {"required": ["deep"]},
                    "else": {"required": ["other", "more"]},
                },
            }
        ],
    }
    by_path = {member.path: member for member in members(schema)}
    assert list(by_path) == ["list", "list[].kind", "text", "other", "more"]
    assert (by_path["list"].required, by_path["list"].types) == (True, ("array",))
    assert by_path["list"].limits == ("at most 9 items",)
    assert by_path["list"].rules == ("m.list", "m.list-advice")
    assert by_path["list[].kind"].limits == ("one of `a`, null",)
    assert by_path["list[].kind"].about == "which"
    assert by_path["text"].limits == ("not empty", "a `day`")
    assert by_path["text"].rules == ("m.short",)
    assert by_path["other"].when == ("`text` is given", "`text` is given and not (`deep` is given)")
    assert by_path["more"].when == ("`text` is given and not (`deep` is given)",)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (True, "text"),
        ({"const": 4}, 4),
        ({"examples": ["seen"]}, "seen"),
        ({"enum": [None, "b"]}, "b"),
        ({"type": "string", "minLength": 6}, "textxx"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": ["null", "integer"], "exclusiveMinimum": 0}, 1),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "number", "maximum": 0}, 0),
        ({"type": "number"}, 1),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["null"]}, None),
        ({"type": "array", "minItems": 2, "items": {"const": 1}}, [1, 1]),
        ({"required": ["a"]}, {"a": "text"}),
        ({"allOf": [True, {"maximum": 3}, {"type": "integer"}]}, 1),
        ({"description": "anything"}, "text"),
    ],
)
def test_a_sample_is_as_plain_as_the_schema_allows(schema: Any, value: Any) -> None:
    assert sample(schema) == value


def test_facts_that_no_payload_can_meet_leave_no_minimal_payload(tmp_path: Path) -> None:
    needed = requirements("tiki/confirmItems", facts=sellerspec.Facts(warehouses=[]))
    assert (needed.minimal, needed.report) == (None, None)
    nowhere = tmp_path / "warehouses.json"
    nowhere.write_text("[]")
    shown = CliRunner().invoke(main, ["requirements", "tiki/confirmItems", "--warehouses", str(nowhere)])
    assert shown.exit_code == 0
    assert shown.stdout.endswith("no minimal payload was found for these facts\n")
