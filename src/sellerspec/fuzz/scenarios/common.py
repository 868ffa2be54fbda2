"""Statements about several calls that hold for any marketplace."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sellerspec import contract
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.target import Retargeted, Target
from sellerspec.fuzz.verdict import Verdict
from sellerspec.model import Facts, Finding, Json, Phase, Severity


def member(value: Json, *names: str) -> Json:
    """Return a member of a member of a value; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Json) -> list[dict[str, Json]]:
    """Return the objects of a list; an empty list for any other value."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists things page by page."""

    id: str
    """The operationId."""

    key: str
    """The member that identifies an item."""

    at: tuple[str, ...] = ()
    """Path of the list in the body of a response."""

    query: Mapping[str, Json] = field(default_factory=dict)
    """The query for all items."""

    detail: str = ""
    """The operation that reads one item; its path parameter is named as the key."""

    def items(self, verdict: Verdict) -> list[Json] | None:
        """Return the items of a response; None if it is refused or holds no list."""
        items = member(verdict.body, *self.at) if verdict.accepted else None
        return items if isinstance(items, list) else None

    def read(self, target: Target, headers: Mapping[str, str] | None = None) -> list[dict[str, Json]]:
        """Return the items, without keeping findings about the response."""
        return objects(member(target.read(self.id, query=self.query, headers=headers), *self.at))

    def keys(self, items: Iterable[Json]) -> set[Json]:
        """Return what identifies items."""
        return {item.get(self.key) for item in items if isinstance(item, dict)} - {None}


def unknown(target: Target, id: str, path: Mapping[str, Json], body: Json = None) -> None:
    """Expect that a call about a thing which does not exist is refused."""
    verdict = target.send(target.call(id, path=path, body=body), certain=False)
    message = "an id that nobody has is answered with a success"
    target.session.expect(not verdict.accepted, verdict, "unknown-accepted", message)


def not_shared(target: Target, listing: Listing, mine: list[Json]) -> None:
    """Expect that neither a list nor a detail shows what belongs to the other account."""
    if not target.other:
        return
    theirs = listing.read(target, headers=target.other)
    for item in theirs[:2]:
        call = target.call(listing.detail, path={listing.key: item.get(listing.key)})
        verdict = target.send(call, certain=False)
        message = "what belongs to another account is answered"
        target.session.expect(not verdict.accepted, verdict, "foreign-shown", message)
    target.session.expect(
        not listing.keys(mine) & listing.keys(theirs),
        target.call(listing.id, query=listing.query),
        "foreign-shown",
        "the list holds an order of another account",
    )


def read_back(
    target: Target,
    step: str,
    path: Mapping[str, Json],
    expected: Mapping[str, Json] | None = None,
    what: str = "",
    *,
    before: Iterable[Call] = (),
    at: tuple[str, ...] = (),
    query: Mapping[str, Json] | None = None,
) -> Verdict:
    """Read a thing that exists, and expect that it shows what was written before.

    Args:
        target: the server.
        step: `<the operation before> -> <the operation that reads>`.
        path: path parameters of the operation that reads.
        expected: members with the values that were written.
        what: how the thing is named in findings.
        before: the calls that wrote it.
        at: where the thing lies in the body of the response.
        query: query parameters of the operation that reads.
    """
    id = step.rpartition(" -> ")[2].partition(" ")[0]
    verdict = target.send(target.call(id, path=path, query=query))
    target.session.transition(step)
    status = verdict.reply.status
    target.session.expect(
        verdict.accepted or not status or status >= 500 or status == 429,
        verdict,
        "not-found",
        f"what was there a moment ago is answered with {status}",
        before=before,
    )
    if verdict.accepted:
        shown = member(verdict.body, *at)
        for name, value in (expected or {}).items():
            agrees(target, verdict, f"{what}: `{name}`", member(shown, name), value, before)
    return verdict


def agrees(
    target: Target, verdict: Verdict, what: str, shown: Json, written: Json, before: Iterable[Call]
) -> None:
    """Expect that a read shows a value that was written before."""
    message = f"{what} reads {_short(shown)} after {_short(written)} was written"
    target.session.expect(shown == written, verdict, "read-after-write", message, before=before)


