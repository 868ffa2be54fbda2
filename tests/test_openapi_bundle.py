"""A bundle is one valid OpenAPI file that means what the spec means."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from sellerspec import contract
from sellerspec.contract import documents, lint
from sellerspec.errors import ParseError, SpecError, UnknownName
from sellerspec.io import strict
from sellerspec.openapi import bundle, diff
from sellerspec.openapi.document import Document
from sellerspec.openapi.overlay import Overlay, corrected, read
from sellerspec.openapi.spec import Spec

SOURCE = {"document": "d", "section": "1", "status": "documented"}
NAMES = ("tiki", "tiki-v2", "tnsl", "tokopedia")


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {reference for item in value for reference in references(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own.union(*map(references, value.values()))


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_is_valid_needs_no_file_and_means_the_same(name: str, tmp_path: Path) -> None:
    document = bundle.bundle(documents.document(name))
    validate(document)
    assert {reference.partition("#")[0] for reference in references(document)} == {""}
    text = bundle.written(document)
    assert "externalValue" not in text
    assert "x-place" not in text
    assert document["x-rules"] == contract.contract(name).spec.rule_texts
    path = tmp_path / "bundle.yaml"
    path.write_text(text, encoding="utf-8")
    assert diff.diff(documents.document(name), documents.document(str(path))) == ()
    assert lint.lint(str(path)) == ()
    assert bundle.bundle(documents.document(str(path))) == document
    assert list(Spec(name, path).ids()) == list(contract.contract(name).spec.ids())


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_yaml_and_json_hold_the_same_also_for_other_readers(name: str) -> None:
    document = bundle.bundle(documents.document(name))
    text = bundle.written(document)
    assert strict.decode_yaml(text) == strict.decode(bundle.written(document, "json")) == document
    assert yaml.safe_load(text) == document


def test_texts_that_another_yaml_reads_as_numbers_are_quoted() -> None:
    tricky = ["1e3", "0o7", "1.", ".5", "+1", "12e03", "0x1F", "yes", "null", "1_000", "v1", "x"]
    text = bundle.written({"all": tricky, "same": tricky})
    assert yaml.safe_load(text) == {"all": tricky, "same": tricky}
    for text_ in tricky[:9]:
        assert f"- '{text_}'\n" in text
    assert "*" not in text


def test_overlays_are_applied_and_shared_parts_stay_shared(tmp_path: Path) -> None:
    path = tmp_path / "fix.yaml"
    path.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: tnsl.yaml\nactions:\n"
        "  - {target: $.components.schemas.order, update: {x-here: 1}}\n"
        "  - {target: $.components.parameters.limit, remove: true}\n"
    )
    document = bundle.bundle(documents.document("tnsl", overlays=[str(path)]))
    validate(document)
    assert document["components"]["schemas"]["order"]["x-here"] == 1
    first = document["paths"]["/v1/orders"]["get"]["parameters"][0]
    assert first["name"] == "limit"  # its home is gone, so it is written where it is used
    assert bundle.bundle(documents.document("tnsl"))["components"]["parameters"]["limit"]["name"] == "limit"
    bundled = tmp_path / "tnsl.json"
    bundled.write_text(bundle.written(bundle.bundle(documents.document("tnsl")), "json"))
    again = bundle.bundle(documents.document(str(bundled), overlays=[str(path)]))
    assert again["components"]["schemas"]["order"]["x-here"] == 1


def test_what_is_no_spec_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean `tiki`"):
        bundle.bundle(documents.document("tikki"))
    with pytest.raises(ParseError, match="no such file"):
        bundle.bundle(documents.document(str(tmp_path / "none.yaml")))
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(SpecError, match="not an OpenAPI document"):
        bundle.bundle(documents.document(str(tmp_path / "list.json")))


@pytest.fixture
def scattered(tmp_path: Path) -> Path:
    """A spec whose parts lie in files of the same name, in a part of a file, and beside `paths`."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/shape.json").write_text('{"type": "string"}')
    (tmp_path / "shape.json").write_text(
        json.dumps(
            {
                "$defs": {"deep": {"type": "integer"}},
                "type": "object",
                "properties": {"n": {"$ref": "#/$defs/deep"}},
            }
        )
    )
    (tmp_path / "yes.json").write_text("true")
    (tmp_path / "item.yaml").write_text(
        "get: {operationId: second, x-source: {document: d, section: '1', status: documented}, responses: {'200': {description: d, content: {application/json: "  # noqa: E501
        "{schema: {$ref: 'a/shape.json'}}}}}}\n"
    )
    body = {"application/json": {"schema": {"$ref": "shape.json"}}}
    responses = {
        "200": {"description": "d", "content": body},
        "201": {"description": "d", "content": {"application/json": {"schema": {"$ref": "yes.json"}}}},
        "202": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/x-own/part"}}}},
    }
    spec = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "x-own": {"part": {"type": "null"}},
        "x-sources": {"d": {"title": "D", "seen": ""}},
        "paths": {
            "/first": {"get": {"operationId": "first", "x-source": SOURCE, "responses": responses}},
            "/second": {"$ref": "item.yaml"},
        },
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(spec))
    return path


def test_files_of_one_name_get_names_of_their_own(scattered: Path) -> None:
    document = bundle.bundle(documents.document(str(scattered)))
    validate(document)
    assert document["components"]["schemas"] == {
        "shape": {
            "$defs": {"deep": {"type": "integer"}},
            "type": "object",
            "properties": {"n": {"$ref": "#/components/schemas/shape-deep"}},
        },
        "shape-deep": {"type": "integer"},
        "shape-2": {"type": "string"},
    }
    responses = document["paths"]["/first"]["get"]["responses"]
    assert responses["201"]["content"]["application/json"]["schema"] is True
    assert responses["202"]["content"]["application/json"]["schema"] == {"type": "null"}
    assert document["paths"]["/second"]["get"]["operationId"] == "second"
    assert document["x-marketplace"] == "mine"


def test_a_part_without_a_home_is_owned_by_its_place(scattered: Path, tmp_path: Path) -> None:
    path = tmp_path / "fix.yaml"
    path.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: mine.json\nactions:\n"
        "  - {target: \"$.paths['/first'].get.responses['202'].content.*.schema\", update: {x-here: 1}}\n"
        "  - {target: $.components.schemas, remove: true}\n"
    )
    known: Overlay = read(str(path))
    document = corrected(Spec("mine", scattered), [known])
    assert document.root["x-own"]["part"] == {"type": "null"}
    assert "$ref" not in json.dumps(document.folded())
    assert isinstance(document, Document)
