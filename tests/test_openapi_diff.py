"""`comparing` says what changed and for whom it breaks; `linting` where a spec lacks what we ask."""
# ruff: noqa: E501 - tables of cases: one line each reads better

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sellerspec import marketplaces
from sellerspec.contract import lint
from sellerspec.contract.documents import document
from sellerspec.openapi import diff

Json = Any
Edit = Callable[[Json], None]

SOURCE = {"document": "docs", "section": "1", "status": "documented"}
SHAPE = {
    "type": "object",
    "x-rule": "mine.thing",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 9, "enum": ["a", "b"]},
        "count": {"type": ["integer", "null"], "minimum": 1},
        "parts": {"type": "array", "items": {"type": "string", "pattern": "^a"}},
        "both": {"allOf": [{"type": "string"}, {"minLength": 1}]},
        "any": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
TEXT = {
    "requirement": "a thing is an object",
    "source": {"document": "docs", "section": "1"},
    "basis": "documented",
}
SPEC: dict[str, Json] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://one.example"}],
    "x-sources": {"docs": {"title": "Docs", "seen": "2026-10-01"}},
    "x-rules": {"mine.thing": TEXT},
    "security": [{"key": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "operationId": "makeThing",
                "summary": "Make a thing",
                "x-source": SOURCE,
                "x-refusal-order": ["mine.thing"],
                "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": SHAPE, "examples": {"one": {"value": {"name": "a"}}}}
                    },
                },
                "responses": {
                    "200": {
                        "description": "Made.",
                        "x-source": SOURCE,
                        "content": {
                            "application/json": {
                                "schema": SHAPE,
                                "examples": {"one": {"value": {"name": "b"}}},
                            }
                        },
                        "links": {
                            "again": {
                                "operationId": "makeThing",
                                "parameters": {
                                    "id": "$response.body#/parts/0",
                                    "path.id": "$request.path.id",
                                },
                            },
                            "deep": {"operationId": "makeThing", "parameters": {"id": "$response.body#/any"}},
                        },
                    },
                    "400": {"description": "Refused."},
                },
                "x-response-sources": {"400": SOURCE},
            },
        }
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}}},
}


def post(spec: Json) -> Json:
    return spec["paths"]["/things/{id}"]["post"]


def sent(spec: Json) -> Json:
    return post(spec)["requestBody"]["content"]["application/json"]["schema"]


def item(spec: Json) -> Json:
    return spec["paths"]["/things/{id}"]


def twice(spec: Json) -> Json:
    item(spec)["put"] = copy.deepcopy(post(spec))
    return item(spec)["put"]


def received(spec: Json) -> Json:
    return post(spec)["responses"]["200"]["content"]["application/json"]["schema"]


def save(folder: Path, name: str, *edits: Edit) -> str:
    spec = json.loads(json.dumps(SPEC))
    for edit in edits:
        edit(spec)
    path = folder / name
    path.write_text(json.dumps({"x-marketplace": "mine", **spec}))
    return str(path)


def put(where: Callable[[Json], Json], at: str, value: Json) -> Edit:
    """Return an edit: set what stands at a dotted place, or take it out for `None`."""

    def edit(spec: Json) -> None:
        *way, last = at.split("/")
        node = where(spec)
        for part in way:
            node = node[int(part) if isinstance(node, list) else part]
        if value is None:
            node.pop(last)
        else:
            node[int(last) if isinstance(node, list) else last] = copy.deepcopy(value)

    return edit


def root(spec: Json) -> Json:
    return spec


