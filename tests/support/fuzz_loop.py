"""The loop: our fuzzer against our sandbox, seed after seed, without a finding; slow, so a program.

    python -m support.fuzz_loop [--seeds 10] [--seconds 120] [--only tiki]

Exit 0 says: no finding (one would be a false alarm of the fuzzer or a defect of the sandbox), each
operation was called with success, and each rule was kept and broken by who can do so:

- a rule about requests by the fuzzer's calls. What an honest sandbox cannot be brought to within a
  run comes from the rule's own examples: the day on which the clock starts, and what a user is
  mistaken about.
- a rule about notices by what a receiver on a real socket was sent.
- a rule about responses by servers that response as its examples do; the fuzzer has to name the rule
  of each wrong response, and must not name it of a right one.

Who can break a rule is read from the contract. A rule that nothing can break says why itself.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sellerspec import contract, fuzz, sandbox
from sellerspec.contract.validator import stated_rules
from sellerspec.model import Facts, Severity
from sellerspec.strategies.negatives import pairs
from support import webhook_receiver, wrong_responses

SIDES = ("requests", "notices", "responses")

PATIENCE = 60.0
"""Seconds that a response may take: a machine that is busy with other work is no server that hangs."""


def sides(marketplace: str) -> dict[str, set[str]]:
    """Return the rules by what can break them: each stands in at least one of the sides."""
    owner = contract.contract(marketplace)
    found: dict[str, set[str]] = {side: set() for side in SIDES}
    for ready in owner.operations():
        sent = found["notices" if ready.operation.webhook else "requests"]
        id = ready.operation.id
        sent |= {each.id for each in stated_rules(owner.spec, ready.spec.request_schema(), id)}
        for status in ready.spec.responses:
            schema = ready.spec.response_schema(status)
            found["responses"] |= {each.id for each in stated_rules(owner.spec, schema, id)}
        for rule in ready.functions:
            if not rule.why_not:
                (found["responses"] if rule.reads in ("response", "exchange") else sent).add(rule.id)
    return found


@dataclass
class Tally:
    """What a marketplace's runs came to."""

    marketplace: str
    kept: dict[str, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    broken: dict[str, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    accepted: Counter[str] = field(default_factory=Counter)
    alarms: int = 0

    def take(self, result: fuzz.FuzzResult, side: str, what: str) -> None:
        """Count an honest server in: any finding is a false alarm."""
        self.alarms += len(result.findings)
        self.kept[side] |= result.coverage.kept
        self.broken[side] |= result.coverage.broken
        if side == "requests":
            # no sandbox was made to response wrongly, so what it answered kept its rules
            self.kept["responses"] |= result.coverage.kept
        for key, statuses in result.coverage.statuses.items():
            self.accepted[key] += sum(n for status, n in statuses.items() if 200 <= status < 300)
        print(f"{self.marketplace} {what}: {len(result.findings)} findings, {result.requests} requests, "
              f"{result.seconds:.1f} s", flush=True)  # fmt: skip
        for finding in result.findings:
            print(f"  {finding}")


def seeds(tally: Tally, count: int, seconds: float) -> None:
    """Fuzz the honest sandbox."""
    for seed in range(count):
        app = sandbox.app(tally.marketplace)
        result = fuzz.run(tally.marketplace, app=app, seed=seed, max_time=seconds, timeout=PATIENCE)
        tally.take(result, "requests", f"seed {seed}")


def circumstances(tally: Tally, wanted: set[str], seconds: float) -> None:
    """Fuzz the honest sandbox on the days, and with the mistakes, that the examples of a rule tell of."""
    rules = {rule.id: rule for rule in contract.contract(tally.marketplace).rules()}
    for id in sorted(wanted - (tally.kept["requests"] & tally.broken["requests"])):
        told = [each.facts for pair in pairs(id) for each in pair if each is not None]
        for facts in told:
            settings: dict[str, Any] = {"now": facts.now} if facts.now is not None else {}
            # what the user tells wrongly is no mistake of the server's: only warnings are about it
            mistaken = Facts(category=facts.category) if rules[id].severity is Severity.WARNING else Facts()
            result = fuzz.run(
                tally.marketplace,
                app=sandbox.app(tally.marketplace, **settings),
                include=[id],
                phases=["rules"],
                facts=mistaken,
                max_time=seconds,
                timeout=PATIENCE,
            )
            tally.take(result, "requests", f"as the examples of {id} have it")


def receivers(tally: Tally, count: int, seconds: float) -> None:
    """Fuzz an honest receiver of each webhook."""
    webhooks = [
        operation
        for operation in contract.contract(tally.marketplace).operations()
        if operation.operation.webhook
    ]
    for ready in webhooks:
        with webhook_receiver.receiver(ready.key) as one:
            for seed in range(count):
                result = fuzz.receive(
                    ready.key, url=one.url, seed=seed, max_time=seconds, state=one.state, timeout=PATIENCE
                )  # fmt: skip
                tally.take(result, "notices", f"receiver of {ready.operation.id}, seed {seed}")


def responses(tally: Tally, wanted: set[str], seconds: float) -> None:
    """Let servers response wrongly, one rule after the other, and look whether the fuzzer names the rule."""
    for id in sorted(wanted):
        if any(id in _named(each, seconds) for each in wrong_responses.breaking(id)):
            tally.broken["responses"].add(id)
        if id not in tally.kept["responses"]:
            named = [id in _named(each, seconds) for each in wrong_responses.mended(id)]
            if named and not any(named):
                tally.kept["responses"].add(id)
    named_ = len(tally.broken["responses"] & wanted)
    print(f"{tally.marketplace} wrong answers: {named_} of {len(wanted)} rules named", flush=True)


def _named(response: wrong_responses.Response, seconds: float) -> set[str]:
    result = fuzz.run(
        response.operation.partition("/")[0],
        app=wrong_responses.server(response),
        include=[response.operation],
        phases=["examples"],
        profile="quick",
        max_time=seconds,
        timeout=PATIENCE,
    )
    return {finding.rule for finding in result.findings}


def missing(tally: Tally, by_side: dict[str, set[str]]) -> Iterator[str]:
    """Yield what was not shown."""
    owner = contract.contract(tally.marketplace)
    for ready in owner.operations():
        if not tally.accepted[ready.key]:
            yield f"`{ready.key}` was never called with success"
    for side, wanted in by_side.items():
        for what, seen in (("kept", tally.kept[side]), ("broken", tally.broken[side])):
            yield from (f"`{each}` was never {what} by {side}" for each in sorted(wanted - seen))
    checked = {rule.id for rule in owner.rules() if not rule.why_not}
    yield from (f"nobody can break `{each}`" for each in sorted(checked - set().union(*by_side.values())))


def main() -> None:
    """Run all of it, and fail on a finding or on a gap."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--only", choices=sandbox.NAMES)
    chosen = parser.parse_args()
    failed = False
    for marketplace in [chosen.only] if chosen.only else sandbox.NAMES:
        tally, by_side = Tally(marketplace), sides(marketplace)
        seeds(tally, chosen.seeds, chosen.seconds)
        circumstances(tally, by_side["requests"], chosen.seconds)
        receivers(tally, chosen.seeds, chosen.seconds)
        responses(tally, by_side["responses"], chosen.seconds)
        gaps = list(missing(tally, by_side))
        failed = failed or bool(gaps or tally.alarms)
        rules = contract.contract(marketplace).rules()
        left_out = [rule for rule in rules if rule.why_not]
        print(f"{marketplace}: {tally.alarms} findings; {len(tally.accepted)} operations; kept and broken: "
              + ", ".join(f"{len(tally.kept[side] & tally.broken[side] & by_side[side])} of "
                          f"{len(by_side[side])} rules about {side}" for side in SIDES)
              + f"; {len(left_out)} rules that nothing can break, each with its reason")  # fmt: skip
        for gap in gaps:
            print(f"  missing: {gap}")
        for one in left_out:
            print(f"  {one.id}: {one.why_not}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
