"""`sellerspec check --fix`: payload files are rewritten with the fixes of their findings."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from sellerspec.errors import UsageError

_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = {
    "fix": click.option("--fix", is_flag=True,
                        help="Rewrite payload files with their safe fixes; the formatting is kept."),
    "unsafe_fixes": click.option("--unsafe-fixes", is_flag=True,
                                 help="With --fix, --diff or --fixed: apply also fixes that need a look."),
    "diff": click.option("--diff", is_flag=True,
                         help="Show what --fix would change as a diff, and write nothing."),
}  # fmt: skip
"""Name of a parameter -> its option."""


def fix_options(command: _Command) -> _Command:
    """Add the options that are about fixes."""
    for option in reversed(OPTIONS.values()):
        command = option(command)
    return command


class Fixing(NamedTuple):
    """Whether and how payload files are fixed."""

    fix: bool
    unsafe: bool
    diff: bool
    """Show the changes, write nothing."""

    @property
    def is_on(self) -> bool:
        """Whether fixes are applied at all."""
        return self.fix or self.diff


def fixing_of(options: dict[str, Any], *, is_catalogue: bool) -> Fixing:
    """Take the options about fixes out of the options of a call.

    Args:
        options: of the call; loses those of `OPTIONS`.
        is_catalogue: whether the call writes a fixed catalogue, `--fixed FILE`.

    Raises:
        UsageError: `--unsafe-fixes` stands alone.
    """
    fixing = Fixing(*(options.pop(name) for name in OPTIONS))
    if fixing.unsafe and not (fixing.is_on or is_catalogue):
        raise UsageError("`--unsafe-fixes` is used with `--fix`, `--diff` or `--fixed FILE`")
    return fixing


def require_no_fix_in_place(fixing: Fixing) -> None:
    """Refuse to rewrite a catalogue.

    Raises:
        UsageError: `--fix` or `--diff` is given.
    """
    if fixing.is_on:
        option = "--diff" if fixing.diff else "--fix"
        raise UsageError(
            f"`{option}` is for payload files; a catalogue stays as it is, "
            "and `--fixed FILE` writes its lines with the fixes"
        )
