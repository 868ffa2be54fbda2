"""Overlays correct a spec before it is used; what does not fit is an error with its place."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec import contract
from sellerspec.errors import ParseError, SpecError, UnknownName
from sellerspec.io import resources
from sellerspec.openapi import overlay
from support.overlays import CREATE, Actions, Write, written_in

E2E = json.loads((resources.data_dir("tests/examples") / "tnsl/createOrder/valid/e2e.json").read_text())


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write overlays; return the path."""
    return partial(written_in, tmp_path)


def refused(path: str, marketplace: str = "tnsl") -> str:
    """Return what the error says, without the folder of the file."""
    with pytest.raises(SpecError) as error:
        contract.contract(marketplace, (path,))
    return str(error.value).replace(str(Path(path).parent) + os.sep, "")


def test_a_member_without_annotations_is_known_and_checked(written: Write) -> None:
    path = written(
        [{"target": f"{CREATE}.properties", "update": {"gift_note": {"type": "string", "maxLength": 5}}}]
    )
    order = {**E2E, "gift_note": "too long"}
    [finding] = sellerspec.check("tnsl/createOrder", order, overlays=[path]).findings
    assert (finding.pointer, finding.message) == (
        "/gift_note",
        "`gift_note` must have at most 5 characters, got 8 characters",
    )
    assert sellerspec.check("tnsl/createOrder", {**E2E, "gift_note": "short"}, overlays=[path]).findings == ()
    [unknown] = sellerspec.check("tnsl/createOrder", order).findings
    assert unknown.rule == "tnsl.known-members"


def test_both_engines_follow_an_overlay(written: Write) -> None:
    path = written([{"target": CREATE, "update": {"required": ["gift_note"]}}])
    for engine in ("jsonschema-rs", "jsonschema"):
        report = sellerspec.check("tnsl/createOrder", E2E, overlays=[path], engine=engine)
        assert [finding.pointer for finding in report.findings] == ["/gift_note"]


def test_a_corrected_path_routes_and_is_documented(written: Write) -> None:
    old, new = "/v1/orders/{order_code}/cancel", "/v2/sales/{order_code}/cancel"
    path = written(
        [
            {"target": "$.paths", "update": {new: {"$ref": "#/paths/~1v1~1orders~1{order_code}~1cancel"}}},
            {"target": f"$.paths['{old}']", "remove": True},
            {"target": "$['x-sources']", "update": {"mail": {"title": "A mail", "seen": "2026-10-01"}}},
            {
                "target": f"$.paths['{new}'].post",
                "update": {"x-source": {"document": "mail", "section": "1", "status": "documented"}},
            },
        ]
    )
    called = sellerspec.Exchange(
        "POST", "https://api.tikinow.vn/business/v2/sales/A1/cancel", request_body=b"{}"
    )
    report = sellerspec.check_exchange(called, overlays=[path], requests="never")
    assert (report.operation, report.assumed) == ("tnsl/cancelOrder", ())
    with pytest.raises(UnknownName):
        sellerspec.check_exchange(called)
    listed = {operation.id: operation for operation in sellerspec.operations("tnsl", overlays=[path])}
    assert (listed["cancelOrder"].path, listed["cancelOrder"].source.status) == (new, "documented")
    assert listed["cancelOrder"].source.seen == "2026-10-01"
    assert listed["createOrder"].source.status == "assumed"
    assert sellerspec.rules("tnsl/cancelOrder", overlays=[path]) != ()


def test_overlays_apply_in_their_order(written: Write) -> None:
    first = written([{"target": "$.info", "update": {"version": "first"}}], "1.json")
    second = written([{"target": "$.info", "update": {"version": "second"}}], "2.json")
    assert contract.contract("tnsl", (first, second)).spec.version == "second"
    assert contract.contract("tnsl", (second, first)).spec.version == "first"
    assert contract.contract("tnsl").spec.version == "v1"


def test_a_changed_file_counts_at_once_and_the_same_bytes_give_the_same_contract(written: Write) -> None:
    path = written([{"target": "$.info", "update": {"version": "a"}}])
    before = contract.contract("tnsl", (path,))
    assert contract.contract("tnsl", [path]) is before
    written([{"target": "$.info", "update": {"version": "b"}}])
    assert contract.contract("tnsl", (path,)).spec.version == "b"


