"""Specs, schemas and rules that do not fit together are refused; one's own marketplace works."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import sellerspec
from sellerspec import contract, marketplaces
from sellerspec.contract import Contract
from sellerspec.errors import SpecError, UnknownName, UsageError
from sellerspec.model import Basis, Facts, Finding, Json, Response, Severity, Source
from sellerspec.openapi.spec import Spec
from sellerspec.rules import Marketplace, Rule, Violation, rule

SOURCE = {"document": "doc", "section": "1", "status": "documented"}
SHAPE = {"x-rule": "acme.shape", "type": "object"}
TEXT = {
    "requirement": "it is an object",
    "source": {"document": "doc", "section": "1"},
    "basis": "documented",
}


def document(body: Any = SHAPE, **more: Any) -> dict[str, Any]:
    """Return a spec of one operation, `acme/create`, with this schema of its body."""
    create = {
        "operationId": "create",
        "summary": "Create it",
        "x-source": SOURCE,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"201": {"description": "done"}, "400": {"description": "refused"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "v1"},
        "x-sources": {"doc": {"title": "A document", "seen": "2020-01-01"}},
        "x-rules": {"acme.shape": TEXT},
        "servers": [{"url": "https://api.acme.example/base/"}],
        "paths": {"/things": {"post": create, **more}},
    }


def refusal(findings: tuple[Finding, ...]) -> Response:
    return Response(400, [finding.rule for finding in findings])


ACME = Marketplace("acme", "Acme", (), refusal)


def made(tmp_path: Path, raw: Any, marketplace: Marketplace = ACME) -> Contract:
    path = tmp_path / "acme.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False))
    return Contract(marketplace, Spec("acme", path), "jsonschema-rs")


BROKEN = [
    ({"$ref": "#/nowhere"}, "leads nowhere: #/nowhere"),
    ({"$ref": "#/servers/7"}, "leads nowhere: #/servers/7"),
    ({"$ref": "#/servers/x"}, "leads nowhere: #/servers/x"),
    ({"$ref": "#/openapi/x"}, "leads nowhere: #/openapi/x"),
    ({"$ref": "https://x.example/a.json"}, "a remote `$ref` is never fetched: https://x.example/a.json"),
    (
        {"properties": {"a": {"$ref": "#/components/schemas/a"}}},
        "goes round in a circle: #/components/schemas/a",
    ),
    ({**SHAPE, "x-rule": "acme.other"}, "schema: the rule `acme.other` has no text in `x-rules`"),
    ({"x-warnings": [SHAPE]}, "`acme.shape` is error by its text, warning by its place"),
]


@pytest.mark.parametrize(("body", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_spec_that_does_not_hold_together_is_refused_with_the_place(
    tmp_path: Path, body: Any, message: str
) -> None:
    raw = document(body)
    raw["components"] = {"schemas": {"a": {"items": {"$ref": "#/components/schemas/a"}}}}
    with pytest.raises(SpecError) as caught:
        made(tmp_path, raw).rules()
    assert message in str(caught.value)
    assert "acme.yaml#" in str(caught.value)


TEXTS = [
    ({**TEXT, "source": {"document": "other"}}, "the source names no document of `x-sources`"),
    ({**TEXT, "source": None}, "the text of `acme.shape` is wrong: 'NoneType' object is not a mapping"),
    ({**TEXT, "severity": "fatal"}, "the text of `acme.shape` is wrong: 'fatal' is not a valid Severity"),
    (
        {"source": SOURCE, "basis": "documented"},
        "the text of `acme.shape` is wrong: 'requirement' is missing",
    ),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=[message for _, message in TEXTS])
def test_a_text_of_a_rule_that_is_none_is_refused_with_the_place_that_states_it(
    tmp_path: Path, text: Any, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        made(tmp_path, {**document(), "x-rules": {"acme.shape": text}}).rules()
    assert message in str(caught.value)
    assert "acme.yaml#/paths" in str(caught.value)


FILE = """
Things:
  source: {document: doc, section: '2'}
  basis: inferred
  refusal: {status: 400}
  rules:
    acme.shape:
      requirement: it is an object
      severity: error
      source: {section: '3'}
      refusal: {text: no object}
      hint: send an object
