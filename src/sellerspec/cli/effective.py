"""`sellerspec check --effective`: what each variant is once it has inherited from its product."""

from collections.abc import Mapping, Sequence

import click
import orjson

from sellerspec.errors import UsageError
from sellerspec.model import Json
from sellerspec.reporting import Checked
from sellerspec.reporting.excerpt import plain
from sellerspec.rules import objects

OPERATION = "tiki/createProduct"
"""The one operation whose payload has parts that inherit."""


def show(values: Sequence[tuple[Checked, Json]], form: str) -> None:
    """Write the effective values of each payload's variants on stdout, as text or as JSON.

    Raises:
        UsageError: a payload is for an operation in which nothing is inherited, or the format
            is neither `text` nor `json`.
    """
    from sellerspec.marketplaces.tiki.inheritance import effective

    if form not in ("text", "json"):
        raise UsageError("`--effective` is shown as text or json")
    other = next((each.report.operation for each, _ in values if each.report.operation != OPERATION), None)
    if other is not None:
        raise UsageError(f"nothing is inherited in `{other}`; `--effective` is for `{OPERATION}`")
    if form == "json":
        out = [{"name": each.name, "variants": effective(value)} for each, value in values]
        click.echo(orjson.dumps(out, option=orjson.OPT_INDENT_2))
        return
    for each, value in values:
        for (index, own), variant in zip(objects(value, "variants"), effective(value), strict=True):
            click.echo(f"{plain(each.name)}: variant {index}")
            for key, member in variant.items():
                click.echo(f"  {key}: {_shown(member)}  ({_origin(key, own, value)})")


def _shown(value: Json) -> str:
    text = plain(orjson.dumps(value).decode())
    return text if len(text) <= 100 else f"{text[:99]}…"


def _origin(key: str, variant: Mapping[str, Json], product: Json) -> str:
    """Say whose value it is: the variant's, the product's, or both joined."""
    if key == "attributes":
        both = bool(variant.get(key)) and bool(product.get(key))
        return "joined" if both else "variant" if variant.get(key) else "product"
    return "variant" if variant.get(key) is not None and key != "category_id" else "product"
