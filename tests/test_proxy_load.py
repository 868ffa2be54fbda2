"""10,000 exchanges of 50 clients through the proxy: each response is equal to a direct one, byte for byte."""

import asyncio
import re
from collections import Counter

import pytest

from sellerspec import sandbox
from support.proxies import proxied

CLIENTS, EACH = 50, 200
PATHS = (
    "/integration/v1/orders/419060832",
    "/integration/v1/orders?limit=2&page=1",
    "/integration/v1/categories",
    "/integration/v1/orders/nowhere",
    "/integration/v1/warehouses?limit=10",
)
DATE = re.compile(rb"\r\ndate: [^\r]*")


def port(url: str) -> int:
    return int(url.rpartition(":")[2])


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> bytes:
    """Return a response as it came, without its date."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return DATE.sub(b"", head) + await reader.readexactly(int(length.partition(b":")[2]))


async def client(url: str, requests: list[bytes], calls: int, first: int) -> list[tuple[int, bytes]]:
    """Send requests in turn on one connection; return the number of each request and its response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port(url))
    numbers = [(first + call) % len(requests) for call in range(calls)]
    out = [(number, await asked(reader, writer, requests[number])) for number in numbers]
    writer.close()
    await writer.wait_closed()
    return out


@pytest.mark.no_cover
@pytest.mark.timeout(600)
def test_ten_thousand_exchanges_of_fifty_clients_are_equal_to_direct_ones() -> None:
    with sandbox.run("tiki", log_size=10) as box, proxied(box.url, mode="report") as proxy:
        requests = [
            f"GET {path} HTTP/1.1\r\nHost: x\r\nTiki-Api: {box.sandbox.token}\r\n\r\n".encode()
            for path in PATHS
        ]
        direct = dict(asyncio.run(client(box.url, requests, len(requests), 0)))

        async def all_of_them() -> Counter[tuple[int, bytes]]:
            every = await asyncio.gather(
                *(client(proxy.url, requests, EACH, number) for number in range(CLIENTS))
            )
            return Counter(one for responses in every for one in responses)

        seen = asyncio.run(all_of_them())
    assert dict(seen.keys()) == direct
    assert len(seen) == len(direct)
    assert sum(seen.values()) == CLIENTS * EACH
    assert proxy.result.outcomes == {"passed": CLIENTS * EACH}
    assert (
        sum(entry.calls["proxy"] for entry in proxy.application.checker.coverage.seen.values())
        == CLIENTS * EACH
    )
