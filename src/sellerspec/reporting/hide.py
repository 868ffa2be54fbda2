"""Hide what is secret or personal in a text that is shown; lengths stay, so columns stay valid.

What is hidden is what the scrubber would replace: one engine decides for cassettes, logs and reports.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from sellerspec.errors import SellerspecError
from sellerspec.io import pointers, strict
from sellerspec.model import Finding, Fix, Json, Path, Report
from sellerspec.scrubbing.display import Display, display_of

BLOT = "*"
"""Replaces each hidden character."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")
_WORD = re.compile(r"[^\s\"'{}\[\],:]+")


@lru_cache(maxsize=8)
def hidden(text: str, operation: str = "") -> str:
    """Return a JSON text with the values hidden that its contract does not know as harmless.

    Args:
        text: a payload or an exchange; of a text that is not JSON, the words stay that the contract knows.
        operation: key of the operation that it is for; without one nothing is known of its members.
    """
    display = display_of(operation)
    try:
        strict.decode(text)
    except SellerspecError:
        return _WORD.sub(lambda word: word[0] if display.knows(word[0]) else BLOT * len(word[0]), text)
    return _without(text, _spans(text, operation))


def discreet_fix(fix: Fix, text: str, operation: str) -> Fix:
    """Return a fix as it may be shown: without its patch if that holds a value that is hidden.

    Args:
        fix: of a finding about the text.
        text: the payload; of a text that is not JSON, nothing is known.
        operation: key of the operation that the payload is for.
    """
    display = display_of(operation)
    payload, hidden_paths, _ = _hidden_parts(text, operation)
    if payload is not None and all(_may_show(step, payload, hidden_paths, display) for step in fix.patch):
        return fix
    return replace(fix, patch=())  # no title has a value of the payload


@lru_cache(maxsize=8)
def _hidden_parts(text: str, operation: str) -> tuple[Json, frozenset[Path], tuple[str, ...]]:
    """Return the payload, the paths of the values that are hidden, and the names of members that are."""
    payload, display = strict.readable(text), display_of(operation)
    return payload, display.harmful(payload), display.names


def _may_show(
    step: Mapping[str, Json], payload: Json, hidden_paths: frozenset[Path], display: Display
) -> bool:
    parts = [part for name in ("path", "from") if name in step for part in pointers.split(step[name])]
    if not all(map(display.is_name, parts)):
        return False
    if "value" not in step:
        return True
    path = pointers.path_in(payload, step["path"])
    around = {path[:depth] for depth in range(len(path))}
    if any(other[: len(path)] == path or other in around for other in hidden_paths):
        return False
    alone = step["value"]
    for part in reversed(path):
        alone = [alone] if isinstance(part, int) else {part: alone}
    return not display.harmful(alone)


def _spans(text: str, operation: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each scalar and name that is hidden, without the quotes of a string."""
    _, harmful, names = _hidden_parts(text, operation)
    for path, start in strict.places(text).offsets().items():
        if text[start] in "{[" or path not in harmful:
            continue
        quote = 1 if text[start] == '"' else 0
        scalar = (_STRING if quote else _SCALAR).match(text, start)
        assert scalar is not None  # noqa: S101 - the text has been decoded
        yield start + quote, scalar.end() - quote
    if names:
        for string in _STRING.finditer(text):
            if strict.decode(string[0]) in names:
                yield string.start() + 1, string.end() - 1


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            out += (text[at:start], BLOT * (end - start))
            at = end
    return "".join((*out, text[at:]))


def discreet(report: Report) -> Report:
    """Return a report whose pointers and messages name no member that is data: a phone, a token."""
    display = display_of(report.operation)
    findings = tuple(_discreet(finding, display) for finding in report.findings)
    return report if findings == report.findings else replace(report, findings=findings)


def _discreet(finding: Finding, display: Display) -> Finding:
    parts = pointers.split(finding.pointer)
    names = [str(part) for part in parts if not display.is_name(str(part))]
    if not names:
        return finding
    changed = finding
    for name in names:
        changed = replace(
            changed,
            pointer=changed.pointer.replace(pointers.escaped(name), BLOT * 3),
            message=changed.message.replace(name, BLOT * 3),
            hint=changed.hint and changed.hint.replace(name, BLOT * 3),
        )
    return changed
