"""Compare two sets of recorded exchanges."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sellerspec.cassettes.drift.records import Change, Drift, Level
from sellerspec.cassettes.drift.shape import Shape, renames, shape
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.open_types import body_of
from sellerspec.cassettes.operations import operation_of
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.parts import unread
from sellerspec.io.pointers import escaped
from sellerspec.model import Json
from sellerspec.scrubbing.places import listed, parts

ByStatus = Mapping[int | None, Sequence[Recorded]]
Words = dict[str, set[str]]
"""Pointer of a place, list items as `*` -> the enum values that the spec lists for it."""

BODY = "/response/body"


def compare(
    old: Sequence[Recorded],
    new: Sequence[Recorded],
    *,
    marketplace: str | None = None,
    overlays: Sequence[str] = (),
) -> Drift:
    """Return what changed from one recording to another.

    Exchanges are compared call by call: those of the same operation (or, if no spec has it, the
    same method and path) with the same status. All responses of a side are taken together, so that
    another number or order of items is no change. Only the structure counts.

    Args:
        old: the exchanges before.
        new: the exchanges after.
        marketplace: whose operations the calls are, where neither host nor folder determine it.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
    """
    operations: dict[str, OperationContract | None] = {}
    sides: list[dict[str, list[Recorded]]] = []
    for recording in (old, new):
        by_call: dict[str, list[Recorded]] = defaultdict(list)
        for recorded in recording:
            operation = operation_of(recorded, marketplace, tuple(overlays))
            name = operation.key if operation else f"{recorded.exchange.method} {_path(recorded)[0]}"
            operations[name] = operation
            by_call[name].append(recorded)
        sides.append(by_call)
    before, after = sides
    changes: list[Change] = []
    compared = 0
    for name, operation in operations.items():
        if name not in after:
            place = before[name][0].place
            changes.append(
                Change("call", Level.WARNING, name, "", "is not recorded any more", old_place=place)
            )
        elif name not in before:
            place = after[name][0].place
            changes.append(Change("call", Level.INFO, name, "", "was not recorded before", new_place=place))
        else:
            compared += min(len(before[name]), len(after[name]))
            changes.extend(_call(name, operation, _by_status(before[name]), _by_status(after[name])))
    return Drift(tuple(dict.fromkeys(changes)), compared)


def _path(recorded: Recorded) -> tuple[str, str]:
    """Return the path of a URL, and path and query."""
    full = "/" + recorded.exchange.url.partition("://")[2].partition("/")[2]
    return full.partition("?")[0], full


def _by_status(exchanges: Sequence[Recorded]) -> ByStatus:
    by_status: dict[int | None, list[Recorded]] = defaultdict(list)
    for recorded in exchanges:
        by_status[recorded.exchange.status].append(recorded)
    return by_status


def _call(name: str, operation: OperationContract | None, old: ByStatus, new: ByStatus) -> Iterator[Change]:
    for status, before in old.items():
        if status not in new:
            continue
        after = new[status]
        bodies: list[list[Json]] = []
        for side in (before, after):
            read = [(body_of(recorded.exchange, "response"), recorded) for recorded in side]
            bodies.append([body for body, _ in read if not unread(body)])
            yield from (_unreadable(name, unread(body), recorded) for body, recorded in read if unread(body))
        if not all(bodies):
            continue
        shapes = [shape(side_bodies) for side_bodies in bodies]
        comparison = _Comparison(name, (before[0].place, after[0].place), words_at(operation, status))
        yield from comparison.shapes(BODY, *shapes)
        if status is not None and status >= 400:
            yield from comparison.texts(*shapes)
    yield from _statuses(name, old, new)


def _unreadable(name: str, reason: str, recorded: Recorded) -> Change:
    message = f"the body at {recorded.place} cannot be read, so it is not compared: {reason}"
    return Change("unreadable", Level.ERROR, name, BODY, message, new_place=recorded.place)


def _statuses(name: str, old: ByStatus, new: ByStatus) -> Iterator[Change]:
    """Yield a change where the very same request gets another status."""
    responses = {_request(recorded): recorded for side in new.values() for recorded in side}
    seen: set[tuple[int | None, int | None]] = set()
    for status, before in old.items():
        if status in new:
            continue
        for recorded in before:
            now = responses.get(_request(recorded))
            if now is None and len(old) == 1:
                now = next(iter(new.values()))[0]  # the call had one status, and now has another one
            if now is not None and (status, now.exchange.status) not in seen:
                seen.add((status, now.exchange.status))
                message = f"{status} is {now.exchange.status} now"
                yield Change(
                    "status", Level.ERROR, name, "/response/status", message, "", recorded.place, now.place
                )


def _request(recorded: Recorded) -> tuple[str, str, bytes]:
    return recorded.exchange.method, _path(recorded)[1], recorded.exchange.request_body


class _Comparison:
    """Compares the responses of one call with one status."""

    def __init__(self, name: str, places: tuple[str, str], words: Words) -> None:
        self._name = name
        self._places = places
        self._words = words

    def _change(self, kind: str, level: Level, at: str, message: str, new_pointer: str = "") -> Change:
        return Change(kind, level, self._name, at, message, new_pointer, *self._places)

    def shapes(self, at: str, old: Shape, new: Shape) -> Iterator[Change]:
        """Yield the changes at a place and below it."""
        yield from self._types(at, old, new)
        if at in self._words:
            for value in sorted(new.values - old.values - self._words[at]):
                count = len(self._words[at])
                message = f"`{value[:40]}` is none of the {count} values that the spec knows"
                yield self._change("enum", Level.ERROR, at, message)
        if old.members and new.members:
            yield from self._members(at, old, new)
        if old.items is not None and new.items is not None:
            yield from self.shapes(f"{at}/*", old.items, new.items)

    def _members(self, at: str, old: Shape, new: Shape) -> Iterator[Change]:
        renamed = renames(old, new)
        for name in [name for name in old.members if name in renamed]:
            other = renamed[name]
            here, there = f"{at}/{escaped(name)}", f"{at}/{escaped(other)}"
            yield self._change("renamed", Level.WARNING, here, f"`{name}` is `{other}` now", there)
            yield from self.shapes(there, old.members[name], new.members[other])
        for name, member in old.members.items():
            here = f"{at}/{escaped(name)}"
            if name in new.members:
                yield from self.shapes(here, member, new.members[name])
            elif name not in renamed:
                yield self._change("removed", Level.WARNING, here, f"`{name}` is gone")
        for name in new.members:
            if name not in old.members and name not in renamed.values():
                yield self._change("added", Level.INFO, f"{at}/{escaped(name)}", f"`{name}` is new")

    def _types(self, at: str, old: Shape, new: Shape) -> Iterator[Change]:
        was, now = old.types - {"null"}, new.types - {"null"}
        if "null" in new.types and "null" not in old.types:
            yield self._change("null", Level.ERROR, at, f"null, where {_types(was)} stood")
        elif "null" in old.types and not was and now:
            yield self._change("added", Level.INFO, at, f"{_types(now)}, where only null stood")
        if was and now - was:
            yield self._change("type", Level.ERROR, at, f"{_types(now - was)}, not {_types(was)}")

    def texts(self, old: Shape, new: Shape) -> Iterator[Change]:
        """Yield where a refusal has other words: a client may have matched them."""
        now = dict(new.places(BODY))
        for at, before in old.places(BODY):
            if before.values and at in now and now[at].values and not before.values & now[at].values:
                message = f"other words: `{min(before.values)[:50]}` is `{min(now[at].values)[:50]}`"
                yield self._change("text", Level.ERROR, at, message)


def _types(types: set[str]) -> str:
    names = {"array": "a list", "object": "an object", "integer": "an integer", "string": "a string",
             "number": "a number", "boolean": "true or false"}  # fmt: skip
    return " or ".join(sorted(names[type_] for type_ in types))


def words_at(operation: OperationContract | None, status: int | None) -> Words:
    """Return the words that a spec lists for the members of a response."""
    body = operation.spec.responses.get(status) if operation and status is not None else None
    words: Words = {}
    if body is not None:
        collect_words(body.schema, BODY, words)
    return words


def collect_words(schema: Json, at: str, words: Words) -> None:
    """Add the words that a schema lists for the place `at`, and below it, to `words`."""
    for part in parts(schema):
        listed_words = set(listed(part))
        if listed_words:
            words.setdefault(at, set()).update(listed_words)
        for name, member in part.get("properties", {}).items():
            collect_words(member, f"{at}/{escaped(name)}", words)
        collect_words(part.get("items"), f"{at}/*", words)
