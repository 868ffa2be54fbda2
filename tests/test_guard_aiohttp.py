"""Guards on sessions of aiohttp, against a real server and libraries that answer in its place."""

import gzip
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDictProxy
from yarl import URL

from sellerspec import ContractViolation, SellerspecError, guard
from sellerspec.guard import Guard
from support.aiohttp_server import APPROVED, Served, with_server

PATH = "/integration/v1/products/AOTHUN-DEN-M/updateSku"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


def session_of(served: Served, **settings: Any) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(headers=TOKEN)
    return guard.aiohttp(session, "tiki", hosts=[served.url], **settings)


def guard_of(session: aiohttp.ClientSession) -> Guard:
    session_guard = guard.of(session)
    assert session_guard is not None
    return session_guard


def test_a_breach_is_refused_before_a_byte_leaves_and_a_broken_response_raises() -> None:
    async def calls(served: Served) -> None:
        async with session_of(served) as session:
            with pytest.raises(ContractViolation) as caught:
                await session.post(served.url + PATH, json={"price": 0})
            assert [error.rule for error in caught.value.report.errors] == ["tiki.update-price-positive"]
            assert served.bodies == []
            async with session.post(served.url + PATH, json={"price": 9000}) as response:
                assert await response.json() == {"state": "approved"}
            with pytest.raises(ContractViolation, match="/response/body: error"):
                await session.get(served.url + "/integration/v1/orders/1")
            assert guard_of(session).refused == ()
            with pytest.raises(SellerspecError, match="this ClientSession is guarded already"):
                guard.aiohttp(session, "tiki")
            guard.release(session)
            assert guard.of(session) is None
            assert (await session.post(served.url + PATH, json={"price": 0})).status == 200

    with_server(calls)


async def pieces() -> AsyncIterator[bytes]:
    yield b'{"price":'
    yield b" 0}"


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: {"json": {"price": 0}},
        lambda: {"data": b'{"price": 0}'},
        lambda: {"data": '{"price": 0}'},
        lambda: {"data": io.BytesIO(b'{"price": 0}')},
        lambda: {"data": pieces()},
        lambda: {"data": pieces(), "compress": "gzip"},
    ],
    ids=["json", "bytes", "text", "file", "pieces", "compressed"],
)
def test_A10_a_body_is_judged_as_it_is_sent_whatever_it_is(arguments: Any) -> None:
    async def calls(served: Served) -> None:
        async with session_of(served, on_request="record") as session:
            headers = {"content-type": "application/json"}
            response = await session.post(served.url + PATH, headers=headers, **arguments())
            assert response.status == 200
            assert [str(finding.rule) for finding in guard_of(session).reports[0].findings] == [
                "tiki.update-price-positive", "sellerspec.divergence-accepted",
            ]  # fmt: skip
        assert served.bodies == [b'{"price": 0}']
        assert served.types == ["application/json"]

    with_server(calls)


def test_A10_forms_and_large_bodies_are_sent_as_aiohttp_sends_them(tmp_path: Path) -> None:
    async def calls(served: Served) -> None:
        form = aiohttp.FormData({"price": "1"})
        multipart = aiohttp.FormData()
        multipart.add_field("file", b"%PDF", filename="a.pdf", content_type="application/pdf")
        (tmp_path / "a.txt").write_bytes(b"x")
        async with session_of(served, ignore=["sellerspec.call-known"]) as session:
            url = served.url + "/elsewhere"
            await session.post(url, data=form)
            await session.post(url, data=multipart)
            await session.post(url, data={"a": "1", "b": "x.txt"})
            with (tmp_path / "a.txt").open("rb") as file:
                await session.post(url, data={"file": file}, headers={"x-mark": "1"})
            await session.post(url, data=b"x" * 2**20)
            await session.post(url, data=b"x", skip_auto_headers=["content-type"])
            await session.post(url, data=[("a", "1"), ("a", "2")])
            with pytest.raises(ValueError, match="data and json"):
                await session.post(url, data=b"1", json=1)
        assert (served.bodies[0], served.types[0]) == (b"price=1", "application/x-www-form-urlencoded")
        assert served.types[1].startswith("multipart/form-data; boundary=")
        assert b'filename="a.pdf"\r\n\r\n%PDF\r\n' in served.bodies[1]
        assert served.bodies[2] == b"a=1&b=x.txt"
        assert b'name="file"; filename="a.txt"' in served.bodies[3]
        assert served.bodies[4] == b"x" * 2**20
        assert served.bodies[6] == b"a=1&a=2"

    with_server(calls)


def test_A9_a_response_can_be_read_as_a_stream() -> None:
    async def calls(served: Served) -> None:
        async with session_of(served) as session:
            async with session.post(served.url + PATH, json={"price": 9000}) as response:
                assert [piece async for piece in response.content.iter_chunked(8)] == [
                    APPROVED[:8], APPROVED[8:16], APPROVED[16:],
                ]  # fmt: skip
            async with session.post(served.url + PATH, json={"price": 9000}) as response:
                assert await response.content.readline() == APPROVED
        async with aiohttp.ClientSession(headers=TOKEN, auto_decompress=False) as session:
            guard.aiohttp(session, "tiki", hosts=[served.url], on_response="record")
            async with session.post(served.url + PATH, json={"price": 9000}) as response:
                assert gzip.decompress(await response.content.read()) == APPROVED

    with_server(calls)


