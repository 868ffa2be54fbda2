"""`sellerspec list defects`: the seeded defects of the sandboxes."""

import click

from sellerspec.cli.complete import marketplace_names
from sellerspec.cli.output import plain_format_option


@click.command()
@click.argument("marketplace", required=False, shell_complete=marketplace_names)
@plain_format_option
def defects(marketplace: str | None, form: str) -> None:
    """List the seeded defects of one MARKETPLACE or of all.

    \b
    Example:
        sellerspec serve tiki --defect price-zero-accepted
    """
    from sellerspec import sandbox
    from sellerspec.cli.listing import write

    rows = [
        {
            "marketplace": name,
            "id": defect.id,
            "operations": list(defect.on),
            "description": defect.description,
            "rules": list(defect.rules),
        }
        for name in ((marketplace,) if marketplace else sandbox.NAMES)
        for defect in sandbox.defects(name).values()
    ]
    write(rows, form, ("marketplace", "id", "operations", "description"))
