"""Facts from the command line: options, saved responses, the project's settings; `sellerspec facts`."""

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from sellerspec.cli.group import NOT_JUDGED, REFUSED, problem
from sellerspec.cli.options import FILE, OutputOption, Place, integer, marketplace_names
from sellerspec.cli.output import echo, json_text, write_bytes
from sellerspec.contract.settings import Settings
from sellerspec.errors import UsageError
from sellerspec.io import records, resources
from sellerspec.model import Facts, Json
from sellerspec.rules import Rule

OPTIONS = {
    "category": "--category",
    "attributes": "--attributes",
    "option_labels": "--option-labels",
    "required_docs": "--required-docs",
    "order": "--order",
    "warehouses": "--warehouses",
    "seller": "--seller",
    "inventory_types": "--inventory-types",
    "suppliers": "--suppliers",
    "listing_price": "--listing-price",
    "now": "--now",
    "pictures": "--images",
}
"""Fact -> the option that gives it."""

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SAVED = {
    "category": "Saved response of Tiki's getCategory for the product's category.",
    "attributes": "Saved response of Tiki's getCategoryAttributes, with the `values` of each attribute.",
    "option_labels": "Saved response of Tiki's getOptionLabels for the product's category.",
    "required_docs": "Saved response of Tiki's getRequiredDocs for the product's category.",
    "order": "Saved response of getOrder for the order that the payload is about.",
    "warehouses": "Saved response of Tiki's listWarehouses; in the Open API, of listSellerWarehouses.",
}


def saved_response_options(command: _Command) -> _Command:
    """Add the options that name a file with facts, or with a saved response."""
    for fact, help in reversed(_SAVED.items()):
        command = click.option(OPTIONS[fact], type=Place(), metavar="FILE", help=help)(command)
    return click.option(
        "--facts", "file", type=FILE, help="JSON file of facts, as `sellerspec facts` writes."
    )(command)


def read(
    settings: Settings, *, file: Path | None = None, seller: str | None = None,
    inventory_types: str | None = None, suppliers: tuple[int, ...] | None = None,
    listing_price: int | None = None, now: str | None = None, **saved: Any,
) -> Facts:  # fmt: skip
    """Return the facts that the options give; then those of a file, then the project's about the seller.

    Args:
        file: with facts as one JSON object.
        saved: fact -> file with a saved response, or None.

    Raises:
        ParseError: an option, or the file that it names, has another form.
        UnknownName: a member of the file is no fact.
    """
    given = Facts(
        **{fact: saved_response(path, fact) for fact, path in saved.items() if path is not None},
        seller=seller,
        inventory_types=None if inventory_types is None else _words(inventory_types),
        suppliers=suppliers,
        listing_price=listing_price,
        now=None if now is None else records.moment(now, "--now"),
    )
    if file is not None:
        given = given.over(records.facts(resources.read_json(file), str(file)))
    own = Facts(
        seller=settings.seller, inventory_types=settings.inventory_types, suppliers=settings.suppliers
    )
    return given.over(own)


def saved_response(path: str, fact: str) -> Json:
    """Return a marketplace's response saved in a file, without an envelope `data` around it.

    Raises:
        ParseError: the file is missing, is not JSON, or holds neither an object nor a list.
    """
    value = resources.read_json(Path(path))
    if isinstance(value, dict) and set(value) <= {"data", "code", "paging"} and "data" in value:
        value = value["data"]
    return records.fact(fact, value, path)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def missing(functions: Iterable[Rule], unchecked: Collection[str]) -> set[str]:
    """Return the facts that unchecked rules need."""
    return {fact for rule in functions if rule.id in unchecked for fact in rule.facts}


def note_missing(facts: Collection[str]) -> None:
    """Write on stderr which options would let more rules run."""
    if facts:
        options = ", ".join(option for fact, option in OPTIONS.items() if fact in facts)
        click.echo(f"note: some rules were not checked; they need {options}", err=True)


@click.command()
@click.argument("marketplace", shell_complete=marketplace_names)
@click.option("--url", required=True, metavar="URL", help="Address of the server: `https://api.tiki.vn`.")
@click.option("--category", type=integer(1), help="Id of the category of the products.")
@click.option("--token-env", metavar="NAME", help="The environment variable that holds an access token.")
@click.option("--client-id", metavar="ID", help="The app that gets a token by its client credentials.")
@click.option(
    "--client-secret-env", metavar="NAME", help="The environment variable that holds the app's secret."
)
@click.option(
    "--secret-in-form", is_flag=True, help="Send the app's secret in the form, not in a Basic header."
)
@click.option("--scope", default="", help="Scopes to ask for, with blanks between them.")
@click.option(
    "-o", "--output", type=FILE, cls=OutputOption, help="File of facts to write; by default stdout."
)
@click.pass_context
def facts(
    ctx: click.Context, /, marketplace: str, url: str, category: int | None, token_env: str | None,
    client_id: str | None, client_secret_env: str | None, secret_in_form: bool, scope: str,
    output: Path | None,
) -> None:  # fmt: skip
    """Collect the facts that `check --facts` takes from a server, by calls that only read.

    The server is the sandbox or the seller's own account. Without --category only the facts about the
    seller are collected. No secret is an option of the command, or shown.

    Exit codes: 0 all were collected, 1 some were, 2 none; then a file that exists is kept.

    \b
    Examples:
        sellerspec facts tiki-v2 --url http://127.0.0.1:8000 --category 1685 --token-env TOKEN -o facts.json
        sellerspec check --as tiki-v2/createProductRequest --facts facts.json product.json
    """
    from sellerspec.contract.collecting import App, collect

    if (token_env is None) is (client_id is None):
        raise UsageError("give either `--token-env` or `--client-id` with `--client-secret-env`")
    if client_id is not None and client_secret_env is None:
        raise UsageError("`--client-id` needs `--client-secret-env`, which names a variable with the secret")
    if token_env is not None and (client_secret_env is not None or secret_in_form or scope):
        raise UsageError("with `--token-env` no app asks for a token; leave out the options of the app")
    app = None
    if client_id is not None:
        secret = _secret(client_secret_env, "--client-secret-env")
        app = App(client_id, secret, scope, in_form=secret_in_form)
    token = _secret(token_env, "--token-env") if token_env is not None else ""
    collected = collect(marketplace, url, category=category, token=token, app=app)
    for line in collected.problems:
        problem(line)
    if not collected.facts:
        ctx.exit(NOT_JUDGED)
    write_bytes(output, (json_text(collected.facts) + "\n").encode())
    echo(f"collected: {', '.join(collected.facts)}", err=True)
    ctx.exit(REFUSED if collected.problems else 0)


def _secret(name: str | None, option: str) -> str:
    """Return the value of an environment variable; no message shows its name, which may be the secret.

    Raises:
        UsageError: it is not set, or cannot be a part of a header.
    """
    value = os.environ.get(name or "", "").strip()
    if not value:
        raise UsageError(f"the environment variable that `{option}` names is not set")
    if not (value.isascii() and value.isprintable()):
        raise UsageError(f"the environment variable that `{option}` names holds more than one line of ASCII")
    return value
