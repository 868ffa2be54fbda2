"""Generate catalogues: valid lines, and lines that break one rule each, the same for the same seed."""

from collections.abc import Iterator
from random import Random

from sellerspec.bulk.faults import Planted, Template, comparable, repeated, stock, unreadable
from sellerspec.marketplaces.common import LINE_READABLE

ACROSS = "across lines"


def generate(
    operation: str, count: int, *, broken: float = 0.0, seed: int = 0
) -> Iterator[tuple[bytes, list[Planted]]]:
    """Yield lines of a catalogue, each with the findings that were planted in it.

    Lines come from the examples of the operation's rules, with a number put into names, skus and
    pictures. Faults go round all rules that need no facts, lines that are no JSON, and repetitions
    across lines, so that `count * broken` lines break each of them about equally often. The planted
    rule is the one that the example is named after, not one that a check has found.

    Args:
        operation: `tiki/createProduct`, or any other operation with a body.
        count: how many lines.
        broken: which part of them has a fault, 0 to 1.
        seed: another one gives another catalogue.

    Raises:
        UsageError: the operation has no examples of bodies.
    """
    # a catalogue that is the same tomorrow, not a secret
    random = Random(seed)  # noqa: S311
    ready = stock(operation)
    kinds = [rule for rule, _ in ready.broken] + [LINE_READABLE.id] + ([ACROSS] * 3 if ready.compared else [])
    templates = dict(ready.broken)
    spread = comparable(ready.valid)
    earlier: list[tuple[int, Template]] = []
    random.shuffle(kinds)
    faults = repeats = 0
    for number in range(1, count + 1):
        if random.random() >= broken:
            template = ready.valid[int(random.random() * len(ready.valid))]
            if len(earlier) < 1000 and template in spread:
                earlier.append((number, template))
            yield template.line(number), []
            continue
        kind = kinds[faults % len(kinds)]
        turn, faults = faults // len(kinds), faults + 1
        if kind == LINE_READABLE.id:
            text, planted = unreadable(ready.valid[0], number, turn)
            yield text, [planted]
        elif kind == ACROSS:
            if not earlier:
                earlier.append((number, spread[0]))
                yield spread[0].line(number), []
                continue
            other, template = earlier[repeats % len(earlier)]
            text, found = repeated(template, number, other, repeats)
            repeats += 1
            yield text, found
        else:
            choice = templates[kind]
            template = choice[turn % len(choice)]
            findings = [
                Planted(number, finding.rule, finding.severity.value, finding.pointer)
                for finding in template.findings
            ]
            yield template.line(number), findings
