"""A real Spark of two executors finds what one process finds, to the byte, also when one is killed.

Run by `make spark`: needs pyspark and Java 17.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyspark
import pytest

from sellerspec import bulk
from sellerspec.bulk.generate import generate

CREATE = "tiki/createProduct"
SOURCE = Path(bulk.__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .appName("sellerspec")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.files.maxPartitionBytes", str(1 << 20))
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    yield spark
    spark.stop()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """Return two files that repeat parts of each other, and the findings of the single process."""
    folder = tmp_path_factory.mktemp("catalogue")
    names = [str(folder / "a.jsonl"), str(folder / "b.jsonl")]
    for name, count in zip(names, (6000, 2000), strict=True):
        lines = [text for text, _ in generate(CREATE, count, broken=0.1, seed=7)]
        Path(name).write_bytes(b"\n".join([*lines, b"", b""]))
    out = folder / "findings.jsonl"
    bulk.check_files(names, bulk.How(CREATE), workers=1, output=out)
    return names, out.read_text(encoding="utf-8").splitlines()


def executors(session: Any) -> list[int]:
    """Return the process ids of the executors of this application."""
    application = session.sparkContext.applicationId
    pids = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if (
            b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words
            and application.encode() in words
        ):
            pids.append(int(path.parent.name))
    return pids


def test_two_executors_find_what_one_process_finds(
    session: Any, catalogue: tuple[list[str], list[str]]
) -> None:
    names, expected = catalogue
    findings = bulk.spark(bulk.spark_lines(session, names), CREATE)
    assert [row.finding for row in findings.select("finding").toLocalIterator()] == expected
    assert len(executors(session)) == 2


def test_a_killed_executor_changes_nothing(session: Any, catalogue: tuple[list[str], list[str]]) -> None:
    names, expected = catalogue
    lines = bulk.spark_lines(session, names)
    before = executors(session)
    killed: list[int] = []
    tracker = session.sparkContext.statusTracker()
    over = threading.Event()

    def kill() -> None:
        while not over.is_set():
            for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()):
                if stage is not None and stage.numActiveTasks and stage.numTasks > 4:
                    os.kill(before[0], signal.SIGKILL)
                    killed.append(before[0])
                    return
            time.sleep(0.002)

    thread = threading.Thread(target=kill)
    thread.start()
    findings = [row.finding for row in bulk.spark(lines, CREATE).select("finding").collect()]
    over.set()
    thread.join()
    assert killed, "no executor was killed while the job ran"
    assert findings == expected
