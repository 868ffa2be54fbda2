"""Options that several commands share, and shell completion of names from the specs."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sellerspec.contract import settings
from sellerspec.errors import ParseError
from sellerspec.io.writing import check_outputs
from sellerspec.reporting import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Place(click.Path):
    """A path; an empty text, as of a variable of the shell that is not set, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("the name is empty; the folder of the call is `.`", param, ctx)
        return super().convert(value, param, ctx)


FILE = Place(path_type=Path, dir_okay=False)
"""Type of an option that names a file."""

MOST = 1 << 53
"""Largest integer of an option: JSON readers of any language hold it exactly."""


class Integer(click.IntRange):
    """An integer; a text of thousands of digits is refused without being shown or converted."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the integer."""
        if isinstance(value, str) and len(value) > len(str(MOST)) + 1:
            self.fail(
                f"a text of {len(value)} characters is not an integer of at most {self.max}", param, ctx
            )
        return super().convert(value, param, ctx)


def integer(least: int = -MOST, most: int = MOST) -> Integer:
    """Return the type of an option that takes an integer."""
    return Integer(least, most)


def integers(_: click.Context, param: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Return the integers of an option, which commas separate: a callback."""
    if text is None:
        return None
    words = [word.strip() for word in text.split(",")] if text.strip() else []
    if not all(word.isascii() and word.isdigit() and len(word) < len(str(MOST)) for word in words):
        problem = f"write integers of fewer than {len(str(MOST))} digits, separated by commas"
        raise ParseError(problem, name=param.opts[0])
    return tuple(map(int, words))


class Number(click.FloatRange):
    """A finite number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number", param, ctx)
        return number


POSITIVE = Number(min=0, min_open=True)


class OutputOption(click.Option):
    """An option that names a file to write: it is refused if the call reads that file or writes it twice."""

    def __init__(self, *args: Any, updates: str = "", **kwargs: Any) -> None:
        """Make the option; `updates` names the parameter whose file it may write anew."""
        super().__init__(*args, **kwargs)
        self._updates = updates

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Compare the file with every other file of the call, before anything is read."""
        value, rest = super().handle_parse_result(ctx, opts, args)
        if isinstance(value, Path) and not ctx.resilient_parsing:
            others = [
                other for other in ctx.command.params if other is not self and other.name != self._updates
            ]
            outputs = [other for other in others if isinstance(other, OutputOption)]
            check_outputs(
                {
                    **{_label(other): Path(text) for other in outputs for text in _texts(other, opts)},
                    _label(self): value,
                },
                {
                    Path(text): _label(other)
                    for other in others
                    if other not in outputs
                    for text in _texts(other, opts)
                },
            )
        return value, rest


def _label(parameter: click.Parameter) -> str:
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name


def _texts(parameter: click.Parameter, opts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the call gives for a parameter."""
    given = () if isinstance(parameter.type, click.Choice) else opts.get(parameter.name or "")
    for text in given if isinstance(given, list | tuple) else (given,):
        if isinstance(text, str) and text != "-":
            yield text


format_option = click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
    help="Format of the output.",
)  # fmt: skip
"""`--format` of commands that report findings."""

quiet_option = click.option("--quiet", is_flag=True, help="As text: one line for each finding, nothing else.")

plain_format_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="Format of the output.",
)  # fmt: skip
"""`--format` of all other commands."""

output_option = click.option(
    "--output", type=FILE, cls=OutputOption, help="File to write; by default stdout."
)

overlay_option = click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE",
    help="OpenAPI Overlay that corrects a spec first; may be given more than once.",
)  # fmt: skip
"""`--overlay FILE`; commands pass its value to `all_overlays`."""


def all_overlays(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the overlays of the project's `pyproject.toml`, then those of the call."""
    return (*settings.read().overlays, *given)


def named_marketplace(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    """Return the marketplace of an option, else of the settings."""
    name = name or settings.read().marketplace
    if name is not None:
        from sellerspec import marketplaces

        marketplaces.marketplace(name)  # a wrong name is an error before any file
    return name


marketplace_option = click.option(
    "--marketplace", "-m", callback=named_marketplace,
    help="Marketplace of the calls, where the host does not name it; by default the recorder or folder does.",
)  # fmt: skip
"""`--marketplace NAME`, by default that of the settings."""


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
