"""`sellerspec requirements`: what a payload needs, a minimal one, and what a response may hold."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from sellerspec.cli import facts
from sellerspec.cli.options import operation_keys, overlay_option, plain_format_option
from sellerspec.cli.output import json_text
from sellerspec.contract import settings
from sellerspec.contract.requirements import Member, Requirements
from sellerspec.contract.requirements import requirements as requirements_of
from sellerspec.contract.requirements.received import rows
from sellerspec.model import Basis, assumed_note


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@facts.saved_response_options
@overlay_option
@plain_format_option
def requirements(operation: str, overlays: tuple[str, ...], form: str, **saved: Any) -> None:
    """List what a call of OPERATION needs: parameters, members of its payload, rules, a minimal payload,
    and which members of its response may be null or absent.

    \b
    Example:
        sellerspec requirements tiki/createProduct --category category.json
    """
    project = settings.read()
    needed = requirements_of(
        operation, facts=facts.read(project, **saved), overlays=(*project.overlays, *overlays)
    )
    click.echo(json_text(needed.to_dict()) if form == "json" else "\n".join(_text(needed)))


def _text(needed: Requirements) -> Iterator[str]:
    yield needed.operation
    if needed.assumed:
        yield f"  {assumed_note(needed.operation)}"
    if needed.parameters:
        yield from ("", "parameters:")
        for parameter in needed.parameters:
            row = next(_rows([parameter], needed.bases))
            yield row if not parameter.required else f"{row}  required"
    if needed.members:
        yield from _payload(needed)
    if needed.functions:
        yield from ("", "rules that JSON Schema cannot state:")
    for rule in needed.functions:
        facts_needed = f"; needs {', '.join(rule.needs)}" if rule.needs else ""
        yield f"  {rule.id}: {rule.requirement} ({rule.basis}{facts_needed})"
    if needed.received:
        yield from ("", "members of the response:", *rows(needed.received))
    if needed.minimal is not None:
        yield from ("", "a minimal payload:", json_text(needed.minimal))
    elif needed.members:
        yield from ("", "no minimal payload was found for these facts")


def _payload(needed: Requirements) -> Iterator[str]:
    always: dict[str, Member] = {}
    optional: list[Member] = []
    conditional: list[tuple[Member, tuple[str, ...]]] = []
    for member in needed.members:
        holder = member.path.rpartition(".")[0].removesuffix("[]")
        if member.required and (not holder or holder in always):
            always[member.path] = member
        elif member.required or member.when:
            conditional.append((member, member.when or (_held(member.path),)))
        else:
            optional.append(member)
    if always:
        yield from ("", "required:", *_rows(always.values(), needed.bases))
    if conditional:
        yield from ("", "required under a condition:")
    for member, conditions in conditional:
        yield from _rows([member], needed.bases)
        yield from (f"      if {condition}" for condition in conditions)
    if optional:
        yield from ("", "optional:", *_rows(optional, needed.bases))


def _held(path: str) -> str:
    """Say when there is an object that can hold a member."""
    holder = path.rpartition(".")[0]
    return f"`{holder.removesuffix('[]')}` {'has items' if holder.endswith('[]') else 'is given'}"


def _rows(members: Iterable[Member], bases: Mapping[str, str]) -> Iterator[str]:
    for member in members:
        form = ", ".join(filter(None, (" or ".join(member.types), *member.limits)))
        rules = (f"{id} (assumed)" if bases.get(id) == Basis.ASSUMED else id for id in member.rules)
        yield f"  {member.path:<34} {form:<44} {' '.join(rules)}".rstrip()