@pytest.mark.parametrize(
    ("edit", "sends", "reads"),
    [
        ("properties/new", ("/new: a new member", False), ("/new: a new member", False)),
        ("properties/count", ("/count: the member is gone", True), ("/count: the member is gone", True)),
        ("required", ("/name: is no longer required", False), ("/name: is no longer required", True)),
        ("required+", ("/count: is required", True), ("/count: is required", False)),
        ("required++", ("/new: a new required member", True), ("/new: a new required member", False)),
        ("properties/name/enum", ("/name: `enum` is gone: `a`, `b`", False), ("/name: `enum` is gone: `a`, `b`", True)),
        ("properties/name/enum+", ("/name: `enum` may be `c`", False), ("/name: `enum` may be `c`", True)),
        ("properties/name/enum-", ("/name: `enum` may no longer be `b`", True), ("/name: `enum` may no longer be `b`", False)),
        ("properties/count/type", ("/count: `type` may no longer be `null`", True), ("/count: `type` may no longer be `null`", False)),
        ("properties/count/enum", ("/count: `enum` is new: `1`", True), ("/count: `enum` is new: `1`", False)),
        ("properties/name/maxLength", ("/name: `maxLength` was 9, is 5", True), ("/name: `maxLength` was 9, is 5", False)),
        ("properties/count/minimum", ("/count: `minimum` was 1, is gone", False), ("/count: `minimum` was 1, is gone", True)),
        ("properties/count/maximum", ("/count: `maximum` was not there, is 3", True), ("/count: `maximum` was not there, is 3", False)),
        ("properties/parts/items/pattern", ("/parts/*: `pattern` has changed", True), ("/parts/*: `pattern` has changed", True)),
        ("properties/parts/items", ("/parts: `items` is gone", False), ("/parts: `items` is gone", True)),
        ("properties/both/allOf", ("/both: one requirement less", False), ("/both: one requirement less", True)),
        ("properties/both/allOf+", ("/both: a further requirement `mine.x`", True), ("/both: a further requirement `mine.x`", False)),
        ("properties/any/anyOf", ("/any: `anyOf` has changed", True), ("/any: `anyOf` has changed", True)),
        ("not", ("/: `not` is new", True), ("/: `not` is new", False)),
        ("properties/name", ("/name: the schema has changed", True), ("/name: the schema has changed", True)),
        ("x-warnings", ("/: its warnings have changed", False), ("/: its warnings have changed", False)),
    ],
)  # fmt: skip
def test_a_change_breaks_who_makes_the_value_or_who_reads_it(
    tmp_path: Path, edit: str, sends: tuple[str, bool], reads: tuple[str, bool]
) -> None:
    new: Json = {
        "properties/new": {"type": "string"},
        "required+": ["name", "count"],
        "required++": ["name", "new"],
        "properties/name/enum+": ["a", "b", "c"],
        "properties/name/enum-": ["a"],
        "properties/count/type": "integer",
        "properties/count/enum": [1],
        "properties/name/maxLength": 5,
        "properties/count/maximum": 3,
        "properties/parts/items/pattern": "^b",
        "properties/both/allOf": [{"type": "string"}],
        "properties/both/allOf+": [
            {"type": "string"},
            {"minLength": 1},
            {"x-rule": "mine.x"},
        ],
        "properties/any/anyOf": [{"type": "string"}],
        "not": {"required": ["z"]},
        "properties/name": True,
        "x-warnings": [{"maxProperties": 3}],
    }
    old = save(tmp_path, "old.json")
    for where, part, expected in ((sent, "request", sends), (received, "response 200", reads)):

        def change(spec: Json, where: Callable[[Json], Json] = where) -> None:
            put(where, edit.rstrip("+-"), new.get(edit))(spec)
            if edit == "required++":
                where(spec)["properties"]["new"] = {}

        changes = diff.diff(document(old), document(save(tmp_path, "new.json", change)))
        assert (
            diff.Change(
                f"makeThing {part} {expected[0].partition(':')[0]}",
                expected[0].partition(": ")[2],
                expected[1],
            )
            in changes
        )
        assert all(
            "rule" in change.place or change.place.startswith(f"makeThing {part}") for change in changes
        )


