"""What the kinds of the family `behaviour` do to a sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sellerspec import contract
from sellerspec.model import Json
from sellerspec.mutate.changes.pages import CONTROL, MOST, ONE_PAGE_MORE, PAGES, add, items, page, tried
from sellerspec.mutate.mutation import Mutation
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Change, Notice
from sellerspec.sandbox.faults import Fault
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.state import Store, Tables
from sellerspec.sandbox.tiki import products
from sellerspec.sandbox.tiki_v2 import requests

SLOW = 0.1
"""Real seconds by which `slow` delays a response: well below usual timeouts, and many of them stay short."""

LATE = 0.3
"""Seconds by which a notice comes later."""

SOON = 3.0
"""Twice the seconds for which the first of several notices waits for the others."""


@dataclass(frozen=True, slots=True)
class Requests:
    """The product requests of a marketplace."""

    kind: str
    """Kind of the documents."""

    code: str
    """The member that names a request, in its document and in paths."""

    processed: tuple[str, ...]
    """The states of a request that was processed and not rejected."""

    problem: Callable[[str], Json]
    """Returns the member `problem` of the document for a text."""


REQUESTS: Mapping[str, Requests] = {
    "tiki": Requests("products", "trace_id", products.STATES[2:], lambda text: text),
    "tiki-v2": Requests("requests", "track_id", requests.CREATING[2:], lambda text: {"text": text}),
}
"""By marketplace."""

PAGE = b"<html><head><title>503 Service Unavailable</title></head><body>Service Unavailable</body></html>"


@dataclass
class Count:
    """Counts calls since the last reset."""

    calls: int = 0

    def next(self) -> int:
        """Return the number of the present call, from 1 on."""
        self.calls += 1
        return self.calls

    def anew(self) -> None:
        """Begin again."""
        self.calls = 0


Answer = Callable[[Call], Reply]


def answered(answer: Answer, *, first: int = 1, last: int | None = None) -> Callable[[Mutation], Change]:
    """Return what makes the change that some calls get another response, and are not handled.

    Args:
        answer: returns the response.
        first: number of the first such call since a reset.
        last: of the last one; None is without end.
    """

    def make(mutation: Mutation) -> Change:
        count = Count()

        def instead(call: Call) -> Reply | None:
            number = count.next()
            return answer(call) if number >= first and (last is None or number <= last) else None

        return _change(mutation, instead=instead, anew=count.anew)

    return make


def _change(mutation: Mutation, **hooks: Json) -> Change:
    return Change(mutation.id, (mutation.operation,), keeps_contract=True, **hooks)


def _limited(call: Call) -> Reply:
    return call.world.planned(Fault(status=429))


def _limited_bare(call: Call) -> Reply:
    return replace(_limited(call), headers={})


def _failed(call: Call) -> Reply:
    return call.world.planned(Fault(status=500))


def _unavailable(_: Call) -> Reply:
    return Reply(503, PAGE, "text/html")


def _held(_: Call) -> Reply:
    return Reply(0, ends="held")


def _refused(call: Call) -> Reply:
    return call.world.unknown_token(call.operation)


def held_after_change(mutation: Mutation) -> Change:
    """Make the change that the first call that changes the state gets no response."""
    count = Count()

    def after(call: Call, response: Reply) -> Reply:
        changes = response.status < 300 and call.state.changes()
        return _held(call) if changes and count.next() == 1 else response

    return _change(mutation, after=after, anew=count.anew)


def cut(mutation: Mutation) -> Change:
    """Make the change that the body of the first response ends in the middle."""
    count = Count()

    def after(_: Call, response: Reply) -> Reply:
        cuts = len(response.content) > 1 and count.next() == 1
        return replace(response, ends="cut") if cuts else response

    return _change(mutation, after=after, anew=count.anew)


def slow(mutation: Mutation) -> Change:
    """Make the change that each response comes a little later."""
    return _change(mutation, after=lambda _, response: replace(response, delay=response.delay + SLOW))


def stale(mutation: Mutation) -> Change:
    """Make the change that the first read after a write shows the state before it."""
    operations = contract.contract(mutation.marketplace).operations()
    writes = tuple(ready.operation.id for ready in operations if ready.operation.method != "GET")
    before_write: list[Tables] = []
    """The state before the last write; empty before the first one."""

    count = Count()

    def after(call: Call, response: Reply) -> Reply:
        if call.id in writes and response.status < 300 and call.state.changes():
            before_write[:] = [call.state.earlier()]
        return response

    def before(call: Call) -> Reply | None:
        if call.id in writes or not before_write or count.calls:
            return None
        now, then = tried(call), _at(before_write[0], call)
        if then is None or now is None or then.content == now.content:
            return None
        count.next()
        return then

    def anew() -> None:
        count.anew()
        before_write.clear()

    change = _change(mutation, before=before, after=after, anew=anew)
    return replace(change, on=(mutation.operation, *writes))


def _at(tables: Tables, call: Call) -> Reply | None:
    """Return the handler's response to a read of another state; None for a refusal."""
    now, call.state = call.state, Store()
    try:
        call.state.restore(tables)
        return tried(call)
    finally:
        call.state = now


def canceled(mutation: Mutation) -> Change:
    """Make the change that an order is canceled just before a call about it, if it is still open."""
    member, open_states, state = STATES[mutation.marketplace]

    def before(call: Call) -> Reply | None:
        documents = (call.own("orders", code) for code in _orders_of(call))
        document = next((one for one in documents if one and one["order"][member] in open_states), None)
        if document is None:
            return None
        call.world.behaviour.moves["orders"](call.world, document, state)
        return _refused_by_rules(call)

    return _change(mutation, before=before)


