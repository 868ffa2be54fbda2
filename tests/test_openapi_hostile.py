"""Specs and overlays of users that are broken or hostile: an error with its place, in bounded time."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import run

pytestmark = pytest.mark.timeout(60)  # for work that grows faster than its input minutes are not enough

SOURCE = {"document": "docs", "section": "1", "status": "documented"}
SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Mine", "version": "1"},
    "x-sources": {"docs": {"title": "Documents", "seen": ""}},
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "summary": "List",
                "x-source": SOURCE,
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}},
                    }
                },
            }
        }
    },
    "components": {"schemas": {"thing": {"type": "object", "properties": {"id": {"type": "integer"}}}}},
}
GET = ("paths", "/things", "get")
THING = ("components", "schemas", "thing")
IN_GET = "$.paths['/things'].get"
YAML = """
openapi: 3.1.0
info: {title: Mine, version: 1.0}
x-sources: {docs: {title: Documents, seen: ''}}
paths:
  /things:
    get:
      operationId: listThings
      summary: List
      x-source: {document: docs, section: '1', status: documented}
      responses:
        200:
          description: all
          content: {application/json: {schema: {type: object, required: [id]}}}
        4XX: {description: refused}
        default: {description: else}
"""


def changed(at: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(SPEC)
    holder: Any = document
    for part in at[:-1]:
        holder = holder[part]
    holder[at[-1]] = value
    return document


def written(folder: Path, document: object, name: str = "mine.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def refused(path: Path, *options: object) -> str:
    """Return the one line that every command says about a spec."""
    good = written(path.parent, SPEC, "good.json")
    lines = set()
    for words in (("lint", path), ("bundle", path), ("diff", path, good), ("diff", good, path)):
        result = run("specs", *words, *options)
        assert (result.exit_code, result.stdout) == (2, ""), (words, result.output)
        assert "fault of sellerspec" not in result.stderr
        lines.add(result.stderr.replace("good.json", "mine.json"))
    (line,) = lines
    return line


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (("info",), None, "$.info is `null`, which cannot stand there"),
        (("paths",), [], "$.paths is a list, which"),
        (("paths", "/things"), 5, "$.paths['/things'] is `5`, which"),
        (GET, "text", f"{IN_GET} is `text`, which"),
        ((*GET, "responses"), None, f"{IN_GET}.responses is `null`, which"),
        ((*GET, "responses", "200"), [], f"{IN_GET}.responses['200'] is a list, which"),
        ((*GET, "responses", "200", "content"), 5, f"{IN_GET}.responses['200'].content is `5`, which"),
        ((*GET, "responses", "99"), {}, f"{IN_GET}.responses has a member whose name is not known here"),
        ((*GET, "parameters"), {"q": 1}, f"{IN_GET}.parameters is an object, which"),
        ((*GET, "parameters", 0), True, f"{IN_GET}.parameters[0] is `true`, which"),
        ((*GET, "parameters", 0, "in"), "body", f"{IN_GET}.parameters[0].in is `body`, which"),
        ((*GET, "parameters", 0), {"in": "query"}, f"{IN_GET}.parameters[0] has no `name`"),
        ((*GET, "security"), {"a": 1}, f"{IN_GET}.security is an object, which"),
        (("components",), [1], "`$ref` leads nowhere: #/components/schemas/thing"),
        ((*THING, "properties"), 3, ".thing.properties is `3`, which"),
        ((*THING, "properties", "id", "type"), "int", ".properties.id.type is `int`, which"),
        ((*THING, "x-warnings"), 1, ".thing['x-warnings'] is `1`"),
        (THING, {"$ref": "a\0b"}, ": no path of a file: a?b"),
        (THING, {"$ref": "http://["}, "`$ref` is no address: http://["),
        (THING, {"$ref": "#"}, "`$ref` goes round in a circle: #"),
        (("servers",), {"url": 1}, "$.servers is an object, which"),
        (("x-rules",), {"mine.rule": 5}, "$['x-rules']['mine.rule'] is `5`, which"),
        (("x-rules",), {"$ref": "a\0b"}, "x-rules: no path of a file: a?b"),
    ],
)  # fmt: skip
def test_E3_a_spec_of_wrong_types_is_an_error_with_its_place(
    at: tuple[str | int, ...], value: object, message: str, tmp_path: Path
) -> None:
    assert message in refused(written(tmp_path, changed(at, value)))


def wide(levels: int, **beside: str) -> dict[str, Any]:
    schemas: dict[str, Any] = {f"s{levels}": {"type": "string"}}
    for level in range(levels):
        reference = {"$ref": f"#/components/schemas/s{level + 1}", **beside}
        schemas[f"s{level}"] = {"type": "object", "properties": {"a": reference, "b": reference}}
    return {**SPEC, "components": {"schemas": {"thing": schemas["s0"], **schemas}}}


@pytest.mark.parametrize("beside", [{}, {"description": "a text beside `$ref`"}])
def test_E3_references_are_resolved_once_each(beside: dict[str, str], tmp_path: Path) -> None:
    line = refused(written(tmp_path, wide(30, **beside)))
    assert "mine.json#/components/schemas/s" in line
    assert line.endswith("with its references replaced it has more than 300,000 values\n")
    assert run("specs", "bundle", written(tmp_path, wide(8, **beside))).exit_code == 0


def test_E3_a_long_chain_of_references_is_an_error(tmp_path: Path) -> None:
    chain = {f"s{n}": {"items": {"$ref": f"#/components/schemas/s{n + 1}"}} for n in range(3000)}
    document = changed(("components", "schemas"), {"thing": {"$ref": "#/components/schemas/s0"}, **chain})
    assert "nested deeper than 100 levels" in refused(written(tmp_path, document))


def overlay(folder: Path, *actions: dict[str, Any]) -> Path:
    head = {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "x-marketplace": "tnsl"}
    return written(folder, {**head, "actions": list(actions)}, "fix.json")


PARTS = [f"x-{letter}" for letter in "abcdefghi"]


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (
            [
                {"target": "$.paths['/v1/orders'].post", "update": {f"x-{n}": {"$ref": "#/paths"}}}
                for n in range(30)
            ],
            "with this action it has more than 300,000 values",
        ),
        (
            [{"target": "$.components.schemas.*", "update": {"x-a": {"$ref": "#/components"}}}],
            "fix.json: actions[0]: it puts a part into itself",
        ),
        pytest.param(
            [
                {
                    "target": "$..*[?@.type]",
                    "update": {f"x-{n}-{member}": {"type": "object"} for member in "abcdefghi"},
                }
                for n in range(30)
            ],
            "`target` selects more than 25,000 places",
            marks=pytest.mark.no_cover,
        ),
        ([{"target": "$..[?@..[?@..*]]", "update": {}}], "`target` may have `..` 2 times"),
        (
            [{"target": "$..[?$..*]", "update": {}}],
            "`target` may have `..` 2 times, and then no `$` in a filter",
        ),
        ([{"target": "$" + "[?@" * 400 + "]" * 400, "update": {}}], "`target` is"),
        (
            [{"target": "$.info", "update": {"version": None}}],
            "$.info.version is `null`, which cannot stand there",
        ),
        (
            [{"target": "$.paths['/v1/orders'].post.responses['200']", "update": {"links": {"a": 5}}}],
            ".post.responses['200'].links.a is `5`, which cannot stand there",
        ),
    ],
)
@pytest.mark.no_cover
def test_E3_an_overlay_that_leaves_no_spec_is_an_error_with_its_place(
    actions: list[dict[str, Any]], message: str, tmp_path: Path
) -> None:
    path = overlay(tmp_path, *actions)
    for words in (
        ("specs", "bundle", "tnsl"),
        ("specs", "lint", "tnsl"),
        ("check", "--as", "tnsl/createOrder", "-"),
    ):
        result = run(*words, "--overlay", path, stdin="{}")
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr


@pytest.mark.parametrize("own", [{"default": "{description: else}"}, {}])
def test_H4_an_unquoted_status_and_default_are_fine(own: dict[str, str], tmp_path: Path) -> None:
    spec = written(tmp_path, YAML, "mine.yaml")
    lint = run("specs", "lint", spec)
    assert (lint.exit_code, lint.stdout) == (0, f"{spec}: nothing found\n")
    bundle = run("specs", "bundle", "--format", "json", spec)
    assert (bundle.exit_code, bundle.stderr) == (0, "")
    responses = json.loads(bundle.stdout)["paths"]["/things"]["get"]["responses"]
    assert list(responses) == ["200", "4XX", "default"]
    quoted = written(tmp_path, YAML.replace("200:", "'200':").replace(" default:", ' "default":'), "q.yaml")
    assert run("specs", "diff", spec, quoted).stdout == "0 breaking, 0 other differences\n"
    without = written(tmp_path, YAML.replace("        default: {description: else}\n", ""), "w.yaml")
    assert run("specs", "diff", spec, without).stdout == (
        "fine      listThings response default: is gone\n0 breaking, 1 other differences\n"
    )


EVIL = "^(a+)+$"


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
@pytest.mark.parametrize(
    "keyword",
    [
        {"pattern": EVIL},
        {"patternProperties": {EVIL: True}},
        {"patternProperties": {EVIL: True}, "additionalProperties": {}},
        {"patternProperties": {EVIL: True}, "additionalProperties": {"type": "integer"}},
    ],
)
def test_H5_a_pattern_of_an_overlay_runs_in_linear_time(
    engine: str, keyword: dict[str, Any], tmp_path: Path
) -> None:
    action = {"target": "$.components.schemas['create-order']", "update": {"properties": {"note": keyword}}}
    text = "a" * 60 + "!"
    payload = json.dumps({"note": text if "pattern" in keyword else {text: 1}})
    words = (
        "check",
        "--as",
        "tnsl/createOrder",
        "--engine",
        engine,
        "-",
        "--overlay",
        overlay(tmp_path, action),
    )
    result = run(*words, stdin=payload)
    assert (result.exit_code, "/note" in result.stdout) == (1, "pattern" in keyword)


def test_H5_an_engine_that_cannot_search_in_linear_time_says_so(tmp_path: Path) -> None:
    update = {"properties": {"note": {"patternProperties": {EVIL: True}, "unevaluatedProperties": False}}}
    action = {"target": "$.components.schemas['create-order']", "update": update}
    words = ("check", "--as", "tnsl/createOrder", "-", "--overlay", overlay(tmp_path, action))
    payload = json.dumps({"note": {"a" * 60 + "!": 1}})
    assert "/note" in run(*words, stdin=payload).stdout
    result = run(*words, "--engine", "jsonschema", stdin=payload)
    assert (result.exit_code, "use jsonschema-rs" in result.stderr) == (2, True)


@pytest.mark.parametrize("function", ["search", "match"])
def test_H5_a_pattern_of_a_target_runs_in_linear_time(function: str, tmp_path: Path) -> None:
    update = {"target": "$.info", "update": {"title": "a" * 60 + "!"}}
    target = {"target": f"$.info[?{function}(@, '(a+)+b')]", "update": {}}
    result = run("specs", "bundle", "tnsl", "--overlay", overlay(tmp_path, update, target))
    assert (result.exit_code, "finds nothing" in result.stderr) == (2, True)
    target = {"target": f"$.info[?{function}(@, '(?=a)b')]", "update": {}}
    result = run("specs", "bundle", "tnsl", "--overlay", overlay(tmp_path, target))
    assert (result.exit_code, "not a JSON Schema" in result.stderr) == (2, True)


@pytest.mark.parametrize("link", [False, True])
def test_H8_a_ref_stays_below_the_folder_of_its_spec(link: bool, tmp_path: Path) -> None:
    secret = written(tmp_path, {"password": "hunter2"}, "secret.json")
    folder = tmp_path / "specs"
    folder.mkdir()
    name = "beside.json" if link else "../secret.json"
    if link:
        (folder / name).symlink_to(secret)
    for at, value in (
        (THING, {"$ref": name}),
        (("x-rules",), {"$ref": name}),
        (
            (*GET, "responses", "200", "content", "application/json", "examples"),
            {"e": {"externalValue": name}},
        ),
    ):
        path = written(folder, changed(at, value))
        line = refused(path)
        assert "the file is not below" in line
        assert "`--refs-below FOLDER` allows more" in line
        result = run("specs", "bundle", path, "--refs-below", tmp_path)
        assert "is not below" not in result.stderr


def test_H8_data_that_looks_like_a_reference_is_not_read(tmp_path: Path) -> None:
    secret = written(tmp_path, {"password": "hunter2"}, "secret.json")
    value = {"e": {"value": {"externalValue": str(secret), "$ref": str(secret)}}}
    path = written(
        tmp_path, changed((*GET, "responses", "200", "content", "application/json", "examples"), value)
    )
    result = run("specs", "bundle", path)
    assert (result.exit_code, "hunter2" in result.stdout) == (0, False)


def test_H8_an_overlay_refers_to_files_of_the_spec_alone(tmp_path: Path) -> None:
    secret = written(tmp_path, {"password": "hunter2"}, "secret.json")
    for update in ({"x-a": {"$ref": secret.as_uri()}}, {"x-a": {"externalValue": str(secret)}}):
        path = overlay(tmp_path, {"target": "$.info", "update": update})
        result = run("specs", "bundle", "tnsl", "--overlay", path)
        assert (result.exit_code, "is not below" in result.stderr, result.stdout) == (2, True, "")
