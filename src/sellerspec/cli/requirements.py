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
                "path": each.path,
                "required": each.required,
                "when": list(each.when),
                "types": list(each.types),
                "limits": list(each.limits),
                "rules": list(each.rules),
                "about": each.about,
            }
            for each in found.members
        ],
        "functions": [
            {"rule": each.id, "requirement": each.requirement, "needs": list(each.needs)} for each in found.functions
        ],
        "minimal": found.minimal,
        "minimal_report": found.report.to_dict() if found.report is not None else None,
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _text(found: Requirements) -> str:
    lines = [found.operation]
    if found.report is not None:
        lines += [f"  no document states `{each}`; its shape is assumed" for each in found.report.assumed]
    lines += ["", "required:", *_rows([each for each in found.members if each.required])]
    lines += ["", "required under a condition:"]
    for each in found.members:
        if each.when and not each.required:
            lines += [*_rows([each]), *(f"      if {said}" for said in each.when)]
    lines += [
        "",
        "optional:",
        *_rows([each for each in found.members if not each.required and not each.when]),
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
    for each in members:
        form = ", ".join(filter(None, (" or ".join(each.types), *each.limits)))
        out.append(f"  {each.path:<34} {form:<44} {' '.join(each.rules)}".rstrip())
    return out
