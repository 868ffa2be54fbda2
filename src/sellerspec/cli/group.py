"""Groups whose commands are imported when they are called, exit codes, and errors as one line on stderr."""

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import click

from sellerspec.errors import SellerspecError, UnknownName
from sellerspec.io.files import reason, shown

REFUSED = 1
"""Exit code: there is a finding of severity error."""

NOT_JUDGED = 2
"""Exit code: something could not be judged, or the command was used wrongly."""

INTERRUPTED = 130
"""Exit code: Ctrl+C."""


class LazyGroup(click.Group):
    """A group of commands, each imported at first use.

    It is the front door: an error of ours is one line and exit code 2.
    """

    def __init__(
        self, *args: Any, commands_at: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at or {}

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a console of cp1252 cannot hold all text
        try:
            super().main(*args, **kwargs)
        except SystemExit as exit_:
            sys.exit(_flushed(exit_.code))
        except Exception as error:  # a fault of sellerspec: Python would exit with 1, which means findings
            from sellerspec.reporting.unforeseen import reported

            problem(reported(error))
            sys.exit(NOT_JUDGED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *self._commands_at})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self._commands_at:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._commands_at[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; for an unknown one, the error names the nearest."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise UnknownName("command", name, self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        rows = [(command, self._summary(ctx, command)) for command in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary(self, ctx: click.Context, name: str) -> str:
        if name in self._commands_at:
            return self._commands_at[name][1]
        command = super().get_command(ctx, name)
        return command.get_short_help_str(80) if command is not None else ""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except SellerspecError as error:
            problem(error)
            ctx.exit(NOT_JUDGED)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except OSError as error:
            ctx.exit(_refused_by_system(error))


def _flushed(code: Any) -> Any:
    """Write what stdout still holds; return the exit code, another one if that fails."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return _refused_by_system(error)
    return code


def _refused_by_system(error: OSError) -> int:
    """Report a full disk, a closed pipe and the like; return the exit code."""
    if sys.stdout is not None:  # what it still holds would fail again when the process ends
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):  # else its reader has seen enough
        about = f"{shown(str(error.filename))}: " if error.filename else ""
        problem(f"{about}{reason(error)}")
    return NOT_JUDGED


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block for SIGTERM too: containers and CI stop a process by it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def problem(error: SellerspecError | str) -> None:
    """Write an error as one line on stderr, without characters that control a terminal."""
    from sellerspec.reporting.excerpt import plain  # only a command that fails needs it

    click.echo(f"error: {plain(str(error))}", err=True)
