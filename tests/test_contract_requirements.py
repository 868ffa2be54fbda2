"""What requirements say of a schema: members, conditions in words, plain samples."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec.cli import main
from sellerspec.contract.requirements import requirements
from sellerspec.contract.requirements.conditions import clauses, sentence
from sellerspec.contract.requirements.members import members
from sellerspec.contract.requirements.sample import sample
from support.command_line import run


@pytest.mark.parametrize(
    ("schema", "words", "opposite"),
    [
        (True, "a condition of the schema holds", "a condition of the schema does not hold"),
        ({"required": ["a"]}, "`a` is given", "`a` is missing"),
        ({"properties": {"a": {"const": None}}, "required": ["a"]}, "`a` is null", "`a` is not null"),
        ({"properties": {"a": {"const": False}}}, "`a` is `false`", "`a` is not `false`"),
        ({"properties": {"a": {"enum": [1, True]}}}, "`a` is `1` or `true`", "`a` is neither `1` nor `true`"),
        ({"properties": {"a": {"minItems": 1}}}, "`a` has at least 1 item", "`a` is empty"),
        ({"properties": {"a": {"maxItems": 0}}}, "`a` is empty", "`a` has at least 1 item"),
        (
            {"properties": {"a": {"minItems": 2, "maxItems": 2}}},
            "`a` has 2 items",
            "either `a` has at most 1 item or `a` has at least 3 items",
        ),
        ({"properties": {"a": {"minItems": 2, "maxItems": 3}}}, "`a` has 2 to 3 items",
         "either `a` has at most 1 item or `a` has at least 4 items"),
        ({"properties": {"a": {"maxItems": 1}}}, "`a` has at most 1 item", "`a` has at least 2 items"),
        (
            {"properties": {"a": {"minimum": 3, "pattern": "^x"}}},
            "`a` is at least `3` and `a` is of the form `^x`",
            "either `a` is less than `3` or `a` is not of the form `^x`",
        ),
        ({"properties": {"a": {"minLength": 1}}}, "`a` is not empty", "`a` is empty"),
        ({"properties": {"a": {"items": {"const": 1}}}}, "each `a[]` is `1`", "not each `a[]` is `1`"),
        ({"properties": {"a": {"contains": {"const": 1}}}}, "one `a[]` is `1`", "no `a[]` is `1`"),
        ({"const": 5}, "the payload is `5`", "the payload is not `5`"),
        ({"not": {"required": ["a"]}}, "`a` is missing", "`a` is given"),
        ({"not": True}, "the payload is not of that form", "the payload is of that form"),
        (
            {"allOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "`a` is given and `b` is given",
            "either `a` is missing or `b` is missing",
        ),
        (
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "either `a` is given or `b` is given",
            "`a` is missing and `b` is missing",
        ),
    ],
)  # fmt: skip
def test_D9_a_condition_is_a_plain_sentence(schema: Any, words: str, opposite: str) -> None:
    assert sentence(clauses(schema, "")) == words
    assert sentence(clauses(schema, "", holds=False)) == opposite


def test_D9_clauses_about_one_value_are_joined() -> None:
    among = clauses({"enum": ["a", "b", "c"]}, "x")
    assert sentence([*among, *clauses({"const": "a"}, "x", holds=False)]) == "`x` is `b` or `c`"
    assert sentence([*among, *clauses({"enum": ["b", "z"]}, "x")]) == "`x` is `b`"
    assert (
        sentence([*clauses({"const": "a"}, "x"), *clauses({"const": "a"}, "x", holds=False)]) == "`x` is `a`"
    )
    assert sentence([*clauses({"minItems": 2}, "x", holds=False), *clauses({"minItems": 1}, "x")]) == (
        "`x` has 1 item"
    )


@pytest.mark.no_cover
def test_D9_no_requirement_prints_python() -> None:
    for operation in sellerspec.operations():
        for form in ("text", "json"):
            result = run("requirements", operation.key, "--format", form)
            assert (result.exit_code, result.stderr) == (0, "")
            assert not re.search(r"`(True|False|None)`|not \(", result.stdout)


def test_D9_requirements_of_a_call_without_a_body_are_its_parameters() -> None:
    lines = run("requirements", "tiki/listWarehouses").stdout.splitlines()
    assert lines[:3] == ["tiki/listWarehouses", "", "parameters:"]
    assert lines[3].split()[:2] == ["version", "(path)"]
    assert lines[3].endswith("tiki.version-known  required")
    assert [line.split()[0] for line in lines[4:6]] == ["warehouse_id", "warehouse_code"]
    assert lines[6:8] == ["", "rules that JSON Schema cannot state:"]
    assert "minimal payload" not in "\n".join(lines)
    assumed = run("requirements", "tnsl/listOrders").stdout.splitlines()
    assert (
        assumed[1]
        == "  no document states `tnsl/listOrders`; its shape is assumed, an overlay can correct it"
    )


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
    assert by_path["other"].when == ("`text` is given", "`text` is given and `deep` is missing")
    assert by_path["more"].when == ("`text` is given and `deep` is missing",)


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


def test_D9_one_of_several_members_is_required_while_the_others_are_missing() -> None:
    either = {"anyOf": [{"required": ["id"]}, {"required": ["code"]}]}
    both = {"anyOf": [{"required": ["id", "code"]}, {"required": ["name"]}]}
    assert [(member.path, member.when) for member in members({"items": either})] == [
        ("[].id", ("`[].code` is missing",)),
        ("[].code", ("`[].id` is missing",)),
    ]
    assert not list(members(both))


def test_D9_a_member_of_an_optional_object_is_required_under_a_condition() -> None:
    lines = run("requirements", "tiki-v2/updateSku").output.splitlines()
    assert "required:" not in lines
    start, end = lines.index("required under a condition:"), lines.index("optional:")
    conditional = lines[start + 1 : end - 1]
    assert [line if line.startswith("      if ") else line.split()[0] for line in conditional] == [
        "original_sku",
        "      if `product_id` is missing",
        "product_id",
        "      if `original_sku` is missing",
        "warehouse_quantities[].warehouse_id",
        "      if `warehouse_quantities` has items",
        "warehouse_quantities[].qty_available",
        "      if `warehouse_quantities` has items",
    ]


def test_D9_no_heading_stands_above_nothing() -> None:
    lines = run("requirements", "tiki-v2/confirmAvailable").output.splitlines()
    assert "required:" in lines
    assert not {"required under a condition:", "optional:"} & set(lines)