def _refused_by_rules(call: Call) -> Reply | None:
    """Return the refusal of the rules that need facts, as things are now; None if they do not refuse."""
    facts = call.world.behaviour.facts.get(call.id)
    if facts is None:
        return None
    call.facts = facts(call)
    report = call.operation.check_exchange(call.exchange, call.raw_path, call.request.query, call.facts)
    refused = report.server_response()
    return None if refused.body is None else reply(refused.body, refused.status)


STATES: Mapping[str, tuple[str, tuple[Json, ...], str]] = {
    "tiki": ("status", ("queueing",), "canceled"),
    "tiki-v2": ("status", ("queueing",), "canceled"),
    "tnsl": ("main_state", ("new", "awaiting_confirmation", "processing"), "canceled"),
    "tokopedia": ("order_status", (220, 221, 400, 450), "15"),
}
"""Marketplace -> the member with the state of an order, the states that can be canceled, and the last one."""


def _orders_of(call: Call) -> list[Json]:
    """Return the code of the order that a call is about; of a list, those of a page."""
    pages = PAGES.get(call.operation.key)
    if pages is None:
        name = call.world.contract.marketplace.facts["order"].named
        return [call.path.get(name, call.member(name))]
    return [item[pages.code] for item in page(call, pages)]


def rejected(mutation: Mutation) -> Change:
    """Make the change that product requests are rejected after they were processed."""
    kept, rules = REQUESTS[mutation.marketplace], contract.contract(mutation.marketplace).rules()
    reason = next(rule.text for rule in rules if rule.id == f"{mutation.marketplace}.images-none")

    def before(call: Call) -> None:
        for request in call.all_own(kept.kind):
            named = request[kept.code] == call.path.get(kept.code, request[kept.code])
            if named and request["state"] in kept.processed:
                changed = {**request, "problem": kept.problem(str(reason))}
                call.world.behaviour.moves[kept.kind](call.world, changed, "rejected")

    return _change(mutation, before=before)


def shifted(mutation: Mutation) -> Change:
    """Make the change that a new item comes first in a list while it is read, once."""
    pages, first_pages, shifts = PAGES[mutation.key], Count(), Count()

    def before(call: Call) -> None:
        if pages.is_first(call):
            first_pages.next()
        elif first_pages.calls and not shifts.calls and (listed := page(call, pages)):
            shifts.next()
            add(call, pages, listed[0], 1)

    def anew() -> None:
        first_pages.anew()
        shifts.anew()

    return _change(mutation, before=before, anew=anew)


def short(mutation: Mutation) -> Change:
    """Make the change that a new item takes a place in a list, once, and is not shown."""
    pages, hidden = PAGES[mutation.key], set[Json]()

    def before(call: Call) -> None:
        listed = page(call, pages) if pages.is_first(call) and not hidden else []
        if listed and len(listed) >= pages.size(call):
            hidden.update(item[pages.code] for item in add(call, pages, listed[0], 1))

    def after(_: Call, response: Reply) -> Reply:
        if not hidden or response.status != 200:
            return response
        body = response.json()
        listed = items(body, pages)
        listed[:] = [item for item in listed if item[pages.code] not in hidden]
        return response.with_json(body)

    return _change(mutation, before=before, after=after, anew=hidden.clear)


def more(mutation: Mutation) -> Change:
    """Make the change that new items come first in a list, once: a page of them, or one as the control."""
    pages, count = PAGES[mutation.key], Count()

    def before(call: Call) -> None:
        size = pages.size(call)
        listed = page(call, pages) if pages.is_first(call) and not count.calls and size <= MOST else []
        if listed and (mutation.kind == ONE_PAGE_MORE or len(listed) < size):
            count.next()
            add(call, pages, listed[0], size if mutation.kind == ONE_PAGE_MORE else 1)

    return _change(mutation, before=before, anew=count.anew)


def late(mutation: Mutation) -> Change:
    """Make the change that each notice comes a little later."""
    return _change(mutation, notices=lambda notice: [replace(notice, due=notice.due + LATE)])


def twice(mutation: Mutation) -> Change:
    """Make the change that each notice comes twice."""
    return _change(mutation, notices=lambda notice: [notice, notice])


def out_of_order(mutation: Mutation) -> Change:
    """Make the change that notices in quick succession come in reverse: each waits less than the last."""
    count = Count()

    def notices(notice: Notice) -> list[Notice]:
        return [replace(notice, due=notice.due + SOON / 2 ** count.next())]

    return _change(mutation, notices=notices, anew=count.anew)


HAPPENINGS: Mapping[str, Callable[[Mutation], Change]] = {
    "rate-limited": answered(_limited, last=1),
    "rate-limited-bare": answered(_limited_bare, last=1),
    "server-error-once": answered(_failed, last=1),
    "server-error": answered(_failed),
    "unavailable-html": answered(_unavailable),
    "no-answer": answered(_held, last=1),
    "no-answer-after-change": held_after_change,
    "reset-in-body": cut,
    "slow": slow,
    "stale-read": stale,
    "token-expired": answered(_refused),
    "token-expires": answered(_refused, first=2),
    "buyer-cancels": canceled,
    "rejected-later": rejected,
    "page-shifts": shifted,
    "short-page": short,
    ONE_PAGE_MORE: more,
    CONTROL: more,
    "notice-late": late,
    "notice-twice": twice,
    "notices-out-of-order": out_of_order,
}
"""Kind -> what makes the change of a mutation."""
