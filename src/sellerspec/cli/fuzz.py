"""`sellerspec fuzz`: fuzz a server, or a receiver of webhooks."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from sellerspec.cli.options import FILE, POSITIVE, OutputOption, fuzz_targets, integer
from sellerspec.cli.output import json_text
from sellerspec.errors import UsageError
from sellerspec.io import records, resources, urls
from sellerspec.io.writing import write

HEADERS = "SELLERSPEC_HEADERS"
"""Environment variable with headers, one on each line: `Authorization: Bearer ...`."""


@click.command()
@click.argument("target", shell_complete=fuzz_targets)
@click.option("--url", help="Address of the server.")
@click.option("--sandbox", "own", is_flag=True, help="Fuzz our own sandbox, in this process.")
@click.option("--defect", "defects", multiple=True, help="A seeded defect of the sandbox.")
@click.option("--receiver", help="Address of a receiver of webhooks; then TARGET is a webhook.")
@click.option("--seed", type=integer(), default=0, show_default=True)
@click.option("--max-time", type=POSITIVE, default=60.0, show_default=True, help="Seconds for the run.")
@click.option(
    "--profile", type=click.Choice(["quick", "realistic", "hostile"]), default="realistic", show_default=True
)
@click.option(
    "--header", "-H", "headers", multiple=True,
    help=f"`Name: value`, sent with every request; also from {HEADERS}.",
)  # fmt: skip
@click.option("--other-header", "others", multiple=True, help="A header of a second account.")
@click.option("--id", "ids", multiple=True, help="An id that the account has: `sku=AO-1`, `fs_id=13004`.")
@click.option("--facts", type=FILE, help="JSON file of facts about the account.")
@click.option("--include", multiple=True, help="Operation, `tag:NAME` or rule; `*` allowed.")
@click.option("--exclude", multiple=True, help="Operation, `tag:NAME` or rule to leave out.")
@click.option("--phase", "phases", multiple=True, help="Only these phases.")
@click.option("--rate-limit", type=POSITIVE, help="Greatest number of requests a second to one operation.")
@click.option(
    "--timeout", type=POSITIVE, default=5.0, show_default=True, help="Seconds to wait for a response."
)
@click.option("--max-findings", type=integer(1), help="Stop after this number of findings.")
@click.option("--insecure", is_flag=True, help="Do not verify certificates.")
@click.option("--baseline", type=FILE, help="File of known findings.")
@click.option(
    "--write-baseline",
    type=FILE,
    cls=OutputOption,
    updates="baseline",
    help="Write the findings as known, for 30 days.",
)
@click.option("--reason", help="Why they are known; required by --write-baseline.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True
)
@click.option("--pytest-file", type=FILE, cls=OutputOption, help="Write a test for each finding.")
def fuzz(target: str, **given: Any) -> None:
    """Fuzz a server that claims to implement the API of TARGET, a marketplace.

    With --receiver, TARGET is a webhook such as tokopedia/tokocabangOrderNotification, and its
    notices go to that address. Nothing is sent anywhere else.

    \b
    Examples:
        sellerspec fuzz tiki --sandbox --max-time 10
        sellerspec fuzz tnsl --url http://127.0.0.1:8080 -H "Authorization: Bearer TOKEN"
        sellerspec fuzz tnsl/orderStatusSync --receiver http://127.0.0.1:9000/notices
    """
    from sellerspec import fuzz as fuzzing

    _validate(given)
    progress = _progress()
    shared: dict[str, Any] = {
        **{name: given[name] for name in ("seed", "max_time", "profile", "timeout", "rate_limit",
                                          "max_findings", "baseline")},
        "headers": _headers(given["headers"], environment=True),
        "verify": not given["insecure"],
        "progress": progress,
    }  # fmt: skip
    if given["receiver"]:
        result = fuzzing.receive(target, url=given["receiver"], **shared)
    else:
        result = fuzzing.run(target, **_server(target, given), **_account(given), **shared)
    if progress is not None:
        click.echo("\r\033[K", nl=False, err=True)
    _write_files(result, given)
    click.echo(_text(result, given), nl=False)
    click.get_current_context().exit(result.exit_code)


def _validate(given: dict[str, Any]) -> None:
    if sum(bool(given[name]) for name in ("url", "own", "receiver")) != 1:
        raise UsageError("name one thing to fuzz: --url, --sandbox or --receiver")
    if given["defects"] and not given["own"]:
        raise UsageError("--defect needs --sandbox: only our own sandbox has defects")
    if given["write_baseline"] and not given["reason"]:
        raise UsageError("--write-baseline needs --reason: a known finding has one")


def _server(marketplace: str, given: dict[str, Any]) -> dict[str, Any]:
    if given["own"]:
        from sellerspec import sandbox

        return {"app": sandbox.app(marketplace, defects=given["defects"])}
    return {"url": given["url"]}


def _account(given: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {
        "include": given["include"],
        "exclude": given["exclude"],
        "other_headers": _headers(given["others"]),
        "ids": dict(_pair(text, "=", "--id") for text in given["ids"]),
    }
    if given["phases"]:
        options["phases"] = given["phases"]
    if given["facts"]:
        options["facts"] = records.facts(resources.read_json(given["facts"]), str(given["facts"]))
    return options


def _headers(given: tuple[str, ...], *, environment: bool = False) -> dict[str, str]:
    lines = [line for line in os.environ.get(HEADERS, "").splitlines() if line.strip()] if environment else []
    return dict(_pair(line, ":", "--header") for line in (*lines, *given))


def _pair(text: str, sign: str, option: str) -> tuple[str, str]:
    name, separator, value = text.partition(sign)
    if not separator or not name.strip():
        # the text may be a secret, so it is not repeated
        raise UsageError(f"{option} is written `NAME{sign} VALUE`")
    return name.strip(), value.strip()


def _progress() -> Callable[[str, int, int], None] | None:
    """Return a function that shows progress on stderr; None if that is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(phase: str, requests: int, findings: int) -> None:
        if requests % 20 == 0:
            click.echo(f"\r\033[K{phase}: {requests} requests, {findings} findings", nl=False, err=True)

    return show


def _write_files(result: Any, given: dict[str, Any]) -> None:
    from sellerspec.fuzz import baseline

    if given["pytest_file"] and result.findings:
        write(given["pytest_file"], result.to_pytest())
    if given["write_baseline"]:
        until = datetime.now(UTC).date() + timedelta(days=30)
        findings = (*result.findings, *result.known)
        write(given["write_baseline"], baseline.written(findings, given["reason"], until))


def _text(result: Any, given: dict[str, Any]) -> str:
    if given["form"] == "json":
        return json_text(result.to_dict()) + "\n"
    if given["form"] == "junit":
        return str(result.to_junit())
    return str(result.to_text(urls.without_user(given["url"] or given["receiver"] or "$URL")))
