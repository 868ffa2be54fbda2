"""`sellerspec cassettes`: check, compare, count, clean and convert recorded exchanges."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sellerspec.cli.group import NOT_JUDGED, REFUSED, LazyGroup, problem
from sellerspec.cli.options import (
    Place,
    all_overlays,
    format_option,
    marketplace_option,
    overlay_option,
    plain_format_option,
    quiet_option,
)
from sellerspec.cli.output import echo, finish, json_text
from sellerspec.contract import settings
from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io.files import read_bytes, shown
from sellerspec.io.strict import decode_utf8
from sellerspec.io.writing import check_outputs
from sellerspec.reporting import Checked, Failed
from sellerspec.reporting.records import plural

if TYPE_CHECKING:
    from sellerspec.cassettes.coverage import Coverage
    from sellerspec.model import Finding, Report


PATHS = click.argument("paths", nargs=-1, required=True, type=Place(path_type=Path))
SECRETS = click.option(
    "--secret", "secrets", multiple=True, metavar="NAME",
    help="A further secret member: `phone`, `shipping.name`.",
)  # fmt: skip


ONLY_IGNORED = (
    "every call is of a URL that `ignored-urls` in [tool.sellerspec] leaves out, so nothing was judged; name"
    " fewer URLs there, or leave the cassettes out"
)


@click.group(
    cls=LazyGroup,
    name="cassettes",
    commands_at={"drift": ("sellerspec.cli.drift:drift", "Report what changed between two recordings.")},
)
def cassettes() -> None:
    """Check, compare, count, clean and convert recorded exchanges."""


def days(_: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    """Return the duration of an option: `90`, `90d` or `12w`."""
    if text is None:
        return None
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("d", "w") else (text, "d")
    if not number.isdecimal() or len(number) > 6:
        raise click.BadParameter(f"`{text[:20]}` is not a number of days, like `90d`", param=param)
    return timedelta(days=int(number) * (7 if unit == "w" else 1))


@cassettes.command()
@PATHS
@marketplace_option
@click.option(
    "--max-age", metavar="DAYS", callback=days,
    help="The greatest age of the oldest exchange of a cassette: `90d`, `12w`.",
)  # fmt: skip
@click.option(
    "--used", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the paths of all cassettes that a complete test run used, one a line.",
)  # fmt: skip
@click.option("--no-secrets", is_flag=True, help="Do not look for secrets.")
@click.option("--strict", is_flag=True, help="Raise warnings to errors.")
@overlay_option
@format_option
@quiet_option
@click.pass_context
def check(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    used: Path | None,
    no_secrets: bool,
    overlays: tuple[str, ...],
    form: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Check every exchange of cassette files and folders.

    Checks the contract, whether pre-flight agrees with the marketplace's verdict, secrets, age, duplicates
    and, with --used, orphans. Exit codes: 0 no error, 1 an exchange has an error, 2 a file or an exchange
    could not be judged.

    \b
    Example:
        sellerspec cassettes check tests/cassettes --max-age 90d
    """
    from sellerspec.cassettes import check_cassettes
    from sellerspec.cassettes.rules import NO_CALL

    reports = check_cassettes(
        paths,
        used=None if used is None else _lines(used),
        secrets=not no_secrets,
        overlays=all_overlays(overlays),
        ignored_urls=settings.read().ignored_urls,
        **options,
    )
    checked: list[Checked] = []
    failures: list[Failed] = []
    ignored = checked_calls = 0
    for place, report in reports:
        name = re.sub(r"[:#]\d+$", "", place)  # the findings have the line
        not_judged, others = _divided(report)
        failures.extend(Failed(name, one.message, one.line or 0, one.column or 0) for one in not_judged)
        if others.findings or (report.operation and not not_judged):
            checked.append(Checked(name, others))
        checked_calls += bool(report.operation)
        ignored += not report.operation and NO_CALL.isdisjoint(one.rule for one in report.findings)
    if ignored and not checked_calls:
        failures.append(Failed(str(paths[0]), ONLY_IGNORED))
    for failure in failures:
        problem(str(failure))
    if ignored:
        calls = "1 call of an ignored URL was" if ignored == 1 else f"{ignored} calls of ignored URLs were"
        click.echo(f"{calls} not checked", err=True)
    finish(ctx, form, checked, failures, quiet=quiet)


