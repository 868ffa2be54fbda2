"""The marker `sellerspec` and its arguments."""

from typing import TYPE_CHECKING

import pytest

from sellerspec.contract.project import PLAIN, Scope
from sellerspec.errors import SellerspecError

if TYPE_CHECKING:
    from pytest_sellerspec.state import State

ARGUMENTS = ("operation", "ignore", "strict")


def check_markers(item: pytest.Item, state: "State") -> None:
    """Check the arguments of the markers of a test.

    Raises:
        pytest.UsageError: an unknown argument, operation or rule.
    """
    for mark in item.iter_markers("sellerspec"):
        try:
            _check(mark, state)
        except (SellerspecError, TypeError) as error:
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.sellerspec: {error}") from None


def _check(mark: pytest.Mark, state: "State") -> None:
    if mark.args:
        raise TypeError("its arguments have names")
    for name in mark.kwargs:
        if name not in ARGUMENTS:
            raise TypeError(f"no argument `{name}`; known: {', '.join(ARGUMENTS)}")
    operation, ignore = mark.kwargs.get("operation"), mark.kwargs.get("ignore", ())
    if operation is not None:
        state.project.operation(operation)
    if isinstance(ignore, str):
        raise TypeError("`ignore` is a list of rules")
    for rule in ignore:
        state.project.require_rule(rule)
    if mark.kwargs.get("strict") not in (None, True, False):
        raise TypeError("`strict` is true or false")


def scope(item: pytest.Item | pytest.Collector, state: "State") -> Scope:
    """Return the scope of a test: ignored rules of all its markers; else the nearest marker counts."""
    markers = [mark.kwargs for mark in item.iter_markers("sellerspec")]
    if not markers and not state.strict:
        return PLAIN
    strict = [marker["strict"] for marker in markers if marker.get("strict") is not None]
    operations = [marker["operation"] for marker in markers if marker.get("operation")]
    return Scope(
        ignore=frozenset(rule for marker in markers for rule in marker.get("ignore", ())),
        strict=next(iter(strict), state.strict),
        operation=next(iter(operations), ""),
    )
