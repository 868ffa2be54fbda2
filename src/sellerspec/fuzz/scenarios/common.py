"""Statements about several calls that hold for any marketplace."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sellerspec.fuzz.target import Target
from sellerspec.fuzz.transport import Call
from sellerspec.fuzz.verdict import Judged
from sellerspec.model import Json, Severity


def unknown(target: Target, id: str, path: Mapping[str, Json], body: Json = None) -> None:
    """Expect that a thing which nobody has is refused."""
    call = target.call(id, path=path, body=body)
    judged = target.send(call, certain=False)
    target.session.expect(
        not judged.accepted,
        call,
        "unknown-accepted",
        "an id that nobody has is answered with a success",
        got=judged.got,
    )


def foreign(target: Target, id: str, path: Mapping[str, Json], before: Iterable[Call] = ()) -> None:
    """Expect that what another account has is refused."""
    call = target.call(id, path=path)
    judged = target.send(call, certain=False)
    target.session.expect(
        not judged.accepted,
        call,
        "foreign-shown",
        "what belongs to another account is answered",
        got=judged.got,
        before=before,
    )


def agrees(
    target: Target,
    judged: Judged,
    expected: Mapping[str, Json],
    seen: Json,
    what: str,
    before: Iterable[Call],
) -> None:
    """Expect that a read shows what was written before."""
    for name, value in expected.items():
        found = seen.get(name) if isinstance(seen, dict) else None
        if found != value:
            message = f"{what}: `{name}` reads {_short(found)} after {_short(value)} was written"
            target.session.expect(
                False, judged.call, "read-after-write", message, got=judged.got, before=before
            )


def must(target: Target, judged: Judged, before: Iterable[Call] = ()) -> bool:
    """Expect that a read of something that is there succeeds."""
    target.session.expect(
        judged.accepted or judged.got.status is None or judged.got.status >= 500 or judged.got.status == 429,
        judged.call,
        "not-found",
        f"what was there a moment ago is answered with {judged.got.status}",
        got=judged.got,
        before=before,
    )
    return judged.accepted


def pages(
    target: Target,
    id: str,
    query: Callable[[int], Mapping[str, Json]],
    items: Callable[[Any], Any],
    key: str,
    *,
    most: int = 8,
    size: int,
) -> list[Json]:
    """Read page after page and expect that no item comes twice and that the pages end."""
    found: dict[Json, Json] = {}
    calls: list[Call] = []
    for number in range(most):
        call = target.call(id, query=query(number))
        judged = target.send(call)
        listed = items(judged.body) if judged.accepted else None
        if not isinstance(listed, list):
            break
        fresh = [each for each in listed if isinstance(each, dict) and each.get(key) not in found]
        repeated = len(listed) - len(fresh)
        target.session.expect(
            not repeated or not number,
            call,
            "page-repeats",
            f"page {number + 1} repeats {repeated} of the pages before",
            got=judged.got,
            before=calls,
        )
        found.update((each.get(key), each) for each in fresh)
        calls.append(call)
        if len(listed) < size or not fresh:
            break
        if number:
            target.session.transition(f"{id} -> {id} (next page)")
    return list(found.values())


def filtered(
    target: Target,
    id: str,
    whole: list[Json],
    query: Mapping[str, Json],
    member: Mapping[str, str],
    items: Callable[[Any], Any],
    key: str,
    *,
    exact: bool = True,
) -> None:
    """Expect that a filter leaves exactly the items that fit it."""
    call = target.call(id, query=query)
    judged = target.send(call)
    listed = items(judged.body) if judged.accepted else None
    if not isinstance(listed, list):
        return
    wanted = {name: query[asked] for asked, name in member.items() if asked in query}
    wrong = [
        each for each in listed if isinstance(each, dict) and any(each.get(n) != v for n, v in wanted.items())
    ]
    shown = ", ".join(f"{name}={value}" for name, value in wanted.items())
    target.session.expect(
        not wrong,
        call,
        "filter-ignored",
        f"{len(wrong)} of {len(listed)} items do not fit the filter {shown}"[:160],
        got=judged.got,
    )
    if exact and not wrong:
        fitting = {each.get(key) for each in whole if all(each.get(n) == v for n, v in wanted.items())}
        missing = fitting - {each.get(key) for each in listed if isinstance(each, dict)}
        target.session.expect(
            not missing,
            call,
            "filter-loses",
            f"{len(missing)} items that fit {shown} are missing"[:160],
            got=judged.got,
            severity=Severity.WARNING,
        )


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
