"""Examples, altered at random: most alterations break something, some break nothing."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

import sellerspec
from support.examples import Example, examples, exchange

Path = tuple[str | int, ...]

JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 2.0, 10**20, 10**30, "", " ", "0", "12", "-3", "1.5", "a", "\n", "null",
    "https://x.example/1.jpg", "2019-06-27 10:47:34", "2019-02-30 10:47:34", "cross_border", "sent", "đ", "٣",
    [], [None], [1, 1], [[]], [{}], {}, {"a": 1}, {"value": None},
)  # fmt: skip
"""Values that stand where another was asked for."""


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of a value and of everything in it."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from places(member, (*path, key))


def at(value: Any, path: Path) -> Any:
    """Return what stands at a path."""
    for part in path:
        value = value[part]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of a value with something else at a path."""
    if not path:
        return new
    out = copy.deepcopy(value)
    at(out, path[:-1])[path[-1]] = new
    return out


def left_out(value: Any, path: Path) -> Any:
    """Return a copy of a value without the member or item at a path."""
    out = copy.deepcopy(value)
    del at(out, path[:-1])[path[-1]]
    return out


@st.composite
def altered(draw: st.DrawFn, value: Any) -> Any:
    """Draw a copy of a value in which one to three places are other than they were."""
    out = value
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(out))))
        old = at(out, path)
        kind = draw(st.sampled_from(["junk", "leave out", "twice", "shift", "from elsewhere", "add"]))
        if kind == "leave out" and path:
            out = left_out(out, path)
        elif kind == "twice" and isinstance(old, list) and old:
            out = put(out, path, [*old, copy.deepcopy(draw(st.sampled_from(old)))])
        elif kind == "add" and isinstance(old, dict):
            out = put(out, path, {**old, "x_new": draw(st.sampled_from(JUNK))})
        elif kind == "shift" and isinstance(old, int | float) and not isinstance(old, bool):
            out = put(out, path, draw(st.sampled_from([old - 1, old + 1, -old, str(old), old * 1000])))
        elif kind == "shift" and isinstance(old, str):
            out = put(out, path, draw(st.sampled_from([old + " ", old.upper(), old * 2, old[:-1], [old]])))
        elif kind == "from elsewhere":
            out = put(out, path, copy.deepcopy(at(out, draw(st.sampled_from(list(places(out)))))))
        else:
            out = put(out, path, draw(st.sampled_from(JUNK)))
    return out


@cache
def by_operation(exchanges: bool) -> dict[str, list[Example]]:
    """Return the examples of each operation: the bodies, or the whole calls."""
    out: dict[str, list[Example]] = {}
    for example in examples():
        if example.is_exchange is exchanges:
            out.setdefault(example.operation, []).append(example)
    return out


@cache
def value_of(example: Example) -> Any:
    """Return the decoded example, read once."""
    return example.value()


@st.composite
def payloads(draw: st.DrawFn) -> tuple[str, Any, sellerspec.Facts | None]:
    """Draw an operation, an altered example of its body, and the facts of that example."""
    example = draw(st.sampled_from(draw(st.sampled_from(list(by_operation(exchanges=False).values())))))
    return example.operation, draw(altered(value_of(example))), example.facts


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[str, sellerspec.Exchange, sellerspec.Facts | None]:
    """Draw an operation, an example of a call with altered bodies, and the facts of that example."""
    example = draw(st.sampled_from(draw(st.sampled_from(list(by_operation(exchanges=True).values())))))
    raw = dict(value_of(example))
    for name in ("request_body", "response_body"):
        if name in raw and not isinstance(raw[name], str):
            raw[name] = json.dumps(draw(altered(raw[name])))
    headers = raw.get("request_headers", {})
    raw["request_headers"] = {key: value for key, value in headers.items() if draw(st.integers(0, 3))}
    return example.operation, exchange(raw), example.facts
