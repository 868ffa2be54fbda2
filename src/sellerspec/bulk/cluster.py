"""Check batches of a data frame: Arrow record batches anywhere, and a whole catalogue on Spark."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sellerspec.bulk import records
from sellerspec.bulk.across import finding
from sellerspec.bulk.checker import Checker, readable
from sellerspec.bulk.keys import Keys, keys_for, pyarrow
from sellerspec.bulk.records import How
from sellerspec.errors import MissingExtra
from sellerspec.model import NO_FACTS, Facts, Finding

FINDINGS = (
    "file string, line bigint, part int, number int, "
    "pointer string, rule string, severity string, message string, finding string"
)
"""Schema of findings, as Spark writes it. `finding` is the line of the findings file; ordered by the first
four columns, findings stand as `check_files` writes them."""

KEYS = (
    "file string, line bigint, variant int, name string, category bigint, image string, "
    "sku string, option1 string, option2 string"
)

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

    Spark's `mapInArrow` takes it as it is, with `FINDINGS` as its schema. It travels to other
    machines by pickle, where sellerspec has to be installed; overlays are paths there.

    Args:
        operation: `marketplace/operationId`.
        column: holds the JSON text of a line, as string or binary. Columns `file` and `line`, if
            there, name its place.
        facts: as for `sellerspec.check`.
        strict: raise warnings to errors.
        engine: as for `sellerspec.check`.
        overlays: as for `sellerspec.check`.
    """
    return _Check(How(operation, facts or NO_FACTS, strict, engine, tuple(overlays)), column)


@dataclass(frozen=True)
class _Check:
    """Checks batches of lines."""

    how: How
    column: str

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        checker = Checker(self.how)
        for batch in batches:
            rows: list[tuple[Any, ...]] = []
            for file, line, text in _lines(batch, self.column):
                if text.strip():
                    found = checker.findings(text)
                    rows.extend(_row(file, line, 0, number, each) for number, each in enumerate(found))
            yield _batch(rows, FINDINGS)


@dataclass(frozen=True)
class _KeysOf:
    """Takes out of batches of lines what lines must not share."""

    column: str

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            rows: list[tuple[Any, ...]] = []
            for file, line, text in _lines(batch, self.column):
                rows.extend((file, line, *key) for key in _keys(text))
            yield _batch(rows, KEYS)


def _keys(line: bytes) -> Iterator[tuple[Any, ...]]:
    """Yield the product of a line, then its variants; nothing for a line that cannot be read."""
    value = readable(line)
    if value is None:
        return
    keys = Keys(0)
    keys.add(1, value)
    for _, name, category, image in zip(*keys.products, strict=True):
        yield -1, name, category, image, None, None, None
    for _, variant, sku, first, second in zip(*keys.variants, strict=True):
        yield variant, None, None, None, sku, first, second


@dataclass(frozen=True)
class _Across:
    """Turns places that repeat earlier ones into findings."""

    strict: bool

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            rows = []
            for each in batch.to_pylist():
                where = f"line {each['before']['line']}"
                if each["before"]["file"] != each["file"]:
                    where += f" of {each['before']['file'][-80:]}"
                found = finding(each["kind"], each["variant"], where, each["second"], self.strict)
                number = each["kind"] * (1 << 20) + each["variant"]
                rows.append(_row(each["file"], each["line"], 1, number, found))
            yield _batch(rows, FINDINGS)


def _lines(batch: Any, column: str) -> Iterator[tuple[str, int, bytes]]:
    arrow_ = pyarrow()
    names = batch.schema.names
    texts = batch.column(column).cast(arrow_.binary()).to_pylist()
    files = batch.column("file").to_pylist() if "file" in names else [""] * len(texts)
    lines = batch.column("line").to_pylist() if "line" in names else [0] * len(texts)
    for file, line, text in zip(files, lines, texts, strict=True):
        yield file, line, text or b""


def _row(file: str, line: int, part: int, number: int, found: Finding) -> tuple[Any, ...]:
    text = orjson.dumps(records.record(file, line, found)).decode()
    return (file, line, part, number, found.pointer, found.rule, found.severity.value, found.message, text)


