"""`sellerspec cassettes`: what can be done with recorded exchanges."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from sellerspec.cli.lazy import COULD_NOT_TELL, LazyGroup, problem
from sellerspec.cli.output import REFUSED, finish, format_option, plain_format_option
from sellerspec.cli.overlays import in_force, overlay_option

if TYPE_CHECKING:
    from sellerspec.cassettes.drift import Drift, Mend
    from sellerspec.cassettes.format import Recorded

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
MARKETPLACE = click.option(
    "--marketplace", "-m", help="Whose calls these are, where host and folder do not tell."
)
SECRETS = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME",
    help="A further secret member: `phone`, `shipping.name`.",
)


@click.group(cls=LazyGroup, commands_at={}, name="cassettes")
def cassettes() -> None:
    """Check, compare, count, clean and convert recorded exchanges."""


def days(_: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    """Return the duration that `90`, `90d` or `12w` stands for."""
    if text is None:
        return None
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("d", "w") else (text, "d")
    if not number.isdecimal() or len(number) > 6:
        raise click.BadParameter(f"`{text[:20]}` is not a number of days, like `90d`", param=param)
    return timedelta(days=int(number) * (7 if unit == "w" else 1))


@cassettes.command()
@PATHS
@MARKETPLACE
@click.option(
    "--max-age",
    metavar="DAYS",
    callback=days,
    help="How old the oldest exchange of a cassette may be: `90d`, `12w`.",
)
@click.option(
    "--used", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the paths of all cassettes that a complete test run used, one a line.",
)  # fmt: skip
@click.option("--no-secrets", is_flag=True, help="Do not look for secrets.")
@click.option("--strict", is_flag=True, help="Raise warnings to errors.")
@overlay_option
@format_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    marketplace: str | None,
    max_age: timedelta | None,
    used: Path | None,
    no_secrets: bool,
    strict: bool,
    overlays: tuple[str, ...],
    form: str,
) -> None:
    """Check every exchange of cassette files and folders.

    Contract, verdict, secrets, age, duplicates and, with --used, orphans. Exits 0 if no exchange has an
    error, 1 if one has, 2 if a file cannot be read.

    \b
    Example:
        sellerspec cassettes check tests/cassettes --max-age 90d
    """
    from sellerspec.cassettes import check_cassettes
    from sellerspec.cassettes.rules import READABLE
    from sellerspec.reporting import Checked, Failed

    found = check_cassettes(
        paths,
        marketplace=marketplace,
        max_age=max_age,
        used=None if used is None else used.read_text(encoding="utf-8").splitlines(),
        secrets=not no_secrets,
        strict=strict,
        overlays=in_force(overlays),
    )
    checked: list[Checked] = []
    failures: list[Failed] = []
    for place, report in found:
        first = report.findings[0] if report.findings else None
        if first is not None and first.rule == READABLE.id:
            failures.append(Failed(place, first.message, first.line or 0, first.column or 0))
        else:
            checked.append(
                Checked(place.rpartition(":")[0] if report.operation and ":" in place else place, report)
            )
    finish(ctx, form, checked, failures)


@cassettes.command()
@click.argument("old")
@click.argument("new")
@MARKETPLACE
@click.option("--against-spec", is_flag=True, help="Print the overlay with which the spec fits NEW.")
@click.option(
    "--fail-on", type=click.Choice(("info", "warning", "error")), default="error", show_default=True,
    help="The least change that makes the exit code 1.",
)  # fmt: skip
@overlay_option
@plain_format_option
@click.pass_context
def drift(
    ctx: click.Context,
    old: str,
    new: str,
    marketplace: str | None,
    against_spec: bool,
    fail_on: str,
    overlays: tuple[str, ...],
    form: str,
) -> None:
    """Tell what the marketplace changed between two recordings, OLD and NEW.

    Each is a file, a folder, a git revision (of the other side's path) or REVISION:PATH. A member that was
    added is info; one that was removed or renamed, a warning; another type, a new word of a list, null where
    a value stood, another status or text, an error. Values do not count.

    \b
    Example:
        sellerspec cassettes drift v1.2 tests/cassettes
    """
    from sellerspec.cassettes import drift as drifts

    before, after = drifts.sides(old, new)
    corrected = in_force(overlays)
    found = drifts.compare(before, after, marketplace=marketplace, overlays=corrected)
    mends = drifts.against_spec(after, marketplace=marketplace, overlays=corrected) if against_spec else []
    if form == "json":
        value = {"compared": found.compared, "changes": [change.to_dict() for change in found.changes]}
        if against_spec:
            value["overlay"] = drifts.overlay(mends) if mends else None
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    else:
        for line in _drift_lines(found, mends):
            click.echo(line, err=against_spec)
        if mends:
            from sellerspec.cassettes.format.write import dump_plain

            click.echo(dump_plain(drifts.overlay(mends)), nl=False)
    ctx.exit(REFUSED if found.at_least(drifts.Level(fail_on)) else 0)


def _drift_lines(found: "Drift", mends: "Sequence[Mend]") -> Iterator[str]:
    for change in found.changes:
        yield str(change)
    for mend in mends:
        for each in mend.broken:
            yield f"{mend.operation} answer {mend.status}: the spec no longer holds at {each}"
    yield f"{len(found.changes)} changes in {found.compared} pairs of exchanges"


@cassettes.command()
@PATHS
@MARKETPLACE
@click.option("--missing", is_flag=True, help="Only what no cassette shows.")
@plain_format_option
def coverage(paths: tuple[Path, ...], marketplace: str | None, missing: bool, form: str) -> None:
    """Count what cassettes show: documented responses, and rules that a recorded request breaks."""
    from sellerspec.cassettes.coverage import coverage as count

    found = count(paths, marketplace=marketplace)
    if form == "json":
        click.echo(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2))
        return
    for response in found.missing if missing else found.responses:
        said = "no cassette" if not response.shown else f"{response.shown}"
        if response.documentation:
            said += f", {response.documentation} from documents"
        click.echo(
            f"{response.operation} {response.status}: {said}"
            f"{'' if response.documented else ' (not in the spec)'}"
        )
    for rule, shown in found.rules:
        if not (missing and shown):
            click.echo(f"{rule}: {shown or 'not shown'}")
    for place in found.unknown:
        click.echo(f"{place}: no operation has this call")
    documented = [response for response in found.responses if response.documented]
    shown_responses, shown_rules = (
        sum(bool(each.shown) for each in documented),
        sum(bool(each) for _, each in found.rules),
    )
    click.echo(f"{shown_responses} of {len(documented)} answers, {shown_rules} of {len(found.rules)} rules")


@cassettes.command()
@PATHS
@MARKETPLACE
@SECRETS
@click.option("--dry-run", is_flag=True, help="Only say what would be done; exit 1 if there is something.")
@click.pass_context
def scrub(
    ctx: click.Context,
    paths: tuple[Path, ...],
    marketplace: str | None,
    secrets: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Take the secrets out of cassettes that were recorded without care, in place.

    A file is written whole or not at all; what cannot be scrubbed stays and is named (exit 2).
    """
    from sellerspec.cassettes.cleaning import scrub_files
    from sellerspec.errors import SellerspecError

    failed = False
    dirty = 0
    for path in _files(paths):
        try:
            for file in scrub_files(
                [path], marketplace=marketplace, secret_members=secrets, write=not dry_run
            ):
                if file.secrets:
                    dirty += 1
                    lost = f"; not kept: {', '.join(file.dropped)}" if file.dropped else ""
                    click.echo(f"{file.file}: {file.secrets} places{lost}")
        except SellerspecError as error:
            problem(f"{path}: {error}" if str(path) not in str(error) else error)
            failed = True
    click.echo(f"{dirty} files {'would change' if dry_run else 'changed'}")
    ctx.exit(COULD_NOT_TELL if failed else REFUSED if dry_run and dirty else 0)


def _files(paths: Sequence[Path]) -> list[Path]:
    from sellerspec.cassettes import format

    return list(format.files(paths))


@cassettes.command()
@click.argument("source")
@click.argument("target", type=click.Path(path_type=Path))
@MARKETPLACE
@SECRETS
@click.option(
    "--from",
    "origin",
    type=click.Choice(("live", "sandbox", "documentation")),
    help="Where the exchanges come from.",
)
def convert(
    source: str, target: Path, marketplace: str | None, secrets: tuple[str, ...], origin: str | None
) -> None:
    """Turn SOURCE into TARGET: HAR, schemathesis' report or a cassette into a cassette or HAR.

    The name of TARGET decides: .yaml and .json are cassettes, .har is HAR. `spec:tiki` as SOURCE makes a
    folder of cassettes, TARGET/tiki/OPERATION/CASE.yaml, of the spec's documented examples. Whatever is
    written is scrubbed before.

    \b
    Example:
        sellerspec cassettes convert session.har tests/cassettes/session.yaml
        sellerspec cassettes convert spec:tiki cassettes
    """
    from sellerspec.cassettes.cleaning import scrubbed
    from sellerspec.cassettes.convert import read_any

    if source.startswith("spec:"):
        click.echo(f"{_examples(source.removeprefix('spec:'), target)} cassettes")
        return
    clean, _ = scrubbed(read_any(source), marketplace=marketplace, secret_members=secrets)
    if origin:
        clean = [replace(each, origin=replace(each.origin, source=origin)) for each in clean]
    _write(target, clean)
    click.echo(f"{target}: {len(clean)} exchanges")


def _write(target: Path, recorded: "Sequence[Recorded]") -> None:
    from sellerspec.cassettes import format
    from sellerspec.cassettes.convert import to_har
    from sellerspec.cassettes.format.write import write_text

    if target.suffix == ".har":
        write_text(target, orjson.dumps(to_har(recorded), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        format.write(target, recorded)


def _examples(marketplace: str, target: Path) -> int:
    from sellerspec.cassettes import format
    from sellerspec.cassettes.cleaning import scrubbed
    from sellerspec.cassettes.convert import documented

    written = 0
    for operation, case, recorded in documented(marketplace):
        clean, _ = scrubbed([recorded], marketplace=marketplace)
        format.write(target / marketplace / operation / f"{case}.yaml", clean)
        written += 1
    return written


@cassettes.command()
@PATHS
@plain_format_option
@click.pass_context
def doctor(ctx: click.Context, paths: tuple[Path, ...], form: str) -> None:
    """Say what is in cassettes, and whether they and the tools around them are in order."""
    from sellerspec.cassettes.doctor import examine

    found = examine(paths)
    if form == "json":
        click.echo(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2))
    else:
        click.echo(f"{found.exchanges} exchanges in {found.files} files, oldest: {found.oldest or 'unknown'}")
        for title, counted in (("from", found.sources), ("operation", found.operations)):
            for name, number in counted:
                click.echo(f"  {title} {name}: {number}")
        click.echo(f"placeholders: {'hashed with the key of the environment' if found.keyed else 'counted'}")
        for each in found.missing:
            click.echo(f"not installed: {each}")
        for each in found.problems:
            click.echo(f"problem: {each}")
    ctx.exit(REFUSED if found.problems else 0)
