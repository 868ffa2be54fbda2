"""`sellerspec list`: what there is. To add a list, add a line to `LISTS`."""

from collections.abc import Sequence

import click
import orjson

from sellerspec.cli.complete import marketplace_names, operation_keys
from sellerspec.cli.lazy import LazyGroup
from sellerspec.cli.output import plain_format_option
from sellerspec.cli.overlays import in_force, overlay_option
from sellerspec.model import Json
from sellerspec.rules import Rule

LISTS: dict[str, tuple[str, str]] = {
    "discrepancies": (
        "sellerspec.cli.discrepancies:discrepancies",
        "List where the documents contradict themselves.",
    ),
    "defects": ("sellerspec.cli.defects:defects", "List the seeded defects of the sandboxes."),
}
"""Name -> where another module keeps the click command of a list, and its line in the help."""


@click.group(cls=LazyGroup, commands_at=LISTS, name="list")
def listing() -> None:
    """List operations, rules, marketplaces, discrepancies."""


@listing.command()
@click.argument("marketplace", required=False, shell_complete=marketplace_names)
@overlay_option
@plain_format_option
def operations(marketplace: str | None, overlays: tuple[str, ...], form: str) -> None:
    """List every operation and webhook, of one MARKETPLACE or of all, and how each is known."""
    from sellerspec.contract import registry

    rows = [
        {
            "key": operation.key,
            "method": operation.method,
            "path": operation.path,
            "webhook": operation.webhook,
            "summary": operation.summary,
            "source": {
                "document": operation.source.document,
                "section": operation.source.section,
                "seen": operation.source.seen,
            },
            "status": operation.source.status.value,
        }
        for operation in registry.operations(marketplace, overlays=in_force(overlays))
    ]
    write(rows, form, ("key", "method", "path", "summary", "status"))


@listing.command()
@click.argument("operation", required=False, shell_complete=operation_keys)
@overlay_option
@plain_format_option
def rules(operation: str | None, overlays: tuple[str, ...], form: str) -> None:
    """List every rule, or those of one OPERATION or marketplace."""
    from sellerspec.contract import registry

    rows = [rule_json(rule) for rule in registry.rules(operation, overlays=in_force(overlays))]
    write(rows, form, ("id", "catalogue", "severity", "basis", "requirement"))


@listing.command()
@overlay_option
@plain_format_option
def marketplaces(overlays: tuple[str, ...], form: str) -> None:
    """List the marketplaces."""
    from sellerspec import contract
    from sellerspec import marketplaces as known

    rows = []
    for name in known.names():
        ready = contract.contract(name, in_force(overlays))
        rows.append(
            {
                "name": name,
                "title": ready.marketplace.title,
                "version": ready.spec.version,
                "operations": len(ready.spec.ids()),
                "rules": len(ready.rules()),
                "servers": list(ready.spec.servers),
            }
        )
    write(rows, form, ("name", "title", "version", "operations", "rules"))


def rule_json(rule: Rule) -> dict[str, Json]:
    """Return one rule as JSON: everything that is known of it."""
    return {
        "id": rule.id,
        "catalogue": list(rule.catalogue),
        "operations": [f"{rule.marketplace}/{each}" for each in rule.on],
        "requirement": rule.requirement,
        "severity": rule.severity.value,
        "basis": rule.basis.value,
        "phase": rule.phase.value,
        "source": {
            "document": rule.source.document,
            "section": rule.source.section,
            "seen": rule.source.seen,
        },
        "needs": list(rule.needs),
        "server_text": rule.text,
        "status": rule.status,
        "code": rule.code,
        "hint": rule.hint,
        "reads": rule.reads,
        "checkable": not rule.why_not,
        "why_not": rule.why_not,
        "place": rule.place,
    }


def write(rows: Sequence[dict[str, Json]], form: str, columns: Sequence[str]) -> None:
    """Write rows on stdout: all members as a JSON list, or some as a table of text."""
    if form == "json":
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    cells = [[_cell(row[name]) for name in columns] for row in rows]
    widths = [max((len(row[at]) for row in cells), default=0) for at in range(len(columns))]
    for row in cells:
        padded = [each.ljust(width) for each, width in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _cell(value: Json) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value) if value is not None else ""
