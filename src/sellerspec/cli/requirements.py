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
    yield from ("", "required:")
    bases = needed.bases
    yield from _rows((member for member in needed.members if member.required), bases)
    yield from ("", "required under a condition:")
    for member in needed.members:
        if member.when and not member.required:
            yield from _rows([member], bases)
            yield from (f"      if {condition}" for condition in member.when)
    yield from ("", "optional:")
    yield from _rows((member for member in needed.members if not member.required and not member.when), bases)


def _rows(members: Iterable[Member], bases: Mapping[str, str]) -> Iterator[str]:
    for member in members:
        form = ", ".join(filter(None, (" or ".join(member.types), *member.limits)))
        rules = (f"{id} (assumed)" if bases.get(id) == Basis.ASSUMED else id for id in member.rules)
        yield f"  {member.path:<34} {form:<44} {' '.join(rules)}".rstrip()
