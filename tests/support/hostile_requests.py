"""Two hundred hostile requests, as bytes on a connection, and what proxy and sandbox make of them.

PYTHONPATH=src:tests python -m support.hostile_requests > tests/expected/hostile_requests.txt
"""

import gzip
import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sellerspec import sandbox
from sellerspec.sandbox.running import Box
from support.proxies import Proxied, proxied

ORDER = "/integration/v1/orders/419060832"
UPDATE = "/integration/v1/products/DANG19951995/updateSku"
CHECK = "/__sellerspec/check/tiki/updateSku"
TYPE = "Content-Type: application/json\r\n"


def head(line: str, *headers: str, host: str = "Host: 127.0.0.1\r\n") -> bytes:
    """Return a request without a body; the token of the first seller is `TOKEN`."""
    return f"{line} HTTP/1.1\r\n{host}Tiki-Api: TOKEN\r\n{''.join(headers)}\r\n".encode("latin-1")


def get(*headers: str, path: str = ORDER, method: str = "GET") -> bytes:
    return head(f"{method} {path}", *headers)


def post(body: bytes, *headers: str, path: str = UPDATE, length: bool = True) -> bytes:
    framing = (f"Content-Length: {len(body)}\r\n",) if length else ()
    return head(f"POST {path}", TYPE, *framing, *headers) + body


def chunked(body: bytes, *headers: str, path: str = UPDATE) -> bytes:
    return head(f"POST {path}", TYPE, "Transfer-Encoding: chunked\r\n", *headers) + body


ONE = b"2\r\n{}\r\n0\r\n\r\n"
INSIDE = b"GET /integration/v1/orders/INSIDE HTTP/1.1\r\nHost: x\r\n\r\n"


def lines() -> Iterator[tuple[str, bytes]]:
    """Yield malformed request lines."""
    end = b"\r\nHost: x\r\n\r\n"
    yield from {
        "nothing but line ends": b"\r\n\r\n\r\n\r\n",
        "a NUL": b"\x00\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "SSH": b"SSH-2.0-OpenSSH_9\r\n\r\n",
        "no version": b"GET /" + end,
        "HTTP/0.9": b"GET /\r\n\r\n",
        "HTTP/1": b"GET / HTTP/1" + end,
        "HTTP/1.10": b"GET / HTTP/1.10" + end,
        "HTTP/3.0": b"GET / HTTP/3.0" + end,
        "http in lower case": b"GET / http/1.1" + end,
        "two blanks": b"GET  / HTTP/1.1" + end,
        "a tab": b"GET\t/ HTTP/1.1" + end,
        "a blank in the path": b"GET /a b HTTP/1.1" + end,
        "a blank before": b" GET / HTTP/1.1" + end,
        "a blank behind": b"GET / HTTP/1.1 " + end,
        "no path": b"GET  HTTP/1.1" + end,
        "no method": b"/ HTTP/1.1" + end,
        "a method in brackets": b"GE(T) / HTTP/1.1" + end,
        "a colon in the method": b"GET: / HTTP/1.1" + end,
        "a NUL in the path": b"GET /\x00 HTTP/1.1" + end,
        "a NUL in the method": b"GE\x00T / HTTP/1.1" + end,
        "a carriage return in the path": b"GET /a\rb HTTP/1.1" + end,
        "bytes above ASCII in the path": b"GET /\xc3\xa9 HTTP/1.1" + end,
        "bytes above ASCII in the method": b"G\xc3\xa9T / HTTP/1.1" + end,
        "DEL in the path": b"GET /\x7f HTTP/1.1" + end,
        "a line of 200,000 bytes": b"GET /" + b"a" * 200_000 + b" HTTP/1.1" + end,
        "a method of 200,000 bytes": b"G" * 200_000 + b" / HTTP/1.1" + end,
        "a request within the line": b"GET / HTTP/1.1 GET / HTTP/1.1" + end,
    }.items()


