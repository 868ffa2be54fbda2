"""The command line: reads, calls, prints, exits.

Each command is in the module of its name, which is imported when the command is called: a
`sellerspec check one.json` loads nothing else. To add a command, add a line to `COMMANDS`. To add an
option, change the command's function; options of several commands are in `options.py`.
"""

import click

from sellerspec import __version__
from sellerspec.cli.group import LazyGroup

COMMANDS = {
    "cassettes": (
        "sellerspec.cli.cassettes:cassettes",
        "Check, compare, count, clean and convert recorded exchanges.",
    ),
    "check": ("sellerspec.cli.check:check", "Report what a marketplace would refuse in payload files."),
    "demo": ("sellerspec.cli.demo:demo", "Show the main job from end to end, on the sandbox."),
    "explain": ("sellerspec.cli.explain:explain", "Explain a rule, an operation or a discrepancy."),
    "facts": ("sellerspec.cli.facts:facts", "Collect facts about category and seller from a server."),
    "fuzz": (
        "sellerspec.cli.fuzz:fuzz",
        "Fuzz a server, or a receiver of webhooks, with its business rules.",
    ),
    "generate": (
        "sellerspec.cli.generate:generate",
        "Write a catalogue to try things on, with known faults.",
    ),
    "list": ("sellerspec.cli.list:listing", "List operations, rules, marketplaces, discrepancies, defects."),
    "mcp": ("sellerspec.cli.mcp:mcp", "Serve tools for agents, by the Model Context Protocol over stdio."),
    "mutate": (
        "sellerspec.cli.mutate:mutate",
        "Run a connector's own tests with one thing changed at the marketplace.",
    ),
    "proxy": ("sellerspec.cli.proxy:proxy", "Judge a connector's calls on their way to the marketplace."),
    "requirements": (
        "sellerspec.cli.requirements:requirements",
        "List what an operation's payload needs, with a minimal one.",
    ),
    "specs": ("sellerspec.cli.specs:specs", "Lint, bundle and compare specs."),
    "template": ("sellerspec.cli.template:template", "Write an empty workbook or table to fill in."),
    "serve": ("sellerspec.cli.serve:serve", "Play a marketplace on this machine: the sandbox."),
}
"""Name -> place of the click command (`module:name`), and its line in the help."""


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="sellerspec")
def main() -> None:
    """Contracts for marketplace seller APIs: Tiki, TikiNOW Smart Logistics, Tokopedia.

    Exit codes: 0 accepted, 1 refused, 2 could not be judged, or used wrongly.
    """


__all__ = ["main"]