def test_A9_middlewares_of_a_session_or_a_call_do_not_pass_the_guard() -> None:
    seen: list[str] = []

    async def noting(request: Any, handler: Any) -> Any:
        seen.append(request.method)
        return await handler(request)

    async def spoiling(request: Any, handler: Any) -> Any:
        await request.update_body(pieces())
        return await handler(request)

    async def calls(served: Served) -> None:
        async with aiohttp.ClientSession(headers=TOKEN, middlewares=(noting,)) as session:
            guard.aiohttp(session, "tiki", hosts=[served.url])
            await session.post(served.url + PATH, json={"price": 9000})
            with pytest.raises(ContractViolation):
                await session.post(served.url + PATH, json={"price": 9000}, middlewares=(spoiling,))
            with pytest.raises(ContractViolation):
                await session.post(served.url + PATH, json={"price": 0}, middlewares=())
            guard.release(session)
            guard.aiohttp(session, "tiki", hosts=[served.url], on_request="record", on_response="record")
            await session.post(served.url + PATH, json={"price": 9000}, middlewares=(spoiling,))
        assert seen == ["POST"]
        assert served.bodies == [b'{"price": 9000}', b'{"price": 0}']

    with_server(calls)


def test_A9_each_hop_of_a_redirect_and_a_websocket_are_judged() -> None:
    async def calls(served: Served) -> None:
        async with session_of(served) as session:
            with pytest.raises(ContractViolation, match=r"sellerspec\.call-known `GET /chat`"):
                await session.ws_connect(served.url + "/chat")
        async with session_of(served, ignore=["sellerspec.call-known"]) as session:
            with pytest.raises(ContractViolation, match="/request/query/page"):
                await session.get(served.url + "/moved")
            async with session.ws_connect(served.url + "/chat") as chat:
                assert (await chat.receive()).type is aiohttp.WSMsgType.CLOSE

    with_server(calls)


def test_the_base_url_is_a_host_of_the_marketplace_and_others_are_counted() -> None:
    async def calls(served: Served) -> None:
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            guard.aiohttp(session, "tiki")
            with pytest.raises(ContractViolation):
                await session.post(PATH, json={"price": 0})
            guard.release(session)
            guard.aiohttp(session)
            foreign = served.url.replace("http://", "http://seller:FAKE-PASSWORD@")
            assert (await session.post(foreign + PATH, json={"price": 0})).status == 200
            assert guard_of(session).foreign == {served.url.removeprefix("http://"): 1}

    with_server(calls)


def test_A9_what_another_library_answers_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def calls(served: Served) -> None:
        async with aiohttp.ClientSession() as plain:
            answered = await plain.post(served.url + PATH, json={})

        async def answering(session: Any, method: str, url: Any, **arguments: Any) -> Any:
            headers = arguments["headers"]
            answered._cache.clear()
            answered._request_info = aiohttp.RequestInfo(  # as aioresponses does it
                URL(url), method, CIMultiDictProxy(headers), URL(url)
            )
            return answered

        async with session_of(served) as session:
            monkeypatch.setattr(aiohttp.ClientSession, "_request", answering)
            with pytest.raises(ContractViolation):
                await session.post(served.url + PATH, json={"price": 0}, headers=TOKEN)
            response = await session.post(served.url + PATH, json={"price": 9000}, headers=TOKEN)
            assert await response.read() == APPROVED
            await session.post(
                served.url + PATH, data=io.BytesIO(b'{"price": 9000' + b" " * 2**20 + b"}"),
                headers={**TOKEN, "content-type": "application/json"},
            )  # fmt: skip
            with pytest.raises(ContractViolation):
                await session.post(
                    served.url + PATH, data=io.BytesIO(b'{"price": 0' + b" " * 2**20 + b"}"),
                    headers={**TOKEN, "content-type": "application/json"},
                )  # fmt: skip
            await session.post("http://other.example/", data=b"1", headers=TOKEN)
            assert guard_of(session).foreign == {"other.example": 1}

    with_server(calls)


def test_only_a_session_of_a_new_aiohttp_can_be_guarded() -> None:
    with pytest.raises(SellerspecError, match="a `str` is no session of aiohttp"):
        guard.aiohttp("session", "tiki")

    async def calls(served: Served) -> None:
        async with aiohttp.ClientSession() as session:
            middlewares = vars(session).pop("_middlewares")
            with pytest.raises(SellerspecError, match=r"a guard needs aiohttp 3\.12 or later"):
                guard.aiohttp(session, "tiki")
            vars(session)["_middlewares"] = middlewares

    with_server(calls)
