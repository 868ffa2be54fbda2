"""Bundle each marketplace, let Prism serve it, and ask it for documented responses. Needs Node.js."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from sellerspec.marketplaces import NAMES

CALLS = {
    "tiki": ("/v1/categories/218", {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}),
    "tiki-v2": ("/integration/v2/orders/900000001", {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}),
    "tnsl": ("/v1/orders/A1", {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}),
    "tokopedia": ("/v2/order/list?fs_id=1&from_date=1&to_date=2&page=1&per_page=1&shop_id=1",
                  {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}),
}  # fmt: skip
SECONDS = 120


def serves(name: str, prism: str) -> bool:
    """Say whether Prism gives the documented response from the bundle of a marketplace."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / f"{name}.yaml"
        tool = [sys.executable, "-m", "sellerspec", "specs", "bundle", name, "--output", str(bundle)]
        subprocess.run(tool, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            ["npx", "--yes", prism, "mock", str(bundle), "--port", str(port)],
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            return response(port, *CALLS[name]) == 200
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # npx starts node below itself: end the group we made
            server.wait(30)


def response(port: int, path: str, headers: dict[str, str]) -> int:
    """Return the status of a call once the server takes it; 0 if it never does."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(request, timeout=10) as got:
                return int(got.status)
        except urllib.error.HTTPError as error:
            print(error.read().decode()[:500], file=sys.stderr)
            return error.code
        except OSError:
            time.sleep(0.5)
    return 0


if __name__ == "__main__":
    results = {name: serves(name, sys.argv[1]) for name in NAMES}
    print(results)
    sys.exit(0 if all(results.values()) else 1)