def headers() -> Iterator[tuple[str, bytes]]:
    """Yield malformed headers, and odd ones."""
    yield from {
        "no colon": get("nothing\r\n"),
        "no name": get(": nothing\r\n"),
        "a blank before the colon": get("x : 1\r\n"),
        "a blank in the name": get("x y: 1\r\n"),
        "a NUL in the name": get("x\x00: 1\r\n"),
        "a NUL in the value": get("x: a\x00b\r\n"),
        "a line feed alone": get("x: a\nb: c\r\n"),
        "a carriage return alone": get("x: a\rb: c\r\n"),
        "a folded value": get("x: a\r\n b\r\n"),
        "a folded first header": b"GET / HTTP/1.1\r\n x: a\r\nHost: x\r\n\r\n",
        "bytes above ASCII in the value": get("x: \xff\xfe\r\n"),
        "bytes above ASCII in the name": get("\xe9: 1\r\n"),
        "a control character in the value": get("x: a\x01b\r\n"),
        "a value of 200,000 bytes": get(f"x: {'a' * 200_000}\r\n"),
        "a name of 200,000 bytes": get(f"{'a' * 200_000}: 1\r\n"),
        "30,000 headers": get("x: a\r\n" * 30_000),
        "1,000 headers": get("x: a\r\n" * 1_000),
        "a name in braces": get("{x}: 1\r\n"),
        "an empty name in quotes": get('"": 1\r\n'),
        "two tokens": get("Tiki-Api: other\r\n"),
        "a wrong token": get("Tiki-Api: \r\n").replace(b"TOKEN", b"nobody"),
        "no token": get().replace(b"Tiki-Api: TOKEN\r\n", b""),
        "a token of line separators": get().replace(b"TOKEN", b"a\x0bb"),
        "Connection names the token": get("Connection: tiki-api\r\n"),
        "Connection names the host": get("Connection: host\r\n"),
        "Connection with blanks": get("Connection: ,,  ,close,\r\n"),
        "Expect of something else": post(b"{}", "Expect: a-miracle\r\n"),
        "a range": get("Range: bytes=0-1,5-\r\n"),
        "Forwarded": get(
            "Forwarded: for=127.0.0.1;host=evil.example\r\n", "X-Forwarded-Host: evil.example\r\n"
        ),
        "X-Original-URL": get(
            "X-Original-URL: /__sellerspec/reset\r\n", "X-HTTP-Method-Override: DELETE\r\n"
        ),
    }.items()


