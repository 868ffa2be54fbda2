"""Generate catalogues of valid lines and of lines with one fault each; the same seed gives the same lines."""

from collections.abc import Iterator
from random import Random

from sellerspec.bulk.faults import Fault, Template, comparable, repeated, templates, unreadable
from sellerspec.marketplaces.common import LINE_READABLE

REPETITION = "repetition"


def generate(
    operation: str, count: int, *, broken: float = 0.0, seed: int = 0
) -> Iterator[tuple[bytes, list[Fault]]]:
    """Yield the lines of a catalogue, each with its faults.

    Lines are made of the examples of the operation's rules, with a number in names, skus and images.
    Faults rotate over all rules that need no facts, lines that are not JSON, and repetitions of
    earlier lines, so that the broken lines violate each of them about equally often. The rule of a
    fault is the one that the example is named after, not a result of a check.

    Args:
        operation: `tiki/createProduct`, or any other operation with a body.
        count: number of lines.
        broken: fraction of the lines that have a fault, 0 to 1.
        seed: selects the catalogue.

    Raises:
        UsageError: the operation has no examples of bodies.
    """
    random = Random(seed)  # noqa: S311 - reproducible, no secret
    ready = templates(operation)
    kinds = [*ready.invalid, LINE_READABLE.id, *([REPETITION] * 3 if ready.compared else [])]
    repeatable = comparable(ready.valid)
    earlier: list[tuple[int, Template]] = []
    random.shuffle(kinds)
    faults = repeats = 0
    for number in range(1, count + 1):
        if random.random() >= broken:
            template = ready.valid[int(random.random() * len(ready.valid))]
            if len(earlier) < 1000 and template in repeatable:
                earlier.append((number, template))
            yield template.line(number), []
            continue
        kind = kinds[faults % len(kinds)]
        turn, faults = faults // len(kinds), faults + 1
        if kind == LINE_READABLE.id:
            yield unreadable(ready.valid[0], number, turn)
        elif kind != REPETITION:
            template = ready.invalid[kind][turn % len(ready.invalid[kind])]
            yield (
                template.line(number),
                [
                    Fault(number, finding.rule, finding.severity.value, finding.pointer)
                    for finding in template.findings
                ],
            )
        elif earlier:
            other, template = earlier[repeats % len(earlier)]
            yield repeated(template, number, other, repeats)
            repeats += 1
        else:
            earlier.append((number, repeatable[0]))
            yield repeatable[0].line(number), []
