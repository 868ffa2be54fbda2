"""Compare the lines of a catalogue with each other: exact, and out of memory, by DuckDB."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sellerspec.bulk.keys import KINDS, STRIDE
from sellerspec.bulk.state import Done
from sellerspec.errors import SellerspecError
from sellerspec.marketplaces.common import IMAGE_ONCE, OPTIONS_ONCE, SKU_ONCE
from sellerspec.model import Finding, Severity

MEMORY = 32
"""Megabytes that DuckDB may hold at first; the rest is on disk."""

MOST_MEMORY = 4096
"""Megabytes that it may hold where it cannot do with less, which depends on its version."""

MOST_THREADS = 2
"""Threads of DuckDB, each of which holds blocks of its own beyond what DuckDB counts."""

PER_PASS = 2_000_000
"""Rows whose hashes are grouped at once."""

MOST_PASSES = 64

# Hashes find the few rows that may repeat another, for they are quick to group and small; the rows
# themselves decide.

_SKUS = """
with twice as (
    select hash(sku) as key from {variants} where sku is not null and hash(sku) % {of} = {turn}
    group by key having count(*) > 1
),
again as (
    select place, variant, sku from {variants} where sku is not null and hash(sku) in (select key from twice)
),
first as (select sku, min(place) as place from again group by sku having min(place) <> max(place))
select again.place, 0 as kind, again.variant, first.place as before, null as second
from again join first using (sku) where again.place > first.place
"""

_OPTIONS = """
with twice as (
    select hash(name, category) as key from {products}
    where name is not null and hash(name, category) % {of} = {turn}
    group by key having count(*) > 1
),
spread as (
    select place, name, category from {products}
    where name is not null and hash(name, category) in (select key from twice)
),
again as (
    select variants.place, variant, name, category, option1, option2
    from {variants} as variants join spread on variants.place = spread.place where option1 is not null
),
first as (
    select name, category, option1, option2, min(place) as place from again
    group by name, category, option1, option2 having min(place) <> max(place)
)
select again.place, 1 as kind, again.variant, first.place as before, again.option2 as second
from again join first using (name, option1) where again.place > first.place
and again.category is not distinct from first.category
and again.option2 is not distinct from first.option2
"""

_IMAGES = """
with twice as (
    select hash(image) as key from {products} where image is not null and hash(image) % {of} = {turn}
    group by key having count(*) > 1
),
again as (
    select place, name, category, image from {products}
    where image is not null and hash(image) in (select key from twice)
),
first as (
    select image, min(place) as place,
        arg_min(struct_pack(name := name, category := category), place) as whose
    from again group by image having min(place) <> max(place)
)
select again.place, 2 as kind, 0 as variant, first.place as before, null as second
from again join first using (image) where again.place > first.place
and struct_pack(name := again.name, category := again.category) is distinct from first.whose
"""


def compare(
    folder: Path, names: list[str], chunks: Sequence[Done], *, workers: int = 1, strict: bool = False
) -> Iterator[tuple[int, int, Finding]]:
    """Yield file, line and finding of each line that repeats what an earlier line has, in catalogue order.

    Args:
        folder: holds the keys of all chunks; scratch files are put beside them.
        names: of the files, for messages.
        chunks: those that were taken keys of.
        workers: threads; no more than `MOST_THREADS` are taken.
        strict: raise warnings to errors.

    Raises:
        SellerspecError: the comparison needs more memory than `MOST_MEMORY`.
    """
    import duckdb

    with duckdb.connect(
        config={
            "memory_limit": f"{MEMORY}MB",
            "threads": min(workers, MOST_THREADS),
            "preserve_insertion_order": False,
            "temp_directory": str(folder / "scratch"),
        }
    ) as base:
        with suppress(duckdb.CatalogException):  # since 2.0 there are eight that only read ahead
            base.execute("set async_threads = 0")
        yield from _found(base, folder, names, chunks, strict)


def _found(
    base: Any, folder: Path, names: list[str], chunks: Sequence[Done], strict: bool
) -> Iterator[tuple[int, int, Finding]]:
    tables = {
        kind: f"read_parquet({_quoted(str(folder / f'*.{kind}.parquet'))})"
        for kind in KINDS
        if next(folder.glob(f"*.{kind}.parquet"), None) is not None
    }
    if len(tables) < 2:
        return
    base.execute(
        "create temp table found (place bigint, kind int, variant int, before bigint, second varchar)"
    )
    for query, table in ((_SKUS, "variants"), (_OPTIONS, "products"), (_IMAGES, "products")):
        rows = base.execute(f"select count(*) from {tables[table]}").fetchone()[0]  # noqa: S608 - our own texts
        passes = max(1, min(MOST_PASSES, -(-rows // PER_PASS)))
        for turn in range(passes):
            _in_memory(base, "insert into found " + query.format(**tables, of=passes, turn=turn))
    ordered = _in_memory(base, "select * from found order by place, kind, variant")
    while some := ordered.fetchmany(1000):
        for place, kind, variant, before, second in some:
            file, line = _line(place, chunks)
            other, earlier = _line(before, chunks)
            where = f"line {earlier}" if other == file else f"line {earlier} of {names[other][-80:]}"
            yield file, line, finding(kind, variant, where, second, strict)


def _line(place: int, chunks: Sequence[Done]) -> tuple[int, int]:
    """Return file and line of a place in a run."""
    chunk, line = divmod(place, STRIDE)
    return chunks[chunk].file, chunks[chunk].before + line


def _in_memory(base: Any, statement: str) -> Any:
    """Execute a statement, with more memory where it has too little."""
    from duckdb import OutOfMemoryException

    megabytes = MEMORY
    while True:
        try:
            return base.execute(statement)
        except OutOfMemoryException as error:
            megabytes *= 2
            if megabytes > MOST_MEMORY:
                raise SellerspecError(f"lines cannot be compared in {MOST_MEMORY} MB of memory") from error
            base.execute(f"set memory_limit = '{megabytes}MB'")


def finding(kind: int, variant: int, where: str, second: str | None, strict: bool) -> Finding:
    """Return the finding of one repetition.

    Args:
        kind: 0 for a sku, 1 for options, 2 for a picture.
        variant: index of the variant.
        where: the earlier place, in words.
        second: the second option, where there is one.
        strict: raise a warning to an error.
    """
    if kind == 2:
        found = IMAGE_ONCE(f"the same address as in {where}", "/image")
        return replace(found, severity=Severity.ERROR) if strict else found
    if kind == 0:
        return SKU_ONCE(f"the same `sku` as in {where}", f"/variants/{variant}/sku")
    member = "option2" if second is not None else "option1"
    return OPTIONS_ONCE(f"the same options as in {where}", f"/variants/{variant}/{member}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
