"""The marker `sellerspec` and its arguments."""

from typing import TYPE_CHECKING

import pytest

from sellerspec.contract.project import PLAIN, Scope
from sellerspec.errors import SellerspecError

if TYPE_CHECKING:
    from pytest_sellerspec.state import State

ARGUMENTS = ("operation", "ignore", "strict")


def checked(item: pytest.Item, state: "State") -> None:
    """Do nothing if the markers of a test make sense.

    Raises:
        pytest.UsageError: an argument that there is not, or an operation or rule that nobody has.
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
    for each in ignore:
        state.project.known_rule(each)
    if mark.kwargs.get("strict") not in (None, True, False):
        raise TypeError("`strict` is true or false")


def scope(item: pytest.Item, state: "State") -> Scope:
    """Return what the markers of a test ask for: rules to ignore add up, else the nearest marker counts."""
    found = [marker.kwargs for marker in item.iter_markers("sellerspec")]
    if not found and not state.strict:
        return PLAIN
    strict = next((each["strict"] for each in found if each.get("strict") is not None), state.strict)
    return Scope(
        ignore=frozenset(one for each in found for one in each.get("ignore", ())),
        strict=strict,
        operation=next((each["operation"] for each in found if each.get("operation")), ""),
    )
