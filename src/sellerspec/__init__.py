"""Contracts for marketplace seller APIs.

`check` says what a marketplace would refuse in a payload; `check_exchange` judges a recorded
call. Everything else (sandbox, fuzz, record, guard, bulk, strategies) is a module of its own,
loaded when it is imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sellerspec.catalogue import operation, operations, rule, rules
    from sellerspec.checking import check, check_exchange
    from sellerspec.errors import SellerspecError
    from sellerspec.model import Answer, ContractViolation, Exchange, Facts, Finding, Report, Severity

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "ContractViolation",
    "Exchange",
    "Facts",
    "Finding",
    "Report",
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
    **dict.fromkeys(("check", "check_exchange"), "sellerspec.checking"),
    **dict.fromkeys(("operation", "operations", "rule", "rules"), "sellerspec.catalogue"),
    **dict.fromkeys(
        ("Answer", "ContractViolation", "Exchange", "Facts", "Finding", "Report", "Severity"),
        "sellerspec.model",
    ),
    "SellerspecError": "sellerspec.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module `sellerspec` has no attribute `{name}`")
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