def _lines(path: Path) -> list[str]:
    try:
        return decode_utf8(read_bytes(path)).splitlines()
    except ParseError as error:
        raise error.named(shown(str(path))) from None


def _divided(report: "Report") -> "tuple[list[Finding], Report]":
    """Return what could not be judged, and the report without it."""
    from sellerspec.cassettes import rules

    not_judged = [finding for finding in report.findings if finding.rule in rules.NOT_JUDGED]
    if not not_judged:
        return [], report
    others = tuple(finding for finding in report.findings if finding.rule not in rules.NOT_JUDGED)
    return not_judged, replace(report, findings=others)


@cassettes.command()
@PATHS
@click.option("--marketplace", "-m", help="Count only this marketplace.")
@click.option("--missing", is_flag=True, help="Only what no cassette shows.")
@plain_format_option
@click.pass_context
def coverage(
    ctx: click.Context, paths: tuple[Path, ...], marketplace: str | None, missing: bool, form: str
) -> None:
    """Count what cassettes show: documented responses, and rules that a recorded request violates."""
    from sellerspec.cassettes.coverage import coverage as count

    own = settings.read()
    shown = count(paths, marketplace=marketplace, default=own.marketplace, ignored_urls=own.ignored_urls)
    if form == "json":
        click.echo(json_text(shown))
    else:
        for line in _coverage_lines(shown, missing):
            echo(line)
    not_judged = [*shown.unknown, *shown.unreadable]
    if not (not_judged or any(response.shown for response in shown.responses)):
        not_judged = [f"{paths[0]}: no exchange is counted: none is of the marketplace and not ignored"]
    for line in not_judged:
        problem(line)
    ctx.exit(NOT_JUDGED if not_judged else 0)


def _coverage_lines(shown: "Coverage", missing: bool) -> Iterator[str]:
    for response in shown.missing if missing else shown.responses:
        times = str(response.shown or "no cassette")
        documents = f", {response.documentation} from documents" if response.documentation else ""
        unknown = "" if response.documented else " (not in the spec)"
        yield f"{response.operation} {response.status}: {times}{documents}{unknown}"
    for rule, number in shown.rules.items():
        if not (missing and number):
            yield f"{rule}: {number or 'not shown'}"
    responses = [bool(response.shown) for response in shown.responses if response.documented]
    rules = [bool(number) for number in shown.rules.values()]
    yield f"{sum(responses)} of {len(responses)} responses, {sum(rules)} of {len(rules)} rules"


