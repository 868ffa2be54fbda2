"""Check batches of a data frame: Arrow record batches anywhere, and a whole catalogue on Spark."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.bulk import records
from sellerspec.bulk.checker import Checker
from sellerspec.bulk.comparison import COMPARISONS, finding
from sellerspec.bulk.keys import Keys, pyarrow
from sellerspec.bulk.records import How
from sellerspec.errors import MissingExtra
from sellerspec.io.strict import readable
from sellerspec.model import NO_FACTS, Facts, Finding

FINDINGS = (
    "file string, line bigint, part int, number int, "
    "pointer string, rule string, severity string, message string, finding string"
)
"""Schema of findings, as Spark writes it. `finding` is the line of the findings file. Sorting by the first
four columns gives the order of `check_files`."""

KEYS = (
    "file string, line bigint, variant int, name string, category bigint, image string, "
    "sku string, option1 string, option2 string"
)
"""Schema of keys: one row for each product, with `variant` -1, and one for each variant."""

Batches = Callable[[Iterator[Any]], Iterator[Any]]


def arrow(
    operation: str,
    *,
    column: str = "value",
    facts: Facts | None = None,
    strict: bool = False,
    engine: str | None = None,
    overlays: Sequence[str] = (),
) -> Batches:
    """Return a function from Arrow record batches of lines to record batches of findings.

    Pass it to Spark's `mapInArrow`, with `FINDINGS` as schema. Spark pickles it, so every executor
    needs sellerspec installed and the overlays at the same paths.

    Args:
        operation: `marketplace/operationId`.
        column: holds the JSON text of a line, as string or binary. The columns `file` and `line`, if
            present, hold its place.
        facts: as for `sellerspec.check`.
        strict: raise warnings to errors.
        engine: as for `sellerspec.check`.
        overlays: as for `sellerspec.check`.
    """
    return partial(_check, How(operation, facts or NO_FACTS, strict, engine, tuple(overlays)), column)


def _check(how: How, column: str, batches: Iterator[Any]) -> Iterator[Any]:
    checker = Checker(how)
    for batch in batches:
        yield _batch(
            FINDINGS,
            (
                _row(file, line, 0, number, finding)
                for file, line, text in _lines(batch, column)
                if text.strip()
                for number, finding in enumerate(checker.findings(text))
            ),
        )


def extract_keys(column: str, batches: Iterator[Any]) -> Iterator[Any]:
    """Yield, for each batch of lines, a batch of `KEYS`; an unreadable line has none."""
    for batch in batches:
        yield _batch(
            KEYS,
            ((file, line, *key) for file, line, text in _lines(batch, column) for key in _keys(text)),
        )


def _keys(line: bytes) -> Iterator[tuple[Any, ...]]:
    keys = Keys(0)
    keys.add(1, readable(line))
    for _, name, category, image in zip(*keys.products, strict=True):
        yield -1, name, category, image, None, None, None
    for _, variant, sku, first, second in zip(*keys.variants, strict=True):
        yield variant, None, None, None, sku, first, second


def repetitions(strict: bool, batches: Iterator[Any]) -> Iterator[Any]:
    """Yield, for each batch of rows of a comparison, a batch of `FINDINGS`."""
    for batch in batches:
        yield _batch(FINDINGS, (_repetition(row, strict) for row in batch.to_pylist()))


def _repetition(row: dict[str, Any], strict: bool) -> tuple[Any, ...]:
    place, before = row["place"], row["before"]
    earlier = f"line {before['line']}"
    if before["file"] != place["file"]:
        earlier += f" of {before['file'][-80:]}"
    comparison = row["comparison"]
    repeated = finding(comparison, row["pointer"], earlier, strict=strict)
    return _row(place["file"], place["line"], 1, comparison * (1 << 20) + row["variant"], repeated)


def _lines(batch: Any, column: str) -> Iterator[tuple[str, int, bytes]]:
    names = batch.schema.names
    texts = batch.column(column).cast(pyarrow().binary()).to_pylist()
    files = batch.column("file").to_pylist() if "file" in names else [""] * len(texts)
    lines = batch.column("line").to_pylist() if "line" in names else [0] * len(texts)
    for file, line, text in zip(files, lines, texts, strict=True):
        yield file, line, text or b""


def _row(file: str, line: int, part: int, number: int, finding: Finding) -> tuple[Any, ...]:
    """Return a row of `FINDINGS`; `part` is 0 for the findings of a line, 1 for those of a comparison."""
    text = orjson.dumps(records.record(file, line, finding)).decode()
    severity = finding.severity.value
    return file, line, part, number, finding.pointer, finding.rule, severity, finding.message, text


def _batch(schema: str, rows: Iterable[tuple[Any, ...]]) -> Any:
    library = pyarrow()
    types = {"string": library.string(), "bigint": library.int64(), "int": library.int32()}
    fields = [library.field(name, types[kind]) for name, kind in map(str.split, schema.split(","))]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [library.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return library.record_batch(arrays, schema=library.schema(fields))


def spark(
    df: Any,
    operation: str,
    *,
    column: str = "value",
    facts: Facts | None = None,
    strict: bool = False,
    engine: str | None = None,
    overlays: Sequence[str] = (),
    across: bool = True,
) -> Any:  # pragma: no cover - run by `make spark`
    """Return every finding about a data frame of lines as a data frame of `FINDINGS`, in order.

    Spark itself compares the lines. The first of several equal lines is the first by `file`, then `line`.

    Args:
        df: has the columns `file`, `line` and `column`, as `spark_lines` makes them.
        operation: as for `arrow`.
        column: as for `arrow`.
        facts: as for `arrow`.
        strict: as for `arrow`.
        engine: as for `arrow`.
        overlays: as for `arrow`.
        across: whether lines are compared with each other.

    Raises:
        MissingExtra: pyspark is not installed.
    """
    check = arrow(operation, column=column, facts=facts, strict=strict, engine=engine, overlays=overlays)
    findings = df.mapInArrow(check, FINDINGS)
    if across and contract.operation(operation, overlays, engine).spec.compares_lines:
        repeated = _repeated(df.mapInArrow(partial(extract_keys, column), KEYS))
        findings = findings.unionByName(repeated.mapInArrow(partial(repetitions, strict), FINDINGS))
    return findings.orderBy("file", "line", "part", "number")


def _repeated(keys: Any) -> Any:  # pragma: no cover - run by `make spark`
    """Return the rows of all comparisons as one data frame."""
    place = "struct(file, line) as place"
    products = keys.where("variant = -1").selectExpr(place, "name", "category", "image")
    variants = keys.where("variant >= 0").selectExpr(place, "variant", "sku", "option1", "option2")
    return _union(
        keys.sparkSession.sql(comparison.sql, products=products, variants=variants)
        for comparison in COMPARISONS
    )


def spark_lines(session: Any, names: Sequence[str]) -> Any:  # pragma: no cover - run by `make spark`
    """Return the lines of text files as a data frame of `file`, `line` (from 1) and `value` (binary).

    Args:
        session: a SparkSession.
        names: paths that every executor can read.

    Raises:
        MissingExtra: pyspark is not installed.
    """
    try:
        from pyspark.sql import Window, functions
    except ModuleNotFoundError:
        raise MissingExtra("spark", "pyspark") from None
    frames = []
    for name in names:
        text = session.read.text(name, lineSep="\n").select(
            functions.lit(name).alias("file"),
            functions.col("_metadata.file_block_start").alias("block"),
            functions.monotonically_increasing_id().alias("at"),
            functions.col("value").cast("binary").alias("value"),
        )
        # Spark reads a file in blocks, in any order. The number of a line is its number in its block,
        # plus the lines of all blocks before.
        blocks = text.groupBy("block").agg(functions.count("*").alias("lines"))
        before = Window.orderBy("block").rowsBetween(Window.unboundedPreceding, -1)
        earlier = functions.coalesce(functions.sum("lines").over(before), functions.lit(0))
        blocks = functions.broadcast(blocks.select("block", earlier.alias("before")))
        number = functions.row_number().over(Window.partitionBy("block").orderBy("at"))
        numbered = text.withColumn("number", number).join(blocks, "block")
        line = functions.col("number") + functions.col("before")
        frames.append(numbered.select("file", line.alias("line"), "value"))
    return _union(frames)


def _union(frames: Iterable[Any]) -> Any:  # pragma: no cover - run by `make spark`
    return reduce(lambda union, frame: union.unionByName(frame), frames)
