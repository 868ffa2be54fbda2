"""Check chunks on several cores; results come in the order of the chunks."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process

from sellerspec.bulk.checker import Checker, ChunkResult
from sellerspec.bulk.reading import Chunk
from sellerspec.bulk.records import Folders, How
from sellerspec.errors import SellerspecError

AHEAD = 2
"""Chunks in the queue for each worker: enough to keep it busy, few enough to limit memory."""

_checker: Checker | None = None


def chunk_results(
    chunks: Iterable[Chunk], how: How, *, workers: int, folders: Folders
) -> Iterator[ChunkResult]:
    """Yield the result of each chunk, in order.

    One worker is this process itself. More are new processes, not forks, so they inherit no threads,
    locks or open files.

    Args:
        chunks: what to check, in order.
        how: the operation and the options of its check.
        workers: number of processes.
        folders: take the keys and findings of chunks.

    Raises:
        SellerspecError: a worker died, or a chunk could not be read.
    """
    if workers <= 1:
        yield from map(Checker(how, folders).check, chunks)
        return
    waiting: deque[Future[ChunkResult]] = deque()
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(how, folders)
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


def _begin(how: How, folders: Folders) -> None:
    global _checker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run itself ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Arrow's default allocator keeps 35 MB more after the keys are freed
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _checker = Checker(how, folders)


def _end_with_parent() -> None:
    """End this process when its parent ends, even if the parent was killed."""
    parent = parent_process()
    assert parent is not None  # noqa: S101 - a worker has a parent
    connection.wait([parent.sentinel])
    os._exit(1)  # pragma: no cover - coverage is lost here; a test checks that workers end


def _check(chunk: Chunk) -> ChunkResult:
    assert _checker is not None  # noqa: S101 - set when the worker began
    return _checker.check(chunk)
