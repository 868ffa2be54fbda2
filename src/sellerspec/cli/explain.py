"""`sellerspec explain`: a rule, an operation, a discrepancy or an id of the rule catalogue, in words."""

import click

from sellerspec.cli.options import all_overlays, explained_names, overlay_option, plain_format_option
from sellerspec.cli.output import json_text
from sellerspec.explanations.pages import page


@click.command()
@click.argument("name", shell_complete=explained_names)
@overlay_option
@plain_format_option
def explain(name: str, overlays: tuple[str, ...], form: str) -> None:
    """Explain NAME: a rule, an operation, a discrepancy, an error code, a catalogue id, a source.

    \b
    Examples:
        sellerspec explain tiki.variant-price
        sellerspec explain tiki/createProduct
        sellerspec explain A064
        sellerspec explain ORD_DLV_013
    """
    explained = page(name, all_overlays(overlays))
    click.echo(json_text(explained.value) if form == "json" else "\n".join(explained.lines))
