"""Recorded exchanges: record, check, compare, count, convert, clean and replay them.

`vcr` and `configure` record with vcrpy, `check_cassettes` checks, `Replay` finds the recorded response
of a request. A name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sellerspec.cassettes.check import Checker, Settings, check_cassettes
    from sellerspec.cassettes.record import NotRecorded, configure, vcr
    from sellerspec.cassettes.replay import Replay

__all__ = ["Checker", "NotRecorded", "Replay", "Settings", "check_cassettes", "configure", "vcr"]

_HOMES = {
    **dict.fromkeys(("Checker", "Settings", "check_cassettes"), "check"),
    **dict.fromkeys(("NotRecorded", "configure", "vcr"), "record"),
    "Replay": "replay",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
