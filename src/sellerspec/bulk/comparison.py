"""Compare the lines of a catalogue in SQL that both DuckDB (`across`) and Spark (`cluster`) run.

A query reads the relations `products` (place, name, category, image) and `variants` (place, variant,
sku, option1, option2). A place sorts as the catalogue does: a number in DuckDB, a struct of file and
line in Spark. A query returns, for each repetition, `place`, `comparison` (index in `COMPARISONS`),
`variant`, `pointer` and `before`, the place of the first line with the same values. A missing value
is null, and window functions take null for equal to null.
"""

from typing import NamedTuple

from sellerspec.bulk.records import as_errors
from sellerspec.marketplaces.common import IMAGE_ONCE, OPTIONS_ONCE, SKU_ONCE, Common
from sellerspec.model import Finding

_SKUS = """
select place, 0 as comparison, variant, concat('/variants/', variant, '/sku') as pointer, before
from (
    select place, variant, min(place) over (partition by sku) as before
    from {variants} as variants where sku is not null
) as compared
where place > before
"""

_OPTIONS = """
select place, 1 as comparison, variant,
    concat('/variants/', variant, case when option2 is null then '/option1' else '/option2' end) as pointer,
    before
from (
    select variants.place, variant, option2,
        min(variants.place) over (partition by name, category, option1, option2) as before
    from {variants} as variants join {products} as products on variants.place = products.place
    where name is not null and option1 is not null
) as compared
where place > before
"""

_IMAGES = """
select place, 2 as comparison, 0 as variant, '/image' as pointer, before
from (
    select place, name, category, min(place) over same_image as before,
        first_value(name) over same_image as first_name,
        first_value(category) over same_image as first_category
    from {products} as products where image is not null
    window same_image as (partition by image order by place)
) as compared
where place > before and (name is distinct from first_name or category is distinct from first_category)
"""


class Comparison(NamedTuple):
    """One requirement that values differ between lines."""

    rule: Common
    shared: str
    """What two lines share, in words."""

    relation: str
    """`products` or `variants`: the relation that is filtered before the query."""

    columns: str
    """The filter keeps the rows that share these columns with another row; the first is not null."""

    sql: str


COMPARISONS = (
    Comparison(SKU_ONCE, "`sku`", "variants", "sku", _SKUS),
    Comparison(OPTIONS_ONCE, "the options of a product", "products", "name, category", _OPTIONS),
    Comparison(IMAGE_ONCE, "`image`", "products", "image", _IMAGES),
)


def finding(comparison: int, pointer: str, earlier: str, *, strict: bool) -> Finding:
    """Return the finding about one repetition.

    Args:
        comparison: index in `COMPARISONS`.
        pointer: to the repeated member.
        earlier: the place of the first line, in words.
        strict: make a warning an error.
    """
    rule, shared, *_ = COMPARISONS[comparison]
    message = f"{shared} must be different in each line of the catalogue, got the same as in {earlier}"
    repetition = rule(message, pointer)
    return as_errors((repetition,))[0] if strict else repetition
