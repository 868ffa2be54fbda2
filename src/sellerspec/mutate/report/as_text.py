"""`--format text`: weaknesses first, then gaps, then what was not judged, and the two figures."""

from collections.abc import Callable, Iterator, Sequence

from sellerspec.contract.registry import operation
from sellerspec.mutate.conclusion import Conclusion, Verdict
from sellerspec.mutate.report import groups
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.records import plural

MOST = 10
"""Most ids in a list of mutations that were not applied or not run."""

GUARDED = "a client with the fixture `sellerspec_guard` notices wrong members that no test looks at"

_COLOURS = {"weakness": "31;1", "gap": "33;1", "good": "32", "help": "34"}

Ink = Callable[[str, str], str]


def written(conclusion: Conclusion, *, colour: bool = False) -> str:
    """Return the report as text, without characters that control a terminal."""
    ink: Ink = (lambda name, text: f"\x1b[{_COLOURS[name]}m{text}\x1b[0m") if colour else lambda _, text: text
    lines = [
        *(
            line
            for verdicts in groups.weaknesses(conclusion)
            for line in _weakness(conclusion, verdicts, ink)
        ),
        *(
            line
            for key, missed in groups.gaps(conclusion).items()
            for line in _gap(conclusion, key, missed, ink)
        ),
        *_rest(conclusion, ink),
    ]
    return "\n".join(lines) + "\n"


def _weakness(conclusion: Conclusion, verdicts: Sequence[Verdict], ink: Ink) -> Iterator[str]:
    first, *others = verdicts
    yield f"{ink('weakness', 'weakness')} {plain(first.id)}: {plain(first.mutation.sentence)}"
    yield from _details(first)
    for verdict in others:
        yield f"  also: {plain(verdict.mutation.sentence)} ({plain(verdict.id)})"
    yield from _help(conclusion, first, ink)


def _gap(conclusion: Conclusion, key: str, members: Sequence[Sequence[Verdict]], ink: Ink) -> Iterator[str]:
    """Yield the lines about the gaps of one operation: a line for each member."""
    first = members[0][0]
    tests = plain(groups.named(first.tests))
    yield f"{ink('gap', 'gap')} {key}: no test notices what is broken; called by {tests}"
    for verdicts in members:
        member, what = groups.missed(verdicts)
        yield f"  {plain(member)}: {plain(what)}"
    if conclusion.is_of_pytest and first.mutation.place and not operation(key).webhook:
        yield f"  note: {GUARDED}"
    yield from _help(conclusion, first, ink)


def _details(verdict: Verdict) -> Iterator[str]:
    return (f"  {plain(label)}: {plain(text)}" for label, text in groups.details(verdict))


def _help(conclusion: Conclusion, verdict: Verdict, ink: Ink) -> Iterator[str]:
    yield f"  {ink('help', 'help')}: {plain(groups.help_line(conclusion, verdict))}"


def _rest(conclusion: Conclusion, ink: Ink) -> Iterator[str]:
    for state, label in (("not-applied", "not applied"), ("not-run", "not run")):
        ids = [verdict.id for verdict in conclusion.verdicts if verdict.state == state]
        if ids:
            yield f"{label}: {plural(len(ids), 'mutation')}: {plain(groups.named(ids, MOST))}"
    for verdict in conclusion.accepted:
        yield f"accepted: {plain(verdict.id)}: {plain(verdict.accepted)}"
    yield from (f"not accepted: {plain(line)}" for line in conclusion.stale)
    for figure in conclusion.figures:
        yield ink("good", str(figure)) if figure.holds else ink("weakness", str(figure))
    yield from (f"{ink('weakness', conclusion.label)}: {plain(reason)}" for reason in conclusion.reasons)
