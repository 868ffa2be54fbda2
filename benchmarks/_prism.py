"""Fuzz a Prism mock of each bundled spec: it runs to the end and says what Prism gets wrong (needs Node.js).

python benchmarks/_prism.py [--seconds 20] [--only tiki]
"""

import argparse
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sellerspec import fuzz, sandbox
from sellerspec.fuzz.engine import document


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as transport:
        transport.bind(("127.0.0.1", 0))
        return int(transport.getsockname()[1])


def waits(port: int, seconds: float) -> bool:
    """Say whether somebody listens within so many seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.3)
    return False


def main() -> None:
    """Print what is wrong with each mock, by kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--only")
    chosen = parser.parse_args()
    npx = shutil.which("npx")
    if npx is None:
        sys.exit("npx is not installed; Prism needs Node.js")
    for marketplace in sandbox.NAMES:
        if chosen.only not in (None, marketplace):
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{marketplace}.json"
            file.write_text(json.dumps(document(marketplace)))
            port = free_port()
            command = [
                npx,
                "--yes",
                "@stoplight/prism-cli@5",
                "mock",
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                str(file),
            ]
            mock = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                if not waits(port, 120):
                    sys.exit("Prism did not start")
                headers = sandbox.app(marketplace).sandbox.auth()
                result = fuzz.run(
                    marketplace, url=f"http://127.0.0.1:{port}", headers=headers, max_time=chosen.seconds
                )
            finally:
                mock.terminate()
                mock.wait(10)
        if result.gone or result.untested:
            sys.exit(f"{marketplace}: not to the end: {result.gone or ', '.join(result.untested)}")
        spent = f"{result.requests} requests in {result.seconds:.0f} s"
        print(f"{marketplace}: {spent}, {len(result.findings)} findings", flush=True)
        kinds = Counter((finding.kind, finding.severity.value) for finding in result.findings)
        for (kind, severity), count in kinds.most_common():
            one = next(
                finding
                for finding in result.findings
                if (finding.kind, finding.severity.value) == (kind, severity)
            )
            print(f"  {count:4} {severity} {kind}, e.g. {one.operation.partition('/')[2]}: {one.message}")
        ignored = sorted({finding.rule for finding in result.findings if finding.kind == "accepted-invalid"})
        print(f"  rules that it does not enforce: {', '.join(ignored) or '-'}", flush=True)


if __name__ == "__main__":
    main()
