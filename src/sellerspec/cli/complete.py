"""Shell completion of names that come from the specs."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def operation_keys(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the operations whose key starts like that."""
    from sellerspec.contract.registry import operations

    return [
        _item(operation.key, operation.summary)
        for operation in operations()
        if operation.key.startswith(incomplete)
    ]


def rule_ids(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the rules whose id starts like that."""
    from sellerspec.contract.registry import rules

    return [_item(rule.id, rule.requirement) for rule in rules() if rule.id.startswith(incomplete)]


def explained_names(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Return the rules and operations whose name starts like that."""
    return rule_ids(ctx, parameter, incomplete) + operation_keys(ctx, parameter, incomplete)


def marketplace_names(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the marketplaces whose name starts like that."""
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
