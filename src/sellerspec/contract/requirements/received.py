"""What a client may receive: which members of a response may be null or absent, and how we know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.contract.call import Called, named
from sellerspec.contract.examples import examples
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.requirements.members import members
from sellerspec.contract.requirements.minimal import dotted
from sellerspec.contract.requirements.sample import sample
from sellerspec.io.pointers import drop, get, has, paths, put, split
from sellerspec.io.strict import decode
from sellerspec.model import Basis, Exchange, Finding, Json, Path, Source
from sellerspec.openapi.spec import Body


class Known(NamedTuple):
    """Whether a member may be null, or absent, and how we know."""

    allowed: bool
    how: str
    """What says so, in words."""

    basis: Basis
    source: Source
    rule: str = ""
    """Id of the rule that warns about it, or refuses it."""


@dataclass(frozen=True, slots=True)
class ReceivedMember:
    """One member of a response."""

    path: str
    """`items[].price`."""

    types: tuple[str, ...]
    null: Known | None
    """Whether it may be null; None if no known response has the member."""

    absent: Known | None
    """Whether it may be absent; None if no known response has the member."""


class Call(NamedTuple):
    """A call of an operation, and a body that may be its response."""

    exchange: Exchange
    """Without response headers that are about the recorded body alone."""

    body: Json

    def answered(self, body: Json) -> Exchange:
        """Return the call with another body as its response."""
        return replace(self.exchange, response_body=orjson.dumps(body))


def calls(ready: OperationContract, status: int, body: Body) -> list[Call]:
    """Return calls of an operation with bodies that may be their responses of one status; a check decides.

    They are the example exchanges, and those of all documented responses, because refusals share their
    envelopes; the last body is a sample of the schema.
    """
    operation = ready.operation
    exchanges = (example.exchange for example in examples(ready.key) if example.is_exchange)
    known = [_without_length(exchange) for exchange in exchanges if exchange.status == status]
    found = [
        Call(exchange, decode(exchange.response_body))
        for exchange in known
        if exchange.response_body[:1] in (b"{", b"[")
    ]
    server = contract.contract(operation.marketplace).spec.servers[0]
    known.append(Exchange(operation.method, server + operation.path, status))
    documented = [value for other in ready.spec.bodies().values() for value in other.examples().values()]
    values = (*documented, sample(body.schema))
    return [*found, *(Call(exchange, value) for value in values for exchange in known)]


def _without_length(exchange: Exchange) -> Exchange:
    headers = exchange.response_headers.items()
    kept = {name: value for name, value in headers if name.lower() == "content-type"}
    return replace(exchange, response_headers=kept)


class Place(NamedTuple):
    """Where a member is, or could be, in a response."""

    call: Call
    called: Called
    path: Path


TRIED = 8
"""The most places at which a member is tried."""


def received(ready: OperationContract) -> tuple[ReceivedMember, ...]:
    """Return the members of the success response of an operation; none if it is no JSON, or of a webhook."""
    body = ready.spec.response(ready.success)
    if ready.operation.webhook or body is None or body.schema is None:
        return ()
    owner = contract.contract(ready.operation.marketplace)
    usable = []
    for call in calls(ready, ready.success, body):
        called = named(ready, owner.routes, call.exchange)
        if not called.errors_only.check(call.answered(call.body), requests="never").errors:
            usable.append((call, called))
    known = tuple(members(body.schema))
    at, shown = _places(usable, [member.path for member in known]), _null_in_examples(body)
    return tuple(
        ReceivedMember(
            member.path,
            member.types,
            _known("null", at.get(member.path, ()), member.about, member.path in shown),
            _known("absent", at.get(member.path, ()), member.about, shown=False),
        )
        for member in known
    )


def _places(usable: Sequence[tuple[Call, Called]], members: Sequence[str]) -> dict[str, list[Place]]:
    """Return where the members are, or could be, in known responses; where they are first."""
    below: dict[str, list[str]] = {}
    for member in members:
        parent, _, name = member.rpartition(".")
        below.setdefault(parent, []).append(name)
    places: dict[str, list[Place]] = {}
    for call, called in usable:
        for path in paths(call.body):
            if isinstance(get(call.body, path), dict):
                for name in below.get(dotted(path), ()):
                    places.setdefault(dotted((*path, name)), []).append(Place(call, called, (*path, name)))
    return {
        member: sorted(known, key=lambda place: not has(place.call.body, place.path))[:TRIED]
        for member, known in places.items()
    }


def _null_in_examples(body: Body) -> set[str]:
    """Return the members that documented examples have as null."""
    documented = body.examples().values()
    return {dotted(path) for value in documented for path in paths(value) if get(value, path) is None}


def _known(state: str, places: Sequence[Place], about: str, shown: bool) -> Known | None:
    """Return whether a member may be null, or absent, in known responses.

    Args:
        state: `null` or `absent`.
        places: where it is tried.
        about: the description of the member.
        shown: whether a documented example has the member so.
    """
    refused: Known | None = None
    for call, called, path in places:
        body = put(call.body, path, None) if state == "null" else call.body
        if state == "absent" and has(body, path):
            body = drop(body, path)
        exchange = call.answered(body)
        errors = called.errors_only.check(exchange, requests="never").errors
        if errors:
            first = errors[0]
            refused = refused or Known(False, "refused", first.basis, first.source, first.rule)
            continue
        source = called.operation.operation.source
        if shown:
            return Known(True, "a documented example shows it", Basis.DOCUMENTED, source)
        said = f": {about.rstrip('.')}" if state in about else ""
        basis = Basis.ASSUMED if source.status is Basis.ASSUMED else Basis.INFERRED
        warnings = called.check(exchange, requests="never").warnings
        return _warned(warnings, path) or Known(True, f"the schema allows it{said}", basis, source)
    return refused


def _warned(warnings: Sequence[Finding], path: Path) -> Known | None:
    pointer = ("response", "body", *map(str, path))
    for warning in warnings:
        if split(warning.pointer) == pointer:
            return Known(True, "only a warning", warning.basis, warning.source, warning.rule)
    return None


def rows(received: Sequence[ReceivedMember]) -> Iterator[str]:
    """Yield one line for each member: its types, and whether it may be null or absent."""
    for member in received:
        form = " or ".join(member.types)
        yield f"  {member.path:<34} {form:<24} {_words(member)}".rstrip()


def _words(member: ReceivedMember) -> str:
    """Say whether a member may be null, and absent; at once where the same says so of both."""
    if member.null == member.absent:
        return _said("null or absent", member.null)
    return f"{_said('null', member.null)}; {_said('absent', member.absent)}"


def _said(state: str, known: Known | None) -> str:
    if known is None:
        return f"{state}: not known, no example has the object"
    rule = f"{known.rule}, " if known.rule else ""
    return (
        f"{'may be' if known.allowed else 'never'} {state} ({known.how}; {rule}{known.source}, {known.basis})"
    )


def as_json(received: Sequence[ReceivedMember]) -> list[Mapping[str, Json]]:
    """Return the members as JSON."""
    return [
        {
            "path": member.path,
            "types": list(member.types),
            "null": _json(member.null),
            "absent": _json(member.absent),
        }
        for member in received
    ]


def _json(known: Known | None) -> Json:
    if known is None:
        return None
    source = {"document": known.source.document, "section": known.source.section}
    return {**known._asdict(), "basis": known.basis.value, "source": source, "rule": known.rule or None}
