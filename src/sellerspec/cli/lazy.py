"""A group whose commands are imported when they are called, and whose errors are one line."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from sellerspec.errors import SellerspecError, UnknownName

COULD_NOT_TELL = 2
"""Exit code: neither accepted nor refused, because something could not be read or is unknown."""


class LazyGroup(click.Group):
    """Commands by name, each imported at first use; what goes wrong is one line and exit 2."""

    def __init__(self, *args: Any, commands_at: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *self._commands_at})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self._commands_at:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._commands_at[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a call; an unknown one names the nearest."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise UnknownName("command", name, self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        rows = [(command, self._line(ctx, command)) for command in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _line(self, ctx: click.Context, name: str) -> str:
        """Return the line of a command in the help."""
        if name in self._commands_at:
            return self._commands_at[name][1]
        found = super().get_command(ctx, name)
        return found.get_short_help_str(80) if found is not None else ""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error of ours is one line on stderr and exit 2."""
        try:
            return super().invoke(ctx)
        except SellerspecError as error:
            problem(error)
            ctx.exit(COULD_NOT_TELL)


def problem(error: SellerspecError | str) -> None:
    """Write one line of trouble on stderr; what could steer the terminal becomes `?`."""
    line = "".join(each if each.isprintable() else "?" for each in str(error))
    click.echo(f"error: {line}", err=True)
