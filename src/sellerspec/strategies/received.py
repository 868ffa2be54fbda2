"""Vary what a marketplace sends, over the whole range that its contract allows.

Each step is one choice of a place and of a change there, so that a draw shrinks to the change that
matters. A step after which the contract has an error is not taken.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import islice

import orjson

from sellerspec import contract
from sellerspec.contract.call import named
from sellerspec.contract.examples import valid_payloads
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.requirements.minimal import shrunk
from sellerspec.contract.requirements.received import Call, calls
from sellerspec.errors import UsageError
from sellerspec.io.pointers import get, has, item_path, paths, size
from sellerspec.model import Json, Path
from sellerspec.strategies import shapes
from sellerspec.strategies.candidates import ABSENT, NULL, Candidate, additions, candidates
from sellerspec.strategies.vary import SEEDS, seed
from sellerspec.strategies.words import Choice, Seeded

STEPS = 10
"""The most single changes of one draw."""

MOST_AT_ONCE = 200
"""The most places of which many change at once."""

TRIES = 4
"""How many changes of one place a step tries."""

GROUPS: tuple[Candidate | None, ...] = (None, ABSENT, NULL, None)
"""What a member becomes: absent, null, or (None) another of its candidates."""

Keeps = Callable[[Json], bool]


class Start:
    """A body that a marketplace may send, and what shows whether another one in its place may be sent."""

    def __init__(self, body: Json, keeps: Keeps) -> None:
        self.body = body
        self.keeps = keeps
        self.paths = tuple(islice(paths(body), MOST_AT_ONCE))
        """The places that may change at once."""
        self._allowed: dict[Path, list[Candidate]] = {}

    def allowed(self, path: Path, received: "Received") -> list[Candidate]:
        """Return the changes at a path which alone keep the contract."""
        if path not in self._allowed:
            changes = received.changes(self.body, path)
            self._allowed[path] = [
                change for change in changes if self.keeps(change.applied(self.body, path))
            ]
        return self._allowed[path]

    def changed(self, chosen: Sequence[tuple[Path, Candidate]]) -> Json:
        """Return the body with the changes, outer ones first, that keep the contract together."""
        at_once = self.body
        for path, change in chosen:
            at_once = change.applied(at_once, path) if has(at_once, path) else at_once
        if self.keeps(at_once):
            return at_once
        body = self.body
        for path, change in chosen:
            if has(body, path) and self.keeps(tried := change.applied(body, path)):
                body = tried
        return body


class Received:
    """What a marketplace may send in one response or notice."""

    def __init__(self, schema: Json, starts: Sequence[Start]) -> None:
        self.starts = starts
        """The smallest first."""
        self._schema = schema
        self._known = shapes.values_of(start.body for start in starts)
        self._schemas: dict[shapes.Place, list[Mapping[str, Json]]] = {}

    def places(self, body: Json) -> list[Path]:
        """Return the paths of all values, and of described members that an object does not have."""
        places: list[Path] = []
        for path in paths(body):
            places.append(path)
            value = get(body, path)
            if isinstance(value, dict):
                places += [(*path, name) for name in shapes.members(self._at(path)) if name not in value]
        return places

    def _at(self, path: Path) -> list[Mapping[str, Json]]:
        place = item_path(path)
        if place not in self._schemas:
            self._schemas[place] = shapes.at(self._schema, path)
        return self._schemas[place]

    def changes(self, body: Json, path: Path) -> list[Candidate]:
        """Return the changes of the value at a path, or of a member that is absent."""
        schemas = self._at(path)
        present = get(body, path)
        is_member = bool(path) and isinstance(path[-1], str)
        if present is not None:
            return [*candidates(present, path, schemas), *((ABSENT, NULL) if is_member else (NULL,))]
        known = self._known.get(item_path(path), ())
        return [*additions(path, schemas, known), ABSENT if has(body, path) and is_member else NULL]


@cache
def response(operation: str, status: int | None) -> Received:
    """Return what is known of the responses of an operation.

    Args:
        operation: `marketplace/operationId`.
        status: a documented status; None is the success.

    Raises:
        UnknownName: there is no such operation.
        UsageError: its responses of that status are no JSON, or nothing documents the status.
    """
    ready = contract.operation(operation)
    if ready.operation.webhook:
        raise UsageError(f"`{operation}` is called by the marketplace; `notices` draws what it sends")
    status = ready.success if status is None else status
    body = ready.spec.response(status)
    if body is None:
        known = ", ".join(sorted(ready.spec.bodies()))
        raise UsageError(f"no document gives `{operation}` the status {status}; known: {known}")
    if body.schema is None:
        raise UsageError(f"the response {status} of `{operation}` is no JSON")
    starts = [_start(ready, call) for call in calls(ready, status, body)]
    return _received(body.schema, starts, f"response {status} of `{operation}`")


@cache
def notice(webhook: str) -> Received:
    """Return what is known of the notices of a webhook."""
    ready = contract.operation(webhook).errors_only

    def keeps(body: Json) -> bool:
        return not ready.check(body).errors

    return _received(
        shapes.body_schema(webhook),
        [Start(body, keeps) for body in valid_payloads(webhook)],
        f"notice `{webhook}`",
    )


def _start(ready: OperationContract, call: Call) -> Start:
    """Return the body of a call as a start: another body keeps the contract if it has no error there."""
    called = named(ready.errors_only, contract.contract(ready.operation.marketplace).routes, call.exchange)

    def keeps(body: Json) -> bool:
        return not called.check(call.answered(body), requests="never").errors

    return Start(call.body, keeps)


def _received(schema: Json, starts: Sequence[Start], what: str) -> Received:
    """Return the starts that their contract allows, each body once, with a shrunk one first.

    Raises:
        UsageError: there are none.
    """
    by_text: dict[bytes, Start] = {}
    for start in starts:
        text = orjson.dumps(start.body)
        if text not in by_text and start.keeps(start.body):
            by_text[text] = start
    kept = sorted(by_text.values(), key=lambda start: size(start.body))
    if not kept:
        raise UsageError(f"no valid {what} is known")
    first = kept[0]
    return Received(schema, (Start(shrunk(first.body, first.keeps), first.keeps), *kept))


def varied(choice: Choice, received: Received, start: Start) -> Json:
    """Return a body some changes away from a start; if all choices are 0, the body of the start."""
    body = _changed_at_once(choice, received, start)
    for _ in range(choice.below(STEPS + 1)):
        body = _step(choice, body, received, start.keeps)
    return copy.deepcopy(body)


def _changed_at_once(choice: Choice, received: Received, start: Start) -> Json:
    """Return the body of a start with changes at many places.

    What would change is decided by a seed, because Hypothesis prefers small and repeated choices; a
    choice for each place decides whether it changes, so that a draw shrinks to the changes that matter.
    """
    number = seed(choice)
    if not number:
        return start.body
    chance = Seeded(number)
    one_in = 1 + chance.below(4)
    chosen: list[tuple[Path, Candidate]] = []
    for path in start.paths:
        group, own = chance.below(len(GROUPS)), Seeded(chance.below(SEEDS))
        if not chance.below(one_in) and choice.below(4):
            changes = start.allowed(path, received)
            if changes:
                chosen.append((path, changes[_first(own, GROUPS[group], changes)]))
    return start.changed(chosen)


def _first(choice: Choice, wanted: Candidate | None, changes: Sequence[Candidate]) -> int:
    """Return the index of a change that is wanted, else of one that is drawn."""
    if wanted is not None and wanted in changes:
        return changes.index(wanted)
    return choice.below(len(changes))


def _step(choice: Choice, body: Json, received: Received, keeps: Keeps) -> Json:
    """Return a body with the change at a place that is drawn, or one of the next that keeps the contract."""
    places = received.places(body)
    path = places[choice.below(len(places))]
    group = choice.below(len(GROUPS))
    changes = received.changes(body, path)
    at = _first(choice, GROUPS[group], changes)
    for change in (*changes[at:], *changes[:at])[:TRIES]:
        tried = change.applied(body, path)
        if keeps(tried):
            return tried
    return body
