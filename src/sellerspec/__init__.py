"""Contracts for marketplace seller APIs.

`check` returns what a marketplace would refuse in a payload; `check_exchange` checks a recorded
call. Everything else (sandbox, fuzz, cassettes, guard, bulk, strategies) is a package of its own,
loaded when it is imported.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sellerspec.contract.check import check, check_exchange
    from sellerspec.contract.registry import operation, operations, rule, rules
    from sellerspec.errors import ContractViolation, SellerspecError
    from sellerspec.model import Exchange, Facts, Finding, Fix, Report, Response, Severity

__version__ = "0.1.0"

__all__ = [
    "ContractViolation",
    "Exchange",
    "Facts",
    "Finding",
    "Fix",
    "Report",
    "Response",
    "SellerspecError",
    "Severity",
    "__version__",
    "check",
    "check_exchange",
    "operation",
    "operations",
    "rule",
    "rules",
]

_HOME = {
    **dict.fromkeys(("check", "check_exchange"), "sellerspec.contract.check"),
    **dict.fromkeys(("operation", "operations", "rule", "rules"), "sellerspec.contract.registry"),
    **dict.fromkeys(
        ("Response", "Exchange", "Facts", "Finding", "Fix", "Report", "Severity"), "sellerspec.model"
    ),
    **dict.fromkeys(("ContractViolation", "SellerspecError"), "sellerspec.errors"),
}


class _Package(ModuleType):
    """This package; `sellerspec.rules` stays the function, though a module has the same name.

    Python binds a submodule as an attribute of its package when it is first imported.
    """

    @property
    def rules(self) -> Any:
        """The public function `rules`."""
        return __getattr__("rules")

    @rules.setter
    def rules(self, module: ModuleType) -> None:
        """Ignore the submodule `rules`; `from sellerspec.rules import ...` finds it all the same."""


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module `sellerspec` has no attribute `{name}`")
    value = getattr(import_module(_HOME[name]), name)
    if name != "rules":
        globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
