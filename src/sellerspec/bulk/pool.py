"""Check chunks on several cores; results come in the order of the chunks."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process

from sellerspec.bulk.checker import Checker, Result
from sellerspec.bulk.reading import Chunk
from sellerspec.bulk.records import How, Kept
from sellerspec.errors import SellerspecError

AHEAD = 2
"""Chunks that wait for each worker: enough to keep it busy, few enough to keep memory flat."""

_checker: Checker | None = None


def results(chunks: Iterable[Chunk], how: How, *, workers: int, kept: Kept) -> Iterator[Result]:
    """Yield the result of each chunk, in their order.

    One worker is this process itself. More are processes of their own, started afresh, so that
    nothing of this one (threads, locks, open files) is copied into them.

    Args:
        chunks: what to check, in order.
        how: what to check, and how.
        workers: processes.
        kept: where that goes which is kept of chunks.

    Raises:
        SellerspecError: a worker died, or a chunk could not be read.
    """
    if workers <= 1:
        checker = Checker(how, kept)
        for each in chunks:
            yield checker.check(each)
        return
    waiting: deque[Future[Result]] = deque()
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(how, kept)
    )
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_check, chunk))
            if len(waiting) >= workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise SellerspecError("a worker died; `--resume` goes on from where it stood") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _begin(how: How, kept: Kept) -> None:
    global _checker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted run ends its workers itself
    threading.Thread(target=_follow, daemon=True).start()
    # the allocator that Arrow takes otherwise keeps 35 MB more of what keys have held
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _checker = Checker(how, kept)


def _follow() -> None:
    """End with the process that started this one, even if that one was killed."""
    parent = parent_process()
    assert parent is not None  # noqa: S101 - a worker has one
    connection.wait([parent.sentinel])
    os._exit(1)  # pragma: no cover - nothing is measured after it; a test sees that workers end


def _check(chunk: Chunk) -> Result:
    assert _checker is not None  # noqa: S101 - set when the worker began
    return _checker.check(chunk)