"""


def test_the_texts_of_rules_stand_in_a_file_in_groups_with_defaults(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(FILE)
    (only,) = made(tmp_path, {**document(), "x-rules": {"$ref": "rules.yaml"}}).rules()
    assert only == Rule(
        id="acme.shape",
        on=("create",),
        requirement="it is an object",
        source=Source("doc", "3", Basis.INFERRED, "2020-01-01"),
        severity=Severity.ERROR,
        status=400,
        text="no object",
        hint="send an object",
        place="acme.yaml#/paths/~1things/post/requestBody/content/application~1json/schema",
    )


def test_a_spec_whose_schemas_state_no_rule_needs_no_texts(tmp_path: Path) -> None:
    raw = document({"type": "object"})
    del raw["x-rules"]
    assert made(tmp_path, raw).rules() == ()


def test_x_rules_that_are_no_object_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="`x-rules` is not an object"):
        made(tmp_path, {**document(), "x-rules": []}).rules()


def test_a_rule_that_cannot_be_checked_has_its_operations_and_the_reason_in_its_text(tmp_path: Path) -> None:
    text = {**TEXT, "operations": ["create"], "why_not": "only Acme knows its tokens"}
    raw = {**document(), "x-rules": {"acme.shape": TEXT, "acme.token-valid": text}}
    _, stated = made(tmp_path, raw).rules()
    assert stated == Rule(
        id="acme.token-valid",
        on=("create",),
        requirement="it is an object",
        source=Source("doc", "1", Basis.DOCUMENTED, "2020-01-01"),
        severity=Severity.ERROR,
        why_not="only Acme knows its tokens",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "rules.yaml: does not hold groups of rules"),
        ("Things: {}", "rules.yaml: does not hold groups of rules"),
        (FILE + FILE.replace("Things", "More"), "rules.yaml: the rule `acme.shape` is in two groups"),
    ],
)
def test_a_file_that_holds_no_groups_of_rules_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(SpecError, match=message):
        made(tmp_path, {**document(), "x-rules": {"$ref": "rules.yaml"}}).rules()


def test_a_reference_to_a_file_that_is_not_there_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(sellerspec.SellerspecError, match=r"missing\.json: no such file"):
        made(tmp_path, document({"$ref": "missing.json"})).rules()


@pytest.mark.parametrize("raw", [[], "text", {"swagger": "2.0"}])
def test_a_file_that_is_no_openapi_document_is_refused(tmp_path: Path, raw: Any) -> None:
    with pytest.raises(SpecError, match=r"acme\.yaml: not an OpenAPI document"):
        made(tmp_path, raw)


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
@pytest.mark.parametrize("body", [{"type": "objekt"}, {"pattern": "("}, {"minLength": -1}])
def test_a_schema_that_is_none_is_refused(tmp_path: Path, body: Any, engine: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(yaml.safe_dump(document(body), sort_keys=False))
    with pytest.raises(SpecError, match="not a JSON Schema: "):
        Contract(ACME, Spec("acme", path), engine).operation("create").check({})


@rule("acme.shape", on="create", source=("doc", "2"), basis=Basis.DOCUMENTED)
def shape(value: Json, _: Facts) -> Iterator[Violation]:
    """the shape, once more"""
    yield Violation((), "always")


def test_a_rule_that_is_written_in_a_schema_and_as_a_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SpecError, match=r"the rule `acme\.shape` is written twice: .*acme\.yaml#.* and .*shape"
    ):
        made(tmp_path, document(), replace(ACME, rules=(shape,))).rules()


def test_a_rule_may_stand_at_several_places_and_operations(tmp_path: Path) -> None:
    raw = document({"allOf": [SHAPE, {"properties": {"a": SHAPE}}]})
    raw["paths"]["/others"] = {"post": {**raw["paths"]["/things"]["post"], "operationId": "other"}}
    (only,) = made(tmp_path, raw).rules()
    assert (only.id, only.on) == ("acme.shape", ("create", "other"))


def test_an_annotation_beside_a_reference_wins_and_one_schema_file_may_name_another(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"type": "string", "title": "from the file", "allOf": [{"$ref": "b%7B.json#/x~1y"}]}'
    )
    (tmp_path / "b{.json").write_text('{"x/y": {"minLength": 2}}')
    body = {**SHAPE, "properties": {"a": {"$ref": "a.json", "title": "from the spec"}}}
    ready = made(tmp_path, document(body)).operation("create")
    assert ready.spec.request is not None
    assert ready.spec.request.schema["properties"]["a"]["title"] == "from the spec"
    assert [finding.pointer for finding in ready.check({"a": "x"}).findings] == ["/a"]


def test_a_value_outside_every_rule_falls_to_the_shape_of_its_operation(tmp_path: Path) -> None:
    (finding,) = made(tmp_path, document({"type": "object"})).operation("create").check([]).findings
    assert (finding.rule, finding.severity.value, finding.pointer) == ("acme.create-shape", "error", "")
    assumed = document({"x-warnings": [{"maxProperties": 0}]})
    assumed["paths"]["/things"]["post"]["x-source"] = {**SOURCE, "status": "assumed"}
    ready = made(tmp_path, assumed).operation("create")
    report = ready.check({"a": 1})
    assert [finding.severity.value for finding in report.findings] == ["warning"]
    assert report.assumed == ("acme/create",)
    expected = contract.validator.fallback("acme", "create", ready.operation.source)
    asserted = {"type": "object", "x-source": {**SOURCE, "status": "assumed"}}
    assumed["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"] = asserted
    (refused,) = made(tmp_path, assumed).operation("create").check([]).findings
    assert (refused.rule, refused.severity, refused.basis) == (expected.id, expected.severity, expected.basis)


def test_what_two_schemas_say_alike_is_told_once(tmp_path: Path) -> None:
    twice = {**SHAPE, "minProperties": 1, "allOf": [{"minProperties": 1}, {"type": "object"}]}
    ready = made(tmp_path, document(twice)).operation("create")
    assert [finding.message for finding in ready.check({}).findings] == ["the body must not be empty"]
    assert len(ready.check([]).findings) == 1


def test_an_operation_without_a_json_body_takes_no_payload(tmp_path: Path) -> None:
    raw = document()
    raw["paths"]["/things"]["post"]["requestBody"]["content"] = {"text/csv": {}}
    with pytest.raises(UsageError):
        made(tmp_path, raw).operation("create").check({})


def test_the_success_status_is_the_documented_one(tmp_path: Path) -> None:
    ready = made(tmp_path, document()).operation("create")
    assert ready.check({}).server_response() == Response(201)
    assert ready.check([]).server_response() == Response(400, ["acme.shape"])


def test_an_operation_nobody_wrote_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no operation named `acme/crete`; did you mean `acme/create`"):
        made(tmp_path, document()).operation("crete")


def test_the_same_contract_is_given_each_time() -> None:
    assert contract.contract("tiki") is contract.contract("tiki")
    assert contract.operation("tiki/getOrder") is contract.operation("tiki/getOrder")


PACKAGE = """
from pathlib import Path
from sellerspec.model import Response
from sellerspec.rules import Marketplace

