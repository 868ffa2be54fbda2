"""How large a value is when parts that it holds several times are written out: bounded without writing."""

from typing import NamedTuple

from sellerspec.errors import ParseError
from sellerspec.io.strict import MAX_DEPTH
from sellerspec.model import Json

MAX_VALUES = 2_000_000
"""Most values of a text or a spec whose repeated parts are written out."""


class Extent(NamedTuple):
    """The size of a value."""

    values: int
    depth: int


def bounded(
    value: Json,
    what: str,
    contained: str,
    *,
    most: int = MAX_VALUES,
    depth: int = MAX_DEPTH,
    known: dict[int, Extent] | None = None,
) -> None:
    """Refuse a value that is too large or too deep, or that contains itself; linear in its distinct parts.

    Args:
        value: any JSON value; parts may be the same object.
        what: of the repeated parts, for the message: `its aliases expanded`.
        contained: the message about a value that contains itself.
        most: most values.
        depth: most levels.
        known: extents of the parts that were measured before, by their ids; grows.

    Raises:
        ParseError: it is; carries no place.
    """
    known = {} if known is None else known
    stack: list[tuple[Json, bool]] = [(value, False)]
    opened: set[int] = set()
    while stack:
        holder, counted = stack.pop()
        if not isinstance(holder, dict | list) or id(holder) in known:
            continue
        children = list(holder.values()) if isinstance(holder, dict) else holder
        if counted:
            opened.discard(id(holder))
            known[id(holder)] = _extent(children, known)
            _refuse(known[id(holder)], what, most, depth)
            continue
        opened.add(id(holder))
        stack.append((holder, True))
        for child in children:
            if id(child) in opened:
                raise ParseError(contained)
            stack.append((child, False))


_SCALAR = Extent(1, 0)


def _extent(children: list[Json], known: dict[int, Extent]) -> Extent:
    extents = [known.get(id(child), _SCALAR) for child in children]
    return Extent(1 + sum(one.values for one in extents), 1 + max((one.depth for one in extents), default=0))


def _refuse(own: Extent, what: str, most: int, depth: int) -> None:
    if own.values > most:
        raise ParseError(f"with {what} it has more than {most:,} values")
    if own.depth > depth:
        raise ParseError(f"with {what} it is nested deeper than {depth} levels")
