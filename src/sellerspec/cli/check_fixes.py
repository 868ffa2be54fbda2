"""`sellerspec check --fix`: payload files are rewritten with the fixes of their findings."""

from collections import Counter
from collections.abc import Callable, Sequence
from io import StringIO
from itertools import pairwise
from os.path import lexists  # that of `Path` raises for names that the system refuses
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from sellerspec.cli.group import NOT_JUDGED, REFUSED, problem
from sellerspec.cli.inputs import Input
from sellerspec.cli.output import finish, is_terminal, write_bytes
from sellerspec.errors import UsageError
from sellerspec.io.folders import CATALOGUES
from sellerspec.io.writing import NotWritten, rewrite
from sellerspec.model import Json
from sellerspec.reporting import Checked, Failed
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.records import plural

_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = {
    "fix": click.option("--fix", is_flag=True,
                        help="Rewrite payload files with their safe fixes; the formatting is kept. "
                             "Of a catalogue, --fix FILE is --fixed FILE."),
    "unsafe_fixes": click.option("--unsafe-fixes", is_flag=True,
                                 help="With --fix, --diff or --fixed: apply also fixes that need a look."),
    "diff": click.option("--diff", is_flag=True,
                         help="Show what --fix would change as a diff, and write nothing."),
}  # fmt: skip
"""Name of a parameter -> its option."""


class FixCommand(click.Command):
    """A command whose `--fix FILE`, with a catalogue that does not exist yet, is `--fixed FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a file that exists is never taken for the one to write."""
        new = [name for name in args if name.lower().endswith(CATALOGUES) and not lexists(name)]
        others = any(name.lower().endswith(CATALOGUES) and name not in new for name in args)
        for index, (option, value) in enumerate(pairwise(args)):
            if others and option == "--fix" and value in new:
                args = [*args[:index], "--fixed", *args[index + 1 :]]
        return super().parse_args(ctx, args)


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


class Fixer:
    """Checks the payload files of one call, and fixes them if that is asked for."""

    def __init__(self, fixing: Fixing, check: Callable[[Input, bytes], tuple[Checked, Json]]) -> None:
        self._fixing, self._check = fixing, check
        self._fixable: list[Counter[str]] = []
        """Of each file that `--diff` would change: rule -> number of findings."""

        self._has_result = fixing.diff
        """Whether stdout has diffs or the fixed text of stdin, so that findings go to stderr."""

        self._least = 0
        """The lowest exit code."""

    def check(self, input_: Input) -> tuple[Checked, Json]:
        """Check an input, apply its fixes, and return what is left, and the value.

        Raises:
            SellerspecError: it cannot be read, or its operation is not known; stdin is passed on as it is.
        """
        data = new = input_.read()
        if not self._fixing.is_on:
            return self._check(input_, data)
        is_filter = input_.path is None and not self._fixing.diff
        self._has_result = self._has_result or is_filter
        try:
            before = self._check(input_, data)
            done = self._fixed(before[0])
            if done is None:
                return before
            text, rules = done
            after = self._check(input_, text)
            new = text
        finally:
            if is_filter:
                write_bytes(None, new)
        if self._fixing.diff:
            _show(input_.name, data, new)
            self._fixable.append(rules)
            return after
        if input_.path is not None and not self._is_rewritten(input_.path, data, new):
            return before
        return after[0]._replace(fixed=rules), after[1]

    def _fixed(self, checked: Checked) -> tuple[bytes, Counter[str]] | None:
        """Return the text with its fixes, and how many findings of each rule they fix; None without a fix."""
        report = checked.report
        if report.origin is None:
            if not report.ok:
                self._refuse(f"{checked.name}: only payloads are fixed, no exchange and no workbook")
            return None
        done = report.fixed(unsafe=self._fixing.unsafe)
        if not done.applied:
            return None
        from sellerspec.io.json_edit import edited  # only a text that changes needs it

        text = edited(checked.text, (step for _, fix in done.applied for step in fix.patch))
        return text.encode(), Counter(finding.rule for finding, _ in done.applied)

    def _is_rewritten(self, path: Path, old: bytes, new: bytes) -> bool:
        try:
            rewrite(path, old, new)
        except NotWritten as error:
            self._refuse(str(error))
            return False
        return True

    def _refuse(self, message: str) -> None:
        """Say why a file stays as it is although its findings should be fixed."""
        problem(message)
        self._least = NOT_JUDGED

    def finish(
        self, ctx: click.Context, form: str, checked: Sequence[Checked], failures: Sequence[Failed], *,
        quiet: bool,
    ) -> None:  # fmt: skip
        """Write what is left and exit.

        Exit code 2: a file was not judged or not written; 1: an error is left, or `--diff` has shown a
        change; else 0.
        """
        if self._fixable:
            self._least = max(self._least, REFUSED)
            findings = plural(sum(rules.total() for rules in self._fixable), "finding")
            click.echo(f"note: {findings} would be fixed in {plural(len(self._fixable), 'file')}", err=True)
        finish(ctx, form, checked, failures, quiet=quiet, err=self._has_result, least=self._least)


def _show(name: str, old: bytes, new: bytes) -> None:
    """Write a unified diff on stdout."""
    from difflib import unified_diff

    # `splitlines` would also end lines within texts
    before, after = (list(StringIO(data.decode(), newline="\n")) for data in (old, new))
    for line in unified_diff(before, after, name, name):
        end = "" if line.endswith("\n") else "\n\\ No newline at end of file"
        shown = plain(line.rstrip("\r\n")) if is_terminal() else line.removesuffix("\n")
        write_bytes(None, f"{shown}{end}\n".encode())