@cassettes.command()
@PATHS
@marketplace_option
@SECRETS
@click.option("--dry-run", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.pass_context
def scrub(
    ctx: click.Context,
    paths: tuple[Path, ...],
    marketplace: str | None,
    secrets: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Remove the secrets from cassettes, in place.

    A file is written completely or not at all. A file that cannot be scrubbed is left as it is and
    named, with exit code 2.
    """
    from sellerspec.cassettes import files
    from sellerspec.cassettes.cleaning import scrub_files

    failed = False
    changed = 0
    for path in files.find(paths):
        try:
            for file in scrub_files(
                [path], marketplace=marketplace, secret_members=secrets, write=not dry_run
            ):
                if file.secrets:
                    changed += 1
                    dropped = f"; not kept: {', '.join(file.dropped)}" if file.dropped else ""
                    echo(f"{file.file}: {plural(file.secrets, 'place')}{dropped}")
        except SellerspecError as error:
            problem(f"{path}: {error}" if str(path) not in str(error) else error)
            failed = True
    click.echo(f"{plural(changed, 'file')} {'would change' if dry_run else 'changed'}")
    ctx.exit(NOT_JUDGED if failed else REFUSED if dry_run and changed else 0)


@cassettes.command()
@click.argument("source")
@click.argument("target", type=Place(path_type=Path))
@marketplace_option
@SECRETS
@click.option(
    "--from",
    "origin",
    type=click.Choice(("live", "sandbox", "documentation")),
    help="Where the exchanges come from.",
)
@click.option(
    "--host", "hosts", multiple=True, metavar="HOST",
    help="Keep only the calls to this host; by default all, but of a HAR file only those to marketplaces.",
)  # fmt: skip
@click.pass_context
def convert(
    ctx: click.Context,
    source: str,
    target: Path,
    marketplace: str | None,
    secrets: tuple[str, ...],
    origin: str | None,
    hosts: tuple[str, ...],
) -> None:
    """Convert SOURCE to TARGET, a cassette or a HAR file.

    SOURCE is a HAR file, a report of schemathesis or a cassette. The suffix of TARGET decides: .yaml and
    .json are cassettes, .har is HAR. With `spec:tiki` as SOURCE, the spec's documented examples become
    cassettes in a folder: TARGET/tiki/OPERATION/CASE.yaml. All output is scrubbed.

    What is left out is counted: preflights (OPTIONS), calls without a response, calls to other hosts, and
    those with a body that was not captured. If nothing is left, nothing is written, with exit code 2.

    \b
    Example:
        sellerspec cassettes convert session.har tests/cassettes/session.yaml
        sellerspec cassettes convert spec:tiki cassettes
    """
    from sellerspec.cassettes import files
    from sellerspec.cassettes.cleaning import scrubbed
    from sellerspec.cassettes.convert import read_any, to_har
    from sellerspec.cassettes.files.writing import write_text

    if source.startswith("spec:"):
        click.echo(f"{_convert_examples(source.removeprefix('spec:'), target)} cassettes")
        return
    check_outputs({"TARGET": target}, {Path(source): "SOURCE"})
    entries = read_any(source, hosts)
    for line in entries.lines():
        echo(line, err=True)
    if not entries.exchanges:
        problem(f"{source}: no exchange is left to convert")
        ctx.exit(NOT_JUDGED)
    clean, _ = scrubbed(entries.exchanges, marketplace=marketplace, secret_members=secrets)
    if origin:
        clean = [replace(recorded, origin=replace(recorded.origin, source=origin)) for recorded in clean]
    if target.suffix == ".har":
        write_text(target, json_text(to_har(clean)) + "\n")
    else:
        files.write(target, clean)
    echo(f"{target}: {plural(len(clean), 'exchange')}")


def _convert_examples(marketplace: str, target: Path) -> int:
    """Write the documented examples of a spec as cassettes, and return their number."""
    from sellerspec.cassettes import files
    from sellerspec.cassettes.cleaning import scrubbed
    from sellerspec.cassettes.convert import documented

    written = 0
    for operation, case, recorded in documented(marketplace):
        clean, _ = scrubbed([recorded], marketplace=marketplace)
        files.write(target / marketplace / operation / f"{case}.yaml", clean)
        written += 1
    return written


@cassettes.command()
@PATHS
@marketplace_option
@plain_format_option
@click.pass_context
def doctor(ctx: click.Context, paths: tuple[Path, ...], marketplace: str | None, form: str) -> None:
    """Summarise cassettes, and report problems of them and of the installed tools.

    Exit codes: 0 no problem, 1 a problem, 2 a file or an exchange could not be judged.
    """
    from sellerspec.cassettes.doctor import examine

    result = examine(paths, marketplace=marketplace, ignored_urls=settings.read().ignored_urls)
    if form == "json":
        click.echo(json_text(result))
    else:
        click.echo(
            f"{plural(result.exchanges, 'exchange')} in {plural(result.files, 'file')}, "
            f"oldest: {result.oldest or 'unknown'}"
        )
        for title, counted in (("from", result.sources), ("operation", result.operations)):
            for name, number in counted.items():
                echo(f"  {title} {name}: {number}")
        click.echo(f"placeholders: {'hashed with the key of the environment' if result.keyed else 'counted'}")
        for name in result.missing:
            click.echo(f"not installed: {name}")
        for line in result.problems:
            echo(f"problem: {line}")
    for line in result.not_judged:
        problem(line)
    ctx.exit(NOT_JUDGED if result.not_judged else REFUSED if result.problems else 0)
