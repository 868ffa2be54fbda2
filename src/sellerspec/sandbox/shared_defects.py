"""Defects that any marketplace can have; each names its operations where it is listed."""

from collections.abc import Callable
from dataclasses import replace

import orjson

from sellerspec import contract
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Request, refusal
from sellerspec.sandbox.defect import Defect, Notice
from sellerspec.sandbox.messages import Reply, reply


def changing(id: str, says: str, change: Callable[[Json], None], *on: str) -> Defect:
    """Make the defect that changes the decoded body of each success."""

    def after(_: Request, response: Reply) -> Reply:
        if response.status != 200 or not response.content.startswith((b"{", b"[")):
            return response
        body = response.json()
        change(body)
        return replace(response, content=orjson.dumps(body))

    return Defect(id, on, says, after=after)


def orders_in(body: Json) -> list[Json]:
    """Return the orders in a response, wherever they stand, for a defect to change."""
    inner = body.get("data", body) if isinstance(body, dict) else body
    if isinstance(inner, dict):
        inner = inner.get("results", inner)
    return inner if isinstance(inner, list) else [inner]


def typed_as_text(id: str, member: str, *on: str) -> Defect:
    """Make the defect that a number is answered as text."""

    def change(body: Json) -> None:
        for each in orders_in(body):
            if each.get(member) is not None:
                each[member] = str(each[member])

    return changing(id, f"`{member}` is answered as text, not as a number", change, *on)


def dropped(id: str, member: str, *on: str) -> Defect:
    """Make the defect that a member is missing from the response."""

    def change(body: Json) -> None:
        for each in (body, *orders_in(body)):
            each.pop(member, None)

    return changing(id, f"`{member}` is missing from the answer", change, *on)


def status_for(id: str, says: str, wrong: int, right: int, *on: str) -> Defect:
    """Make the defect that a refusal of one status comes with another."""

    def after(_: Request, response: Reply) -> Reply:
        return replace(response, status=wrong) if response.status == right else response

    return Defect(id, on, says, after=after)


def refused(request: Request, status: int, says: str) -> Reply:
    """Return a refusal in the marketplace's envelope."""
    marketplace = contract.contract(request.operation.operation.marketplace).marketplace
    response = marketplace.refusal((refusal(status, says),))
    return reply(response.body, response.status)


def fails_on_empty(*on: str) -> Defect:
    """Make the defect that an empty body is answered with 500."""

    def after(request: Request, response: Reply) -> Reply:
        return response if request.call.body else refused(request, 500, "an empty body")

    return Defect("empty-body-500", on, "an empty body is answered with 500", after=after)


def served_as(id: str, kind: str, *on: str) -> Defect:
    """Make the defect that responses have a wrong content type."""

    def after(_: Request, response: Reply) -> Reply:
        return replace(response, kind=kind)

    return Defect(id, on, f"answers have the content type `{kind}`", after=after)


def cut(*on: str) -> Defect:
    """Make the defect that the response ends too early."""

    def after(_: Request, response: Reply) -> Reply:
        return replace(response, content=response.content[:-1]) if response.status == 200 else response

    return Defect(
        "answer-truncated", on, "the last byte of the answer is missing, so it is no JSON", after=after
    )


def plain_refusals(*on: str) -> Defect:
    """Make the defect that refusals come without the envelope."""

    def after(_: Request, response: Reply) -> Reply:
        return response if response.status < 400 else reply({"detail": "refused"}, response.status)

    return Defect(
        "refusal-envelope-other", on, "a refusal has another envelope than the documented one", after=after
    )


def sent_twice(operation: str) -> Defect:
    """Make the defect that each notice is sent twice."""

    def notices(notice: Notice) -> list[Notice]:
        return [notice, notice]

    return Defect("notice-twice", (operation,), "each notice is sent twice", notices=notices)


def never_sent(operation: str) -> Defect:
    """Make the defect that no notice is sent."""

    def notices(_: Notice) -> list[Notice]:
        return []

    return Defect("notice-lost", (operation,), "no notice is sent", notices=notices)


def stale(id: str, kind: str, key: str, shown: Callable[[Json], Reply], *on: str) -> Defect:
    """Make the defect that a read gives what was there before the last change."""

    def before(request: Request) -> Reply | None:
        name = str(request.path.get(key))
        older, present = request.state.previous(kind, name), request.state.get(kind, name)
        if older is None or present is None or present["seller"] != request.seller:
            return None
        return shown(older)

    return Defect(id, on, "a read gives what was there before the last change", before=before)
