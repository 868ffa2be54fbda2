"""What lines of a catalogue must not share: taken out of each line, kept in Parquet files."""

from pathlib import Path
from typing import Any, Self

from sellerspec.errors import MissingExtra
from sellerspec.model import Json

STRIDE = 1 << 32
"""A line's place in a run is `chunk * STRIDE + line`: one number that sorts as the catalogue does."""

PART = 4000
"""Products that are written at once, so that memory does not grow with chunks."""

KINDS = ("products", "variants")


def keys_for(operation: str) -> str | None:
    """Return the operation's name if its lines are compared with each other, else None."""
    return operation if operation in ("tiki/createProduct",) else None


class Keys:
    """The keys of one chunk: of each product its identity and picture, of each variant sku and options.

    In a `with` statement it writes them to a file of each kind, over what an interrupted run left.
    """

    def __init__(self, chunk: int, folder: Path | None = None) -> None:
        """Begin a chunk.

        Args:
            chunk: its number.
            folder: takes the files; None if nothing is to be written.
        """
        self._chunk = chunk
        self._folder = folder
        self._files: list[Any] = []
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
    def many(self) -> bool:
        """Whether there are enough products to write them."""
        return len(self.products[0]) >= PART

    def add(self, line: int, product: Json) -> None:
        """Note one product, whether it has findings or not; what is no text is no key."""
        if type(product) is not dict:
            return
        place = self._base + line
        places, names, categories, images = self.products
        get = product.get
        places.append(place)
        name, image, category = get("name"), get("image"), get("category_id")
        names.append(name if type(name) is str and name else None)
        categories.append(category if type(category) is int and abs(category) < 1 << 63 else None)
        images.append(image if type(image) is str and image else None)
        variants = get("variants")
        if type(variants) is not list:
            return
        lines, indexes, skus, firsts, seconds = self.variants
        for index, each in enumerate(variants):
            if type(each) is dict:
                lines.append(place)
                indexes.append(index)
                get = each.get
                sku, first, second = get("sku"), get("option1"), get("option2")
                skus.append(sku if type(sku) is str and sku else None)
                firsts.append(first if type(first) is str and first else None)
                seconds.append(second if type(second) is str and second else None)

    def add_clean(self, line: int, product: Json) -> None:
        """Note one product without a finding: the quick way to do what `add` does."""
        place = self._base + line
        try:
            variants = product["variants"]
            name, category, image = product["name"], product["category_id"], product["image"]
            own = [variant["sku"] for variant in variants]
        except (KeyError, TypeError):
            self.add(line, product)  # a spec that was corrected may ask for less
            return
        places, names, categories, images = self.products
        places.append(place)
        names.append(name)
        categories.append(category)
        images.append(image)
        lines, indexes, skus, firsts, seconds = self.variants
        lines += [place] * len(own)
        indexes += range(len(own))
        skus += own
        firsts += [variant.get("option1") or None for variant in variants]
        seconds += [variant.get("option2") or None for variant in variants]

    def tables(self) -> tuple[Any, Any]:
        """Return both as Arrow tables.

        Raises:
            MissingExtra: pyarrow is not installed.
        """
        arrow = pyarrow()
        number, text = arrow.int64(), arrow.string()
        place, name, category, image = self.products
        products = arrow.table(
            {
                "place": arrow.array(place, number),
                "name": _column(name, text, str),
                "category": _column(category, number, int),
                "image": _column(image, text, str),
            }
        )
        place, index, sku, first, second = self.variants
        variants = arrow.table(
            {
                "place": arrow.array(place, number),
                "variant": arrow.array(index, arrow.int32()),
                "sku": _column(sku, text, str),
                "option1": _column(first, text, str),
                "option2": _column(second, text, str),
            }
        )
        return products, variants

    def write(self) -> None:
        """Write what was noted since the last time, and forget it."""
        if self._folder is None:
            return
        tables = self.tables()
        if not self._files:
            from pyarrow.parquet import ParquetWriter

            # written once and read a few times: packing would cost more than it saves
            self._files = [
                ParquetWriter(
                    self._folder / f"{self._chunk:08}.{kind}.parquet",
                    table.schema,
                    compression="none",
                    use_dictionary=False,
                    write_statistics=False,
                )
                for kind, table in zip(KINDS, tables, strict=True)
            ]
        for file, table in zip(self._files, tables, strict=True):
            file.write_table(table)
        self._clear()


def _column(values: list[Any], type_: Any, kind: type) -> Any:
    arrow = pyarrow()
    try:
        return arrow.array(values, type_)
    except (arrow.ArrowException, TypeError, OverflowError, UnicodeError):
        return arrow.array([_key(value, kind) for value in values], type_)


def _key(value: Any, kind: type) -> Any:
    """Return a value that can be compared, or None."""
    if type(value) is not kind or (type(value) is int and abs(value) >= 1 << 63):
        return None
    return value


def pyarrow() -> Any:
    """Return pyarrow.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import pyarrow as found
    except ModuleNotFoundError:
        raise MissingExtra("bulk", "pyarrow") from None
    return found
