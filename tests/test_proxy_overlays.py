"""The overlays of a proxy are read again when they change, and one that is wrong is never passed over."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sellerspec import sandbox
from sellerspec.sandbox.running import Box
from support.overlays import written_in
from support.proxies import Proxied, proxied

ORDERS = "/integration/v1/orders"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki") as running:
        yield running


def most(folder: Path, limit: Any) -> str:
    """Write the overlay that gives `limit` of the list of orders another maximum."""
    target = "$.paths['/{version}/orders'].get.parameters[2].schema"
    actions = [{"target": target, "update": {"maximum": limit}}]
    return written_in(folder, actions, **{"x-marketplace": "tiki"})


def status(proxy: Proxied, box: Box, limit: int) -> int:
    return httpx.get(f"{proxy.url}{ORDERS}?limit={limit}", headers=box.headers).status_code


def test_an_overlay_that_changes_counts_from_the_next_request_on(box: Box, tmp_path: Path) -> None:
    path = most(tmp_path, 5)
    with proxied(box.url, overlays=(path,)) as proxy:
        assert [status(proxy, box, limit) for limit in (5, 6)] == [200, 422]
        most(tmp_path, 60)
        assert [status(proxy, box, limit) for limit in (6, 61)] == [200, 422]
        assert proxy.notices == ["the overlays have changed and were read again"]
    assert proxy.result.outcomes == {"passed": 2, "blocked": 2}
    assert proxy.application.checker.coverage.seen["tiki/listOrders"].calls == {"proxy": 4}


@pytest.mark.parametrize("broken", ["{", "gone", '{"overlay": "1.0.0"}'])
def test_what_passes_while_an_overlay_is_wrong_is_not_judged(box: Box, tmp_path: Path, broken: str) -> None:
    path = most(tmp_path, 5)
    with proxied(box.url, overlays=(path,)) as proxy:
        if broken == "gone":
            os.unlink(path)
        else:
            Path(path).write_text(broken)
        assert [status(proxy, box, limit) for limit in (5, 6)] == [200, 422], "the contract stays as it was"
        most(tmp_path, 600)
        assert status(proxy, box, 6) == 200
        assert len(proxy.notices) == 2
        assert proxy.notices[0].startswith("the overlays cannot be used, the contract stays as it was: ")
    assert proxy.result.outcomes == {"unjudged": 1, "blocked": 1, "passed": 1}
    assert proxy.result.exit_code() == 2
    assert "the overlays cannot be used" in proxy.result.failed[0].problem
