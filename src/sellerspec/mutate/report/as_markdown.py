"""`--format markdown`: a summary for a job page or a pull request comment."""

from collections.abc import Iterator

from sellerspec.mutate.conclusion import Conclusion, Verdict
from sellerspec.mutate.report import groups
from sellerspec.reporting.markdown import code, escaped, table_of


def written(conclusion: Conclusion) -> str:
    """Return GitHub-flavoured Markdown: the figures, a table of weaknesses, one of gaps."""
    mark = "✅" if conclusion.exit_code == 0 else "❌"
    lines = ["## sellerspec mutate", "", f"{mark} {code(f'sellerspec mutate {conclusion.command}')}", ""]
    lines += [*(f"- {escaped(str(figure))}" for figure in conclusion.figures)]
    lines += [*(f"- {conclusion.label}: {escaped(reason)}" for reason in conclusion.reasons), ""]
    weak = [
        (code(first.id), _changes(verdicts), *_failed(first), escaped(first.mutation.because))
        for verdicts in groups.weaknesses(conclusion)
        for first in verdicts[:1]
    ]
    if weak:
        head = ("mutation", "what changes", "test", "last line", "allowed by")
        lines += ["### Weaknesses", "", *table_of(head, weak), ""]
    gaps = [
        (code(key), *_missed(verdicts), escaped(groups.named(verdicts[0].tests)))
        for key, members in groups.gaps(conclusion).items()
        for verdicts in members
    ]
    if gaps:
        columns = ("operation", "member", "no test notices", "called by")
        lines += ["### Gaps", "", *table_of(columns, gaps), ""]
    lines += _rest(conclusion)
    return "\n".join(lines)


def _changes(verdicts: list[Verdict]) -> str:
    return "<br>".join(escaped(verdict.mutation.sentence) for verdict in verdicts)


def _missed(verdicts: list[Verdict]) -> tuple[str, str]:
    member, what = groups.missed(verdicts)
    return code(member), escaped(what)


def _failed(verdict: Verdict) -> tuple[str, str]:
    first = verdict.failures[0]
    place = f"<br>{code(first.at)}" if first.at else ""
    return code(first.test), code(first.line) + place


def _rest(conclusion: Conclusion) -> Iterator[str]:
    for state, label in (("not-applied", "not applied"), ("not-run", "not run")):
        ids = [code(verdict.id) for verdict in conclusion.verdicts if verdict.state == state]
        if ids:
            yield f"{len(ids)} {label}: {groups.named(ids, 10)}.\n"
    for verdict in conclusion.accepted:
        yield f"Accepted: {code(verdict.id)}: {escaped(verdict.accepted)}.\n"
    yield from (f"Not accepted: {escaped(line)}.\n" for line in conclusion.stale)
