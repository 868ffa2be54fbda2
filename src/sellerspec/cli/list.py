"""`sellerspec list`: operations, rules, marketplaces, discrepancies, defects."""

import click

from sellerspec.cli.group import LazyGroup
from sellerspec.cli.options import (
    all_overlays,
    marketplace_names,
    operation_keys,
    overlay_option,
    plain_format_option,
)
from sellerspec.cli.output import write_rows
from sellerspec.explanations.rows import operation_json, rule_json


@click.group(cls=LazyGroup, name="list")
def listing() -> None:
    """List operations, rules, marketplaces, discrepancies, defects."""


@listing.command()
@click.argument("marketplace", required=False, shell_complete=marketplace_names)
@overlay_option
@plain_format_option
def operations(marketplace: str | None, overlays: tuple[str, ...], form: str) -> None:
    """List every operation and webhook, of one MARKETPLACE or of all, with its basis."""
    from sellerspec.contract import registry

    known = registry.operations(marketplace, overlays=all_overlays(overlays))
    rows = [operation_json(operation) for operation in known]
    write_rows(rows, form, ("key", "method", "path", "summary", "status"))


@listing.command()
@click.argument("operation", required=False, shell_complete=operation_keys)
@overlay_option
@plain_format_option
def rules(operation: str | None, overlays: tuple[str, ...], form: str) -> None:
    """List every rule, or those of one OPERATION or marketplace."""
    from sellerspec.contract import registry

    rows = [rule_json(rule) for rule in registry.rules(operation, overlays=all_overlays(overlays))]
    write_rows(rows, form, ("id", "catalogue", "severity", "basis", "requirement"))


@listing.command()
@overlay_option
@plain_format_option
def marketplaces(overlays: tuple[str, ...], form: str) -> None:
    """List the marketplaces."""
    from sellerspec import contract
    from sellerspec.marketplaces import names

    contracts = [contract.contract(name, all_overlays(overlays)) for name in names()]
    rows = [
        {
            "name": ready.name,
            "title": ready.marketplace.title,
            "version": ready.spec.version,
            "operations": len(ready.spec.ids()),
            "rules": len(ready.rules()),
            "servers": list(ready.spec.servers),
        }
        for ready in contracts
    ]
    write_rows(rows, form, ("name", "title", "version", "operations", "rules"))


@listing.command()
@click.option("--marketplace", metavar="NAME", help="Only the register of this marketplace.")
@plain_format_option
def discrepancies(marketplace: str | None, form: str) -> None:
    """List the places where the documents contradict themselves, and the reading taken.

    `sellerspec explain ID` shows one with both readings.

    \b
    Example:
        sellerspec list discrepancies --marketplace tokopedia
    """
    from sellerspec.contract.documents import discrepancies as registered

    rows = [{"marketplace": entry.marketplace, **entry.value} for entry in registered(marketplace)]
    write_rows(rows, form, ("id", "marketplace", "enforce", "place", "taken"))


@listing.command()
@click.argument("marketplace", required=False, shell_complete=marketplace_names)
@plain_format_option
def defects(marketplace: str | None, form: str) -> None:
    """List the seeded defects of the sandboxes, of one MARKETPLACE or of all.

    \b
    Example:
        sellerspec serve tiki --defect price-zero-accepted
    """
    from sellerspec import sandbox

    rows = [
        {"marketplace": name, **defect.to_dict()}
        for name in ((marketplace,) if marketplace else sandbox.NAMES)
        for defect in sandbox.defects(name).values()
    ]
    write_rows(rows, form, ("marketplace", "id", "operations", "description"))
