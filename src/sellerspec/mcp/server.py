"""The server over stdin and stdout: the one door to the SDK of the Model Context Protocol."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import anyio
import orjson
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

from sellerspec import __version__
from sellerspec.errors import SellerspecError, UnknownName
from sellerspec.mcp.results import MOST
from sellerspec.mcp.tool import Arguments, Tool
from sellerspec.model import Json
from sellerspec.reporting import unforeseen
from sellerspec.reporting.excerpt import plain

INSTRUCTIONS = """\
Contracts for the seller APIs of Tiki (`tiki`, the API of 2019, and `tiki-v2`, the Open API), TikiNOW Smart
Logistics (`tnsl`) and Tokopedia. An operation is named by its key, `tiki-v2/updateSku`; `list` shows all.
Check a payload before it is sent, and what a marketplace responded; `explain` a rule that a finding names.
A report that is `ok` has no error; rules in `unchecked` need facts that were not given. Start a sandbox to
try a connector: it runs on this machine until it is stopped. Results are bounded: `cut`, `next_offset` and
`more` say what was left out.
"""

UNREADABLE = "it is no JSON-RPC, nested too deeply, or has half of a surrogate pair"

MOST_PROBLEM = 1_000
"""Most characters of an error."""


def server_of(tools: Sequence[Tool]) -> Server[Any]:
    """Return a server of some tools, which no transport serves yet."""
    by_name = {tool.name: tool for tool in tools}

    async def listed(_: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(map(_described, tools)))

    async def called(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        # in a thread: a check may take long, and other calls are handled meanwhile
        return await asyncio.to_thread(_result, by_name, params.name, params.arguments or {})

    return Server(
        "sellerspec", version=__version__, instructions=INSTRUCTIONS,
        on_list_tools=listed, on_call_tool=called,
    )  # fmt: skip


def run(tools: Sequence[Tool]) -> None:
    """Serve tools over stdin and stdout until stdin ends, or nobody reads stdout."""
    try:
        asyncio.run(_serve(server_of(tools)))
    except* BrokenPipeError:
        pass


async def _serve(server: Server[Any]) -> None:
    passing, readable = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    async with readable, stdio_server() as (incoming, outgoing), anyio.create_task_group() as group:
        group.start_soon(_pass_on, incoming, passing, outgoing)
        await server.run(readable, outgoing, server.create_initialization_options())


async def _pass_on(incoming: Any, passing: Any, outgoing: Any) -> None:
    """Pass messages on; respond to those that cannot be read, for which the SDK sends no response."""
    async with incoming, passing:
        async for message in incoming:
            if isinstance(message, Exception):
                await outgoing.send(SessionMessage(_unreadable(message)))
            else:
                await passing.send(message)


def _unreadable(error: Exception) -> types.JSONRPCError:
    """Return the response to a line that the SDK refuses: no JSON, nested too deeply, half a surrogate."""
    problem = types.ErrorData(code=types.PARSE_ERROR, message="the message cannot be read: " + UNREADABLE)
    line = error.errors()[0]["input"] if isinstance(error, ValidationError) else ""
    try:
        id = json.loads(line)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        id = None
    return types.JSONRPCError(jsonrpc="2.0", id=id if isinstance(id, int | str) else None, error=problem)


def _described(tool: Tool) -> types.Tool:
    schema = dict(tool.schema)
    return types.Tool(
        name=tool.name,
        description=schema.pop("description"),
        input_schema=schema,
        annotations=types.ToolAnnotations(read_only_hint=not tool.changes, open_world_hint=False),
    )


def _result(tools: Mapping[str, Tool], name: str, arguments: Arguments) -> types.CallToolResult:
    """Return what a tool returns, or why it cannot."""
    try:
        if name not in tools:
            raise UnknownName("tool", name, tools)
        return _good(tools[name](arguments))
    except SellerspecError as error:
        return _bad(str(error))
    except Exception as error:  # our fault: the SDK would send its text, which may quote a payload
        return _bad(unforeseen.failed("tool", error))


def _good(value: dict[str, Json]) -> types.CallToolResult:
    text = orjson.dumps(value).decode()
    if len(text.encode()) > MOST:
        return _bad(f"the result has more than {MOST} bytes; ask for less of it")
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=value)


def _bad(problem: str) -> types.CallToolResult:
    shown = plain(problem if len(problem) <= MOST_PROBLEM else f"{problem[:MOST_PROBLEM]}…")
    return types.CallToolResult(content=[types.TextContent(text=shown)], is_error=True)
