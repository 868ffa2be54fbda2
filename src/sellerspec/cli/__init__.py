"""The command line: reads, calls, prints, exits.

Each command lives in a module of its own that is imported when the command is called, so that
`sellerspec check one.json` pays for nothing else. To add a command, add a line to `COMMANDS`.
"""

import click

from sellerspec import __version__
from sellerspec.cli.lazy import LazyGroup

COMMANDS = {
    "cassettes": (
        "sellerspec.cli.cassettes:cassettes",
        "Check, compare, count, clean and convert recorded exchanges.",
    ),
    "check": ("sellerspec.cli.check:check", "Say what a marketplace would refuse in payload files."),
    "demo": ("sellerspec.cli.demo:demo", "Show the main job from end to end, on the sandbox."),
    "explain": ("sellerspec.cli.explain:explain", "Say what a rule, an operation or a discrepancy is about."),
    "fuzz": ("sellerspec.cli.fuzz:fuzz", "Fuzz a server, or a receiver of webhooks, past business rules."),
    "generate": ("sellerspec.cli.generate:generate", "Write a catalogue to try things on, faults known."),
    "list": ("sellerspec.cli.listing:listing", "List operations, rules, marketplaces."),
    "requirements": (
        "sellerspec.cli.requirements:requirements",
        "List what an operation's payload needs, with a minimal one.",
    ),
    "specs": ("sellerspec.cli.specs:specs", "Lint, bundle and compare specs."),
    "template": ("sellerspec.cli.specs:template", "Write an empty workbook or table to fill in."),
    "serve": ("sellerspec.cli.serve:serve", "Play a marketplace on this machine: the sandbox."),
}
"""Name -> where the click command is (`module:name`), and its line in the help."""


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="sellerspec")
def main() -> None:
    """Contracts for marketplace seller APIs: Tiki, TikiNOW Smart Logistics, Tokopedia.

    Exit codes: 0 accepted or done, 1 refused (findings), 2 could not tell.
    """


__all__ = ["main"]
