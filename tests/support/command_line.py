"""The command line, called in the process of the tests."""

from click.testing import CliRunner, Result

from sellerspec.cli import main


def run(*words: object, stdin: str | bytes | None = None) -> Result:
    """Run `sellerspec` with some words."""
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)
