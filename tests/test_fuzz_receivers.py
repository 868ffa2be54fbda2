"""A receiver takes valid notices, bears all others, and knows a duplicate."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

import sellerspec
from sellerspec import contract, fuzz
from sellerspec.errors import UsageError
from support import hostile_servers, webhook_receiver

SYNC, NOTICE = "tnsl/orderStatusSync", "tokopedia/tokocabangOrderNotification"


def receiver(operation: str, take: Callable[[Any], None], *, crash: bool = False, picky: bool = False) -> Any:
    """Return an ASGI application that checks notices with sellerspec and takes the good ones."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        try:
            good = sellerspec.check(operation, body).ok
        except sellerspec.SellerspecError:
            good = False
        status = 200 if good else 500 if crash else 400
        if picky and good and b"canceled" in body:
            status = 422
        if good:
            take(orjson.loads(body))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


@pytest.mark.parametrize("operation", [SYNC, pytest.param(NOTICE, marks=pytest.mark.no_cover)])
def test_a_good_receiver_has_no_finding(operation: str) -> None:
    seen: dict[str, Any] = {}
    app = receiver(operation, lambda notice: seen.update({repr(notice): notice}))
    result = fuzz.receive(operation, app=app, state=lambda: sorted(seen), max_time=60, profile="quick")
    assert [str(finding) for finding in result.findings] == []
    assert set(result.coverage.phases) == {"valid", "duplicates", "order", "malformed", "variations"}
    assert len(seen) > 10


def test_a_receiver_that_counts_a_notice_twice_is_found() -> None:
    seen: list[Any] = []
    result = fuzz.receive(
        SYNC, app=receiver(SYNC, seen.append), state=lambda: len(seen), max_time=60, profile="quick"
    )
    assert {finding.kind for finding in result.findings} == {"duplicate-changes"}


def test_a_receiver_that_breaks_down_or_is_picky_is_found() -> None:
    def nothing(_: Any) -> None:
        """Keep nothing."""

    broken = fuzz.receive(SYNC, app=receiver(SYNC, nothing, crash=True), max_time=60, profile="quick")
    assert {finding.kind for finding in broken.findings} == {"malformed-fails"}
    picky = fuzz.receive(SYNC, app=receiver(SYNC, nothing, picky=True), max_time=60, profile="quick")
    assert {finding.kind for finding in picky.findings} == {"refused-valid"}


def test_a_receiver_that_hangs_makes_a_finding_and_the_run_ends() -> None:
    with hostile_servers.server(hostile_servers.hang) as (url, _):
        result = fuzz.receive(NOTICE, url=url + "/orders", max_time=6, timeout=0.2)
    assert [finding.kind for finding in result.findings] == ["hang"]
    assert result.gone


def test_only_webhooks_have_receivers() -> None:
    with pytest.raises(UsageError, match="a receiver takes a webhook"):
        fuzz.receive("tiki/createProduct", url="http://127.0.0.1:9")
    with pytest.raises(UsageError, match="either"):
        fuzz.receive(SYNC)


@pytest.mark.parametrize("marketplace", ["tnsl", pytest.param("tokopedia", marks=pytest.mark.no_cover)])
def test_every_rule_that_a_notice_can_break_is_kept_and_broken(marketplace: str) -> None:
    wanted, satisfied, violated = set(), set(), set()
    for ready in contract.contract(marketplace).operations():
        if ready.operation.webhook:
            wanted |= {
                function.id for function in (*ready.stated(), *ready.functions) if not function.why_not
            }
            with webhook_receiver.receiver(ready.key) as one:
                result = fuzz.receive(ready.key, url=one.url, state=one.state, max_time=60, profile="quick")
            assert [str(finding) for finding in result.findings] == []
            assert one.orders
            satisfied |= result.coverage.satisfied
            violated |= result.coverage.violated
    assert len(wanted) > 10
    assert sorted(wanted - violated) == []
    assert sorted(wanted - satisfied) == []


def failing(operation: str, breaks: Callable[[Any], bool], *, cuts: int = 0) -> Any:
    """Return an application that answers 500 where `breaks`; the first calls are cut."""
    calls = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal calls
        calls += 1
        if calls <= cuts:
            raise ConnectionResetError
        body = (await receive()).get("body", b"")
        try:
            status = 500 if breaks(orjson.loads(body)) else 200
        except IndexError:
            status = 200
        except (ValueError, TypeError, AttributeError, KeyError):
            status = 500
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


@pytest.mark.parametrize(
    ("operation", "breaks", "at"),
    [
        (SYNC, lambda notice: "main_substate" not in notice["data"], "/request/body/data/main_substate"),
        pytest.param(
            NOTICE,
            lambda notice: "phone" not in notice["customer"],
            "/request/body/customer/phone",
            marks=pytest.mark.no_cover,
        ),
        pytest.param(
            NOTICE,
            lambda notice: "name" not in notice["recipient"],
            "/request/body/recipient/name",
            marks=pytest.mark.no_cover,
        ),
    ],
)
def test_A15_a_valid_notice_that_fails_comes_first_and_names_the_member(
    operation: str, breaks: Callable[[Any], bool], at: str
) -> None:
    result = fuzz.receive(operation, app=failing(operation, breaks), max_time=200, profile="quick")
    first = result.findings[0]
    assert (first.kind, first.at) == ("server-error", at)
    assert f"without `{at.removeprefix('/request/body')}` is answered with 500" in first.message
    assert {finding.kind for finding in result.findings} == {"server-error", "malformed-fails"}
    assert first.call is not None
    assert sellerspec.check(operation, first.call.body).ok
    assert breaks(orjson.loads(first.call.body))


def test_A15_a_connection_that_is_cut_once_is_no_finding() -> None:
    once = fuzz.receive(SYNC, app=failing(SYNC, lambda _: False, cuts=1), max_time=10, profile="quick")
    assert "reset" not in {finding.kind for finding in once.findings}
    always = fuzz.receive(SYNC, app=failing(SYNC, lambda _: False, cuts=10**6), max_time=2, profile="quick")
    assert "reset" in {finding.kind for finding in always.findings}
