"""`check --fetch-images`: pictures behind a server."""

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sellerspec.io.connecting import in_thread, is_public
from sellerspec.io.pictures import collecting, fetching
from sellerspec.io.pictures.collecting import Pictures
from sellerspec.io.pictures.fetching import fetch
from support.made_pictures import found, made, payload
from support.servers import listening


@pytest.mark.parametrize("ip", [
    "127.0.0.1", "10.1.2.3", "169.254.169.254", "172.16.0.1", "192.168.1.1", "0.0.0.0", "100.64.0.1", "::1",
    "224.0.0.1", "255.255.255.255", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "::127.0.0.1", "ff02::1", "fec0::1", "192.0.0.192", "192.88.99.1", "168.63.129.16",
    "3fff::1", "64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1",
])  # fmt: skip
def test_private_addresses_are_known(ip: str) -> None:
    assert not is_public(ip)
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")


class _Host(BaseHTTPRequestHandler):
    """Answers `/status/NNN`, `/to/N` (redirects), `/slow`, `/large`, `/cut`, and pictures."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        _Host.asked.append(self.path)
        name, _, rest = self.path[1:].partition("/")
        if name == "status":
            self.send_response(int(rest))
            self.end_headers()
        elif name == "to":
            self.send_response(302)
            count = int(rest.removesuffix(".jpg"))
            self.send_header("Location", f"/to/{count - 1}.jpg" if count else "/a.jpg")
            self.end_headers()
        elif name == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif name == "slow":
            self._drip()
        elif name == "packed":
            self.send_response(200)
            self.send_header(rest, "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(made()))
        else:
            data = bytes(21_000_000) if name == "large" else made()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data) + (name == "cut")))
            self.end_headers()
            self.wfile.write(data)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, format: str, *args: object) -> None: ...


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None: ...  # clients go away


@pytest.fixture
def host() -> Iterator[str]:
    _Host.asked.clear()
    with listening(_Server(("127.0.0.1", 0), _Host)) as address:
        yield address


def test_pictures_are_fetched_only_where_that_is_asked_for(host: str, tmp_path: Path) -> None:
    file = payload(tmp_path, f"{host}/a.jpg", f"{host}/status/404", f"{host}/status/410", f"{host}/to/4.jpg")
    assert found(file) == {}
    assert found("--images", file) == {}
    assert found("--fetch-images", file) == {}
    assert _Host.asked == []  # this machine is private
    assert found("--fetch-images", "--images-allow-private", file) == {
        "picture-reachable": ["/images/0", "/images/1"],
        "picture-once": ["/images/2"],
    }
    assert len(_Host.asked) == 9


@pytest.mark.parametrize(("path", "reason"), [
    ("status/403", "status 403"), ("status/500", "status 500"), ("to/5", "more than 5 redirects"),
    ("elsewhere", "only http and https"), ("large", "more than 20 MB"), ("cut", "too early|failed"),
    ("slow", "within 1 seconds"), ("packed/Content-Encoding", "packed"),
    ("packed/Transfer-Encoding", "packed"),
])  # fmt: skip
def test_what_cannot_be_fetched_is_not_judged(
    path: str, reason: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path == "slow":
        monkeypatch.setattr(fetching, "SECONDS", 1.0)
        monkeypatch.setattr(fetching, "LATE", "within 1 seconds")
    entry = fetch(f"{host}/{path}", allow_private=True)
    assert isinstance(entry, dict)
    assert any(part in entry["unjudged"] for part in reason.split("|"))


def test_a_host_that_is_late_is_called_a_few_times_and_others_are_still_called(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    slow, pictures = [f"{host}/slow/{n}" for n in range(40)], Pictures(fetches=True, allow_private=True)
    other = host.replace("127.0.0.1", "localhost") + "/a.jpg"
    try:
        entries = pictures.found([*slow, other], tmp_path)
    finally:
        pictures.close()
    assert {entry.get("unjudged") for entry in entries.values()} == {
        fetching.LATE, "not fetched: its host was too late 3 times", None,
    }  # fmt: skip
    assert entries[other]["width"] == 600
    assert len(_Host.asked) < 20


@pytest.mark.parametrize("address", [
    "ftp://img.example/a.jpg", "file:///etc/passwd", "http://", "http://[", "http://a:99999/",
    "data:image/png,x",
    "http://127.0.0.1:1/a.jpg", "http://localhost/a.jpg", "http://[::1]/a.jpg", "http://2130706433/a.jpg",
    "http://0x7f.1/a.jpg", "http://nothing.invalid/a.jpg", "http://" + "a" * 300 + ".example/", "http://a\0b/",
])  # fmt: skip
def test_other_addresses_are_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("called")

    monkeypatch.setattr("socket.create_connection", refuse)
    assert "unjudged" in fetch(address)


def test_a_name_is_resolved_once_and_its_address_is_called(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(host.rpartition(":")[2])
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", port))]])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: next(answers))
    monkeypatch.setattr(fetching, "_connected", lambda ips, port, _: _connection(ips[0], port))
    assert isinstance(fetch(f"http://shop.example:{port}/a.jpg", allow_private=True), bytes)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", port))])
    assert fetch("http://shop.example/a.jpg") == {
        "unjudged": "its host is in a private network, or this machine"
    }


def _connection(ip: str, port: int) -> Any:
    import socket

    one = socket.socket()
    one.connect((ip, port))
    return one


def test_a_redirect_to_a_private_host_is_not_followed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def public_once(ip: str) -> bool:
        checked.append(ip)
        return len(checked) == 1

    monkeypatch.setattr(fetching, "is_public", public_once)
    entry = fetch(f"{host}/to/0.jpg")
    assert isinstance(entry, dict)
    assert "private network" in entry["unjudged"]
    assert len(_Host.asked) == 1


def test_pictures_are_fetched_at_the_same_time(host: str, tmp_path: Path) -> None:
    assert threading.active_count() < 100
    file = payload(tmp_path, *(f"{host}/{number}.jpg" for number in range(20)))
    result = found("--fetch-images", "--images-allow-private", file)
    assert len(result["picture-once"]) == 19


def test_an_interrupted_run_waits_for_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def fetch(*_: object, **__: object) -> Any:
        threads.append(threading.current_thread())
        return {"unjudged": ""}

    monkeypatch.setattr(collecting, "fetch", fetch)
    pictures = Pictures(fetches=True)
    pictures.found(["https://img.example/a.jpg", "https://img.example/b.jpg"], Path())
    pictures.close()
    assert [thread.daemon for thread in threads] == [True, True]


def test_what_fails_in_a_thread_fails_where_its_result_is_needed() -> None:
    with pytest.raises(ZeroDivisionError):
        in_thread(lambda: 1 // 0).result()
