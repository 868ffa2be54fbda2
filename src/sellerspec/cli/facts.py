"""Facts from the command line: from options, from saved responses and from the project's settings."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from sellerspec.contract.settings import Settings
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
    "warehouses": "Saved response of Tiki's listWarehouses.",
}


def saved_response_options(command: _Command) -> _Command:
    """Add the options that name a file with a saved response."""
    for fact, help in reversed(_SAVED.items()):
        command = click.option(OPTIONS[fact], metavar="FILE", help=help)(command)
    return command


def read(
    settings: Settings, *, seller: str | None = None, inventory_types: str | None = None,
    suppliers: tuple[int, ...] | None = None, listing_price: int | None = None, now: str | None = None,
    **saved: Any,
) -> Facts:  # fmt: skip
    """Return the facts that the options give; the settings of the project fill in the seller's.

    Args:
        saved: fact -> file with a saved response, or None.

    Raises:
        ParseError: an option, or the file that it names, has another form.
    """
    return Facts(
        **{fact: saved_response(path, fact) for fact, path in saved.items() if path},
        seller=seller or settings.seller,
        inventory_types=settings.inventory_types if inventory_types is None else _words(inventory_types),
        suppliers=settings.suppliers if suppliers is None else suppliers,
        listing_price=listing_price,
        now=records.moment(now, "--now") if now else None,
    )


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
