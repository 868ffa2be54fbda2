"""What could not be judged, and faults of sellerspec, as errors of the test in which they occurred."""

import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import ParamSpec, TypeVar

import pytest

import sellerspec
from sellerspec.errors import SellerspecError
from sellerspec.reporting.unforeseen import reported

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_NOT_OF_PROJECT = (
    Path(sellerspec.__file__).parent,
    Path(__file__).parent,
    *map(Path, {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}),
)
"""Folders of sellerspec and of libraries."""


@contextmanager
def _faults_reported() -> Iterator[None]:
    """Report an unforeseen exception, and fail the test with where its traceback is.

    An error of sellerspec, and an exception that the code of the project raised, are raised again.
    """
    __tracebackhide__ = True
    try:
        yield
    except (SellerspecError, pytest.UsageError):
        raise
    except Exception as error:  # unforeseen, so of any type
        if _is_of_project(error.__traceback__):
            raise
        raise pytest.fail.Exception(reported(error), pytrace=False) from None


@contextmanager
def not_judged() -> Iterator[None]:
    """Fail an item that cannot be checked: with the text of an error, or the report of a fault."""
    __tracebackhide__ = True
    try:
        with _faults_reported():
            yield
    except (SellerspecError, pytest.UsageError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def reports_faults(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate a function that tests call: a fault of sellerspec is reported as one."""

    @wraps(function)
    def called(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        __tracebackhide__ = True
        with _faults_reported():
            return function(*args, **kwargs)

    return called


def _is_of_project(trace: TracebackType | None) -> bool:
    """Return whether code of the project raised an exception: a hook, a house rule, a test, a client."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(trace)]
    if files[-1] == __file__:  # the function was called with wrong arguments
        return True
    return any(map(is_of_project, files))


def is_of_project(file: str) -> bool:
    """Return whether a file of code is neither of sellerspec nor of a library."""
    return not file.startswith("<") and not any(
        Path(file).is_relative_to(folder) for folder in _NOT_OF_PROJECT
    )
