"""aiohttp recorded through vcrpy, with a real server: bodies are kept as they were sent."""

import io
from collections import UserDict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException

from sellerspec import ContractViolation, cassettes, guard
from sellerspec.cassettes import files
from sellerspec.cassettes.record.recording import NotRecordedWarning
from sellerspec.errors import UsageError
from sellerspec.io.bodies import body_bytes
from support.aiohttp_server import Served, with_server

PATH = "/integration/v1/products/AOTHUN-DEN-M/updateSku"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


async def pieces() -> AsyncIterator[bytes]:
    yield b'{"price":'
    yield b" 9000}"


def form() -> aiohttp.FormData:
    return aiohttp.FormData({"price": "9000", "active": "1"})


def multipart() -> aiohttp.FormData:
    fields = aiohttp.FormData()
    fields.add_field("file", io.BytesIO(b"sku,price"), filename="a.csv", content_type="text/csv")
    return fields


def written(path: Path) -> list[bytes]:
    return [recorded.exchange.request_body for recorded in files.read(path).exchanges]


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (lambda: {"json": {"price": 9000}}, b'{"price": 9000}'),
        (lambda: {"json": ["price", "name"]}, b'["price", "name"]'),
        (lambda: {"json": "price"}, b'"price"'),
        (lambda: {"json": 9000}, b"9000"),
        (lambda: {"data": form()}, b"price=9000&active=1"),
        (lambda: {"data": {"price": "9000"}}, b"price=9000"),
        (lambda: {"data": [("price", "9000"), ("price", "9001")]}, b"price=9000&price=9001"),
        (lambda: {"data": pieces()}, b'{"price": 9000}'),
        (lambda: {"data": io.BytesIO(b'{"price": 9000}')}, b'{"price": 9000}'),
        (lambda: {"data": '{"price": 9000}'}, b'{"price": 9000}'),
        (lambda: {}, b""),
    ],
    ids=[
        "json",
        "list",
        "text in json",
        "number",
        "form",
        "mapping",
        "pairs",
        "pieces",
        "file",
        "text",
        "none",
    ],
)
def test_A10_a_body_is_recorded_as_it_was_sent(
    arguments: Callable[[], dict[str, Any]], body: bytes, tmp_path: Path
) -> None:
    async def calls(served: Served) -> None:
        recorder = cassettes.vcr("tiki", keep=["violations"])
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            with recorder.use_cassette(str(tmp_path / "a.yaml")):
                response = await session.post(PATH, **arguments())
                assert await response.json() == {"state": "approved"}
            assert served.bodies == written(tmp_path / "a.yaml") == [body]
            assert files.read(tmp_path / "a.yaml").exchanges[0].exchange.url == served.url + PATH
            with recorder.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
                assert (await session.post(PATH, **arguments())).status == 200
            assert len(served.bodies) == 1

    with_server(calls)


def test_A10_a_replay_matches_only_what_was_sent(tmp_path: Path) -> None:
    async def calls(served: Served) -> None:
        recorder = cassettes.vcr("tiki", cassette_library_dir=str(tmp_path))
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            with recorder.use_cassette("a.yaml"):
                await session.post(PATH, json={"price": 9000}, params={"x": "1"})
            for other in ({"json": {"price": 9001}}, {"data": {"price": "9000"}}, {"data": b"price"}):
                with (
                    recorder.use_cassette("a.yaml", record_mode="none"),
                    pytest.raises(CannotOverwriteExistingCassetteException),
                ):
                    await session.post(PATH, params={"x": "1"}, **other)

    with_server(calls)


def test_A10_multipart_is_sent_and_recorded_without_its_binary_parts(tmp_path: Path) -> None:
    async def calls(served: Served) -> None:
        recorder = cassettes.vcr("tiki", keep=["violations"])
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            with recorder.use_cassette(str(tmp_path / "a.yaml")):
                await session.post("/elsewhere", data=multipart())
            assert b'filename="a.csv"' in served.bodies[0]
            (body,) = written(tmp_path / "a.yaml")
            assert b'name="file"' in body
            with recorder.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
                assert (await session.post("/elsewhere", data=multipart())).status == 200

    with_server(calls)


def test_A10_a_guarded_session_is_recorded_and_its_replay_is_judged(tmp_path: Path) -> None:
    async def calls(served: Served) -> None:
        recorder = cassettes.vcr("tiki")
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            guard.aiohttp(session, "tiki")
            with recorder.use_cassette(str(tmp_path / "a.yaml")):
                with pytest.raises(ContractViolation):
                    await session.post(PATH, json={"price": 0})
                async with session.post(PATH, json={"price": 9000}) as response:
                    assert await response.content.read() == b'{"state": "approved"}'
            assert written(tmp_path / "a.yaml") == [b'{"price": 9000}']
            played = (tmp_path / "a.yaml").read_text().replace("approved", "7")
            (tmp_path / "a.yaml").write_text(played)
            with (
                recorder.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"),
                pytest.raises(ContractViolation, match="/response/body/state"),
            ):
                await session.post(PATH, json={"price": 9000})
        assert len(served.bodies) == 1

    with_server(calls)


def test_A10_a_recorder_of_another_plugin_keeps_bodies_and_warns_of_what_it_leaves_out(
    tmp_path: Path,
) -> None:
    async def calls(served: Served) -> None:
        foreign = vcr.VCR()
        cassettes.configure(foreign, "tiki")
        async with aiohttp.ClientSession(served.url, headers=TOKEN) as session:
            with foreign.use_cassette(str(tmp_path / "a.yaml")):
                await session.post(PATH, json={"price": 9000})
            assert written(tmp_path / "a.yaml") == [b'{"price": 9000}']
            with (
                pytest.warns(NotRecordedWarning, match="not recorded: POST"),
                foreign.use_cassette(str(tmp_path / "b.yaml")),
            ):
                await session.post(PATH, json={"price": 0})
        assert aiohttp.ClientSession._request.__module__ == "aiohttp.client"

    with_server(calls)


@pytest.mark.parametrize(
    "body",
    [
        {"price": 1},
        ["price"],
        ("price", 1),
        {"price"},
        UserDict(price=1),
        form(),
        5,
        iter([1]),
        iter([["a"]]),
    ],
    ids=lambda body: type(body).__name__,
)
def test_A10_no_iterable_is_joined_blindly(body: Any) -> None:
    with pytest.raises(UsageError, match="is sent in a body is unknown: send bytes or a text"):
        body_bytes(body)


def test_A10_what_is_sent_in_pieces_is_joined() -> None:
    assert body_bytes(iter([b"a", "b", bytearray(b"c"), memoryview(b"d")])) == b"abcd"
    assert body_bytes(io.StringIO("text")) == b"text"
    assert body_bytes(memoryview(b"a")) == b"a"
