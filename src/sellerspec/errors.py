"""Errors: the toolkit could not do its work. What is wrong with a payload is a finding, never an error.

A `ContractViolation` is no such error: it is a failed assertion, raised where a caller asks for one.
"""

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sellerspec.model import Report


class SellerspecError(Exception):
    """Base of everything sellerspec raises; `str()` is one line, fit for a terminal."""


class UnknownName(SellerspecError):
    """There is no marketplace, operation, rule or file kind of that name."""

    def __init__(self, kind: str, name: str, known: Collection[str]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def __str__(self) -> str:
        from difflib import get_close_matches  # every command starts without it

        close = get_close_matches(self.name, self.known, n=1)
        if not close:
            by_lower = {known.lower(): known for known in self.known}
            close = [by_lower[match] for match in get_close_matches(self.name.lower(), by_lower, n=1)]
        if close:
            return f"no {self.kind} named `{self.name}`; did you mean `{close[0]}`?"
        if not self.known:
            return f"no {self.kind} named `{self.name}`"
        if len(self.known) > 40:
            return f"no {self.kind} named `{self.name}`; `sellerspec list` shows all of them"
        return f"no {self.kind} named `{self.name}`; known: {', '.join(sorted(self.known))}"


class OtherMarketplace(UnknownName):
    """A path belongs to another marketplace of the same host than the one that was named."""

    def __init__(self, path: str, named: str, owner: str) -> None:
        super().__init__("operation", path, ())
        self.named = named
        self.owner = owner

    def __reduce__(self) -> tuple[object, ...]:
        return (OtherMarketplace, (self.name, self.named, self.owner))

    def __str__(self) -> str:
        return f"`{self.name}` is of `{self.owner}`, not of `{self.named}`"


class SeveralMarketplaces(UnknownName):
    """A call to a host that is no marketplace's fits operations of several marketplaces."""

    def __init__(self, call: str, fitting: Collection[str]) -> None:
        super().__init__("operation", call, ())
        self.fitting = fitting

    def __reduce__(self) -> tuple[object, ...]:
        return (SeveralMarketplaces, (self.name, self.fitting))

    def __str__(self) -> str:
        names = " and ".join(f"`{name}`" for name in self.fitting)
        return f"`{self.name}` fits operations of {names}: name the marketplace, or the operation (`--as`)"


class ParseError(SellerspecError):
    """A file or a text cannot be read: not JSON, not YAML, empty, nested too deeply, too large.

    `line` and `column` count from 1; 0 means the place is not known.
    """

    def __init__(self, problem: str, *, name: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(problem, name, line, column)
        self.problem = problem
        self.name = name
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        return (_unpickled, (self.problem, self.name, self.line, self.column))

    def __str__(self) -> str:
        place = self.name
        if self.line:
            at = f"line {self.line} column {self.column}"
            place = f"{place}:{self.line}:{self.column}" if place else at
        return f"{place}: {self.problem}" if place else self.problem

    def named(self, name: str) -> "ParseError":
        """Return the same error with the name of its file."""
        return ParseError(self.problem, name=name, line=self.line, column=self.column)


def _unpickled(problem: str, name: str, line: int, column: int) -> ParseError:
    return ParseError(problem, name=name, line=line, column=column)


class SpecError(SellerspecError):
    """A spec, schema, overlay or rule of a marketplace is wrong; the message names the place."""


class UsageError(SellerspecError):
    """The call is wrong, e.g. a payload for an operation without a body."""


class MissingExtra(SellerspecError):
    """The library of an optional part is not installed; the message says what to install."""

    def __init__(self, extra: str, module: str) -> None:
        super().__init__(extra, module)
        self.extra = extra
        self.module = module

    def __str__(self) -> str:
        return f"`{self.module}` is not installed; run: pip install 'sellerspec[{self.extra}]'"


def needs(extra: str, *modules: str) -> None:
    """Make sure that the libraries of an extra are installed, without loading them.

    Raises:
        MissingExtra: one of them is not installed.
    """
    from importlib.util import find_spec

    for module in modules:
        if find_spec(module) is None:
            raise MissingExtra(extra, module)


class _Named(type):
    """Lets a violation know that code which names its class handles it.

    `pytest.raises(ContractViolation)` and `assertRaises` call `isinstance` or `issubclass` with the class
    that they name; `except Exception` and `pytest.raises(Exception)` do not call these methods.
    """

    def __instancecheck__(cls, value: Any) -> bool:
        named = super().__instancecheck__(value)
        if named:
            value.acknowledge()
        return named

    def __subclasscheck__(cls, subclass: Any) -> bool:
        named = super().__subclasscheck__(subclass)
        raised: Any = sys.exception()
        if named and type(raised) is subclass and cls is not subclass:  # Python compares a class with itself
            raised.acknowledge()
        return named


class ContractViolation(AssertionError, metaclass=_Named):
    """A payload or an exchange breaks its contract; `report` holds every finding.

    Raised only when asked for: by `Report.raise_for_errors` and by guarded clients.
    """

    def __init__(self, report: "Report") -> None:
        super().__init__(report)
        self._report = report

    @property
    def report(self) -> "Report":
        """The report; reading it acknowledges the violation."""
        self.acknowledge()
        return self._report

    def acknowledge(self) -> None:
        """Note that the violation is expected, or was reported; see `guard.Guard.refused`."""

    def __str__(self) -> str:
        return str(self._report)
