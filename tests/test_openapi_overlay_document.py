"""What the actions of an overlay change in the document of a spec, and nothing else."""

import copy
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sellerspec import contract
from sellerspec.openapi import overlay, places
from sellerspec.openapi.document import Document
from sellerspec.openapi.spec import Spec
from support.overlays import CREATE, Write, written_in


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write overlays; return the path."""
    return partial(written_in, tmp_path)


def root_of(path: str) -> Any:
    return overlay.applied(Spec("tnsl", contract.contract("tnsl").spec.path), [overlay.read(path)]).document


def response(root: Any, path: str, method: str) -> Any:
    return root["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]


def test_members_are_merged_lists_appended_to_and_plain_values_replaced(written: Write) -> None:
    before = copy.deepcopy(contract.contract("tnsl").spec.document)
    root = root_of(
        written(
            [
                {"target": "$.servers", "update": {"url": "https://third.example"}},
                {
                    "target": "$.info",
                    "update": {"contact": {"email": "a@b.example"}, "title": "T", "x-new": [1]},
                },
                {"target": "$", "update": {"tags": [{"name": "new"}]}},
                {"target": "$.tags[0]", "remove": True},
                {"target": "$.info.license.identifier", "remove": True},
                {"target": "$.servers[?@.description]", "update": {"x-seen": True}},
                {"target": "$['tags', 'tags']", "update": {"name": "once"}},
            ]
        )
    )
    assert [server["url"] for server in root["servers"]][2:] == ["https://third.example"]
    assert [server.get("x-seen") for server in root["servers"]] == [True, True, None]
    assert root["info"]["contact"] == {**before["info"]["contact"], "email": "a@b.example"}
    assert (root["info"]["title"], root["info"]["x-new"], root["info"]["license"]) == (
        "T",
        [1],
        {"name": "MIT"},
    )
    assert [tag["name"] for tag in root["tags"]] == ["orders", "imports", "webhooks", "new", "once"]
    assert contract.contract("tnsl").spec.document == before


def test_every_item_that_is_selected_goes_and_no_other(written: Write) -> None:
    names = [tag["name"] for tag in root_of(written([{"target": "$.tags[2,0]", "remove": True}]))["tags"]]
    assert names == ["orders", "webhooks"]


def test_a_change_at_home_counts_everywhere_and_one_in_place_only_there(written: Write) -> None:
    root = root_of(
        written(
            [
                {"target": "$.components.schemas['order-response']", "update": {"x-home": 1}},
                {
                    "target": "$.paths['/v1/orders'].post.responses['200'].content.*.schema",
                    "update": {"x-here": 1, "properties": {"data": {"x-deep": 1}}},
                },
            ]
        )
    )
    created, read = response(root, "/v1/orders", "post"), response(root, "/v1/orders/{order_code}", "get")
    assert (created["x-home"], created["x-here"], read["x-home"], "x-here" in read) == (1, 1, 1, False)
    assert created["properties"]["data"]["x-deep"] == 1
    assert "x-deep" not in read["properties"]["data"]
    assert read is root["components"]["schemas"]["order-response"]


def test_what_is_selected_at_home_and_in_place_changes_once(written: Write) -> None:
    root = root_of(written([{"target": "$..data", "update": {"x-list": [1]}}]))
    for path, method in (("/v1/orders", "post"), ("/v1/orders/{order_code}", "get")):
        assert response(root, path, method)["properties"]["data"]["x-list"] == [1]


def test_removed_at_home_and_in_place_is_gone_once(written: Write) -> None:
    root = root_of(written([{"target": "$..properties.order_code", "remove": True}]))
    assert "order_code" not in json.dumps(
        response(root, "/v1/orders", "post")["properties"]["data"]["properties"]
    )


def test_a_reference_in_an_update_leads_into_the_document_or_to_a_file_beside_the_spec(
    written: Write,
) -> None:
    root = root_of(
        written(
            [
                {
                    "target": f"{CREATE}.properties",
                    "update": {
                        "same": {"$ref": "#/components/schemas/item"},
                        "other": {"$ref": "../schemas/tnsl/item.json", "description": "mine"},
                    },
                },
                {"target": "$.components.schemas.item", "update": {"x-later": 1}},
            ]
        )
    )
    added = root["components"]["schemas"]["create-order"]["properties"]
    assert added["same"]["x-later"] == 1
    assert added["other"]["description"] == "mine"
    assert "x-later" not in added["other"]


def test_the_whole_of_a_spec_is_as_its_parts_say() -> None:
    spec = Spec("tnsl", contract.contract("tnsl").spec.path)
    document = Document(spec)
    for id in spec.ids():
        assert Spec("tnsl", spec.path, document.root).operation(id) == spec.operation(id)
    assert places.jsonpath(("a b", "it's", "c\\d", 0)) == "$['a b']['it\\'s']['c\\\\d'][0]"
