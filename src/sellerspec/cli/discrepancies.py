"""`sellerspec list discrepancies`: where the documents contradict themselves, and what was made of it."""

import click

from sellerspec.cli.output import plain_format_option


@click.command()
@click.option("--marketplace", metavar="NAME", help="Only the register of this marketplace.")
@plain_format_option
def discrepancies(marketplace: str | None, form: str) -> None:
    """List the places where the documents contradict themselves, and the reading taken.

    `sellerspec explain ID` shows one with both readings.

    \b
    Example:
        sellerspec list discrepancies --marketplace tokopedia
    """
    from sellerspec.cli.listing import write
    from sellerspec.contract.documents import discrepancies as registered

    rows = [{"marketplace": each.marketplace, **each.value} for each in registered(marketplace)]
    write(rows, form, ("id", "marketplace", "enforce", "place", "taken"))