def test_what_concerns_another_marketplace_changes_nothing(written: Write) -> None:
    path = written([{"target": "$.nowhere", "update": {}}])
    assert contract.contract("tiki", (path,)) is contract.contract("tiki")
    both = written(
        [
            {"target": "$.info", "update": {"version": "tnsl"}},
            {"target": "$.info", "update": {"version": "tiki"}, "x-marketplace": "tiki"},
        ],
        "both.json",
    )
    assert [contract.contract(name, (both,)).spec.version for name in ("tnsl", "tiki")] == ["tnsl", "tiki"]


@pytest.mark.parametrize(
    "extends", ["openapi/tnsl.yaml", "https://specs.example/a/tnsl.yaml?v=1", "C:\\x\\tnsl.json"]
)
def test_extends_names_the_spec(written: Write, extends: str) -> None:
    path = written(
        [{"target": "$.info", "update": {"version": "x"}}], **{"x-marketplace": None, "extends": extends}
    )
    assert overlay.read(path).marketplaces == ("tnsl",)


def test_yaml_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "fix.yaml"
    path.write_text(
        "overlay: 1.0.1\ninfo: {title: t, version: '1', x-note: ours}\nextends: tnsl.yaml\n"
        "actions: [{target: $.info, update: {version: y}, description: why}]\n"
    )
    assert contract.contract("tnsl", (str(path),)).spec.version == "y"
    path.write_text("a: [")
    with pytest.raises(ParseError, match=r"fix\.yaml:2:1: not YAML"):
        overlay.read(str(path))
    with pytest.raises(ParseError, match="no such file"):
        overlay.read(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("target", "nearest"),
    [
        ("$.paths['/v1/order'].post", "`$.paths['/v1/orders']`"),
        ("$.paths['/v1/orders'].pots.summary", "`$.paths['/v1/orders'].post`"),
        ("$.components.schemas.create_order", "`$.components.schemas['create-order']`"),
        ("$.servers[7]", "`$.servers`, with 2 items"),
        ("$.info.qqq", "`$.info`, with title, version, summary, description, contact, license"),
        ("$.info.title.x", "`$.info.title`"),
    ],
)
def test_a_target_that_finds_nothing_names_file_action_and_the_nearest(
    written: Write, target: str, nearest: str
) -> None:
    path = written([{"target": "$.info", "update": {}}, {"target": target, "update": {}}])
    assert refused(path) == f"fix.json: actions[1]: `{target}` finds nothing; nearest is {nearest}"


TARGET = {"target": "$.info"}


