"""`sellerspec explain`: what a rule, an operation or a discrepancy is about, without a network."""

import re

import click
import orjson

from sellerspec.cli import explained
from sellerspec.cli.complete import explained_names
from sellerspec.cli.output import plain_format_option
from sellerspec.cli.overlays import in_force, overlay_option
from sellerspec.errors import UnknownName

_SHORT_ID = re.compile("[A-Z]{1,2}[0-9]{2,3}")


@click.command()
@click.argument("name", shell_complete=explained_names)
@overlay_option
@plain_format_option
def explain(name: str, overlays: tuple[str, ...], form: str) -> None:
    """Say what NAME is about: a rule, an operation, a discrepancy, an id of the rule catalogue.

    \b
    Examples:
        sellerspec explain tiki.variant-price
        sellerspec explain tiki/createProduct
        sellerspec explain A064
    """
    page = _page(name, in_force(overlays))
    click.echo(
        orjson.dumps(page.value, option=orjson.OPT_INDENT_2) if form == "json" else "\n".join(page.lines)
    )


def _page(name: str, overlays: tuple[str, ...]) -> explained.Page:
    if "/" in name:
        return explained.operation(name, overlays)
    if not _SHORT_ID.fullmatch(name):
        return explained.rule(name, overlays)
    found = explained.discrepancy(name) or explained.catalogued(name, overlays)
    if found is None:
        raise UnknownName("discrepancy or catalogue id", name, explained.short_ids())
    return found
