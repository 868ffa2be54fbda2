"""The quick path. Nothing outside imports more of it than this module.

It gets a JSON text or a decoded value, and answers True only if there surely is no violation;
otherwise the full check runs. It states no requirement: all of it is derived from schemas,
formats and the comparisons of rules. The reference engine uses none of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sellerspec.io.strict import decode
from sellerspec.model import Json
from sellerspec.rules import Format
from sellerspec.schema import engine as engines
from sellerspec.schema.fast.comparisons import precheck
from sellerspec.schema.fast.gate import folded
from sellerspec.schema.fast.reading import completeness
from sellerspec.schema.fast.whole import Fractions

__all__ = ["FastChecker", "Fractions", "precheck"]

PLAIN_READS = 3
"""Texts that are decoded plainly before a typed reader is made: to make one takes as long as 100 checks."""


class _Reader(NamedTuple):
    """Reads a text and checks it at once."""

    decode: Callable[[bytes | str], Json]
    """Checks types, and leaves out members that no type names."""

    holds: Callable[[bytes | str, Json], bool]
    """Returns True only if nothing was left out."""

    accepts_rest: Callable[[Json], bool]
    """Checks what types cannot express."""


class FastChecker:
    """Recognises most values without a violation of a schema, without looking for violations."""

    def __init__(
        self, schema: Json, *, formats: engines.Formats, engine: str, fractions: Fractions | None = None
    ) -> None:
        """Derive a schema that is quicker to check, and compile it.

        Args:
            schema: prepared.
            formats: those of the marketplace.
            engine: name of the engine.
            fractions: finds the integers that are written with a fraction; None accepts those.
        """
        self._fractions = fractions
        self._formats, self._engine = formats, engine
        self._folded = folded(_with_patterns(schema, formats))
        self.accepts: Callable[[Json], bool] = self._compile(self._folded)
        """Returns True only if a value surely has no violation."""
        self._reader: _Reader | None = None
        self._decoded = 0
        self._accepted = True
        """Whether the last value had no violation. Invalid ones cluster, so the next is looked at once."""

    def _compile(self, schema: Json) -> Callable[[Json], bool]:
        is_valid, fractions = engines.compiled(schema, self._formats, self._engine).is_valid, self._fractions
        if fractions is None:
            return is_valid
        return lambda value: is_valid(value) and not fractions.paths(value)

    def read(self, text: bytes | str) -> tuple[Json, bool]:
        """Return the value of a JSON text, and True only if it surely has no violation.

        Raises:
            ParseError: the text is not JSON; with line and column.
        """
        if self._reader is not None and self._accepted:
            decode_typed, holds, accepts_rest = self._reader
            try:
                value = decode_typed(text)
                if holds(text, value):
                    accepted = accepts_rest(value)
                    if not accepted:
                        self._accepted = False
                    return value, accepted
            except (ValueError, TypeError, RecursionError):
                pass  # of another type, or not JSON: what follows gives the reason
        value = decode(text)
        self._decoded += 1
        if self._decoded == PLAIN_READS:
            self._reader = self._typed_reader(value)
        if not self._accepted:
            return value, False
        self._accepted = accepted = self.accepts(value)
        return value, accepted

    def expect_valid(self) -> None:
        """Note that the last value had no violation after all."""
        self._accepted = True

    def _typed_reader(self, sample: Json) -> _Reader | None:
        """Return what reads texts that are like the text of the sample; None if types express nothing."""
        try:
            from sellerspec.schema.fast.typed import decoder, split
        except ImportError:  # msgspec has no build for every Python
            return None
        type_, rest = split(self._folded)
        if type_ is Any:
            return None
        if self._fractions is not None and self._fractions.are_typed(self._folded):
            accepts_rest = engines.compiled(rest, self._formats, self._engine).is_valid
        else:
            accepts_rest = self._compile(rest)
        return _Reader(decoder(type_), completeness(sample), accepts_rest)


def _with_patterns(schema: Json, formats: Mapping[str, Callable[[str], bool]]) -> Json:
    """Return a schema that has patterns for formats: the engine runs those without a call into Python."""
    if isinstance(schema, list):
        return [_with_patterns(part, formats) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: _with_patterns(value, formats) for key, value in schema.items()}
    name = out.get("format")
    known = formats.get(name) if isinstance(name, str) else None
    if isinstance(known, Format) and known.recognise is None:
        del out["format"]
        out["allOf"] = [{"pattern": f"^(?:{known.pattern})$"}, *out.get("allOf", ())]
    return out