@pytest.mark.parametrize(
    ("actions", "root", "expected"),
    [
        ([], {}, "fix.json: `actions` is not a list with at least one action"),
        ([TARGET], {}, "fix.json: actions[0]: neither `update` nor `remove: true`, so it changes nothing"),
        (["x"], {}, "fix.json: actions[0]: `x`, not an object"),
        (
            [{**TARGET, "updte": {}}],
            {},
            "`updte` is no member of an action of version 1.0; did you mean `update`?",
        ),
        (
            [{**TARGET, "copy": "$"}],
            {},
            "`copy` is no member of an action of version 1.0; known: description,",
        ),
        ([{"target": "info", "update": {}}], {}, "`target` is `info`, not a JSONPath like"),
        ([{"update": {}}], {}, "`target` is missing, not a JSONPath like"),
        ([{**TARGET, "remove": "yes"}], {}, "`remove` is `yes`, not true or false"),
        ([{"target": "$.info[", "update": {}}], {}, "actions[0]: `target` is no JSONPath: "),
        ([{"target": "$.info^", "update": {}}], {}, "actions[0]: `target` is no JSONPath: "),
        ([TARGET], {"overlay": "1.1.0"}, "`overlay` is `1.1.0`; supported is 1.0.x"),
        ([TARGET], {"overlay": 1.0}, "`overlay` is `1.0`; supported is 1.0.x"),
        ([TARGET], {"info": {"title": "t"}}, "info: `version` is missing, not a text"),
        ([TARGET], {"info": []}, "info: a list, not an object"),
        (
            [TARGET],
            {"extend": "x"},
            "`extend` is no member of an overlay of version 1.0; did you mean `extends`?",
        ),
        ([TARGET], {"extends": 1}, "`extends` is `1`, not a text"),
        ([TARGET], {"extends": "tiki.yaml"}, "`x-marketplace` names `tnsl`, `extends` names `tiki`"),
        (
            [{**TARGET, "remove": True}],
            {"x-marketplace": None},
            "actions[0]: names no spec to correct",
        ),
        (
            [{**TARGET, "remove": True}],
            {"x-marketplace": "tnls"},
            "no marketplace named `tnls`; did you mean `tnsl`?",
        ),
    ],
)
def test_what_is_no_overlay_is_refused(
    written: Write, actions: Actions, root: dict[str, Any], expected: str
) -> None:
    assert expected in refused(written(actions, **root))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            {"target": "$.info.title", "update": {}},
            "$.info.title is `TikiNOW Smart Logistics order service`; select",
        ),
        ({"target": "$.info", "update": "x"}, "$.info is an object, so `update` has to be one"),
        (
            {"target": "$.info", "update": {"title": ["x"]}},
            "$.info.title is a plain value and the update a list",
        ),
        ({"target": "$", "update": {"servers": {}}}, "$.servers is a list and the update an object"),
        ({"target": "$", "remove": True}, "the whole document cannot be removed"),
        ({"target": "$.info", "remove": True}, "$ has no `info`"),
        (
            {"target": "$.info", "update": {"x": {"$ref": "#/nope"}}},
            "actions[0]: `$ref` leads nowhere: #/nope",
        ),
        ({"target": "$.info", "update": {"x": {"$ref": "no.json"}}}, "no.json"),
        (
            {"target": "$.info", "update": {"x": {"$ref": "https://x.example/a"}}},
            "a remote `$ref` is never fetched",
        ),
        ({"target": "$.paths['/v1/orders'].post.operationId", "remove": True}, "post has no `operationId`"),
        ({"target": "$.paths['/v1/orders'].post.responses", "remove": True}, "post has no `responses`"),
        (
            {"target": "$.paths['/v1/orders'].get", "update": {"operationId": "createOrder"}},
            "has the operationId of",
        ),
        (
            {"target": "$.paths['/v1/orders'].post", "update": {"x-source": {"document": "x"}}},
            "the source names no document",
        ),
        (
            {"target": "$.paths['/v1/orders'].get.parameters", "update": {"in": "query"}},
            ".get.parameters[9] has no `name`",
        ),
        (
            {"target": CREATE, "update": {"properties": {"x": {"type": "strng"}}}},
            "['create-order'].properties.x.type is `strng`, which cannot stand there",
        ),
    ],
)
def test_what_cannot_be_applied_or_leaves_no_spec_is_refused(
    written: Write, action: dict[str, Any], expected: str
) -> None:
    message = refused(written([action])) if "no.json" not in expected else _unreadable(written([action]))
    assert "fix.json" in message or "no.json" in message
    assert expected in message


def _unreadable(path: str) -> str:
    with pytest.raises(ParseError) as error:
        contract.contract("tnsl", (path,))
    return str(error.value)


GIFT = {"x-rule": "tnsl.gift-note", "type": "string", "maxLength": 5}


def test_an_overlay_adds_a_rule_with_its_text(written: Write) -> None:
    text = {
        "requirement": "a gift note has at most 5 characters",
        "source": {"document": "tnsl-order-service", "section": "Create Order"},
        "basis": "observed",
        "severity": "error",
        "refusal": {"status": 400, "text": "note too long"},
    }
    state = {"target": f"{CREATE}.properties", "update": {"gift_note": GIFT}}
    path = written([state, {"target": "$['x-rules']", "update": {"tnsl.gift-note": text}}])
    [finding] = sellerspec.check(
        "tnsl/createOrder", {**E2E, "gift_note": "too long"}, overlays=[path]
    ).findings
    assert (finding.rule, finding.basis, finding.server_text) == (
        "tnsl.gift-note",
        "observed",
        "note too long",
    )
    assert sellerspec.rule("tnsl.gift-note", overlays=[path]).requirement == text["requirement"]
    assert "`tnsl.gift-note` has no text in `x-rules`" in refused(written([state]))


def test_an_overlay_changes_the_text_of_a_rule_wherever_it_is_stated(written: Write) -> None:
    target = "$['x-rules']['tnsl.order']"
    path = written([{"target": target, "update": {"requirement": "an order", "hint": "as support said"}}])
    before, after = sellerspec.rule("tnsl.order"), sellerspec.rule("tnsl.order", overlays=[path])
    assert (after.requirement, after.hint, after.on) == ("an order", "as support said", before.on)
    assert sellerspec.rule("tnsl.order").requirement != "an order"
