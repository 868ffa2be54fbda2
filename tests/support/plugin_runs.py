"""Run pytest with only our plugin, and tests for such runs."""

import os
from pathlib import Path

import httpcore  # noqa: F401  (loaded once here: pytester unloads what a run loads, some cannot load twice)
import httpx  # noqa: F401
import jsonschema_rs  # noqa: F401
import msgspec  # noqa: F401
import orjson  # noqa: F401
import pytest
import requests  # noqa: F401
import uvicorn  # noqa: F401
import vcr  # noqa: F401
import yaml  # noqa: F401

import sellerspec.cassettes.record.vcrpy
import sellerspec.cli
import sellerspec.guard.over_httpx
import sellerspec.guard.over_requests
import sellerspec.sandbox.running

SRC = Path(sellerspec.__file__).parent.parent
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def prepare(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SRC), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(pytester: pytest.Pytester, *args: object, subprocess: bool = False) -> pytest.RunResult:
    runner = pytester.runpytest_subprocess if subprocess else pytester.runpytest_inprocess
    return runner("-p", "pytest_sellerspec", *map(str, args))


PRODUCT = (EXAMPLES / "tiki/createProduct/valid/documented-simple.json").read_text()

CLIENT = """
    import httpx, pytest

    @pytest.fixture
    def client(sellerspec_sandbox, sellerspec_guard):
        box = sellerspec_sandbox("tiki")
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield sellerspec_guard(client, "tiki")
"""
"""A guarded client of a sandbox."""

CALLS = (
    CLIENT
    + """
    def test_orders(client):
        assert client.get("/v1/orders", params={"limit": 5}).status_code == 200

    def test_order(client):
        assert client.get("/v1/orders/419060832").status_code == 200

    def test_categories(client):
        assert client.get("/v1/categories").status_code == 200

    def test_price(client):
        assert client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 190000}).status_code == 200
"""
)
"""Four tests that call four operations of a sandbox."""
