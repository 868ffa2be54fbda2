"""Mutations of the family `defect`: the contract is broken, and the suite should notice.

For each member of the recorded bodies a wrong type, another name, and a missing one where it is required;
then the seeded defects of the marketplace. A derived one is kept if the contract finds an error in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache

import orjson

from sellerspec import sandbox
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange, Json
from sellerspec.mutate.changes.bodies import RecordedBody
from sellerspec.mutate.changes.edits import edited, renamed, same
from sellerspec.mutate.mutation import Family, Mutation
from sellerspec.mutate.planning.behaviours import KINDS
from sellerspec.mutate.planning.responses import TRIED, Effect, by_status, effect_of, subject
from sellerspec.mutate.planning.sites import Site, sites
from sellerspec.sandbox.behaviour import FIRST_SELLER, Call
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.defect import Defect
from sellerspec.sandbox.messages import Request, reply
from sellerspec.sandbox.server import Sandbox

OTHER_TYPES: Mapping[str, tuple[str, ...]] = {
    "integer": ("string", "array"),
    "number": ("string", "array"),
    "string": ("integer", "array"),
    "boolean": ("string", "integer", "array"),
    "array": ("object", "string"),
    "object": ("array", "string"),
    "null": ("object", "array"),
}
"""JSON type -> the types that a broken server may send instead, the likely ones first."""

NAMES = {"string": "a text", "integer": "a number", "array": "a list", "object": "an object"}
"""JSON type -> its name in a sentence."""


def defect_mutations(ready: OperationContract, exchanges: Sequence[Exchange]) -> tuple[Mutation, ...]:
    """Return the defects of an operation's responses, or of a webhook's notices.

    Args:
        ready: the operation.
        exchanges: its recorded calls; those with an error, and responses that are no JSON, give none.
    """
    groups = by_status(ready, exchanges)
    bodies = [one for alike in groups for one in alike]
    derived: dict[str, Mutation] = {}
    for alike in groups:
        for mutation in (made for site in sites(alike) for made in _of_site(site)):
            derived.setdefault(mutation.id, mutation)
    known = {effect_of(mutation, bodies) for mutation in derived.values()}
    plain = dict(_plain(groups, bodies))
    seeded = []
    for defect in _seeded(ready):
        effect = _effect(defect, bodies)
        if effect not in known and not (effect in plain and _is_allowed(*plain[effect])):
            seeded.append(_of_seeded(ready, defect))
    return (*derived.values(), *seeded)


def _plain(
    groups: Sequence[Sequence[RecordedBody]], bodies: Sequence[RecordedBody]
) -> Iterator[tuple[Effect | None, tuple[Site, Mutation]]]:
    """Yield what a missing member, null, or a number as text makes of bodies."""
    for site in (site for alike in groups for site in sites(alike) if site.name and site.values):
        for kind in ("absent", "null", "number-as-text"):
            mutation = _mutation(site, "response", kind)
            effect = effect_of(mutation, bodies)
            if any(effect):
                yield effect, (site, mutation)


def _is_allowed(site: Site, mutation: Mutation) -> bool:
    """Return whether the contract allows a response as a mutation makes it: it is no defect then."""
    return any(one.allowed(mutation) is not None for one in site.recorded[:TRIED])


def _mutation(site: Site, family: Family, kind: str, predicate: str = "", value: Json = None) -> Mutation:
    operation = site.recorded[0].ready.operation
    sentence = f"{subject(site)} {predicate}"
    return Mutation(
        operation.marketplace, operation.id, family, kind, sentence, "", place=site.place, value=value
    )


def _of_site(site: Site) -> Iterator[Mutation]:
    if not site.values:
        return
    tried = dict.fromkeys(type_ for present in sorted(site.types) for type_ in OTHER_TYPES[present])
    for wanted in tried:
        mutation = _broken(site, "wrong-type", f"is {NAMES[wanted]}", wanted)
        if mutation is not None:
            yield mutation
            break
    if site.name and site.may_be_required:
        candidates = (
            _broken(site, "renamed", f"is named `{renamed(site.name)}`", None),
            _broken(site, "missing", "is missing, although it is required", None),
        )
        yield from (mutation for mutation in candidates if mutation is not None)


def _broken(site: Site, kind: str, predicate: str, value: Json) -> Mutation | None:
    """Return the mutation if the contract finds an error in a response that it changes."""
    mutation = _mutation(site, "defect", kind, predicate, value)
    for one in site.recorded[:TRIED]:
        body = edited(one.body, mutation)
        errors = () if body is one.body else one.check(body).errors
        if errors:
            # without the value that was seen, which may differ from run to run
            required = errors[0].message.partition(", got ")[0]
            return replace(mutation, because=f"{required} ({errors[0].source}, {errors[0].basis})")
    return None


def _seeded(ready: OperationContract) -> list[Defect]:
    operation = ready.operation
    if operation.marketplace not in sandbox.NAMES:
        return []
    known = {kind.name for kind in KINDS}  # a notice that comes twice breaks no contract
    defects = sandbox.defects(operation.marketplace).values()
    return [defect for defect in defects if operation.id in defect.on and defect.id not in known]


def _of_seeded(ready: OperationContract, defect: Defect) -> Mutation:
    rules = (ready.rule(id) for id in defect.rules)
    because = next((f"{rule.requirement} ({rule.source}, {rule.basis})" for rule in rules if rule), "")
    operation = ready.operation
    return Mutation(
        operation.marketplace, operation.id, "defect", defect.id, defect.description,
        because or "no rule of the contract says so: it is wrong by what the operation does",
    )  # fmt: skip


@cache
def _world(marketplace: str) -> Sandbox:
    """Return a sandbox of its own, for the hooks of defects that read its state."""
    return sandbox.app(marketplace).sandbox


def _effect(defect: Defect, bodies: Sequence[RecordedBody]) -> Effect | None:
    """Return what becomes of each body; None if that depends on more than the body."""
    try:
        changed = [_changed(defect, one) for one in bodies]
    except (LookupError, TypeError, AttributeError, ValueError, RuntimeError):
        # the hook needs what is not there: an order of the state, a transaction, a body that is JSON
        return None
    pairs = list(zip(bodies, changed, strict=True))
    return tuple(None if same(new, one.body) else orjson.dumps(new) for one, new in pairs)


def _changed(defect: Defect, one: RecordedBody) -> Json:
    """Return the body that a defect makes of a recorded one."""
    operation = one.ready.operation
    if defect.notices is not None:
        notices = defect.notices(Notice(operation.id, one.exchange.url, deepcopy(one.body)))
        return [notice.body for notice in notices] if len(notices) != 1 else notices[0].body
    if defect.after is None:
        return one.body
    path, _, query = one.exchange.url.partition("?")
    request = Request(
        one.exchange.method, path, query, one.exchange.request_headers, one.exchange.request_body
    )
    world = _world(operation.marketplace)
    call = Call(world, one.ready, request, one.match.path, FIRST_SELLER)
    response = defect.after(call, reply(one.body, one.exchange.status or 200))
    return orjson.loads(response.content)
