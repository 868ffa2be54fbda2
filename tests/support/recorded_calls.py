"""Recorded exchanges of every operation: of the cassettes, of the examples, and of a probed sandbox."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import sellerspec
from sellerspec import contract, sandbox
from sellerspec.cassettes.files.reading import read
from support.examples import ROOT as EXAMPLES
from support.examples import examples, exchange

CASSETTES = EXAMPLES.parents[1] / "cassettes"


@cache
def calls() -> Mapping[str, tuple[sellerspec.Exchange, ...]]:
    """Return key of each operation -> its exchanges; those of webhooks are notices."""
    found: dict[str, list[sellerspec.Exchange]] = defaultdict(list)
    for key, call in (*_of_cassettes(), *_of_examples()):
        found[key].append(call)
    return {key: tuple(found[key]) for key in operations() if key in found}


def operations() -> list[str]:
    """Return the keys of all operations of the three marketplaces."""
    return [ready.key for name in sandbox.NAMES for ready in contract.contract(name).operations()]


def _of_cassettes() -> Iterator[tuple[str, sellerspec.Exchange]]:
    for path in sorted(CASSETTES.glob("*/*/*.yaml")):
        for recorded in read(path).exchanges:
            yield key_of(path), recorded.exchange


def key_of(path: Path) -> str:
    return "/".join(path.parts[-3:-1])


def _of_examples() -> Iterator[tuple[str, sellerspec.Exchange]]:
    for example in examples("valid"):
        if example.is_exchange:
            yield example.operation, exchange(example.value())
        elif contract.operation(example.operation).operation.webhook:
            yield example.operation, notice(example.path.read_bytes())


def notice(body: bytes) -> sellerspec.Exchange:
    """Return a notice as a receiver gets it."""
    headers = {"content-type": "application/json"}
    return sellerspec.Exchange(
        "POST", "https://connector.example/hook", 200, request_headers=headers, request_body=body
    )
