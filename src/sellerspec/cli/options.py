"""Options that several commands share, and shell completion of names from the specs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sellerspec.io import settings
from sellerspec.reporting import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FILE = click.Path(path_type=Path, dir_okay=False)
"""Type of an option that names a file."""

POSITIVE = click.FloatRange(min=0, min_open=True)

format_option = click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
    help="Format of the output.",
)  # fmt: skip
"""`--format` of commands that report findings."""

plain_format_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="Format of the output.",
)  # fmt: skip
"""`--format` of all other commands."""

output_option = click.option("--output", type=FILE, help="File to write; by default stdout.")

overlay_option = click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE",
    help="OpenAPI Overlay that corrects a spec first; may be given more than once.",
)  # fmt: skip
"""`--overlay FILE`; commands pass its value to `all_overlays`."""


def all_overlays(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the overlays of the project's `pyproject.toml`, then those of the call."""
    return (*settings.read().overlays, *given)


def operation_keys(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the operations whose key starts with what was typed."""
    from sellerspec.contract.registry import operations

    return [
        _item(operation.key, operation.summary)
        for operation in operations()
        if operation.key.startswith(incomplete)
    ]


def rule_ids(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the rules whose id starts with what was typed."""
    from sellerspec.contract.registry import rules

    return [_item(rule.id, rule.requirement) for rule in rules() if rule.id.startswith(incomplete)]


def explained_names(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Return the rules and operations whose name starts with what was typed."""
    return rule_ids(ctx, parameter, incomplete) + operation_keys(ctx, parameter, incomplete)


def marketplace_names(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the marketplaces whose name starts with what was typed."""
    from sellerspec.marketplaces import NAMES

    return [_item(name) for name in NAMES if name.startswith(incomplete)]


def fuzz_targets(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return what can be fuzzed: marketplaces, and webhooks by their key."""
    from sellerspec.contract.registry import operations

    webhooks = [
        operation for operation in operations() if operation.webhook and operation.key.startswith(incomplete)
    ]
    return marketplace_names(ctx, parameter, incomplete) + [
        _item(webhook.key, webhook.summary) for webhook in webhooks
    ]


def _item(name: str, help: str | None = None) -> "CompletionItem":
    from click.shell_completion import CompletionItem  # only a shell that completes needs it

    return CompletionItem(name, help=help)
