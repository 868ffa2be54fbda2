"""`--overlay FILE`, the same for every command that reads a spec."""

import click

from sellerspec.io import settings as project

overlay_option = click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="OpenAPI Overlay that corrects a spec first; may be given more than once.",
)
"""The option; what it gives goes through `in_force`."""


def in_force(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the overlays of the project's `pyproject.toml`, then those of the call."""
    return (*project.read().overlays, *given)
