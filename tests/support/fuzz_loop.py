"""The loop: our fuzzer against our sandbox, seed after seed, without a finding; slow, so a program.

    python -m support.fuzz_loop [--seeds 10] [--seconds 120] [--only tiki]

Exit 0 means: there was no finding (one would be a false alarm of the fuzzer or a defect of the
sandbox), each operation was called with success, no run left anything unjudged, each documented change of a
state was seen, and each rule was satisfied and violated:

- a rule about requests by the fuzzer's calls. What an honest sandbox cannot be brought to within a
  run comes from the examples of the rule: the day on which the clock starts, and a user's mistakes.
- a rule about notices by what a receiver on a real socket was sent.
- a rule about responses by servers that respond as its examples do; the fuzzer has to name the rule
  for each violating response, and must not name it for a valid one.

The contract tells whether requests, notices or responses can violate a rule. A rule that nothing
can violate has its reason.
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
"""Seconds that a response may take: on a busy machine a slow server does not hang."""


def sides(marketplace: str) -> dict[str, set[str]]:
    """Return the rules by what can violate them; some are in more than one of the sides."""
    owner = contract.contract(marketplace)
    by_side: dict[str, set[str]] = {side: set() for side in SIDES}
    for ready in owner.operations():
        sent = by_side["notices" if ready.operation.webhook else "requests"]
        id = ready.operation.id
        sent |= {rule.id for rule in stated_rules(owner.spec, ready.spec.request_schema(), id)}
        for status in ready.spec.responses:
            schema = ready.spec.response_schema(ready.spec.responses[status])
            by_side["responses"] |= {rule.id for rule in stated_rules(owner.spec, schema, id)}
        for rule in ready.functions:
            if not rule.why_not:
                (by_side["responses"] if rule.reads in ("response", "exchange") else sent).add(rule.id)
    return by_side


@dataclass
class Tally:
    """The sums of all runs of a marketplace."""

    marketplace: str
    satisfied: dict[str, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    violated: dict[str, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    accepted: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    """How often each documented change of a state was seen."""

    unjudged: set[str] = field(default_factory=set)
    """What a run of all phases did not judge."""

    alarms: int = 0

    def take(self, result: fuzz.FuzzResult, side: str, what: str) -> None:
        """Count an honest server in: any finding is a false alarm."""
        self.alarms += len(result.findings)
        self.satisfied[side] |= result.coverage.satisfied
        self.violated[side] |= result.coverage.violated
        if side == "requests":
            # the sandbox is honest, so its responses satisfied their rules
            self.satisfied["responses"] |= result.coverage.satisfied
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
        tally.unjudged |= result.unjudged.keys() | (set(fuzz.PHASES) - result.coverage.phases.keys())
        known = result.coverage.known_transitions
        tally.transitions.update({change: result.coverage.transitions[change] for change in known})


def circumstances(tally: Tally, wanted: set[str], seconds: float) -> None:
    """Fuzz the honest sandbox on the days, and with the mistakes, of the examples of a rule."""
    rules = {rule.id: rule for rule in contract.contract(tally.marketplace).rules()}
    for id in sorted(wanted - (tally.satisfied["requests"] & tally.violated["requests"])):
        for facts in [example.facts for pair in pairs(id) for example in pair if example is not None]:
            settings: dict[str, Any] = {"now": facts.now} if facts.now is not None else {}
            # a user's mistake is no defect of the server: only warnings are about it, as they are about
            # what a user has found at the addresses of pictures, which no server says
            warned = rules[id].severity is Severity.WARNING
            names = ("category", "attributes", "pictures") if warned else ()
            of_user = Facts(**{name: getattr(facts, name) for name in names})
            result = fuzz.run(
                tally.marketplace,
                app=sandbox.app(tally.marketplace, **settings),
                include=[id],
                phases=["rules"],
                facts=of_user,
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
    """Let servers violate one rule after the other, and look whether the fuzzer names the rule."""
    for id in sorted(wanted):
        if any(id in _named(response, seconds) for response in wrong_responses.violating(id)):
            tally.violated["responses"].add(id)
        if id not in tally.satisfied["responses"]:
            seen = [id in _named(response, seconds) for response in wrong_responses.valid(id)]
            if seen and not any(seen):
                tally.satisfied["responses"].add(id)
    named = len(tally.violated["responses"] & wanted)
    print(f"{tally.marketplace} wrong responses: {named} of {len(wanted)} rules named", flush=True)


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
    yield from (f"{what} was not judged" for what in sorted(tally.unjudged))
    yield from (f"{change} was never seen" for change, count in tally.transitions.items() if not count)
    for side, wanted in by_side.items():
        for what, seen in (("satisfied", tally.satisfied[side]), ("violated", tally.violated[side])):
            yield from (f"`{rule}` was never {what} by {side}" for rule in sorted(wanted - seen))
    checked = {rule.id for rule in owner.rules() if not rule.why_not}
    yield from (f"nobody can violate `{rule}`" for rule in sorted(checked - set().union(*by_side.values())))


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
        print(f"{marketplace}: {tally.alarms} findings; {len(tally.accepted)} operations; "
              + "satisfied and violated: "
              + ", ".join(f"{len(tally.satisfied[side] & tally.violated[side] & by_side[side])} of "
                          f"{len(by_side[side])} rules about {side}" for side in SIDES)
              + f"; {len(left_out)} rules that nothing can violate, each with its reason")  # fmt: skip
        for gap in gaps:
            print(f"  missing: {gap}")
        for one in left_out:
            print(f"  {one.id}: {one.why_not}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
