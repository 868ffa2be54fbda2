"""The sandbox responses documented requests as the documents do: same status, same members."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sellerspec import sandbox
from sellerspec.sandbox.messages import Request
from support.examples import ROOT
from support.sandboxes import check_log

OTHERWISE = {
    "confirmItems/documented-tiki-delivery": "the documents use one order code for an order of each kind",
    "getQuotes/documented-unauthorized": "its request carries a token that the sandbox knows",
}
"""Documented calls that the sandbox responses otherwise, with the reason."""


def calls() -> Iterator[Any]:
    for path in sorted(ROOT.rglob("documented*.exchange.json")):
        raw = json.loads(path.read_text())
        name = f"{path.parent.parent.name}/{path.name.removesuffix('.exchange.json')}"
        if raw.get("status") is not None and name not in OTHERWISE:
            yield pytest.param(path.relative_to(ROOT).parts[0], raw, id=name)


@pytest.mark.parametrize(("marketplace", "documented"), list(calls()))
def test_a_documented_request_gets_the_documented_kind_of_answer(
    marketplace: str, documented: dict[str, Any]
) -> None:
    url, body = urlsplit(documented["url"]), documented.get("request_body")
    headers = {name.lower(): value for name, value in documented["request_headers"].items()}
    box = sandbox.app(marketplace).sandbox
    sent = b"" if body is None else json.dumps(body).encode()
    response = box.handle(Request(documented["method"], url.path, url.query, headers, sent))
    assert response.status == documented["status"]
    expected, actual = documented["response_body"], response.json()
    assert type(actual) is type(expected)
    if isinstance(expected, dict):
        assert expected.keys() <= actual.keys()
    if response.status >= 400 and marketplace == "tiki":
        assert actual == expected
    check_log(box)
    box.close()


def test_each_exception_still_names_a_documented_call() -> None:
    known = {
        f"{path.parent.parent.name}/{path.name.removesuffix('.exchange.json')}"
        for path in ROOT.rglob("*.exchange.json")
    }
    assert OTHERWISE.keys() <= known