@pytest.mark.parametrize(
    ("where", "at", "value", "expected", "breaking"),
    [
        (root, "servers/0/url", "https://two.example", "servers: https://one.example is gone", True),
        (post, "operationId", "other", "makeThing: the operation is gone", True),
        (root, "security", [], "makeThing: the security of the call has changed", True),
        (post, "x-source/status", "assumed", "makeThing: was documented, is assumed", False),
        (post, "x-source/section", "2", "makeThing: its source was docs 1, is docs 2", False),
        (post, "parameters", [], "makeThing query parameter `dry`: is gone", True),
        (post, "parameters/0/required", True, "makeThing query parameter `dry`: is required", True),
        (
            post,
            "parameters/0/schema/type",
            "string",
            "makeThing query parameter `dry` /: `type` may be `string`",
            False,
        ),
        (post, "requestBody", None, "makeThing request: there is none any more", True),
        (post, "requestBody/required", False, "makeThing request: is no longer required", False),
        (post, "requestBody/content/text~x", {}, "makeThing request: text~x is new", False),
        (post, "requestBody/content/application~json", None, "", False),
        (post, "responses/400", None, "makeThing response 400: is gone", False),
        (post, "responses/500", {"description": "d"}, "makeThing response 500: is new", False),
    ],
)
def test_calls_that_changed_are_told(
    tmp_path: Path, where: Callable[[Json], Json], at: str, value: Json, expected: str, breaking: bool
) -> None:
    old = save(tmp_path, "old.json")
    if not expected:
        new = save(tmp_path, "new.json", lambda spec: post(spec)["requestBody"]["content"].clear())
        expected, breaking = "makeThing request: application/json is gone", True
    else:
        new = save(tmp_path, "new.json", put(where, at, value))
    changes = diff.diff(document(old), document(new))
    assert (expected, breaking) in [(str(change), change.breaking) for change in changes]
    back = diff.diff(document(new), document(old))
    assert back != ()
    assert diff.diff(document(new), document(new)) == ()


def test_rules_of_the_schemas_are_compared(tmp_path: Path) -> None:
    one = {"x-rule": "mine.one", "type": "string"}
    refuse = put(sent, "properties/name", one)
    plain = save(tmp_path, "plain.json")
    refusing = save(tmp_path, "refusing.json", refuse, put(root, "x-rules/mine.one", TEXT))
    worded = save(
        tmp_path, "worded.json", refuse, put(root, "x-rules/mine.one", {**TEXT, "requirement": "two"})
    )
    warning = save(tmp_path, "warning.json", put(sent, "x-warnings", [{"properties": {"name": one}}]))

    def rules(old: str, new: str) -> list[tuple[str, bool]]:
        changes = diff.diff(document(old), document(new))
        return [(change.message, change.breaking) for change in changes if change.place == "rule mine.one"]

    assert rules(plain, refusing) == [("a new rule that refuses", True)]
    assert rules(plain, warning) == [("a new warning", False)]
    assert rules(refusing, plain) == [("is gone", False)]
    assert rules(warning, refusing) == [("refuses now", True)]
    assert rules(refusing, warning) == [("only warns now", False)]
    assert rules(refusing, worded) == [("its text has changed", False)]


@pytest.mark.no_cover
def test_a_spec_that_keeps_to_the_conventions_has_no_problem(tmp_path: Path) -> None:
    assert lint.lint(save(tmp_path, "mine.json")) == ()
    assert {name: lint.lint(name) for name in marketplaces.NAMES} == dict.fromkeys(marketplaces.NAMES, ())


PLACE = "$.paths['/things/{id}'].post"