def refusal(findings):
    return Response(400, {"refused": len(findings)})

MARKETPLACE = Marketplace("acme", "Acme", (), refusal, spec=str(Path(__file__).with_name("acme.yaml")))
NOT_ONE = "text"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a package that offers the marketplace `acme`, and one entry that is none."""
    package = tmp_path / "acme_contract"
    package.mkdir()
    (package / "__init__.py").write_text(PACKAGE)
    (package / "acme.yaml").write_text(yaml.safe_dump(document()))
    metadata = tmp_path / "acme_contract-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-contract\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[sellerspec.marketplaces]\nacme = acme_contract:MARKETPLACE\n"
        "wrong = acme_contract:NOT_ONE\ntiki = acme_contract:NOT_ONE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    forget()
    yield
    sys.modules.pop("acme_contract", None)
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Let the installed packages be looked at anew."""
    marketplaces.marketplace.cache_clear()
    marketplaces.names.cache_clear()


@pytest.mark.usefixtures("installed")
def test_a_marketplace_of_another_package_is_used_like_our_own() -> None:
    assert marketplaces.names() == ("tiki", "tiki-v2", "tnsl", "tokopedia", "acme", "wrong")
    report = sellerspec.check("acme/create", [])
    assert [(finding.rule, finding.message) for finding in report.findings] == [
        ("acme.shape", "the body must be an object, got an empty list")
    ]
    assert report.server_response() == Response(400, {"refused": 1})
    call = sellerspec.Exchange("POST", "https://api.acme.example/base/things", 201, request_body=b"{}")
    assert sellerspec.check_exchange(call, marketplace="acme").ok
    assert marketplaces.marketplace("tiki").title == "Tiki marketplace integration", "ours cannot be replaced"


@pytest.mark.usefixtures("installed")
def test_an_entry_point_that_gives_no_marketplace_is_refused() -> None:
    with pytest.raises(SpecError, match=r"the entry point `wrong` of sellerspec\.marketplaces gives no"):
        marketplaces.marketplace("wrong")


def test_without_the_package_its_marketplace_is_unknown() -> None:
    with pytest.raises(UnknownName, match="no marketplace named `acme`"):
        marketplaces.marketplace("acme")
