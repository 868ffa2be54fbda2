"""The certificate of the marketplace is checked: by authorities of this machine, and those of `--ca-file`."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.planted_secrets import Planted, answered
from support.planted_server import Handler, PlantedServer
from support.proxies import proxied
from support.servers import listening

ORDER = "/integration/v1/orders/419060832"
OPENSSL = shutil.which("openssl")


@contextmanager
def https(folder: Path, names: str) -> Iterator[tuple[int, Path]]:
    """Run a server whose certificate has these names; yield its port, and the certificate."""
    certificate, key = folder / "own.pem", folder / "key.pem"
    subprocess.run(
        [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
         "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    server = PlantedServer(("127.0.0.1", 0), Handler)
    server.planted = Planted(answered({}), ())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    with listening(server):
        yield server.server_port, certificate


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl, to make a certificate")
@pytest.mark.parametrize(
    ("names", "trusted", "outcome"),
    [
        ("IP:127.0.0.1", True, "passed"),
        ("IP:127.0.0.1", False, "unreachable"),
        ("DNS:api.tiki.vn", True, "unreachable"),
    ],
)
def test_only_a_server_with_a_valid_certificate_is_called(
    tmp_path: Path, names: str, trusted: bool, outcome: str
) -> None:
    with (
        https(tmp_path, names) as (port, certificate),
        proxied(f"https://127.0.0.1:{port}", ca_file=certificate if trusted else None) as proxy,
    ):
        answer = httpx.get(proxy.url + ORDER, headers={"tiki-api": "a-token"}, timeout=30)
    assert proxy.result.outcomes == {outcome: 1}
    assert answer.status_code == (200 if outcome == "passed" else 502)
    if outcome != "passed":
        assert "certificate verify failed" in answer.json()["error"].lower()
