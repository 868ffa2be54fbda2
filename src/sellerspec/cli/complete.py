"""Shell completion of names that come from the specs."""

import click
from click.shell_completion import CompletionItem


def operation_keys(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the operations whose key starts like that."""
    from sellerspec.catalogue import operations

    return [
        CompletionItem(each.key, help=each.summary)
        for each in operations()
        if each.key.startswith(incomplete)
    ]


def rule_ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rules whose id starts like that."""
    from sellerspec.catalogue import rules

    return [CompletionItem(each.id, help=each.asks) for each in rules() if each.id.startswith(incomplete)]