def pages(
    target: Target, listing: Listing, page: Callable[[int], Mapping[str, Json]], *, size: int, most: int = 8
) -> list[Json]:
    """Read page after page and expect that no item comes twice.

    Args:
        target: the server.
        listing: what lists the items.
        page: returns the query for a page; the first is 0.
        size: items of a full page.
        most: pages that are read.
    """
    by_key: dict[Json, Json] = {}
    calls: list[Call] = []
    for number in range(most):
        verdict = target.send(target.call(listing.id, query={**listing.query, **page(number)}))
        items = listing.items(verdict)
        if items is None:
            break
        fresh = [item for item in objects(items) if item.get(listing.key) not in by_key]
        repeated = len(items) - len(fresh)
        message = f"page {number + 1} repeats {repeated} of the pages before"
        target.session.expect(not repeated or not number, verdict, "page-repeats", message, before=calls)
        by_key.update((item.get(listing.key), item) for item in fresh)
        calls.append(verdict.call)
        if len(items) < size or not fresh:
            break
        if number:
            target.session.transition(f"{listing.id} -> {listing.id} (next page)")
    return list(by_key.values())


def filtered(
    target: Target,
    listing: Listing,
    all_: list[Json],
    parameter: str,
    value: Json,
    *,
    name: str = "",
    exact: bool = True,
    **query: Json,
) -> None:
    """Expect that a filter leaves exactly the items that fit it.

    Args:
        target: the server.
        listing: what lists the items.
        all_: the items without the filter.
        parameter: the query parameter that filters.
        value: the value of the parameter.
        name: the member that it compares; by default it is named as the parameter.
        exact: whether all items that fit have to be there.
        query: other parameters.
    """
    name = name or parameter
    verdict = target.send(target.call(listing.id, query={**listing.query, **query, parameter: value}))
    items = listing.items(verdict)
    if items is None:
        return
    wrong = [item for item in objects(items) if item.get(name) != value]
    message = f"{len(wrong)} of {len(items)} items do not fit the filter {name}={value}"
    target.session.expect(not wrong, verdict, "filter-ignored", message)
    if exact and not wrong:
        missing = listing.keys(item for item in all_ if member(item, name) == value) - listing.keys(items)
        message = f"{len(missing)} items that fit {name}={value} are missing"
        warning = Severity.WARNING
        target.session.expect(not missing, verdict, "filter-loses", message, severity=warning)


def with_own_skus(body: dict[str, Json], number: int) -> Json:
    """Return a product whose skus no other one has: a marketplace may reject one that comes again."""
    variants = [
        {**variant, "sku": f"{variant['sku']}-{number}"} if isinstance(variant.get("sku"), str) else variant
        for variant in objects(body.get("variants"))
    ]
    return {**body, "variants": variants}


def fails_later(operation: str, value: Json) -> bool:
    """Return whether a product is accepted first and rejected in the review."""
    if not isinstance(value, dict):
        return False
    findings = contract.operation(operation).check(value).findings
    return bool(findings) and all(finding.phase is Phase.ASYNC for finding in findings)


def same_violations(
    marketplace: str, id: str, body: Json, before: Facts, *, exact: bool = False
) -> Callable[[Json, Facts], bool]:
    """Return a predicate: a body and facts violate the same rules as `body` under `before`.

    Unless it is `exact`, other rules may warn: a server tells facts that an example leaves open.
    """
    ready = contract.contract(marketplace).operation(id)
    report = ready.check(body, before)
    errors, all_ = _rules(report.errors), _rules(report.findings)

    def same(tried: Json, facts: Facts) -> bool:
        found = ready.check(tried, facts)
        rules = _rules(found.findings)
        return _rules(found.errors) == errors and (rules == all_ if exact else rules >= all_)

    return same


def _rules(findings: Iterable[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def first_three(pairs: Iterable[tuple[Mapping[str, Json], Json]], body: Json) -> Retargeted:
    """Return the first three pairs of path parameters and body, else the body alone."""
    return list(islice(pairs, 3)) or [({}, body)]


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
