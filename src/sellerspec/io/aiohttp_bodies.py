"""The door to aiohttp: the body of a request as bytes before it is sent; a response that is read again."""

import asyncio
import io
from typing import Any

from aiohttp import ClientSession, FormData, StreamReader, payload
from aiohttp.abc import AbstractStreamWriter
from aiohttp.base_protocol import BaseProtocol
from multidict import CIMultiDict

__all__ = ["ClientSession", "body_of", "stream", "written"]


class _Writer(AbstractStreamWriter):
    """Collects a body, plain: neither compressed nor chunked."""

    def __init__(self) -> None:
        self.content = bytearray()

    async def write(self, chunk: bytes | bytearray | memoryview) -> None:
        self.content += chunk

    async def write_eof(self, chunk: bytes = b"") -> None:
        self.content += chunk

    async def drain(self) -> None:
        """Do nothing: the content is in memory."""

    def enable_compression(self, *_: Any, **__: Any) -> None:
        """Do nothing: the body stays plain."""

    def enable_chunking(self) -> None:
        """Do nothing: the body stays plain."""

    async def write_headers(self, *_: Any) -> None:
        """Do nothing: only the body is collected."""


async def body_of(body: Any) -> bytes:
    """Return the bytes that aiohttp sends for a body, which is bytes or a payload; a stream is read."""
    if not isinstance(body, payload.Payload):
        return bytes(body or b"")
    writer = _Writer()
    await body.write(writer)
    return bytes(writer.content)


async def written(session: ClientSession, url: Any, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the absolute URL of a request, and its arguments with the body as bytes in `data`.

    The body may be JSON, a form, a file or a stream. A large one is a stream in memory. The headers have the
    content type that aiohttp would add.
    """
    arguments = dict(arguments)
    data, json = arguments.get("data"), arguments.get("json")
    if json is not None and data is None:
        data = _json(session, json)
    if data is not None and (json is None or arguments.get("data") is None):
        body = _payload(data)
        content = await body_of(body)
        await body.close()
        arguments.pop("json", None)
        # aiohttp warns about bytes of more than a mebibyte, and not about a stream of them
        arguments["data"] = content if len(content) < payload.TOO_LARGE_BYTES_BODY else io.BytesIO(content)
        arguments["headers"] = _headers(session, arguments, body)
    return str(session._build_url(url)), arguments


def _json(session: ClientSession, value: Any) -> payload.Payload:
    to_bytes = getattr(session, "_json_serialize_bytes", None)  # of aiohttp 3.14
    if to_bytes is not None:
        return payload.JsonBytesPayload(value, dumps=to_bytes)
    return payload.JsonPayload(value, dumps=session.json_serialize)


def _payload(data: Any) -> payload.Payload:
    """Return the payload that aiohttp makes of `data`."""
    form: Any = data() if isinstance(data, FormData) else data
    try:
        return payload.PAYLOAD_REGISTRY.get(form, disposition=None)
    except payload.LookupError:
        return FormData(form)()


def _headers(session: ClientSession, arguments: dict[str, Any], body: payload.Payload) -> CIMultiDict[str]:
    """Return the headers of a request with those of its payload, unless they are given or left out."""
    headers = CIMultiDict(arguments.get("headers") or {})
    omitted = {*(arguments.get("skip_auto_headers") or ()), *session.skip_auto_headers}
    given = {name.lower() for name in (*headers, *session.headers, *omitted)}
    for name, value in (body.headers or {}).items():
        if name.lower() not in given:
            headers[name] = value
    return headers


def stream(content: bytes) -> StreamReader:
    """Return a stream that gives the content; call it in a running event loop."""
    loop = asyncio.get_running_loop()
    reader = StreamReader(BaseProtocol(loop), max(len(content), 2**16), loop=loop)
    reader.feed_data(content)
    reader.feed_eof()
    return reader