def _batch(rows: list[tuple[Any, ...]], schema: str) -> Any:
    arrow_ = pyarrow()
    kinds = {"string": arrow_.string(), "bigint": arrow_.int64(), "int": arrow_.int32()}
    fields = [tuple(part.split()) for part in schema.split(",")]
    known = arrow_.schema([(name, kinds[kind]) for name, kind in fields])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
    return arrow_.record_batch(
        [arrow_.array(each, field.type) for each, field in zip(columns, known, strict=True)], schema=known
    )


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

    The checks across lines are done by Spark itself. Which line of several is the first goes by
    `file`, then `line`.

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
    found = df.mapInArrow(check, FINDINGS)
    if across and keys_for(operation) is not None:
        keys = df.mapInArrow(_KeysOf(column), KEYS)
        repeated = _repeated(keys)
        found = found.unionByName(repeated.mapInArrow(_Across(strict), FINDINGS))
    return found.orderBy("file", "line", "part", "number")


def _repeated(keys: Any) -> Any:  # pragma: no cover - run by `make spark`
    """Return the places that repeat an earlier one: the same three questions that `across` asks."""
    functions = _functions()
    col, lit = functions.col, functions.lit
    place = functions.struct("file", "line")
    keys = keys.withColumn("place", place)
    products = keys.where("variant = -1").select("place", "name", "category", "image")
    variants = keys.where("variant >= 0").select("place", "variant", "sku", "option1", "option2")

    def later(table: Any, *by: str) -> Any:
        """Return the rows whose values also stand at an earlier place, with the first."""
        # windows take null for equal to null, as `is not distinct from` does
        window = _window().partitionBy(*by)
        first = functions.min("place").over(window)
        return table.withColumn("before", first).where(col("place") > col("before"))

    skus = later(variants.where("sku is not null"), "sku").select(
        "place", lit(0).alias("kind"), "variant", "before", lit(None).cast("string").alias("second")
    )
    named = products.where("name is not null").select("place", "name", "category")
    options = later(
        variants.where("option1 is not null").join(named, "place"), "name", "category", "option1", "option2"
    ).select("place", lit(1).alias("kind"), "variant", "before", col("option2").alias("second"))
    pictured = products.where("image is not null")
    window = _window().partitionBy("image")
    whose = functions.min(functions.struct("place", "name", "category")).over(window)
    same_category = col("category").eqNullSafe(col("first.category"))
    images = (
        pictured.withColumn("first", whose)
        .where(col("place") > col("first.place"))
        .where(~(col("name").eqNullSafe(col("first.name")) & same_category))
        .select(
            "place",
            lit(2).alias("kind"),
            lit(0).alias("variant"),
            col("first.place").alias("before"),
            lit(None).cast("string").alias("second"),
        )
    )
    found = skus.unionByName(options).unionByName(images)
    return found.select("place.file", "place.line", "kind", "variant", "before", "second")


def spark_lines(session: Any, names: Sequence[str]) -> Any:  # pragma: no cover - run by `make spark`
    """Return the lines of text files as a data frame of `file`, `line` (from 1) and `value` (binary).

    Args:
        session: a SparkSession.
        names: paths that every executor can read.

    Raises:
        MissingExtra: pyspark is not installed.
    """
    functions = _functions()
    frames = []
    for name in names:
        text = session.read.text(name, lineSep="\n").select(
            functions.lit(name).alias("file"),
            functions.col("_metadata.file_block_start").alias("block"),
            functions.monotonically_increasing_id().alias("at"),
            functions.col("value").cast("binary").alias("value"),
        )
        # a file is read in blocks, in any order: a line's number is its number in its block, after
        # the lines of all blocks before
        blocks = text.groupBy("block").agg(functions.count("*").alias("lines"))
        before = _window().orderBy("block").rowsBetween(_window().unboundedPreceding, -1)
        earlier = functions.coalesce(functions.sum("lines").over(before), functions.lit(0))
        blocks = functions.broadcast(blocks.select("block", earlier.alias("before")))
        number = functions.row_number().over(_window().partitionBy("block").orderBy("at"))
        numbered = text.withColumn("number", number).join(blocks, "block")
        line = functions.col("number") + functions.col("before")
        frames.append(numbered.select("file", line.alias("line"), "value"))
    found = frames[0]
    for frame in frames[1:]:
        found = found.unionByName(frame)
    return found


def _functions() -> Any:  # pragma: no cover - run by `make spark`
    try:
        from pyspark.sql import functions
    except ModuleNotFoundError:
        raise MissingExtra("spark", "pyspark") from None
    return functions


def _window() -> Any:  # pragma: no cover - run by `make spark`
    from pyspark.sql import Window

    return Window