def framing() -> Iterator[tuple[str, bytes]]:
    """Yield lengths that disagree, and chunks that are none."""
    cl, te = "Content-Length: {}\r\n", "Transfer-Encoding: {}\r\n"
    yield from {
        "two lengths": post(b"{}", cl.format(3)),
        "two equal lengths": post(b"{}", cl.format(2)),
        "a list of equal lengths": post(b"{}", cl.format("2, 2"), length=False),
        "a list of lengths": post(b"{}", cl.format("2, 3"), length=False),
        "a negative length": post(b"{}", cl.format(-2), length=False),
        "a length with a sign": post(b"{}", cl.format("+2"), length=False),
        "a hexadecimal length": post(b"{}", cl.format("0x2"), length=False),
        "a length with a fraction": post(b"{}", cl.format("2.0"), length=False),
        "a length in words": post(b"{}", cl.format("two"), length=False),
        "an empty length": post(b"{}", cl.format(""), length=False),
        "a length in other digits": post(b"{}", cl.format("\xb2"), length=False),
        "a length of 400 digits": post(b"{}", cl.format("9" * 400), length=False),
        "a length with a blank": post(b"{}", cl.format("2 2"), length=False),
        "a length and a blank before the colon": post(b"{}", "Content-Length : 2\r\n", length=False),
        "length and chunks": post(ONE + INSIDE, te.format("chunked"), cl.format(5), length=False),
        "chunks and length": chunked(ONE, cl.format(len(ONE) + len(INSIDE))) + INSIDE,
        "chunks and length 0": chunked(ONE, cl.format(0)) + INSIDE,
        "length 0 and a body": post(INSIDE, cl.format(0), length=False),
        "no length and a body": post(INSIDE, length=False),
        "a GET with a body": get(cl.format(len(INSIDE))) + INSIDE,
        "a GET with a longer body": get(cl.format(2)) + b"{}" + INSIDE,
        "chunked twice": chunked(ONE, te.format("chunked")),
        "chunked, chunked": post(ONE, te.format("chunked, chunked"), length=False),
        "identity": post(ONE, te.format("identity"), length=False),
        "chunked, identity": post(ONE, te.format("chunked, identity"), length=False),
        "gzip, chunked": post(ONE, te.format("gzip, chunked"), length=False),
        "xchunked": post(ONE, te.format("xchunked"), length=False),
        "chunked in capitals": post(ONE, te.format("CHUNKED"), length=False),
        "chunked in quotes": post(ONE, te.format('"chunked"'), length=False),
        "chunked behind a tab": post(ONE, te.format("\tchunked"), length=False),
        "chunked behind a vertical tab": post(ONE, te.format("\x0bchunked"), length=False),
        "Transfer-Encoding with a blank": post(ONE, "Transfer-Encoding : chunked\r\n", length=False),
        "Transfer_Encoding": post(b"{}", "Transfer_Encoding: chunked\r\n"),
        "HTTP/1.0 and chunks": chunked(ONE).replace(b"HTTP/1.1", b"HTTP/1.0"),
        "no chunk size": chunked(b"zz\r\n{}\r\n0\r\n\r\n"),
        "an empty chunk size": chunked(b"\r\n{}\r\n0\r\n\r\n"),
        "a negative chunk size": chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
        "a chunk size with 0x": chunked(b"0x2\r\n{}\r\n0\r\n\r\n"),
        "a chunk size of 40 digits": chunked(b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n"),
        "a chunk size with a blank": chunked(b"2 \r\n{}\r\n0\r\n\r\n"),
        "a chunk extension": chunked(b'2;a="\r\n{}\r\n0\r\n\r\n'),
        "a chunk extension of 200,000 bytes": chunked(b"2;" + b"a" * 200_000 + b"\r\n{}\r\n0\r\n\r\n"),
        "a chunk that is longer": chunked(b"1\r\n{}\r\n0\r\n\r\n"),
        "trailers": chunked(b"2\r\n{}\r\n0\r\nTiki-Api: other\r\nContent-Length: 9\r\n\r\n"),
        "a trailer without a colon": chunked(b"2\r\n{}\r\n0\r\nnothing\r\n\r\n"),
        "two requests at once": get() + get(),
        "three requests, the second one wrong": get() + post(b'{"price": 0}') + get(),
    }.items()


def targets() -> Iterator[tuple[str, bytes]]:
    """Yield targets that are no plain path of the API."""
    paths = {
        "a whole URL": "http://evil.example/integration/v1/orders/419060832",
        "a whole URL of this server": f"http://127.0.0.1{ORDER}",
        "a URL of the metadata service": "http://169.254.169.254/latest/meta-data/",
        "a URL with another scheme": "file:///etc/passwd",
        "a URL with a user": "http://127.0.0.1@evil.example/",
        "a host without a scheme": "//evil.example/integration/v1/orders",
        "an authority": "evil.example:443",
        "an asterisk": "*",
        "a path without a slash": "integration/v1/orders",
        "a fragment": f"{ORDER}#/__sellerspec/reset",
        "dots": "/integration/v1/orders/../../../__sellerspec/reset",
        "encoded dots": "/integration/v1/orders/%2e%2e/%2e%2e/__sellerspec/state",
        "dots behind the control plane": "/__sellerspec/../integration/v1/orders",
        "the control plane encoded": "/%5f%5fsellerspec/reset",
        "the control plane in capitals": "/__SELLERSPEC/reset",
        "the control plane with slashes": "//__sellerspec/reset",
        "the control plane without a slash": "/__sellerspecs",
        "the old control plane": "/__sandbox/reset",
        "an encoded NUL": "/integration/v1/orders/%00",
        "broken UTF-8": "/integration/v1/orders/%ff%fe",
        "a broken encoding": "/integration/v1/orders/%zz",
        "an encoded slash": "/integration/v1/orders%2f419060832",
        "an encoded question mark": f"{ORDER}%3fa=1",
        "an encoded line end": f"{ORDER}%0d%0aX-Injected:%201",
        "a backslash": "/integration\\v1\\orders",
        "a semicolon": f"{ORDER};jsessionid=1",
        "a query of line ends": f"{ORDER}?a=%0d%0aX:1",
        "5,000 parameters": f"{ORDER}?{'&'.join(f'a{index}=1' for index in range(5_000))}",
        "a parameter of 40,000 bytes": f"{ORDER}?a={'b' * 40_000}",
        "a query of brackets": "/integration/v1/orders?limit[]=1&limit[a][b]=2&[=]",
        "two limits": "/integration/v1/orders?limit=1&limit=100000",
        "1,000 slashes": "/" * 1_000,
        "1,000 parts": "/a" * 1_000,
        "a template": "/integration/v1/orders/{{7*7}}${7*7}",
        "SQL": "/integration/v1/orders/'%20or%20'1'='1",
        "curly braces": "/integration/{version}/orders/{code}",
        "another version": "/integration/v99999999999999999999/orders",
    }
    for name, path in paths.items():
        yield name, get(path=path)


def callers() -> Iterator[tuple[str, bytes]]:
    """Yield hosts, origins, methods and upgrades."""
    for name, host in {
        "no host": "", "an empty host": "Host:\r\n", "two hosts": "Host: a\r\nHost: b\r\n",
        "a foreign host": "Host: evil.example\r\n", "a host with a path": "Host: a/b\r\n",
        "a host with a user": "Host: a@b\r\n", "a host of brackets": "Host: [::\r\n",
        "a host with a wrong port": "Host: a:99999\r\n", "a long host": f"Host: {'a' * 10_000}\r\n",
        "the metadata service": "Host: 169.254.169.254\r\n", "bytes above ASCII as host": "Host: \xff\r\n",
    }.items():  # fmt: skip
        yield f"{name}, a call", head(f"GET {ORDER}", host=host)
        yield f"{name}, the control plane", head("GET /__sellerspec/", host=host)
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "x", ""):
        yield f"a page of `{origin}`, a call", get(f"Origin: {origin}\r\n")
        yield f"a page of `{origin}`, the check service", post(b"{}", f"Origin: {origin}\r\n", path=CHECK)
    yield "a form of a page", post(b"a=1", "Content-Type: text/plain\r\n", path=CHECK)
    for method in ("TRACE", "OPTIONS", "PATCH", "BREW", "get", "A" * 5_000, "PROPFIND", "DELETE"):
        yield f"method {method[:10]}", get(method=method)
    yield "CONNECT to a host", get(method="CONNECT", path="evil.example:443")
    yield "CONNECT to a path", get(method="CONNECT")
    for protocol in ("websocket", "TLS/1.0", "h2c", "a, b", "\t"):
        yield f"Upgrade to {protocol!r}", get(f"Upgrade: {protocol}\r\n", "Connection: upgrade\r\n")
    yield (
        "HTTP2-Settings",
        get("Upgrade: h2c\r\n", "HTTP2-Settings: AAMA\r\n", "Connection: Upgrade, HTTP2-Settings\r\n"),
    )


