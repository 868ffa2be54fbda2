"""Mutations of the family `behaviour`: what happens at a marketplace besides an ordinary response.

Which kinds an operation has follows from its method, its place in the state and its spec. What a kind
does to a sandbox is in `happenings.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange
from sellerspec.mutate.changes.pages import CONTROL, ONE_PAGE_MORE, PAGES
from sellerspec.mutate.mutation import Mutation, Outcome

DELAYS = frozenset(("notice-late", "notices-out-of-order"))
"""Kinds that change when notices come."""

HTTP = "HTTP servers and networks do it; no document of the marketplace excludes it"
LISTS = "a list is read page by page, and no document says that it stands still meanwhile"
NOTICES = "no document describes timeouts, retries or the order of notices, and HTTP callbacks do it"

V2_CANCELED = "the site's order API v2 lists `canceled` as a status of an order"

CANCELED: Mapping[str, tuple[Outcome, str]] = {
    "tiki/getOrder": ("other", "tis-2019 VI.3.7 lists `canceled` as a status of an order"),
    "tiki/confirmItems": ("failure", "tis-2019 VI.3.7 lists `canceled` as a status of an order"),
    "tiki-v2/getOrder": ("other", V2_CANCELED),
    "tiki-v2/confirmAvailable": ("failure", V2_CANCELED),
    "tiki-v2/confirmDropship": ("failure", V2_CANCELED),
    "tnsl/getOrder": ("other", "tnsl-webhook: `canceled` is a state of an order"),
    "tnsl/updateOrderReceivable": ("failure", "tnsl-webhook: `canceled` is a state of an order"),
    "tokopedia/listOrders": ("other", "the documented status 15: instant cancel by the buyer"),
}
"""Key of an operation -> what a caller gets if the order was canceled before the call, and how we know."""

STALE = frozenset(
    (
        *("tiki/getOrder", "tiki/listOrders", "tiki/listTracking"),
        *("tiki-v2/getOrder", "tiki-v2/listOrders", "tiki-v2/getProduct", "tiki-v2/listTracking"),
        *("tnsl/getOrder", "tnsl/listOrders", "tnsl/listImports"),
    )
)
"""Keys of the reads that show what a write changes."""

REJECTED: Mapping[str, str] = {
    **dict.fromkeys(
        ("tiki/getTracking", "tiki/listTracking"),
        "tis-2019 V.4.4.3 lists the state `rejected`; tiki-issues 115 shows the reason",
    ),
    **dict.fromkeys(
        ("tiki-v2/getTracking", "tiki-v2/listTracking"),
        "the site's page on the states of a request has `rejected`; open-issues 115 shows the reason",
    ),
}
"""Key of a read that shows what became of a product request -> how we know that it may be rejected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of behaviour."""

    name: str
    sentence: str
    """What happens; `{call}` is a call of the operation `{id}`, `{notice}` a notice of it."""

    because: Callable[[OperationContract], str]
    outcome: Callable[[OperationContract], Outcome]
    on: Callable[[OperationContract], bool]
    """Returns whether an operation has it."""


def _is_call(ready: OperationContract) -> bool:
    return not ready.operation.webhook


def _is_read(ready: OperationContract) -> bool:
    return ready.operation.method == "GET" or ready.key == "tnsl/getQuotes"


def _is_write(ready: OperationContract) -> bool:
    return _is_call(ready) and not _is_read(ready)


def _is_notice(ready: OperationContract) -> bool:
    return ready.operation.webhook


def _has_token(ready: OperationContract) -> bool:
    return _is_call(ready) and bool(ready.spec.security)


def _is_paged(ready: OperationContract) -> bool:
    return ready.key in PAGES


def _always(outcome: Outcome) -> Callable[[OperationContract], Outcome]:
    return lambda _: outcome


def _same_for_reads(ready: OperationContract) -> Outcome:
    """Return what one failed call means: a read is repeated, a write perhaps not."""
    return "same" if _is_read(ready) else "failure"


def _known(text: str) -> Callable[[OperationContract], str]:
    return lambda _: text


def _status(status: int) -> Callable[[OperationContract], str]:
    """Return how we know that an operation has a status."""

    def because(ready: OperationContract) -> str:
        if status in ready.spec.responses:
            return f"the spec has the status {status} for this operation ({ready.operation.source})"
        return HTTP

    return because


SAME, OTHER, FAILURE = _always("same"), _always("other"), _always("failure")

KINDS: tuple[Kind, ...] = (
    Kind(
        "rate-limited",
        "the first {call} gets 429 with the time to wait in a header; the next one is handled",
        _status(429), SAME, _is_call,
    ),
    Kind(
        "rate-limited-bare",
        "the first {call} gets 429 without a header that says how long to wait; the next one is handled",
        _status(429), SAME, _is_call,
    ),
    Kind(
        "server-error-once",
        "the first {call} gets 500 and is not handled; the next one is",
        _status(500), _same_for_reads, _is_call,
    ),
    Kind("server-error", "each {call} gets 500", _status(500), FAILURE, _is_call),
    Kind("unavailable-html", "each {call} gets 503 with a page of HTML", _known(HTTP), FAILURE, _is_call),
    Kind(
        "no-answer",
        "the first {call} is neither handled nor answered: the connection stays open",
        _known(HTTP), FAILURE, _is_call,
    ),
    Kind(
        "no-answer-after-change",
        "the first {call} that succeeds changes the state and is not answered: the connection stays open",
        _known(HTTP), FAILURE, _is_write,
    ),
    Kind(
        "reset-in-body",
        "the connection of the first {call} is reset after half of the body of its response",
        _known(HTTP), FAILURE, _is_call,
    ),
    Kind("slow", "each response to a {call} comes a little later", _known(HTTP), SAME, _is_call),
    Kind(
        "stale-read",
        "the first {call} after a write shows the state before that write",
        _known("no document says that a read shows the last write at once"),
        OTHER, lambda ready: ready.key in STALE,
    ),
    Kind("token-expired", "the token is refused at each {call}", _status(401), FAILURE, _has_token),
    Kind(
        "token-expires",
        "the token is refused from the second {call} on",
        _status(401), FAILURE, lambda ready: _is_paged(ready) and _has_token(ready),
    ),
    Kind(
        "buyer-cancels",
        "an order is canceled just before the {call} that is about it",
        lambda ready: CANCELED[ready.key][1],
        lambda ready: CANCELED[ready.key][0],
        lambda ready: ready.key in CANCELED,
    ),
    Kind(
        "rejected-later",
        "a product request that was processed is rejected: `product media is empty`",
        lambda ready: REJECTED[ready.key],
        OTHER, lambda ready: ready.key in REJECTED,
    ),
    Kind(
        "page-shifts",
        "a new order arrives between two pages: the last item of a page is the first one of the next, too",
        _known(LISTS), SAME, _is_paged,
    ),
    Kind(
        "short-page",
        "the first page holds one item less than a page may, although others follow",
        _known("a page holds at most so many items, and no document says that only the last one is shorter"),
        SAME, lambda ready: _is_paged(ready) and PAGES[ready.key].is_numbered,
    ),
    Kind(
        ONE_PAGE_MORE,
        "as many new items as a page holds stand before the others, so that these are on a later page",
        _known(LISTS), OTHER, _is_paged,
    ),
    Kind("notice-late", "each {notice} comes a little later", _known(NOTICES), SAME, _is_notice),
    Kind("notice-twice", "each {notice} comes twice", _known(NOTICES), SAME, _is_notice),
    Kind(
        "notices-out-of-order",
        "of several notices `{id}` in quick succession the last one comes first",
        _known(NOTICES), SAME, _is_notice,
    ),
)  # fmt: skip
"""Every kind, in the order of a plan."""


def behaviour_mutations(ready: OperationContract, exchanges: Sequence[Exchange] = ()) -> tuple[Mutation, ...]:
    """Return the behaviours that make sense for an operation.

    Args:
        ready: the operation.
        exchanges: its recorded calls or notices; where the order of notices matters, two are needed.
    """
    return tuple(
        _mutation(kind, ready)
        for kind in KINDS
        if kind.on(ready) and (kind.name != "notices-out-of-order" or len(exchanges) != 1)
    )


def _mutation(kind: Kind, ready: OperationContract) -> Mutation:
    id = ready.operation.id
    return Mutation(
        ready.operation.marketplace,
        id,
        "behaviour",
        kind.name,
        kind.sentence.format(id=id, call=f"call of `{id}`", notice=f"notice `{id}`"),
        kind.because(ready),
        kind.outcome(ready),
    )


def behaviour_control(mutation: Mutation) -> Mutation | None:
    """Return the mutation after which a test that pins what it looks at is red too; None if there is none."""
    if mutation.kind != ONE_PAGE_MORE:
        return None
    sentence = "one new item stands before the others, on the same page"
    return Mutation(
        mutation.marketplace, mutation.operation, "behaviour", CONTROL, sentence, mutation.because, "other"
    )
