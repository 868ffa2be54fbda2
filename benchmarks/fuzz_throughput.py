"""In process: requests a second of the fuzzer, next to schemathesis calling the same sandbox itself.

Both make, send and check calls of createProduct to the same application in this process, in one
run and in turns. Ours checks each request and response by all rules; theirs checks the response by
its own checks. The number counts everything: making the case, sending it, checking it.

    python benchmarks/fuzz_throughput.py [--seconds 5]
"""

import argparse
import contextlib
import time

import hypothesis
import schemathesis

from sellerspec import fuzz, sandbox
from sellerspec.fuzz.engine import document


def ours(seconds: float) -> float:
    """Return requests a second of the phases that make cases at random."""
    app = sandbox.app("tiki")
    result = fuzz.run(
        "tiki", app=app, max_time=seconds, profile="hostile", phases=["variations"], include=["createProduct"]
    )
    return result.requests / result.seconds


def theirs(seconds: float) -> float:
    """Return calls a second of `case.call_and_validate` on the same application."""
    app = sandbox.app("tiki")
    config = schemathesis.Config.from_dict(
        {"base-url": "http://sandbox.invalid", "cache": {"enabled": False}}
    )
    schema = schemathesis.openapi.from_dict(document("tiki"), config=config)
    schema.app = app
    operation = schema.find_operation_by_id("createProduct")
    count, ends = 0, time.perf_counter() + seconds

    @hypothesis.settings(
        max_examples=1_000_000, database=None, deadline=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        nonlocal count
        if time.perf_counter() > ends:
            raise KeyboardInterrupt
        response = case.call(headers=app.sandbox.auth())
        # a finding of theirs is not what is timed here
        with contextlib.suppress(BaseExceptionGroup):
            case.validate_response(response, headers=app.sandbox.auth())
        count += 1

    begun = time.perf_counter()
    with contextlib.suppress(KeyboardInterrupt):
        call()
    return count / (time.perf_counter() - begun)


def main() -> None:
    """Print both, in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    rounds = [(ours(seconds / 2), theirs(seconds / 2)) for _ in range(2)]
    best, other = (max(rates[index] for rates in rounds) for index in (0, 1))
    print(f"sellerspec   {best:8.0f} requests/s (made, sent, checked by all rules)")
    print(f"schemathesis {other:8.0f} requests/s (made, sent, checked by its checks)")
    print(f"ratio        {best / other:8.1f}")


if __name__ == "__main__":
    main()
