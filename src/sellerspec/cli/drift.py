"""`sellerspec cassettes drift`: what a marketplace changed between two recordings."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from sellerspec.cli.group import NOT_JUDGED, REFUSED, problem
from sellerspec.cli.options import all_overlays, marketplace_option, overlay_option, plain_format_option
from sellerspec.cli.output import echo, is_terminal, json_text
from sellerspec.contract import settings
from sellerspec.io.member_names import without_data
from sellerspec.reporting.records import plural

if TYPE_CHECKING:
    from sellerspec.cassettes.drift import Correction, Drift
    from sellerspec.cassettes.files import Recorded


@click.command()
@click.argument("old")
@click.argument("new")
@marketplace_option
@click.option(
    "--against-spec", is_flag=True,
    help="Also compare NEW with the spec: print what differs and, below it, the overlay that corrects it.",
)  # fmt: skip
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
    """Report what the marketplace changed between two recordings, OLD and NEW.

    OLD and NEW are files, folders, git revisions (of the other side's path) or REVISION:PATH. An added
    member is info. A removed or renamed member is a warning. Another type, a new enum value, null in
    place of a value, another status or text is an error. Other values are not compared.

    With --against-spec a change that the spec has, with its overlays, is in force: it is counted, and no
    drift any more. Exit codes: 0 no change, 1 a change, 2 something could not be compared.

    \b
    Example:
        sellerspec cassettes drift v1.2 tests/cassettes
    """
    from sellerspec.cassettes import drift as drifts

    before, after = drifts.sides(old, new)
    corrected = all_overlays(overlays)
    result = drifts.compare(before, after, marketplace=marketplace, overlays=corrected)
    fixes: list[Correction] = []
    if against_spec:
        fixes = drifts.against_spec(after, marketplace=marketplace, overlays=corrected)
        result = drifts.without_those_in_force(
            result, after, fixes, marketplace=marketplace, overlays=corrected
        )
    if form == "json":
        click.echo(json_text(_value(result, fixes if against_spec else None)))
    else:
        _write(list(_lines(result, fixes)), fixes, against_spec=against_spec)
    not_judged = _unknown(after, marketplace, corrected) if against_spec else []
    if not result.compared:
        not_judged.append(f"no call is in both `{old}` and `{new}`, so nothing was compared")
    for line in not_judged:
        problem(line)
    drifted = result.at_least(drifts.Level(fail_on)) or any(fix.contradicted for fix in fixes)
    ctx.exit(NOT_JUDGED if not_judged else REFUSED if drifted else 0)


def _value(drift: "Drift", fixes: "Sequence[Correction] | None") -> dict[str, object]:
    from sellerspec.cassettes import drift as drifts

    value: dict[str, object] = {
        "compared": drift.compared,
        "changes": [change.to_dict() for change in drift.changes],
    }
    if fixes is not None:
        value["in_force"] = [change.to_dict() for change in drift.in_force]
        value["overlay"] = drifts.overlay(fixes) if fixes else None
    return value


def _lines(drift: "Drift", fixes: "Sequence[Correction]") -> Iterator[str]:
    for change in drift.changes:
        yield str(change)
    for fix in fixes:
        for place in fix.violated:
            yield f"{fix.operation} response {fix.status}: the spec no longer holds at {_shown(place)}"
    yield f"{plural(len(drift.changes), 'change')} in {plural(drift.compared, 'pair')} of exchanges"
    if drift.in_force:
        yield f"{len(drift.in_force)} changes are in force: the spec, with its overlays, has them"


def _shown(place: str) -> str:
    return "/".join(" ".join(map(without_data, part.split(" "))) for part in place.split("/"))


def _write(lines: Sequence[str], fixes: "Sequence[Correction]", *, against_spec: bool) -> None:
    """Write the lines; with `against_spec` as comments, and the overlay below them.

    The output is then a complete overlay that begins with its reasons. If stdout is no terminal, the lines
    go to stderr too.
    """
    from sellerspec.cassettes import drift as drifts

    for line in lines:
        echo(f"# {line}" if against_spec else line)
        if against_spec and not is_terminal():
            echo(line, err=True)
    if fixes:
        click.echo(drifts.overlay_text(fixes), nl=False)


def _unknown(exchanges: "Sequence[Recorded]", marketplace: str | None, overlays: Sequence[str]) -> list[str]:
    """Return a line for each exchange that no spec could be compared with."""
    from sellerspec.cassettes.operations import why_unknown

    ignored = settings.read().ignored_urls
    lines = [why_unknown(recorded, marketplace, overlays, ignored) for recorded in exchanges]
    return [line for line in lines if line]
