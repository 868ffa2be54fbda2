"""The quick command of the mutation run: exits 1 if an example is not judged as named.

Run from the root of a checkout: `python -m support.mutation_examples tiki`. It starts in a fraction of the
time of pytest, which counts when it runs once for each of some thousand mutants; the tests of
the marketplaces run only on what it lets pass.
"""

import sys

import sellerspec
from sellerspec.model import Severity
from support import message_snapshots
from support.examples import Example, examples


def judged_as_named(example: Example) -> bool:
    """Say whether an example violates, or satisfies, the rule it is named after."""
    report = example.report()
    reported = {finding.rule for finding in report.findings}
    if example.path.name.startswith("documented"):
        return report.ok is (example.kind == "valid")
    if example.kind == "valid":
        return report.ok and example.rule not in reported
    rule = sellerspec.rule(example.rule)
    refusing = rule.severity is Severity.ERROR
    others = {error.rule for error in (report.errors if refusing else report.findings)} - {rule.id}
    return rule.id in reported and not others


def main(marketplace: str) -> int:
    """Return 0 if every example of a marketplace is judged as its name says, in the words it was, else 1."""
    cases = [example for example in examples() if example.operation.startswith(f"{marketplace}/")]
    if not cases or not all(judged_as_named(case) for case in cases):
        return 1
    return 0 if message_snapshots.written(marketplace) == message_snapshots.expected(marketplace) else 1


if __name__ == "__main__":
    sys.exit(max(main(marketplace) for marketplace in sys.argv[1:]))
