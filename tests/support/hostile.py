"""Run hostile input: no traceback, no exit 1 without a finding, bounded time and memory (`make hostile`).

    python -m support.hostile [--inputs 2000] [--seed 0]

Each trial of the command line runs in a process of its own, with limits. The sandboxes take their
requests in this process. Then sizes are doubled: the work, counted in calls of functions, at most
about doubles. Exit 0: all held; else each trial that did not is printed with its seed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from sellerspec import sandbox
from sellerspec.cli import main
from support.hostile_inputs import ODD, SCALARS, Trial, json_text, trial

CPU = 20
"""Seconds of processor time that one run may take; a usual one takes less than one."""

MEMORY = 3 << 30
"""Bytes of address space of one run."""

GROWTH = 2.6
"""Most times the calls that twice the input may need."""


def problem_of(one: Trial) -> str:
    """Run a trial in a process of its own; return what is wrong with how it ended, "" if nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in one.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (root / ".stdin").write_bytes(one.stdin)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the child starts no thread of its parent
            child = os.fork()
        if child == 0:
            _run(one.arguments, root)
        status = os.waitpid(child, 0)[1]
        out = (root / ".stdout").read_text(errors="replace")
        err = (root / ".stderr").read_text(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 2):
        return f"exit code {code}: {err[-300:]}"
    if "Traceback (most recent call last)" in out + err or "This is a fault of sellerspec" in err:
        return f"not foreseen: {err[-300:]}"
    if code == 1 and not out.strip():
        return "exit code 1 without a finding"
    if code == 2 and not (out + err).strip():
        return "exit code 2 without a reason"
    return ""


def _run(arguments: tuple[str, ...], root: Path) -> None:
    """Run the command line in this process, which is a child, and end it."""
    try:
        os.chdir(root)
        os.environ["XDG_CACHE_HOME"] = str(root / ".cache")
        for number, name in enumerate((".stdin", ".stdout", ".stderr")):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
            os.dup2(os.open(root / name, flags, 0o600), number)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        main(list(arguments), "sellerspec")
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0
    except BaseException:  # a child never returns to the loop of its parent
        import traceback

        traceback.print_exc()
        code = 99
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "X")
PATHS = (
    "/", "/integration/v1/orders", "/integration/v1/requests", "/__sellerspec/state", "/__sellerspec/reset",
    "/__sellerspec/clock", "/__sellerspec/faults", "/__sellerspec/scenarios", "/__sellerspec/seed",
    "/__sellerspec/webhooks", "/__sellerspec/check/tiki/updateSku", "/__sellerspec/openapi.json",
    "/__sellerspec/log", "/__sellerspec/advance", "//" * 100, "/%00", "/" + "a" * 5000, "/\u2100", "/../..",
)  # fmt: skip


def sandbox_problems(marketplace: str, count: int, chance: Random) -> Iterator[str]:
    """Send odd requests to a sandbox; yield each that gets no response, or one of 5xx."""
    app = sandbox.app(marketplace)
    state = json.loads(asyncio.run(_call(app, "GET", "/__sellerspec/state", b""))[1] or b"{}")
    for _ in range(count):
        method, path = chance.choice(METHODS), chance.choice(PATHS)
        body = json_text(chance.choice([*ODD, state, {chance.choice([*state, "x"]): chance.choice(ODD)}]))
        if chance.random() < 0.3:
            body = chance.choice(SCALARS) * chance.choice([1, 100])
        try:
            status, _ = asyncio.run(asyncio.wait_for(_call(app, method, path, body), 20))
        except Exception as error:  # whatever an application raises is the finding
            yield f"{marketplace} {method} {path[:60]} {body[:80]!r}: {type(error).__name__}"
            continue
        if status >= 500 and status != 501:
            yield f"{marketplace} {method} {path[:60]} {body[:80]!r}: {status}"
    status, _ = asyncio.run(_call(app, "POST", "/__sellerspec/reset", b"{}"))
    if status != 200:
        yield f"{marketplace}: after all of it a reset is answered with {status}"


async def _call(app: Any, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    status, parts = 0, []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts)


def calls(work: Callable[[], object]) -> int:
    """Return how many functions were called, in Python and in C."""
    count = 0

    def counted(frame: Any, event: str, _: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def growths() -> Iterator[tuple[str, float]]:
    """Yield what was doubled, and how many times the calls it took."""
    import sellerspec
    from sellerspec.errors import SellerspecError
    from sellerspec.io import strict
    from sellerspec.reporting.places import located

    def check(operation: str, text: bytes) -> Callable[[], object]:
        def run() -> None:
            with contextlib.suppress(SellerspecError):
                str(sellerspec.check(operation, text))

        return run

    def read_yaml(text: bytes) -> Callable[[], object]:
        def run() -> None:
            with contextlib.suppress(SellerspecError):
                strict.decode_yaml(text)

        return run

    def check_file(text: bytes) -> Callable[[], object]:
        def run() -> None:
            report = sellerspec.check("tiki/createProduct", text)
            located(report, text.decode())

        return run

    made: dict[str, Callable[[int], Callable[[], object]]] = {
        "members": lambda n: check("tiki/createProduct", json_text({f"m{i}": i for i in range(n)})),
        "variants": lambda n: check("tiki/createProduct", json_text({"variants": [{}] * n})),
        "lines": lambda n: check_file(json.dumps({"variants": [{}] * n}, indent=1).encode()),
        "texts": lambda n: check("tiki/updateSku", json_text({"price": "9" * n})),
        "items": lambda n: check("tnsl/createOrder", json_text({"packages": [1] * n})),
        "lists": lambda n: read_yaml(b"- 1\n" * n),
        "keys": lambda n: read_yaml(b"".join(b"k%d: 1\n" % i for i in range(n))),
    }
    for name, work in made.items():
        for _ in range(4):  # what later texts need is made for the third
            work(2000)()
        yield name, calls(work(8000)) / calls(work(4000))


def main_() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    begun, failed, families = time.monotonic(), 0, Counter[str]()
    trial(chosen.seed)  # what families need is loaded once, before the processes part
    for seed in range(chosen.seed, chosen.seed + chosen.inputs):
        one = trial(seed)
        families[one.family] += 1
        if problem := problem_of(one):
            failed += 1
            print(f"seed {seed}, {one.family}, {' '.join(one.arguments)[:200]!r}: {problem}", flush=True)
    for marketplace in sandbox.NAMES:
        families[f"sandbox of {marketplace}"] = chosen.inputs // 20
        for problem in sandbox_problems(marketplace, chosen.inputs // 20, Random(chosen.seed)):
            failed += 1
            print(problem, flush=True)
    for name, growth in growths():
        print(f"twice the {name}: {growth:.2f} times the calls")
        failed += growth > GROWTH
    spent = time.monotonic() - begun
    print(f"{sum(families.values())} inputs in {spent:.0f} s: {failed} failed; {dict(families)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main_()
