"""How a test failed: what kind of exception, its last line, and the deepest place in the project."""

import dis
import sys
from collections.abc import Iterable, Iterator
from json import JSONDecodeError
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType

import pytest

from pytest_sellerspec.faults import is_of_project
from pytest_sellerspec.refusals import MEANT
from sellerspec.errors import ContractViolation, SellerspecError
from sellerspec.mutate.running.suite import Failure, How, scrubbed

_MISTAKES = (
    ArithmeticError, AssertionError, AttributeError, BufferError, LookupError, NameError, NotImplementedError,
    RecursionError, StopAsyncIteration, StopIteration, TypeError, ValueError,
)  # fmt: skip
"""Exceptions that show a mistake of the code, if Python or its library raised them, and not the project."""

_OF_PYTHON = frozenset(("builtins", "decimal", "zoneinfo", "binascii", "struct"))
_RAISE = dis.opmap["RAISE_VARARGS"]


def failure(item: pytest.Item, info: pytest.ExceptionInfo[BaseException]) -> Failure:
    """Return how a test failed with an exception."""
    at, cause = place(walk_tb(info.tb), item.config), info.value.__cause__
    while cause is not None:  # where it went wrong, not where it was raised in other words
        at, cause = place(walk_tb(cause.__traceback__), item.config) or at, cause.__cause__
    return Failure(item.nodeid, _how(info.value, item), line(info), at)


def _how(error: BaseException, item: pytest.Item) -> How:
    if isinstance(error, pytest.fail.Exception):  # also of a guard, at the end of a test
        return "hang" if str(error.msg).startswith("Timeout") else "assertion"  # of pytest-timeout
    if isinstance(error, BaseExceptionGroup):
        kinds = {_how(part, item) for part in error.exceptions}
        return next(how for how in ("crash", "hang", "error", "assertion") if how in kinds)
    if isinstance(error, ContractViolation):  # of a request: the suite does not let it be sent
        return "assertion" if _is_about_request(error) else "error"
    mistake = is_mistake(error)
    if (mistake or isinstance(error, SellerspecError)) and _is_of_test(error.__traceback__, item):
        return "assertion"  # the test itself does not get on with what the connector gives it
    return "crash" if mistake else "error"


def _is_about_request(error: ContractViolation) -> bool:
    return any(not finding.pointer.startswith("/response") for finding in error.report.errors)


def is_mistake(error: BaseException) -> bool:
    """Return whether an exception shows a mistake of the code: nobody raised it on purpose."""
    if isinstance(error, JSONDecodeError):  # also of requests
        return True
    if type(error).__module__ not in _OF_PYTHON or not isinstance(error, _MISTAKES):
        return False
    return isinstance(error, AssertionError) or not _was_raised(error.__traceback__)


def _was_raised(trace: TracebackType | None) -> bool:
    """Return whether a `raise` statement of the project has raised an exception."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not is_of_project(trace.tb_frame.f_code.co_filename):
        return False
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE


def _is_of_test(trace: TracebackType | None, item: pytest.Item) -> bool:
    """Return whether the deepest place in the project is a test: a file whose assertions pytest rewrites."""
    frames = [frame for frame, _ in walk_tb(trace) if is_of_project(frame.f_code.co_filename)]
    if not frames:
        return True
    path = Path(frames[-1].f_code.co_filename)
    return "@pytest_ar" in frames[-1].f_globals or path in (item.path, path.with_name("conftest.py"))


def place(frames: Iterable[tuple[FrameType, int]], config: pytest.Config) -> str:
    """Return the deepest place in the project, `connector/tiki.py:112`; "" if there is none."""
    places = [(frame.f_code.co_filename, number) for frame, number in frames]
    for file, number in reversed(places):
        if is_of_project(file):
            path = Path(file)
            inside = path.is_relative_to(config.rootpath)
            shown = path.relative_to(config.rootpath) if inside else Path(*path.parts[-2:])
            return f"{shown.as_posix()}:{number}"
    return ""


def hanging(thread: int, config: pytest.Config) -> str:
    """Return the place of the function that a test called and that does not end; "" if there is none.

    It is the first line of the function: the line that runs is another one each time.
    """
    frames = [frame for frame in _stack(thread) if is_of_project(frame.f_code.co_filename)]
    tests = [number for number, frame in enumerate(frames) if "@pytest_ar" in frame.f_globals]
    called = frames[tests[-1] :][:2] if tests else frames
    return place([(frame, frame.f_code.co_firstlineno) for frame in called], config)


def _stack(thread: int) -> Iterator[FrameType]:
    """Yield the frames of a thread that runs, the outermost first."""
    frame, frames = sys._current_frames().get(thread), list[FrameType]()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return reversed(frames)


def line(info: pytest.ExceptionInfo[BaseException]) -> str:
    """Return the last line of a traceback, scrubbed and bounded."""
    error = info.value
    if isinstance(error, pytest.fail.Exception) and MEANT in str(error.msg):
        return scrubbed(" ".join(str(error.msg).splitlines()[:2]))
    # not `tryshort`: it leaves the name out before some texts of assertions, and not before others
    return scrubbed(next(iter(info.exconly().splitlines()), type(error).__name__))
