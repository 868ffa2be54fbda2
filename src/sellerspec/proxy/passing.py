"""The path of one exchange: check the request, send it, check the response, return it unchanged."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from sellerspec.model import Exchange, Report
from sellerspec.openapi.spec import is_json
from sellerspec.proxy.blocking import blocked
from sellerspec.proxy.checker import CheckedRequest, Checker
from sellerspec.proxy.client import Client
from sellerspec.proxy.messages import (
    Collected,
    Ended,
    Outcome,
    RawHeaders,
    end_to_end,
    joined,
    plain,
)
from sellerspec.proxy.records import Passed
from sellerspec.proxy.upstream import Body, Upstream, ended
from sellerspec.reporting import unforeseen
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.reading import has_more_values, oversized

MAX_VALUES = 100_000
"""Most values in the JSON of a body that is checked: each may be a finding."""

TOO_LARGE = 413

UNKNOWN_STATUS = 600
"""From here on a number is no status of HTTP."""


class Passing:
    """One exchange between a caller and the marketplace."""

    def __init__(
        self, client: Client, checker: Checker, upstream: Upstream, number: int,
        note: Callable[[Passed], None],
    ) -> None:  # fmt: skip
        """Begin an exchange; `note` takes its record, exactly once, before the caller sees its end."""
        self._client, self._checker, self._upstream = client, checker, upstream
        self._settings = checker.settings
        self._number, self._note = number, note
        self._at, self._begun = datetime.now(UTC), time.perf_counter()
        self._exchange = Exchange(
            client.method, upstream.address(client.target), request_headers=client.joined
        )
        self._operation = ""
        self._report: Report | None = None
        self._problems: list[str] = []
        self._allowed = True
        self._reason = ""
        self._noted = False

    async def run(self, refused: Reply | None = None) -> None:
        """Pass the exchange on, or respond to it here; any end is noted.

        Args:
            refused: the response to a caller that may not call the proxy.
        """
        try:
            if refused is not None:
                problem = "a page of another origin, or a name of another server"  # which one may be a secret
                raise Ended(Outcome.REFUSED, refused.status, problem, body=refused.json())
            await self._run()
        except Ended as end:
            await self._end(end)
        except asyncio.CancelledError:
            self._unjudged("the proxy was stopped before the response had ended")
            self._finish(Outcome.STOPPED)
            raise
        except Exception as error:  # one exchange must not end others, nor show a traceback
            await self._end(Ended(Outcome.FAILED, 500, unforeseen.failed("proxy", error)))

    async def _end(self, end: Ended) -> None:
        """Respond to the caller, or cut a response that has begun."""
        if end.outcome is not Outcome.BLOCKED:
            self._unjudged(end.problem)
        self._finish(end.outcome)
        if not self._client.started:
            await self._client.respond(end.reply)
        else:
            await self._client.cut()

    def _unjudged(self, problem: str, *, allowed: bool = False) -> None:
        self._problems.append(problem)
        self._allowed = self._allowed and allowed

    def _finish(self, outcome: Outcome) -> None:
        if self._noted:
            return
        self._noted = True
        if outcome is Outcome.PASSED and self._problems:
            outcome = Outcome.UNJUDGED
        call = self._checker.call(self._exchange, self._operation)
        self._note(
            Passed(
                self._number, self._at, time.perf_counter() - self._begun, self._exchange, outcome,
                self._operation, self._report, "; ".join(self._problems), self._allowed, self._reason, call,
            )
        )  # fmt: skip

    async def _run(self) -> None:
        body, checked = await self._request()
        client = self._client
        headers = framed(client, None if body.has_more else len(body.first))
        response = await self._upstream.send(client.method, client.target, headers, body)
        try:
            await self._response(response, checked)
        except httpx.TransportError as error:
            raise ended(error) from error
        finally:
            await response.aclose()

    async def _request(self) -> tuple[Body, CheckedRequest]:
        """Read and check the request.

        Raises:
            Ended: it must not be sent.
        """
        client = self._client
        require_passable(client)
        content = await client.body(self._settings.max_body)
        self._checker.refresh()
        if self._checker.stale:
            self._unjudged(f"the overlays cannot be used: {self._checker.stale}")
        body = Body(content, client.chunks() if client.has_more else None)
        # what is checked is what is sent
        headers, plain_body, problem = self._readable(
            joined(end_to_end(client.headers)), content, len(content)
        )
        if problem:
            self._refuse_unless_allowed(problem)
            return body, CheckedRequest(None, None)
        self._exchange = replace(self._exchange, request_headers=headers, request_body=plain_body)
        checked = self._checker.request(self._exchange)
        self._report = checked.report
        if checked.report is not None and "/" in checked.report.operation:
            self._operation = checked.report.operation
        if checked.blocked and checked.report is not None:
            raise blocked(checked.report)
        return body, checked

    def _readable(
        self, headers: dict[str, str], body: bytes, size: int
    ) -> tuple[dict[str, str], bytes, Ended | None]:
        """Return headers and body without compression, and why the body cannot be checked.

        Args:
            headers: of the message.
            body: as it was sent, without what is more than `max_body`.
            size: bytes of the body as it was sent.
        """
        most = self._settings.max_body
        try:
            headers, body = plain(headers, body)
        except Ended as end:
            return headers, b"", end
        problem = ""
        if max(size, len(body)) > most:
            problem = oversized(most).reason
        elif has_more_values(body, MAX_VALUES):
            problem = f"a body of more than {MAX_VALUES:,} values"
        if not problem:
            return headers, body, None
        allows = "`--max-body` and `--allow-unjudged` allow it"
        return headers, b"", Ended(Outcome.REFUSED, TOO_LARGE, f"{problem} cannot be checked; {allows}")

    def _allows(self, problem: Ended) -> bool:
        """Return whether the user allows a body that is not checked for this reason."""
        return self._settings.allow_unjudged and problem.status == TOO_LARGE

    def _refuse_unless_allowed(self, problem: Ended) -> None:
        """Note that the request is not checked.

        Raises:
            Ended: it must not be sent.
        """
        allowed = self._allows(problem)
        if self._settings.mode == "block" and not allowed:
            raise problem
        self._unjudged(f"the request was not checked: {problem.problem}", allowed=allowed)

    async def _response(self, response: httpx.Response, checked: CheckedRequest) -> None:
        """Check a response, and give it to the caller.

        Raises:
            Ended: it is no response of HTTP.
        """
        status = response.status_code
        if not 200 <= status < UNKNOWN_STATUS:
            raise Ended(
                Outcome.BROKEN, 502, f"the marketplace sent the status {status}, which no response has"
            )
        self._reason = response.reason_phrase
        body, rest = await self._relayed(response)
        self._check_response(checked, response, body)
        self._finish(Outcome.PASSED)
        if not self._client.started:
            await self._client.start(status, passed_headers(response))
        await self._client.send(rest, more=False)

    async def _relayed(self, response: httpx.Response) -> tuple[Collected, bytes]:
        """Read a response; return its body, and what of it was not sent to the caller yet.

        A document is given to the caller when it is complete, so that one that breaks off is an error. A
        stream is passed on as it comes, and so is a document that is too large to be checked, or too slow.
        """
        client, body = self._client, Collected(self._settings.max_body)
        held: list[bytes] = []
        holds = time.perf_counter() + self._settings.timeout if is_document(response) else 0.0
        async with Leaving(client, self._settings.timeout) as leaving:
            async for chunk in response.aiter_raw():
                body.add(chunk)
                held.append(chunk)
                if body.is_complete and time.perf_counter() < holds:
                    continue
                if not client.started:
                    await client.start(response.status_code, passed_headers(response))
                    leaving.watch()
                await client.send(b"".join(held), more=True)
                held.clear()
                if leaving.is_over(complete=body.is_complete):
                    raise Ended(Outcome.UNJUDGED, 499, "the caller left before the response had ended")
        return body, b"".join(held)

    def _check_response(self, checked: CheckedRequest, response: httpx.Response, body: Collected) -> None:
        raw = joined(passed_headers(response))
        headers, content, problem = self._readable(raw, body.content(), body.size)
        self._exchange = replace(
            self._exchange, status=response.status_code, response_headers=headers, response_body=content
        )
        if problem is not None:
            self._unjudged(f"the response was not checked: {problem.problem}", allowed=self._allows(problem))
        elif checked.sent is not None:
            self._report = self._checker.response(checked.sent, response.status_code, headers, content)


class Leaving:
    """Notices that the caller disconnects while a response is sent to it."""

    def __init__(self, client: Client, patience: float) -> None:
        """Begin; `patience` is the seconds for which a response is still read."""
        self._client, self._patience = client, patience
        self._task: asyncio.Task[None] | None = None
        self._until = 0.0

    async def __aenter__(self) -> "Leaving":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def watch(self) -> None:
        """Watch from now on: the request was read before."""
        self._task = asyncio.create_task(self._client.left())

    def is_over(self, *, complete: bool) -> bool:
        """Return whether a response needs no more reading: nobody gets it, and it cannot be checked."""
        if self._task is None or not self._task.done():
            return False
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._patience
        return not complete or now > self._until


def require_passable(client: Client) -> None:
    """Make sure that a request is one that a reverse proxy can pass on.

    Raises:
        Ended: it is not.
    """
    upgrade = client.joined.get("upgrade", "")
    if client.method == "CONNECT" or not client.target.startswith(b"/"):
        problem = "the target is no path; this proxy calls its marketplace and nothing else"
        raise Ended(Outcome.REFUSED, 400, problem)
    if upgrade and upgrade.strip().lower() != "h2c":  # HTTP allows to stay with HTTP/1.1
        raise Ended(
            Outcome.REFUSED, 501, "the connection cannot be upgraded: what follows could not be checked"
        )


def framed(client: Client, length: int | None) -> RawHeaders:
    """Return the headers of a request as they are sent: those of the caller, and how long the body is.

    Args:
        client: whose request it is.
        length: bytes of the body; None if there is more to come.
    """
    headers = end_to_end(client.headers, b"host", b"expect")
    if "transfer-encoding" not in client.joined:
        return headers  # the length is that of the caller, or there is no body
    headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    if length is None:
        return [*headers, (b"transfer-encoding", b"chunked")]
    return [*headers, (b"content-length", str(length).encode())]


def passed_headers(response: httpx.Response) -> RawHeaders:
    """Return the headers of a response as the caller gets them."""
    chunked = b"transfer-encoding" in {name.lower() for name, _ in response.headers.raw}
    return end_to_end(response.headers.raw, *((b"content-length",) if chunked else ()))


def is_document(response: httpx.Response) -> bool:
    """Return whether a response is a document that ends soon, and no stream."""
    return "content-length" in response.headers or is_json(response.headers.get("content-type", ""))