def bodies() -> Iterator[tuple[str, bytes]]:
    """Yield bodies that are hard to read or to judge."""
    bomb = gzip.compress(b'{"price": ' + b"1" * (20 << 20) + b"}")
    yield from {
        "no JSON": post(b"{"),
        "nothing": post(b""),
        "a NUL": post(b"\x00"),
        "NaN": post(b'{"price": NaN}'),
        "a number without end": post(b'{"price": ' + b"9" * 100_000 + b"}"),
        "an exponent": post(b'{"price": 1e999999}'),
        "a member twice": post(b'{"price": 1000, "price": 0}'),
        "UTF-16": post(json.dumps({"price": 1000}).encode("utf-16")),
        "broken UTF-8": post(b'{"price": "\xff\xfe"}'),
        "half a surrogate": post(b'{"price": "\\ud800"}'),
        "a byte order mark": post(b'\xef\xbb\xbf{"price": 1000}'),
        "100,000 levels": post(b"[" * 100_000),
        "100,000 levels that close": post(b"[" * 100_000 + b"]" * 100_000),
        "1,000,000 values": post(b"[" + b"{}," * 1_000_000 + b"{}]"),
        "200,000 members": post(json.dumps({f"m{index}": 1 for index in range(200_000)}).encode()),
        "9 megabytes": post(b'{"name": "' + b"a" * (9 << 20) + b'"}'),
        "a bomb of 20 megabytes": post(bomb, "Content-Encoding: gzip\r\n"),
        "a bomb of the check service": post(bomb, "Content-Encoding: gzip\r\n", path=CHECK),
        "gzip that is none": post(b"{}", "Content-Encoding: gzip\r\n"),
        "gzip that breaks off": post(gzip.compress(b'{"active": 1}')[:-4], "Content-Encoding: gzip\r\n"),
        "gzip ten times": post(b"{}", f"Content-Encoding: {', '.join(['gzip'] * 10)}\r\n"),
        "deflate": post(zlib.compress(b'{"price": 0}'), "Content-Encoding: deflate\r\n"),
        "an unknown compression": post(b"{}", "Content-Encoding: zip\r\n"),
        "text": post(b'{"price": 0}', "Content-Type: text/plain\r\n"),
        "a form": post(b"price=0").replace(
            TYPE.encode(), b"Content-Type: application/x-www-form-urlencoded\r\n"
        ),
        "multipart without a boundary": post(b"--\r\n").replace(
            TYPE.encode(), b"Content-Type: multipart/form-data\r\n"
        ),
        "1,000,000 values for the check service": post(b"[" + b"{}," * 1_000_000 + b"{}]", path=CHECK),
        "100,000 levels for the check service": post(b"[" * 100_000, path=CHECK),
        "no JSON for the check service": post(b"{", path=CHECK),
    }.items()