@pytest.mark.parametrize(
    ("where", "at", "value", "expected"),
    [
        (root, "x-sources", None, "$: no `x-sources`: name the documents that the spec is based on"),
        (root, "x-sources/docs/seen", None, '$[\'x-sources\'].docs: no `seen` (a text; "" where it is not known)'),
        (post, "operationId", "Make thing", f"{PLACE}: operationId `Make thing` is not a name in lowerCamelCase"),
        (post, "summary", None, f"{PLACE}: no `summary`"),
        (twice, "operationId", "makeThing", "operationId `makeThing` is also used by "),
        (item, "parameters", [], "the path has `{id}`, the parameters have not"),
        (post, "x-source", None, f"{PLACE}: no `x-source`"),
        (post, "x-source/document", "dogs", f"{PLACE}: the source names document `dogs`; `x-sources` has docs"),
        (post, "x-source/status", "sure", f"{PLACE}: `x-source` has status `sure`; known: documented, observed,"),
        (post, "x-source/section", None, f"{PLACE}: `x-source` names no `section`"),
        (post, "responses", {"400": {"description": "d"}}, f"{PLACE}: no success response (2xx)"),
        (post, "responses/200/x-source/status", "x", f"{PLACE}.responses['200']: `x-source` has status `x`"),
        (post, "x-response-sources/418", SOURCE, f"{PLACE}.x-response-sources: `418` is no response of the operation"),
        (post, "x-sorce", {}, f"{PLACE}: `x-sorce`: did you mean `x-source`?"),
        (sent, "properties/name/pattern", "(?=a)", "the pattern has a lookaround or backreference, so its time is not linear"),
        (sent, "$dynamicRef", "#a", "`$dynamicRef` is not supported"),
        (post, "parameters/0", {"name": "x", "in": "path", "required": True}, "the parameter `x` is not in the path"),
        (sent, "x-rule", "mine.other", "the rule `mine.other` has no text in `x-rules`"),
        (root, "x-rules/mine.other", TEXT, "$['x-rules']['mine.other']: no schema states this rule"),
        (root, "x-rules/Mine", TEXT, "$['x-rules'].Mine: a rule is named `mine.what-it-requires`"),
        (root, "x-rules/mine.thing/requirement", "Ends so.", "$['x-rules']['mine.thing'].requirement: "),
        (root, "x-rules/mine.thing/source/document", "x", "$['x-rules']['mine.thing']: the source names document `x`; `x-sources` has docs"),
        (post, "x-refusal-order", ["mine.nothing"], f"{PLACE}.x-refusal-order: `mine.nothing` is no rule"),
        (post, "requestBody/content", {"application/json": {"schema": {}}}, f"{PLACE}.requestBody: no example"),
        (post, "responses/200/links/again/operationId", "makeThink", "leads to `makeThink`, which is no operation; nearest is `makeThing`"),
        (post, "responses/200/links/again/parameters/idd", "x", "link `again`: `makeThing` has no parameter `idd`"),
        (post, "responses/200/links/again/parameters/id", "$response.body#/nome", "the schema of the response has no such member"),
        (post, "responses/200/links/again/parameters/id", "$response.body#/any/x", "the schema of the response has no such member"),
        (post, "responses/200/links/again/parameters/id", "$request.query.x", "the operation has no such parameter"),
    ],
)  # fmt: skip
def test_each_convention_is_asked_for(
    tmp_path: Path, where: Callable[[Json], Json], at: str, value: Json, expected: str
) -> None:
    path = save(tmp_path, "mine.json", put(where, at, value))
    assert any(expected in str(problem) for problem in lint.lint(path)), lint.lint(path)


def test_the_text_of_a_rule_is_judged(tmp_path: Path) -> None:
    text = {"requirement": "Count.", "source": {"document": "docs"}, "basis": "sure", "phase": "never",
            "refusal": {"state": 400}, "advice": "none"}  # fmt: skip
    state = put(sent, "properties/count/x-rule", "mine.count")
    path = save(tmp_path, "mine.json", state, put(root, "x-rules/mine.count", text))
    place = "$['x-rules']['mine.count']"
    assert sorted(problem.place for problem in lint.lint(path)) == [
        f"{place}.advice",
        f"{place}.basis",
        f"{place}.phase",
        f"{place}.refusal.state",
        f"{place}.requirement",
        f"{place}.source.section",
    ]


def test_examples_are_judged(tmp_path: Path) -> None:
    changes = lint.lint(save(tmp_path, "mine.json", _only_examples))
    assert [str(problem).replace(str(tmp_path), "") for problem in changes] == [
        f"{PLACE}.requestBody: example `bad`: violates `mine.thing` at /name: `name` must be `a` or `b`, got `zz`",
        f"{PLACE}.requestBody: example `none`: neither `value` nor `externalValue`",
        f"{PLACE}.requestBody: example `lost`: /lost.json: no such file or directory",
        f"{PLACE}.responses['200']: example `bad`: violates `mine.thing` at /response/body/name: `name` is missing",
        f"{PLACE}.responses['200']: example `none`: neither `value` nor `externalValue`",
    ]


def _only_examples(spec: Json) -> None:
    media = post(spec)["requestBody"]["content"]["application/json"]
    media["examples"] = {"bad": {"value": {"name": "zz"}}, "none": {}, "lost": {"externalValue": "lost.json"}}
    post(spec)["responses"]["200"]["content"]["application/json"]["examples"] = {
        "bad": {"value": {}},
        "none": {},
    }
