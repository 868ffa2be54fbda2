"""Defects that several marketplaces share."""

from collections.abc import Callable
from dataclasses import replace

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Call, refusal
from sellerspec.sandbox.defect import Defect, on_success
from sellerspec.sandbox.messages import Reply, reply


def entries(body: Json) -> list[Json]:
    """Return the orders or other things in a response, wherever they are, for a defect to change."""
    inner = body.get("data", body) if isinstance(body, dict) else body
    if isinstance(inner, dict):
        inner = inner.get("results", inner)
    return inner if isinstance(inner, list) else [inner]


def typed_as_text(id: str, member: str, *on: str, rules: tuple[str, ...] = ()) -> Defect:
    """Make the defect that a number is sent as text."""

    def change(_: Call, body: Json) -> Json:
        for entry in entries(body):
            if entry.get(member) is not None:
                entry[member] = str(entry[member])
        return body

    return Defect(id, on, f"`{member}` is sent as text, not as a number", rules, after=on_success(change))


def dropped(id: str, member: str, *on: str, rules: tuple[str, ...] = ()) -> Defect:
    """Make the defect that a member is missing from the response."""

    def change(_: Call, body: Json) -> Json:
        for holder in (body, *entries(body)):
            if isinstance(holder, dict):
                holder.pop(member, None)
        return body

    return Defect(id, on, f"`{member}` is missing from the response", rules, after=on_success(change))


def page_repeated(id: str, *on: str, rules: tuple[str, ...]) -> Defect:
    """Make the defect that the second page of a list is the first again."""

    def before(call: Call) -> None:
        if call.query.get("page") == 2:
            call.query["page"] = 1

    return Defect(id, on, "the second page repeats the first", rules, before=before)


def page_too_long(id: str, *on: str, rules: tuple[str, ...]) -> Defect:
    """Make the defect that a page holds more entries than it may."""

    def before(call: Call) -> None:
        if isinstance(call.query.get("limit"), int):
            call.query["limit"] += 1

    return Defect(id, on, "a page holds one entry more than `limit`", rules, before=before)


def not_read(
    id: str, description: str, *on: str, names: tuple[str, ...], rules: tuple[str, ...] = ()
) -> Defect:
    """Make the defect that query parameters are ignored; `names` are their names."""

    def before(call: Call) -> None:
        for name in names:
            call.query.pop(name, None)

    return Defect(id, on, description, rules, before=before)


def unknown_accepted(id: str, *on: str) -> Defect:
    """Make the defect that a thing which does not exist is answered with 200."""

    def after(_: Call, response: Reply) -> Reply:
        return replace(response, status=200) if response.status == 404 else response

    return Defect(id, on, "what does not exist is answered with 200", after=after)


def foreign_listed(description: str) -> Defect:
    """Make the defect that a list of orders begins with an order of another seller."""

    def change(call: Call, body: Json) -> Json:
        orders = call.state.all("orders").values()
        others = [document["order"] for document in orders if document["seller"] != call.seller]
        return {**body, "data": [*others[:1], *body["data"]]}

    return Defect("foreign-orders-listed", ("listOrders",), description, after=on_success(change))


def foreign_shown(shown: Callable[[Json], Reply], *, key: str = "order_code") -> Defect:
    """Make the defect that an order of another seller is shown; `key` is the parameter that names it."""

    def before(call: Call) -> Reply | None:
        document = call.state.get("orders", str(call.path[key]))
        return shown(document) if document is not None and document["seller"] != call.seller else None

    description = "an order of another seller is shown"
    return Defect("foreign-order-shown", ("getOrder",), description, before=before)


def stale(shown: Callable[[Json], Reply], *, key: str = "order_code") -> Defect:
    """Make the defect that a read returns an order as it was before its last change."""

    def before(call: Call) -> Reply | None:
        older = call.state.previous("orders", str(call.path[key]))
        return shown(older) if older is not None and call.own("orders", call.path[key]) else None

    description = "a read returns the order as it was before its last change"
    return Defect("stale-order", ("getOrder",), description, before=before)


unknown_order_accepted = unknown_accepted("unknown-order-200", "getOrder")


def refused(call: Call, status: int, message: str) -> Reply:
    """Return a refusal in the envelope of the marketplace."""
    response = call.world.contract.marketplace.refusal((refusal(status, message),))
    return reply(response.body, response.status)


def fails_on_empty(*on: str) -> Defect:
    """Make the defect that an empty body is answered with 500."""

    def after(call: Call, response: Reply) -> Reply:
        if call.request.body:
            return response
        return refused(call, 500, "an empty body")

    return Defect("empty-body-500", on, "an empty body is answered with 500", after=after)


def served_as(id: str, content_type: str, *on: str) -> Defect:
    """Make the defect that responses have a wrong content type."""

    def after(_: Call, response: Reply) -> Reply:
        return replace(response, content_type=content_type)

    return Defect(id, on, f"responses have the content type `{content_type}`", after=after)


def truncated(*on: str) -> Defect:
    """Make the defect that the response ends too early."""

    def after(_: Call, response: Reply) -> Reply:
        return replace(response, content=response.content[:-1]) if response.status == 200 else response

    description = "the last byte of the response is missing, so it is not JSON"
    return Defect("response-truncated", on, description, after=after)


def plain_refusals(*on: str) -> Defect:
    """Make the defect that refusals come without the envelope."""

    def after(_: Call, response: Reply) -> Reply:
        return response if response.status < 400 else reply({"detail": "refused"}, response.status)

    description = "a refusal has another envelope than the documented one"
    return Defect("refusal-envelope-other", on, description, after=after)


def sent_twice(*on: str) -> Defect:
    """Make the defect that each notice is sent twice."""
    return Defect("notice-twice", on, "each notice is sent twice", notices=lambda notice: [notice, notice])


def never_sent(*on: str) -> Defect:
    """Make the defect that no notice is sent."""
    return Defect("notice-lost", on, "no notice is sent", notices=lambda _: [])
