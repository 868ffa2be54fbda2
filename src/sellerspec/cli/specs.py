"""`sellerspec specs`: lint a spec, write it or its schemas as one file, compare two."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from sellerspec.cli.group import REFUSED, LazyGroup
from sellerspec.cli.options import (
    all_overlays,
    operation_keys,
    output_option,
    overlay_option,
    plain_format_option,
)
from sellerspec.cli.output import echo, json_text, write_bytes


@click.group(cls=LazyGroup, name="specs")
def specs() -> None:
    """Lint, bundle and compare specs."""


def _overlays_for(spec: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the overlays for a spec: those of the project are for its marketplaces, not for files."""
    from sellerspec import marketplaces

    return all_overlays(given) if spec in marketplaces.names() else given


refs_option = click.option(
    "--refs-below", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER",
    help="Folder below which a `$ref` of FILE may name files; by default the folder of FILE.",
)  # fmt: skip


@specs.command()
@click.argument("spec", nargs=-1, metavar="[MARKETPLACE | FILE]...")
@overlay_option
@refs_option
@plain_format_option
@click.pass_context
def lint(
    ctx: click.Context, spec: Sequence[str], overlays: tuple[str, ...], refs_below: Path | None, form: str
) -> None:
    """Report where specs violate our conventions: sources, rules, examples, links.

    Without an argument, every marketplace. Exit codes: 0 if nothing was found, 1 if something was.

    \b
    Examples:
        sellerspec specs lint
        sellerspec specs lint my-marketplace.yaml
    """
    from sellerspec import marketplaces
    from sellerspec.contract.lint import lint as lint_spec

    reports = {
        name: lint_spec(name, overlays=_overlays_for(name, overlays), refs_below=refs_below)
        for name in spec or marketplaces.names()
    }
    problems = [(name, problem) for name, report in reports.items() for problem in report]
    if form == "json":
        click.echo(json_text([{"spec": name, **asdict(problem)} for name, problem in problems]))
    else:
        clean = [f"{name}: nothing found" for name, report in reports.items() if not report]
        for line in (*(f"{name}: {problem}" for name, problem in problems), *clean):
            echo(line)
    ctx.exit(REFUSED if problems else 0)


@specs.command()
@click.argument("spec", metavar="MARKETPLACE | FILE")
@overlay_option
@click.option(
    "--format", "form", type=click.Choice(("yaml", "json")),
    help="By default json for an --output that ends with .json, else yaml.",
)  # fmt: skip
@refs_option
@output_option
def bundle(
    spec: str, overlays: tuple[str, ...], form: str | None, refs_below: Path | None, output: Path | None
) -> None:
    """Write a spec as one OpenAPI file without references to other files, overlays applied.

    \b
    Examples:
        sellerspec specs bundle tiki > tiki.yaml
        sellerspec specs bundle tnsl --overlay fix.yaml --output tnsl.json
    """
    from sellerspec.contract.documents import document
    from sellerspec.openapi import bundle

    opened = document(spec, overlays=_overlays_for(spec, overlays), refs_below=refs_below)
    bundled = bundle.bundle(opened)
    as_json = form == "json" or (form is None and output is not None and output.suffix == ".json")
    write_bytes(output, bundle.written(bundled, "json" if as_json else "yaml").encode())


@specs.command()
@click.argument("what", metavar="OPERATION | overlay | report | reports", shell_complete=operation_keys)
@overlay_option
@output_option
def schema(what: str, overlays: tuple[str, ...], output: Path | None) -> None:
    """Write the JSON Schema of an operation's body, or of our own files, as one file for editors.

    \b
    Examples:
        sellerspec specs schema tiki/createProduct > product.schema.json
        sellerspec specs schema overlay --output overlay.schema.json
    """
    from sellerspec.contract import split_key
    from sellerspec.contract.documents import document
    from sellerspec.io import resources
    from sellerspec.openapi import bundle

    if what in ("overlay", "report", "reports"):
        value = resources.read_json(resources.data_dir("schemas") / "sellerspec" / f"{what}.json")
    else:
        name, id = split_key(what)
        value = bundle.schema(document(name, overlays=_overlays_for(name, overlays)), id)
    write_bytes(output, f"{json_text(value)}\n".encode())


@specs.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@overlay_option
@refs_option
@plain_format_option
@click.pass_context
def diff(
    ctx: click.Context, old: str, new: str, overlays: tuple[str, ...], refs_below: Path | None, form: str
) -> None:
    """Compare two specs, each a marketplace or an OpenAPI file; overlays are applied to NEW.

    Exit codes: 1 if a client that was written for OLD may break, else 0.

    \b
    Examples:
        sellerspec specs diff old-bundle.yaml tiki
        sellerspec specs diff tnsl tnsl --overlay fix.yaml
    """
    from sellerspec.contract.documents import document
    from sellerspec.openapi import diff

    changes = diff.diff(
        document(old, refs_below=refs_below),
        document(new, overlays=_overlays_for(new, overlays), refs_below=refs_below),
    )
    breaking = sum(change.breaking for change in changes)
    if form == "json":
        click.echo(json_text(changes))
    else:
        for change in changes:
            echo(f"{'breaking' if change.breaking else 'fine':<10}{change}")
        click.echo(f"{breaking} breaking, {len(changes) - breaking} other differences")
    ctx.exit(REFUSED if breaking else 0)
