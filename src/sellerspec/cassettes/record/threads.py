"""Record the calls of several threads: all of them, or an error that says so.

While vcrpy makes a connection, it takes its patches off, for all threads: a call that another thread
begins in that moment is not recorded. Connections of urllib3, which requests and botocore use, need no
patch taken off. Of the others, one at a time is made, and one that passes by vcrpy is noticed.
"""

import http.client
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

from urllib3.connection import HTTPConnection

from sellerspec.cassettes.record.recording import NotRecorded, Recording

_TAKING_OFF = threading.RLock()
_MADE_BY_VCRPY = threading.local()
"""`now` is true in a thread while vcrpy makes a connection for it."""

_PLAIN = http.client.HTTPConnection
_KINDS = (http.client.HTTPConnection, http.client.HTTPSConnection)

Reset = Callable[[], AbstractContextManager[None]]


def resetting(original: Reset) -> Reset:
    """Return what takes the place of vcrpy's `force_reset`, which is `original`."""

    def reset() -> AbstractContextManager[None]:
        connection = sys._getframe(1).f_locals.get("self")
        if issubclass(getattr(connection, "_baseclass", object), HTTPConnection):
            return _marked()
        return _taken_off(original)

    return reset


@contextmanager
def _marked() -> Iterator[None]:
    before = getattr(_MADE_BY_VCRPY, "now", False)
    _MADE_BY_VCRPY.now = True
    try:
        yield
    finally:
        _MADE_BY_VCRPY.now = before


@contextmanager
def _taken_off(original: Reset) -> Iterator[None]:
    with _TAKING_OFF, _marked(), original():
        yield


@contextmanager
def noticing(recording: Recording) -> Iterator[None]:
    """Notice the connections of `http.client` that pass by vcrpy: their calls are not recorded."""
    make = _PLAIN.__init__

    def made(connection: Any, *args: Any, **kwargs: Any) -> None:
        make(connection, *args, **kwargs)
        if type(connection) in _KINDS and not getattr(_MADE_BY_VCRPY, "now", False):
            recording.reasons.append(
                f"a call to {connection.host}: vcrpy cannot record it, because another thread made a"
                " connection at the same time, or because of an early `from http.client import ...`;"
                " requests and httpx can be recorded in several threads"
            )

    with mock.patch.object(_PLAIN, "__init__", made):
        yield


def share(cassette: Any) -> None:
    """Let several threads play a cassette: each recorded response is given to one of them."""
    lock, play = threading.Lock(), cassette.play_response

    def played(request: Any) -> Any:
        with lock:
            return play(request)

    cassette.play_response = played


def close(cassette: Any) -> None:
    """Refuse the calls that end after their cassette was closed: they would be lost."""

    def late(request: Any, _: Any) -> None:
        call = f"{request.method} {request.uri.partition('?')[0]}"
        raise NotRecorded((f"{call}: it ended after its cassette was closed; wait for its thread first",))

    cassette.append = late
