"""The proxy as an ASGI application."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from functools import partial

import orjson

from sellerspec.model import Json
from sellerspec.proxy.checker import Checker
from sellerspec.proxy.client import Client
from sellerspec.proxy.messages import Ended, Outcome
from sellerspec.proxy.passing import Passing
from sellerspec.proxy.records import Passed, Result
from sellerspec.proxy.upstream import Upstream
from sellerspec.proxy.writing import Writer
from sellerspec.reporting import discreet_checked
from sellerspec.reporting.as_json import as_json
from sellerspec.sandbox.access import Access
from sellerspec.sandbox.asgi import Receive, Scope, Send
from sellerspec.sandbox.checking import CheckService
from sellerspec.sandbox.control import PREFIX, Plane
from sellerspec.sandbox.messages import Reply, Request
from sellerspec.sandbox.reading import readable

_SERVER = logging.getLogger("uvicorn.error")


class Application:
    """An ASGI 3 application; `result` is what it has seen."""

    def __init__(self, checker: Checker) -> None:
        """Make a proxy ready.

        Raises:
            SellerspecError: a certificate is wrong, or a file cannot be written.
        """
        self.checker = checker
        self.settings = settings = checker.settings
        self.result = Result()
        self._upstream = Upstream(settings.upstream, timeout=settings.timeout, ca_file=settings.ca_file)
        self._writer = Writer(settings)
        self._access = Access(settings.allow_origins)
        self._number = 0
        routes = {"": {"GET": self._overview}, "report": {"GET": self._report}}
        self._plane = Plane(routes, CheckService(lambda: self.checker.project))

    def listens_on(self, host: str) -> None:
        """Note the address that the user chose, and count the requests that the server itself refuses."""
        self._access = Access(self.settings.allow_origins, host)
        _SERVER.addFilter(self._count_malformed)

    def _count_malformed(self, record: logging.LogRecord) -> bool:
        """Count a request that is no HTTP: the server responds, and no application sees it."""
        text = record.getMessage()
        if text.startswith("Invalid HTTP request"):
            self.result.malformed += 1
        return record.levelno > logging.WARNING

    def close(self) -> None:
        """Write what is left; the result is then complete."""
        _SERVER.removeFilter(self._count_malformed)
        self._writer.close()
        self.result.problems.extend(self._writer.problems)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or the beginning and the end of the server."""
        if scope["type"] == "lifespan":
            await self._lived(receive, send)
            return
        client = Client(scope, receive, send, timeout=self.settings.timeout)
        request = client.request()
        if "origin" in client.joined:
            client.more_headers = partial(self._headers, request)
        preflight = self._access.preflight(request)
        refused = self._access.refusal(request, client.address)
        if preflight is not None:
            await client.respond(refused or preflight)
        elif request.path.startswith(PREFIX):
            await self._controlled(client, refused)
        else:
            self._number += 1
            passing = Passing(client, self.checker, self._upstream, self._number, self._note)
            await passing.run(refused)

    async def _lived(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._upstream.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _headers(self, request: Request, names: Collection[str]) -> Mapping[str, str]:
        """Return the headers that let a page read a response which has headers of these names."""
        return self._access.headers(request, Reply(200, content_type="", headers=dict.fromkeys(names, "")))

    def _note(self, passed: Passed) -> None:
        self.result.add(passed)
        self._writer.add(passed)

    async def _controlled(self, client: Client, refused: Reply | None) -> None:
        most = self.settings.max_body
        try:
            body = await client.body(most)
        except Ended as end:
            if end.outcome is not Outcome.GONE:
                await client.respond(end.reply)
            return
        if refused is not None:
            await client.respond(refused)
            return
        request = readable(client.request(body), most)
        self.checker.refresh()
        await client.respond(await asyncio.to_thread(self._plane.handle, request))

    def _overview(self, _: Request) -> Json:
        return {
            "marketplace": self.settings.marketplace,
            "upstream": self.settings.upstream,
            "mode": self.settings.mode,
            "outcomes": dict(self.result.outcomes),
            "findings": dict(self.result.findings),
            "control": self._plane.listed(),
        }

    def _report(self, _: Request) -> Json:
        checked = [discreet_checked(one) for one in list(self.result.checked)]
        return orjson.loads(as_json(checked, self.result.failed))
