"""`--format junit`: one suite for each operation, one case for each mutation."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from sellerspec.mutate.conclusion import Conclusion, Verdict
from sellerspec.mutate.report import groups
from sellerspec.reporting.junit import clean

_SKIPPED = {"not-applied": "no response or notice was changed by it"}


def written(conclusion: Conclusion) -> str:
    """Return JUnit XML.

    A weakness or a gap is a failure if its figure misses its limit; else it passes, and is output of its
    case. What did not run is an error, what was not applied or is accepted is skipped.
    """
    by_key: dict[str, list[Verdict]] = {}
    for verdict in conclusion.verdicts:
        by_key.setdefault(verdict.mutation.key.strip("/") or verdict.id, []).append(verdict)
    failing = _failing(conclusion)
    suites = [_suite(key, verdicts, conclusion, failing) for key, verdicts in by_key.items()]
    if conclusion.reasons:
        suites.append(_unjudged(conclusion.reasons))
    return (
        "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>")) + "\n"
    )


def _failing(conclusion: Conclusion) -> set[str]:
    """Return the states that are failures."""
    states = zip(conclusion.figures, ("weakness", "gap"), strict=True)
    return {state for figure, state in states if not figure.holds}


def _suite(key: str, verdicts: Sequence[Verdict], conclusion: Conclusion, failing: set[str]) -> str:
    inner = [_inner(verdict, conclusion, failing) for verdict in verdicts]
    cases = [
        f'<testcase classname={_attribute(key)} name={_attribute(verdict.id)} time="0">{text}</testcase>'
        for verdict, text in zip(verdicts, inner, strict=True)
    ]
    return _wrapped(key, cases, inner)


def _wrapped(name: str, cases: Sequence[str], inner: Iterable[str]) -> str:
    inner = list(inner)
    numbers = " ".join(
        f'{attribute}="{sum(text.startswith(f"<{tag}") for text in inner)}"'
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    )
    head = f'<testsuite name={_attribute(name)} tests="{len(inner)}" {numbers} time="0">'
    return "\n".join((head, *cases, "</testsuite>"))


def _inner(verdict: Verdict, conclusion: Conclusion, failing: set[str]) -> str:
    if verdict.accepted:
        return _skipped(f"accepted: {verdict.accepted}")
    if verdict.state in _SKIPPED:
        return _skipped(_SKIPPED[verdict.state])
    if verdict.state == "not-run":
        return '<error message="the time ran out before it ran" type="not-run"/>'
    if verdict.state not in ("weakness", "gap"):
        return ""
    lines = [
        verdict.mutation.sentence,
        *(f"{label}: {text}" for label, text in groups.details(verdict)),
        f"help: {groups.help_line(conclusion, verdict)}",
    ]
    body = escape(clean("\n".join(lines)))
    if verdict.state not in failing:
        return f"<system-out>{verdict.state}: {body}</system-out>"
    message = verdict.failures[0].line if verdict.failures else f"no test notices {verdict.mutation.kind}"
    return f"<failure message={_attribute(message)} type={_attribute(verdict.state)}>{body}</failure>"


def _skipped(reason: str) -> str:
    """Return why a mutation does not count; the schema of Jenkins allows a text here, and no attribute."""
    return f"<skipped>{escape(clean(reason))}</skipped>"


def _unjudged(reasons: Sequence[str]) -> str:
    inner = [f'<error message={_attribute(reason)} type="not-judged"/>' for reason in reasons]
    cases = [
        f'<testcase classname="sellerspec mutate" name="judged" time="0">{text}</testcase>' for text in inner
    ]
    return _wrapped("sellerspec mutate", cases, inner)


def _attribute(text: str) -> str:
    return quoteattr(clean(text))
