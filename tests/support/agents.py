"""A client of the Model Context Protocol, as an agent has one: the SDK's own, and lines of JSON-RPC."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import TextContent

SOURCES = Path(__file__).resolve().parents[2] / "src"


class Refused(Exception):
    """A tool returned an error; its text is the error's."""


@dataclass
class Agent:
    """A connected client."""

    client: Client

    async def __call__(self, tool: str, **arguments: Any) -> Any:
        """Return what a tool returns; its text is the same as JSON."""
        result = await self.client.call_tool(tool, arguments)
        (content,) = result.content
        assert isinstance(content, TextContent)
        assert len(content.text.encode()) <= 50_000
        if result.is_error:
            raise Refused(content.text)
        assert json.loads(content.text) == result.structured_content
        return result.structured_content

    async def refusal(self, tool: str, **arguments: Any) -> str:
        """Return the error that a tool returns."""
        try:
            result = await self(tool, **arguments)
        except Refused as refused:
            return str(refused)
        raise AssertionError(f"no error: {result}")


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "sellerspec", "mcp", *options]


@asynccontextmanager
async def agent(*options: str) -> AsyncIterator[Agent]:
    """Start `sellerspec mcp` as a process, and connect to it."""
    program, *rest = command(*options)
    server = StdioServerParameters(command=program, args=rest, env={"PYTHONPATH": str(SOURCES)})
    async with Client(stdio_client(server)) as client:
        yield Agent(client)


class Process:
    """`sellerspec mcp` as a process that is sent lines."""

    def __init__(self, *options: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        self.process = subprocess.Popen(
            command(*options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment,
        )  # fmt: skip
        self.sent(*greeting())
        self.line()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def ended(self) -> tuple[int, str]:
        """Return the exit code, and what was written on stderr, once the process has ended."""
        assert self.process.stderr is not None
        return self.process.wait(timeout=20), self.process.stderr.read()

    def close_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def sent(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def line(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def called(self, tool: str, arguments: str) -> Any:
        self.sent(calling(7, tool, arguments))
        return self.line()


def greeting() -> Iterable[str]:
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    yield json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": about})
    yield json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})


def calling(id: int, tool: str, arguments: str) -> str:
    """Return the line of a call; the arguments are a JSON text, or no JSON."""
    params = f'{{"name": "{tool}", "arguments": {arguments}}}'
    return f'{{"jsonrpc": "2.0", "id": {id}, "method": "tools/call", "params": {params}}}'
