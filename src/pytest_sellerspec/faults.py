"""What cannot be judged, and faults of our own, as errors of the test that met them."""

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

_KNOWN = (
    Path(sellerspec.__file__).parent,
    Path(__file__).parent,
    *map(Path, {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}),
)
"""Folders of our code and of libraries."""


@contextmanager
def not_judged() -> Iterator[None]:
    """Turn an error of ours into one line, and an exception that nobody foresaw into a report of it."""
    __tracebackhide__ = True
    try:
        yield
    except (SellerspecError, pytest.UsageError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    except Exception as error:
        if _of_project(error.__traceback__):
            raise
        raise pytest.fail.Exception(reported(error), pytrace=False) from None


def reports_faults(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate what tests call: an exception that nobody foresaw says that it is a fault of ours."""

    @wraps(function)
    def called(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except (SellerspecError, pytest.UsageError):
            raise
        except Exception as error:
            inner = error.__traceback__ and error.__traceback__.tb_next
            if inner is None or _of_project(inner):
                raise  # wrong arguments, or code of the project that we call
            raise pytest.fail.Exception(reported(error), pytrace=False) from None

    return called


def _of_project(trace: TracebackType | None) -> bool:
    """Return whether code of the project raised an exception: a hook, a house rule, a client."""
    files = (frame.f_code.co_filename for frame, _ in walk_tb(trace))
    return any(
        not file.startswith("<") and not any(Path(file).is_relative_to(folder) for folder in _KNOWN)
        for file in files
    )
