"""Compare two sets of recorded exchanges."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sellerspec.cassettes.drift.phrases import words_at
from sellerspec.cassettes.drift.records import Change, Drift, Level
from sellerspec.cassettes.drift.renames import renames
from sellerspec.cassettes.drift.shape import Shape, shape
from sellerspec.cassettes.format import Recorded
from sellerspec.cassettes.place import Find, finder
from sellerspec.contract.parts import UNREAD, body_value, lower
from sellerspec.io import pointers
from sellerspec.model import Json


def compare(
    old: Sequence[Recorded],
    new: Sequence[Recorded],
    *,
    marketplace: str | None = None,
    overlays: Sequence[str] = (),
) -> Drift:
    """Return what changed from one recording to another.

    Exchanges are compared call by call: those of the same operation (or, where no spec has it, the
    same method and path) with the same status, all responses of a side taken together, so that
    another number of items or another order is no change. Only the structure counts.

    Args:
        marketplace: whose operations the calls are, where neither host nor folder tells.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
    """
    find = finder(marketplace, overlays)
    before, after = _by_call(old, find), _by_call(new, find)
    found: list[Change] = []
    compared = 0
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            found.append(_gone(name, before[name]))
        elif name not in before:
            found.append(_come(name, after[name]))
        else:
            compared += min(len(before[name]), len(after[name]))
            found.extend(_call(name, before[name], after[name], find))
    return Drift(tuple(dict.fromkeys(found)), compared)


def _by_call(recorded: Sequence[Recorded], find: Find) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = defaultdict(list)
    for each in recorded:
        found[_name(each, find)].append(each)
    return found


def _name(recorded: Recorded, find: Find) -> str:
    found = find(recorded)
    if found is not None:
        return found.key
    exchange = recorded.exchange
    path = "/" + exchange.url.partition("://")[2].partition("/")[2].partition("?")[0]
    return f"{exchange.method} {path}"


def _gone(name: str, old: Sequence[Recorded]) -> Change:
    return Change("call", Level.WARNING, name, "", "is not recorded any more", old_place=old[0].place)


def _come(name: str, new: Sequence[Recorded]) -> Change:
    return Change("call", Level.INFO, name, "", "was not recorded before", new_place=new[0].place)


def _call(name: str, old: Sequence[Recorded], new: Sequence[Recorded], find: Find) -> Iterator[Change]:
    statuses = _by_status(old), _by_status(new)
    both = statuses[0].keys() & statuses[1].keys()
    for status, responses in statuses[0].items():
        if status in both:
            yield from _responses(name, status, responses, statuses[1][status], find)
    yield from _status(name, statuses[0], statuses[1])


def _by_status(recorded: Sequence[Recorded]) -> dict[int | None, list[Recorded]]:
    found: dict[int | None, list[Recorded]] = defaultdict(list)
    for each in recorded:
        found[each.exchange.status].append(each)
    return found


def _status(
    name: str, old: dict[int | None, list[Recorded]], new: dict[int | None, list[Recorded]]
) -> Iterator[Change]:
    """Yield a change of status where the very same request is answered with another one."""
    asked = {_request(response): response for responses in new.values() for response in responses}
    told: set[tuple[int | None, int | None]] = set()
    for status, responses in old.items():
        for response in responses:
            now = asked.get(_request(response))
            if now is None and len(responses) == sum(map(len, old.values())) and status not in new:
                now = next(iter(new.values()))[0]  # the call has one response, and it is another one
            if now is not None and now.exchange.status != status and status not in new:
                pair = (status, now.exchange.status)
                if pair not in told:
                    told.add(pair)
                    said = f"{status} is {now.exchange.status} now"
                    yield Change(
                        "status", Level.ERROR, name, "/response/status", said, "", response.place, now.place
                    )


def _request(recorded: Recorded) -> tuple[str, str, bytes]:
    exchange = recorded.exchange
    return exchange.method, "/" + exchange.url.partition("://")[2].partition("/")[2], exchange.request_body


def _body(recorded: Recorded) -> Json:
    exchange = recorded.exchange
    if not exchange.response_body:
        return None
    value = body_value(exchange.response_body, lower(exchange.response_headers).get("content-type", ""))
    return None if isinstance(value, dict) and UNREAD in value else value


def _responses(
    name: str, status: int | None, old: Sequence[Recorded], new: Sequence[Recorded], find: Find
) -> Iterator[Change]:
    places = old[0].place, new[0].place
    before, after = [_body(each) for each in old], [_body(each) for each in new]
    one, other = shape(before), shape(after)
    found = find(new[0])
    words = words_at(found, status) if found is not None and status is not None else {}
    yield from _shapes(name, "/response/body", one, other, places, words)
    if status is not None and status >= 400:
        yield from _texts(name, one, other, places)


def _shapes(
    name: str, at: str, old: Shape, new: Shape, places: tuple[str, str], words: dict[str, frozenset[str]]
) -> Iterator[Change]:
    yield from _types(name, at, old, new, places)
    known = words.get(at)
    if known is not None:
        for value in sorted(new.values - old.values - known):
            said = f"`{value[:40]}` is none of the {len(known)} values that the spec knows"
            yield Change("enum", Level.ERROR, name, at, said, "", *places)
    if old.members and new.members:
        changed = renames(old, new)
        for member in [each for each in old.order if each in changed]:
            other = changed[member]
            here, there = f"{at}/{pointers.escaped(member)}", f"{at}/{pointers.escaped(other)}"
            yield Change("renamed", Level.WARNING, name, here, f"`{member}` is `{other}` now", there, *places)
            yield from _shapes(name, there, old.members[member], new.members[other], places, words)
        for member in old.order:
            here = f"{at}/{pointers.escaped(member)}"
            if member in new.members:
                yield from _shapes(name, here, old.members[member], new.members[member], places, words)
            elif member not in changed:
                yield Change("removed", Level.WARNING, name, here, f"`{member}` is gone", "", *places)
        for member in new.order:
            if member not in old.members and member not in changed.values():
                here = f"{at}/{pointers.escaped(member)}"
                yield Change("added", Level.INFO, name, here, f"`{member}` is new", "", *places)
    if old.items is not None and new.items is not None:
        yield from _shapes(name, f"{at}/*", old.items, new.items, places, words)


def _types(name: str, at: str, old: Shape, new: Shape, places: tuple[str, str]) -> Iterator[Change]:
    was, now = old.types - {"null"}, new.types - {"null"}
    if "null" in new.types and "null" not in old.types:
        yield Change("null", Level.ERROR, name, at, f"null, where {_said(was)} stood", "", *places)
    elif "null" in old.types and was == set() and now:
        yield Change("added", Level.INFO, name, at, f"{_said(now)}, where only null stood", "", *places)
    grown = now - was
    if was and grown:
        yield Change("type", Level.ERROR, name, at, f"{_said(grown)}, not {_said(was)}", "", *places)


def _said(types: set[str]) -> str:
    names = {"array": "a list", "object": "an object", "integer": "an integer", "string": "a string",
             "number": "a number", "boolean": "true or false"}  # fmt: skip
    return " or ".join(sorted(names[type_] for type_ in types))


def _texts(name: str, old: Shape, new: Shape, places: tuple[str, str]) -> Iterator[Change]:
    """Yield where a refusal has other words: a client may have matched them."""
    now = dict(new.leaves("/response/body"))
    for at, each in old.leaves("/response/body"):
        if each.values and at in now and now[at].values and not each.values & now[at].values:
            said = f"other words: `{min(each.values)[:50]}` is `{min(now[at].values)[:50]}`"
            yield Change("text", Level.ERROR, name, at, said, "", *places)
