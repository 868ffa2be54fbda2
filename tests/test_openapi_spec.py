"""The three specs are valid OpenAPI, and every part of them says where it comes from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sellerspec import contract
from sellerspec.io import resources
from sellerspec.openapi.references import References
from sellerspec.openapi.rule_texts import own_id
from sellerspec.openapi.spec import Body, is_json

NAMES = ("tiki", "tiki-v2", "tnsl", "tokopedia")


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a value."""
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(member)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_a_spec_is_valid_openapi(name: str) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    path = resources.data_dir("openapi") / f"{name}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [
        error.message for error in OpenAPIV31SpecValidator(document, base_uri=path.as_uri()).iter_errors()
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_has_a_source_a_summary_and_documented_responses(name: str) -> None:
    spec = contract.contract(name).spec
    assert len(set(spec.ids())) == len(spec.ids())
    for id in spec.ids():
        operation = spec.operation(id)
        assert operation.operation.source.document in spec.sources
        assert operation.operation.summary
        assert any(200 <= response < 300 for response in operation.responses)


def shared_schemas(name: str) -> list[Path]:
    """Return the files outside the folder of the marketplace to which its spec refers, for rules."""
    spec = contract.contract(name).spec
    references = References(spec.path, spec.document, below=spec.below)
    references.resolved()
    own = resources.data_dir("schemas") / name
    return [path for path in references.files() if path.suffix == ".json" and path.parent != own]


INLINE = {"x-requirement", "x-refusal", "x-catalogue", "x-phase", "x-hint"}


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_that_a_schema_names_has_its_text_once_and_every_text_is_used(name: str) -> None:
    stated = set()
    for path in [*(resources.data_dir("schemas") / name).glob("*.json"), *shared_schemas(name)]:
        for object_ in objects(resources.read_json(path)):
            assert not object_.keys() & {*INLINE, "x-source"}, path.name
            stated |= {own_id(object_["x-rule"], name)} if "x-rule" in object_ else set()
    for object_ in objects(resources.read_yaml(resources.data_dir("openapi") / f"{name}.yaml")):
        assert not object_.keys() & INLINE
        if "x-rule" in object_:
            assert "x-source" not in object_, object_["x-rule"]
            stated.add(object_["x-rule"])
    texts = contract.contract(name).spec.rule_texts
    assert stated == {id for id, text in texts.items() if "why_not" not in text}
    assert len(stated) > 20


@pytest.mark.parametrize("name", NAMES)
def test_the_texts_of_the_rules_have_the_form_that_their_json_schema_gives(name: str) -> None:
    schemas = resources.data_dir("schemas")
    validator = Draft202012Validator(resources.read_json(schemas / "sellerspec" / "rules.json"))
    groups = resources.read_yaml(schemas / name / "rules.yaml")
    assert [error.message for error in validator.iter_errors(groups)] == []
    assert [*validator.iter_errors({"A heading": {"rules": {}}}), *validator.iter_errors([])] != []


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_keeps_to_the_subset_that_every_engine_reads_alike(name: str) -> None:
    for path in (resources.data_dir("schemas") / name).glob("*.json"):
        for object_ in objects(resources.read_json(path)):
            assert not {"$dynamicRef", "$anchor", "$recursiveRef", "unevaluatedProperties"} & object_.keys()
            pattern = object_.get("pattern")
            if isinstance(pattern, str):
                assert not any(
                    mark in pattern for mark in ("(?=", "(?!", "(?<", "\\1", "\\p", "\\d", "\\w")
                ), pattern


def test_the_links_of_tiki_lead_to_operations() -> None:
    spec = contract.contract("tiki").spec
    targets = {id: {link["operationId"] for link in spec.operation(id).links.values()} for id in spec.ids()}
    assert "getTracking" in targets["createProduct"]
    assert {"getOrder", "confirmItems", "printOrder"} <= targets["listOrders"]
    assert "confirmItems" in targets["listWarehouses"]
    assert set().union(*targets.values()) <= set(spec.ids())


def test_a_spec_says_its_version_servers_and_sources() -> None:
    spec = contract.contract("tiki").spec
    assert spec.version == "v1"
    assert spec.servers[0] == "https://api.tiki.vn/integration"
    assert "tis-2019" in spec.sources


@pytest.mark.parametrize(
    ("content_type", "json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True),
        ("text/html", False),
        ("application/jsonl", False),
        ("", False),
    ],
)
def test_a_content_type_carries_json_or_not(content_type: str, json: bool) -> None:
    assert is_json(content_type) is json


def test_a_body_without_json_has_no_schema() -> None:
    assert Body({"text/csv": {"type": "string"}}).schema is None
    assert Body({"text/csv": None, "application/json": {"type": "object"}}).schema == {"type": "object"}


def test_a_member_named_like_a_keyword_is_a_member(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "openapi": "3.1.0",
                "components": {"schemas": {"code": {"type": "string"}}},
                "x-sources": {},
                "shape": {
                    "properties": {
                        name: {"$ref": "#/components/schemas/code"}
                        for name in ("value", "default", "enum", "examples", "properties")
                    },
                    "default": {"$ref": "data, no reference"},
                },
            }
        )
    )
    written = References(path, resources.read_yaml(path)).resolved("shape")
    assert set(map(str, written["properties"].values())) == {"{'type': 'string'}"}
    assert written["default"] == {"$ref": "data, no reference"}
