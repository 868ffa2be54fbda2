"""What a mutation does to a sandbox: its hooks into the calls, or the notices, of an operation."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import orjson

from sellerspec import contract, sandbox
from sellerspec.contract.route import Match
from sellerspec.model import Exchange, Json
from sellerspec.mutate.changes.bodies import RecordedBody, recorded_body
from sellerspec.mutate.changes.edits import EDITS, edited
from sellerspec.mutate.changes.happenings import HAPPENINGS
from sellerspec.mutate.mutation import Family, Mutation
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Change, Notice
from sellerspec.sandbox.messages import JSON, Reply

HEADERS = {"content-type": JSON}
"""Headers of a notice."""

Changed = Callable[[RecordedBody, Mutation], Json]
"""Returns the body of an exchange as a mutation makes it; the very same object if it does not apply."""


def change(mutation: Mutation) -> Change:
    """Return the change of a sandbox that a mutation is; its id is that of the mutation.

    A hook that does not change a response returns the very same response.
    """
    return MAKERS[mutation.family](mutation)


def _allowed(one: RecordedBody, mutation: Mutation) -> Json:
    """Return the changed body if the contract allows it."""
    allowed = one.allowed(mutation)
    return one.body if allowed is None else allowed.body


def _broken(one: RecordedBody, mutation: Mutation) -> Json:
    return edited(one.body, mutation)


def _of_response(mutation: Mutation) -> Change:
    return _changing(mutation, _allowed)


def _of_defect(mutation: Mutation) -> Change:
    if mutation.kind in EDITS:
        return _changing(mutation, _broken)
    seeded = sandbox.defects(mutation.marketplace)[mutation.kind]
    return replace(seeded, id=mutation.id, on=(mutation.operation,))


def _changing(mutation: Mutation, changed: Changed) -> Change:
    """Return the change of the body of each response, or of each notice."""

    def after(call: Call, response: Reply) -> Reply:
        match = Match(mutation.marketplace, call.id, call.raw_path, call.request.query, method_fits=True)
        one = recorded_body(call.operation, call.request.exchange_with(response), match, call.facts)
        new = None if one is None else changed(one, mutation)
        return response if one is None or new is one.body else response.with_json(new)

    def notices(notice: Notice) -> list[Notice]:
        ready = contract.operation(mutation.key)
        sent = Exchange("POST", notice.url, request_headers=HEADERS, request_body=orjson.dumps(notice.body))
        one = recorded_body(ready, sent)
        new = None if one is None else changed(one, mutation)
        return [notice if one is None or new is one.body else replace(notice, body=new)]

    on = (mutation.operation,)
    if contract.operation(mutation.key).operation.webhook:
        return Change(mutation.id, on, notices=notices)
    return Change(mutation.id, on, after=after)


def _of_behaviour(mutation: Mutation) -> Change:
    return HAPPENINGS[mutation.kind](mutation)


MAKERS: Mapping[Family, Callable[[Mutation], Change]] = {
    "response": _of_response,
    "behaviour": _of_behaviour,
    "defect": _of_defect,
}
"""Family -> what makes the change of one of its mutations."""
