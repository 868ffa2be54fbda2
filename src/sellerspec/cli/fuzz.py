"""`sellerspec fuzz`: fuzz a server, or a receiver of webhooks."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sellerspec.cli.complete import fuzz_targets
from sellerspec.errors import UsageError

HEADERS = "SELLERSPEC_HEADERS"
"""Environment variable with headers, one a line: `Authorization: Bearer ...`."""


@click.command()
@click.argument("target", shell_complete=fuzz_targets)
@click.option("--url", help="Address of the server.")
@click.option("--sandbox", "own", is_flag=True, help="Fuzz our own sandbox, in this process.")
@click.option("--defect", "defects", multiple=True, help="A seeded defect of the sandbox.")
@click.option("--receiver", help="Address of a receiver of webhooks; then TARGET is a webhook.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds.",
)
@click.option(
    "--profile", type=click.Choice(["quick", "realistic", "hostile"]), default="realistic", show_default=True
)
@click.option(
    "--header",
    "-H",
    "headers",
    multiple=True,
    help=f"`Name: value`, sent with each call; also from {HEADERS}.",
)
@click.option("--other-header", "others", multiple=True, help="The same of a second account.")
@click.option("--id", "ids", multiple=True, help="Something the account has: `sku=AO-1`, `fs_id=13004`.")
@click.option("--facts", type=click.Path(dir_okay=False), help="JSON file of facts about the account.")
@click.option("--include", multiple=True, help="Operation, `tag:NAME` or rule; `*` allowed.")
@click.option("--exclude", multiple=True, help="The same, left out.")
@click.option("--phase", "phases", multiple=True, help="Only these phases.")
@click.option(
    "--rate-limit", type=click.FloatRange(min=0, min_open=True), help="Calls a second to one operation."
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=5.0, show_default=True, help="Seconds."
)
@click.option("--max-findings", type=click.IntRange(min=1), help="Stop after so many.")
@click.option("--insecure", is_flag=True, help="Do not check certificates.")
@click.option("--baseline", type=click.Path(dir_okay=False), help="File of known findings.")
@click.option(
    "--write-baseline", type=click.Path(dir_okay=False), help="Write what is found as known, for 30 days."
)
@click.option("--reason", help="Why they are known; needed with --write-baseline.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True
)
@click.option("--pytest-file", type=click.Path(dir_okay=False), help="Write a test for each finding.")
def fuzz(target: str, **given: Any) -> None:
    """Fuzz a server that claims to implement the API of TARGET, a marketplace.

    With --receiver, TARGET is a webhook such as tokopedia/tokocabangOrderNotification, and the
    receiver at that address gets its notices. Nothing is sent anywhere else.

    \b
    Examples:
        sellerspec fuzz tiki --sandbox --max-time 10
        sellerspec fuzz tnsl --url http://127.0.0.1:8080 -H "Authorization: Bearer TOKEN"
        sellerspec fuzz tnsl/orderStatusSync --receiver http://127.0.0.1:9000/notices
    """
    from sellerspec import fuzz as fuzzing

    _one_server(given)
    shared: dict[str, Any] = {
        "seed": given["seed"], "max_time": given["max_time"], "profile": given["profile"],
        "headers": _headers(given["headers"]), "timeout": given["timeout"], "rate_limit": given["rate_limit"],
        "max_findings": given["max_findings"], "baseline": given["baseline"], "verify": not given["insecure"],
        "progress": _progress(),
    }  # fmt: skip
    if given["receiver"]:
        result = fuzzing.receive(target, url=given["receiver"], **shared)
    else:
        result = fuzzing.run(target, **_server(target, given), **_wishes(given), **shared)
    if shared["progress"] is not None:
        click.echo("\r\033[K", nl=False, err=True)
    _written(result, given)
    click.echo(_shown(result, given), nl=False)
    click.get_current_context().exit(result.exit_code)


def _one_server(given: dict[str, Any]) -> None:
    if sum(bool(given[name]) for name in ("url", "own", "receiver")) != 1:
        raise UsageError("say what to fuzz: one of --url, --sandbox and --receiver")
    if given["defects"] and not given["own"]:
        raise UsageError("--defect is of our own sandbox: it goes with --sandbox")
    if given["write_baseline"] and not given["reason"]:
        raise UsageError("--write-baseline needs --reason: a known finding has one")


def _server(marketplace: str, given: dict[str, Any]) -> dict[str, Any]:
    if given["own"]:
        from sellerspec import sandbox

        return {"app": sandbox.app(marketplace, defects=given["defects"])}
    return {"url": given["url"]}


def _wishes(given: dict[str, Any]) -> dict[str, Any]:
    wishes: dict[str, Any] = {
        "include": given["include"],
        "exclude": given["exclude"],
        "other_headers": _headers(given["others"], environment=False),
        "ids": dict(_pair(id_, "=", "--id") for id_ in given["ids"]),
    }
    if given["phases"]:
        wishes["phases"] = given["phases"]
    if given["facts"]:
        from sellerspec.io import resources
        from sellerspec.io.records import facts

        wishes["facts"] = facts(resources.read_json(Path(given["facts"])), given["facts"])
    return wishes


def _headers(given: tuple[str, ...], *, environment: bool = True) -> dict[str, str]:
    import os

    lines = [line for line in os.environ.get(HEADERS, "").splitlines() if line.strip()] if environment else []
    return dict(_pair(line, ":", "--header") for line in (*lines, *given))


def _pair(text: str, sign: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if not found or not name.strip():
        # the text may be a secret, so it is not repeated
        raise UsageError(f"{option} is written `NAME{sign} VALUE`")
    return name.strip(), value.strip()


def _progress() -> Any:
    """Return what shows progress on a terminal; None where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def show(phase: str, requests: int, findings: int) -> None:
        if requests % 20 == 0:
            click.echo(f"\r\033[K{phase}: {requests} requests, {findings} findings", nl=False, err=True)

    return show


def _written(result: Any, given: dict[str, Any]) -> None:
    from sellerspec.fuzz import baseline

    if given["pytest_file"] and result.findings:
        Path(given["pytest_file"]).write_text(result.to_pytest(), encoding="utf-8")
    if given["write_baseline"]:
        until = datetime.now(UTC).date() + timedelta(days=30)
        findings = (*result.findings, *result.known)
        Path(given["write_baseline"]).write_bytes(baseline.written(findings, given["reason"], until))


def _shown(result: Any, given: dict[str, Any]) -> str:
    if given["form"] == "json":
        return _json(result.to_dict())
    if given["form"] == "junit":
        return str(result.to_junit())
    return str(result.to_text(given["url"] or given["receiver"] or "$URL"))


def _json(value: Any) -> str:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"
