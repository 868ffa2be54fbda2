"""A real server of aiohttp that keeps what it was sent and answers as Tiki does."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

APPROVED = b'{"state": "approved"}'


@dataclass
class Served:
    """A running server."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    """The `Content-Type` of each request."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Keep the request; answer it by its path."""
        self.bodies.append(await request.read())
        self.types.append(request.headers.get("content-type", ""))
        if request.path == "/moved":
            raise web.HTTPTemporaryRedirect("/integration/v1/orders?page=0")
        if request.path == "/chat":
            chat = web.WebSocketResponse()
            await chat.prepare(request)
            await chat.close()
            return chat
        if "orders" in request.path:
            return web.json_response([])
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        return web.Response(body=gzip.compress(APPROVED, mtime=0), headers=headers)


@asynccontextmanager
async def serve() -> AsyncIterator[Served]:
    """Run the server on a free port of this machine."""
    served = Served()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", served.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        await runner.cleanup()


def with_server(calls: Callable[[Served], Awaitable[None]]) -> None:
    """Run calls to a server."""

    async def run() -> None:
        async with serve() as served:
            await calls(served)

    asyncio.run(run())
