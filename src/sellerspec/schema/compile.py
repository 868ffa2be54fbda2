"""A schema made ready: one engine call says whether there is anything to report, a second what."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sellerspec.model import Json, Path
from sellerspec.schema import engine as engines
from sellerspec.schema.fast.gate import folded, gate, pushed
from sellerspec.schema.prepare import with_gates

if TYPE_CHECKING:
    from sellerspec.schema.keyword import Located


class Reader(NamedTuple):
    """A quick way to see that a JSON text has nothing to report."""

    read: Callable[[bytes | str], Json]
    """Returns the value, but for members that no type names; raises `ValueError` or `RecursionError`."""

    rest_fits: Callable[[Json], bool]
    """Says of a value that was read whole whether there surely is no violation in it."""


class Compiled:
    """A schema with its advice and the gates of rules, each part compiled when it is first asked for."""

    def __init__(
        self, schema: Json, *, formats: engines.Formats, gates: Mapping[str, Json] = {}, engine: str
    ) -> None:
        self._schema, self._formats, self._gates, self._engine = schema, formats, gates, engine
        self._quick = with_gates(schema, gates, formats, quick=True)
        self.nothing_to_say = self._compile(gate(self._quick)).is_valid
        """Says True only if there is no violation; False means that `violations` has to look."""

    @cached_property
    def schema(self) -> Json:
        """The schema as the engine gets it."""
        return with_gates(self._schema, self._gates, self._formats)

    @cached_property
    def violations(self) -> "Callable[[Json], list[Located]]":
        """Returns every violation of a value, each place and keyword once."""
        from sellerspec.schema.violations import by_engine, quickly  # no value that fits should wait for it

        if self._engine == engines.REFERENCE:
            return by_engine(self.schema, self._compile)
        return quickly(self.schema, self._quick, self._compile)

    def reader(self) -> Reader | None:
        """Return what reads a text and checks it in one step; None where types cannot say anything of it.

        To make one takes as long as to check some hundred texts.
        """
        if self._engine == engines.REFERENCE:
            return None
        try:
            from sellerspec.schema.fast.typed import parted, reader
        except ImportError:  # msgspec has no build for every Python
            return None
        type_, rest = parted(folded(self._quick))
        if type_ is Any:
            return None
        return Reader(reader(type_), self._compile(pushed(rest)).is_valid)

    def _compile(self, schema: Json) -> engines.Compiled:
        return engines.compiled(schema, self._formats, self._engine)


def without(value: Json, broken: Collection[Path]) -> Json:
    """Return a copy of a value without the broken places: members left out, items made null.

    Only what lies around those places is copied.
    """
    if not broken:
        return value
    if () in broken:
        return None
    out = value.copy()
    copied: set[int] = set()
    for *way, last in sorted(broken, key=len, reverse=True):
        around = out
        for part in way:
            inner = around[part]
            if id(inner) not in copied:
                inner = around[part] = inner.copy()
                copied.add(id(inner))
            around = inner
        if isinstance(around, dict):
            del around[last]
        else:
            around[last] = None
    return out
