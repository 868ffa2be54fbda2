"""The loop: our fuzzer against our sandbox, seed after seed, without a finding; slow, so a program.

    python tests/loop.py [--seeds 10] [--seconds 30]

Any finding is a false alarm of the fuzzer or a defect of the sandbox. At the end it says which
operations were called, and which rules about requests were kept and broken at least once.
"""

import argparse
import sys

import sellerspec
from sellerspec import fuzz, sandbox
from sellerspec.strategies.breaking import variants


def of_requests(marketplace: str) -> list[str]:
    """Return the rules that a request can break: what an answer breaks is up to the server."""
    found = []
    for each in sellerspec.rules(marketplace):
        webhooks = {one.id for one in sellerspec.operations(marketplace) if one.webhook}
        if each.why_not or ("*" not in each.on and set(each.on) <= webhooks):
            continue
        broken = variants(each.id)
        pointers = [
            one.pointer for way in broken[:1] for one in way.findings(way.value) if one.rule == each.id
        ]
        if any(not way.is_call for way in broken) or any(one.startswith("/request") for one in pointers):
            found.append(each.id)
    return found


def main() -> None:
    """Run all seeds and print one line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=40)
    chosen = parser.parse_args()
    alarms = 0
    for marketplace in sandbox.NAMES:
        kept: set[str] = set()
        broken: set[str] = set()
        operations: set[str] = set()
        for seed in range(chosen.seeds):
            result = fuzz.run(marketplace, app=sandbox.app(marketplace), seed=seed, max_time=chosen.seconds)
            alarms += len(result.findings)
            kept |= result.coverage.kept
            broken |= result.coverage.broken
            operations |= set(result.coverage.operations)
            print(f"{marketplace} seed {seed}: {len(result.findings)} findings, {result.requests} requests, "
                  f"{result.seconds:.1f} s", flush=True)  # fmt: skip
            for each in result.findings:
                print(f"  {each}")
        asked = of_requests(marketplace)
        called = [each.key for each in sellerspec.operations(marketplace) if each.key in operations]
        print(f"{marketplace}: {len(called)} operations called, of {len(asked)} rules about requests "
              f"{len(kept & set(asked))} kept and {len(broken & set(asked))} broken")  # fmt: skip
        print("  never broken:", ", ".join(each for each in asked if each not in broken) or "-")
        print("  never kept:", ", ".join(each for each in asked if each not in kept) or "-")
    sys.exit(alarms > 0)


if __name__ == "__main__":
    main()
