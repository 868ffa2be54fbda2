"""`sellerspec requirements`: what a payload needs, and a minimal one."""

import click
import orjson

from sellerspec.cli import facts as fact
from sellerspec.cli.complete import operation_keys
from sellerspec.cli.output import plain_format_option
from sellerspec.cli.overlays import overlay_option
from sellerspec.contract.requirements import Member, Requirements
from sellerspec.contract.requirements import requirements as found_for
from sellerspec.io import settings as project
from sellerspec.model import Facts


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@click.option(
    "--category", metavar="FILE", help="Saved answer of Tiki's getCategory: its required attributes count."
)
@click.option(
    "--order", metavar="FILE", help="Saved answer of getOrder for the order that the payload is about."
)
@click.option("--warehouses", metavar="FILE", help="Saved answer of Tiki's listWarehouses.")
@overlay_option
@plain_format_option
def requirements(
    operation: str,
    category: str | None,
    order: str | None,
    warehouses: str | None,
    overlays: tuple[str, ...],
    form: str,
) -> None:
    """List what a payload of OPERATION needs, with its rules and a minimal payload that passes.

    \b
    Example:
        sellerspec requirements tiki/createProduct --category category.json
    """
    settings = project.read()
    facts = Facts(
        category=fact.saved_response(category, "category") if category else None,
        order=fact.saved_response(order, "order") if order else None,
        warehouses=fact.saved_response(warehouses, "warehouses") if warehouses else None,
        seller=settings.seller,
        inventory_types=settings.inventory_types,
        suppliers=settings.suppliers,
    )
    found = found_for(operation, facts=facts, overlays=(*settings.overlays, *overlays))
    click.echo(_json(found) if form == "json" else _text(found))


def _json(found: Requirements) -> str:
    value = {
        "operation": found.operation,
        "members": [
            {
                "path": member.path,
                "required": member.required,
                "when": list(member.when),
                "types": list(member.types),
                "limits": list(member.limits),
                "rules": list(member.rules),
                "about": member.about,
            }
            for member in found.members
        ],
        "functions": [
            {"rule": function.id, "requirement": function.requirement, "needs": list(function.needs)}
            for function in found.functions
        ],
        "minimal": found.minimal,
        "minimal_report": found.report.to_dict() if found.report is not None else None,
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _text(found: Requirements) -> str:
    lines = [found.operation]
    if found.report is not None:
        lines += [f"  no document states `{each}`; its shape is assumed" for each in found.report.assumed]
    lines += ["", "required:", *_rows([member for member in found.members if member.required])]
    lines += ["", "required under a condition:"]
    for member in found.members:
        if member.when and not member.required:
            lines += [*_rows([member]), *(f"      if {said}" for said in member.when)]
    lines += [
        "",
        "optional:",
        *_rows([member for member in found.members if not member.required and not member.when]),
    ]
    lines += ["", "rules that no schema can say:"]
    for rule in found.functions:
        needs = f" (needs {', '.join(rule.needs)})" if rule.needs else ""
        lines.append(f"  {rule.id}: {rule.requirement}{needs}")
    if found.minimal is None:
        return "\n".join((*lines, "", "no minimal payload was found for these facts"))
    shown = orjson.dumps(found.minimal, option=orjson.OPT_INDENT_2).decode()
    return "\n".join((*lines, "", "a minimal payload:", shown))


def _rows(members: list[Member]) -> list[str]:
    out = []
    for member in members:
        form = ", ".join(filter(None, (" or ".join(member.types), *member.limits)))
        out.append(f"  {member.path:<34} {form:<44} {' '.join(member.rules)}".rstrip())
    return out