UNFINISHED = {
    "half a line": b"GET /integr",
    "half a head": get()[:-10],
    "half a body": post(b'{"price": 0}')[:-3],
    "half a chunk": chunked(b"ff\r\n{"),
    "a chunk that ends in line feeds": chunked(b"2\n{}\n0\n\n"),
    "half a head, byte by byte": get()[:40],
}
"""Requests that never end."""

FAMILIES = {
    "line": lines,
    "header": headers,
    "framing": framing,
    "target": targets,
    "caller": callers,
    "body": bodies,
}


def every() -> dict[str, bytes]:
    """Return name -> bytes of the requests that end."""
    return {f"{family}: {name}": raw for family, make in FAMILIES.items() for name, raw in make()}


class Servers(NamedTuple):
    """A proxy in front of a sandbox, and another sandbox that is called without a proxy."""

    proxy: Proxied
    behind: Box
    alone: Box


@contextmanager
def servers() -> Iterator[Servers]:
    """Run the servers."""
    with (
        sandbox.run("tiki") as behind,
        sandbox.run("tiki") as alone,
        proxied(behind.url, timeout=60) as proxy,
    ):
        yield Servers(proxy, behind, alone)


def answer(url: str, raw: bytes) -> str:
    """Return status and outcome of the first answer to a request.

    A server may close a connection before it has read all: that is as good as 400.
    """
    got = b""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
        connection.settimeout(60)
        try:
            connection.sendall(raw)
            while b"\r\n\r\n" not in got and (more := connection.recv(1 << 16)):
                got += more
        except TimeoutError:
            raise
        except OSError:
            pass
    lines = got.partition(b"\r\n\r\n")[0].split(b"\r\n")
    outcomes = [line.split()[1].decode() for line in lines if line.startswith(b"x-sellerspec-outcome")]
    return " ".join((got.split()[1].decode() if got else "400", *outcomes))


def lines_of(both: Servers) -> list[str]:
    """Return a line for each request: its name, what the proxy answers, and what the sandbox does."""
    lines = []
    for name, raw in every().items():
        proxy, alone = (
            answer(url, raw.replace(b"TOKEN", box.sandbox.token.encode()))
            for url, box in ((both.proxy.url, both.behind), (both.alone.url, both.alone))
        )
        lines.append(f"{name} | {proxy} | {alone}")
    return lines


if __name__ == "__main__":
    with servers() as running:
        print("\n".join(lines_of(running)))
