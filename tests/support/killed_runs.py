"""A catalogue run that is killed at a known place.

A test that watches the journal from outside comes too late on a busy machine: the run is done. So the run
kills itself, by the signal that cannot be caught, when its second chunk is done.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

CODE = """
import multiprocessing, os, signal
from pathlib import PosixPath
from sellerspec import bulk

chunks = 0

def kill(progress):
    global chunks
    chunks += 1
    if chunks == 2:
        print(*(worker.pid for worker in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

bulk.check_files([{name!r}], bulk.How({operation!r}, across={across!r}), workers=2, watch=kill, **{results!r})
"""


def killed_run(
    catalogue: Path, operation: str, results: dict[str, Path], *, across: bool = True
) -> list[int]:
    """Check a catalogue until two of its chunks are done; return the process ids of the workers.

    The journal then lists one of the two, or both.

    Args:
        catalogue: a file of at least three chunks.
        operation: what its lines are sent to.
        results: the files of the results, by their name in `bulk.check_files`.
        across: whether lines are compared with each other.
    """
    code = CODE.format(name=str(catalogue), operation=operation, across=across, results=results)
    # not pipes: to read them to their end is to wait for workers that live on
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        killed = subprocess.run([sys.executable, "-c", code], stdout=output, stderr=errors, check=False)
        output.seek(0)
        errors.seek(0)
        assert killed.returncode == -9, errors.read()
        return [int(pid) for pid in output.read().split()]
