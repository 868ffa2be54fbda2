"""Extract the members that lines of a catalogue must not share, and write them to Parquet files.

Products of every operation with `x-compares-lines` have these members, under the same names.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from sellerspec.errors import MissingExtra
from sellerspec.model import Json

STRIDE = 1 << 32
"""A line's place in a run is `chunk * STRIDE + line`, a number that sorts as the catalogue does."""

LARGE = 1 << 63
"""Integers of this size or more do not fit a column of 64 bits."""

PART = 4000
"""Products that are written at once, so that memory does not grow with the size of a chunk."""

RELATIONS = ("products", "variants")
PRODUCT = ("place", "name", "category", "image")
VARIANT = ("place", "variant", "sku", "option1", "option2")


class Keys:
    """The keys of one chunk: name, category and image of each product, sku and options of each variant.

    A `with` statement writes one file for each relation, over the files of an interrupted run.
    """

    def __init__(self, chunk: int, folder: Path | None = None) -> None:
        """Begin a chunk.

        Args:
            chunk: its number.
            folder: takes the files; None writes nothing.
        """
        self._chunk = chunk
        self._folder = folder
        self._files: list[Any] = []
        self.paths: list[Path] = []
        """The files that were written."""

        self._base = chunk * STRIDE
        self._clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.write()
        finally:
            for file in self._files:
                file.close()

    def _clear(self) -> None:
        self.products: tuple[list[Any], ...] = ([], [], [], [])
        self.variants: tuple[list[Any], ...] = ([], [], [], [], [])

    @property
    def is_full(self) -> bool:
        """Whether the number of products has reached `PART`."""
        return len(self.products[0]) >= PART

    def add(self, line: int, product: Json) -> None:
        """Add a product, with or without findings; a member of the wrong type counts as missing."""
        if type(product) is not dict:
            return
        place = self._base + line
        places, names, categories, images = self.products
        places.append(place)
        category = product.get("category_id")
        categories.append(category if type(category) is int and abs(category) < LARGE else None)
        for column, name in ((names, "name"), (images, "image")):
            text = product.get(name)
            column.append(text if type(text) is str and text else None)
        variants = product.get("variants")
        places, indexes, *columns = self.variants
        for index, variant in enumerate(variants if type(variants) is list else ()):
            if type(variant) is dict:
                places.append(place)
                indexes.append(index)
                for column, name in zip(columns, ("sku", "option1", "option2"), strict=True):
                    text = variant.get(name)
                    column.append(text if type(text) is str and text else None)

    def add_clean(self, line: int, product: Json) -> None:
        """Add a product without findings: as `add`, and faster."""
        place = self._base + line
        try:
            variants = product["variants"]
            name, category, image = product["name"], product["category_id"], product["image"]
            variant_skus = [variant["sku"] for variant in variants]
        except (KeyError, TypeError):
            self.add(line, product)  # an overlay may make these members optional
            return
        places, names, categories, images = self.products
        places.append(place)
        names.append(name)
        categories.append(category)
        images.append(image)
        lines, indexes, skus, firsts, seconds = self.variants
        lines += [place] * len(variant_skus)
        indexes += range(len(variant_skus))
        skus += variant_skus
        firsts += [variant.get("option1") or None for variant in variants]
        seconds += [variant.get("option2") or None for variant in variants]

    def tables(self) -> tuple[Any, Any]:
        """Return products and variants as Arrow tables.

        Raises:
            MissingExtra: pyarrow is not installed.
        """
        arrow = pyarrow()
        types = {"place": arrow.int64(), "category": arrow.int64(), "variant": arrow.int32()}

        def table(names: Sequence[str], columns: Sequence[list[Any]]) -> Any:
            named = zip(names, columns, strict=True)
            return arrow.table(
                {name: _column(column, types.get(name, arrow.string())) for name, column in named}
            )

        return table(PRODUCT, self.products), table(VARIANT, self.variants)

    def write(self) -> None:
        """Write the keys that were added since the last call."""
        if self._folder is None:
            return
        tables = self.tables()
        if not self._files:
            from pyarrow.parquet import ParquetWriter

            # written once and read a few times: compression would cost more than it saves
            self.paths = [self._folder / f"{self._chunk:08}.{name}.parquet" for name in RELATIONS]
            self._files = [
                ParquetWriter(
                    path,
                    table.schema,
                    compression="none",
                    use_dictionary=False,
                    write_statistics=False,
                )
                for path, table in zip(self.paths, tables, strict=True)
            ]
        for file, table in zip(self._files, tables, strict=True):
            file.write_table(table)
        self._clear()


def _column(values: list[Any], type_: Any) -> Any:
    """Return values as an Arrow array; a value of another type, or too large, is null."""
    arrow = pyarrow()
    try:
        return arrow.array(values, type_)
    except (arrow.ArrowException, TypeError, OverflowError, UnicodeError):
        fitting: list[Any]
        if type_ == arrow.string():
            fitting = [value if value.__class__ is str else None for value in values]
        else:
            fitting = [value if value.__class__ is int and abs(value) < LARGE else None for value in values]
        return arrow.array(fitting, type_)


def pyarrow() -> Any:
    """Return the library pyarrow.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import pyarrow as library
    except ModuleNotFoundError:
        raise MissingExtra("bulk", "pyarrow") from None
    return library
