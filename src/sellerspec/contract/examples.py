"""Read the example files: `tests/examples/<marketplace>/<operationId>/{valid,invalid}/<case>.json`.

A file has a payload, or an exchange if its name ends with `.exchange.json`. Its facts are in
`<case>.facts.json` beside it. An invalid example is named after the rule that it violates; a valid
example of the same name, its twin, satisfies that rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path, PurePath
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.contract.check import check, check_exchange
from sellerspec.contract.operation import OperationContract
from sellerspec.io import records, resources
from sellerspec.io.files import read_bytes
from sellerspec.model import NO_FACTS, Exchange, Facts, Json, Report

EXCHANGE = ".exchange.json"


class Named(NamedTuple):
    """The marketplace and the operation that the folders of a path name."""

    marketplace: str | None
    operation: OperationContract | None


@lru_cache(maxsize=4096)
def named(folder: PurePath) -> Named:
    """Return the marketplace and the operation that `.../<marketplace>/<operationId>/...` names.

    The innermost folder with the name of a marketplace counts. A part that is not named is None.
    """
    parts = folder.parts
    for index in range(len(parts) - 1, -1, -1):
        if parts[index] in marketplaces.names():
            owner = contract.contract(parts[index])
            id = "".join(parts[index + 1 : index + 2])
            return Named(owner.name, owner.operation(id) if id in owner.spec.ids() else None)
    return Named(None, None)


@dataclass(frozen=True)
class Example:
    """One example file; it is read when its value is first used."""

    path: Path
    operation: str
    """Key of the operation."""

    @property
    def name(self) -> str:
        """The path below the folder of the examples, with `/`."""
        return self.path.relative_to(resources.data_dir("tests/examples")).as_posix()

    @property
    def valid(self) -> bool:
        """Whether it lies in the folder `valid`."""
        return self.path.parent.name == "valid"

    @property
    def is_exchange(self) -> bool:
        """Whether it holds an exchange, not a payload."""
        return self.path.name.endswith(EXCHANGE)

    @property
    def case(self) -> str:
        """The name of the file without its endings."""
        return self.path.name.removesuffix(".json").removesuffix(".exchange")

    @property
    def rule(self) -> str:
        """Id of the rule that it is named after; "" for any other name."""
        marketplace, dot, rest = self.case.partition(".")
        known = dot and marketplace == self.operation.partition("/")[0]
        return f"{marketplace}.{rest.partition('.')[0]}" if known else ""

    @cached_property
    def value(self) -> Json:
        """The decoded payload, or the members of the exchange.

        Raises:
            ParseError: the file is not JSON.
        """
        return resources.read_json(self.path)

    @cached_property
    def facts(self) -> Facts:
        """The facts beside it."""
        return records.facts_beside(self.path) or NO_FACTS

    @property
    def exchange(self) -> Exchange:
        """The exchange that it holds."""
        return records.exchange(self.value)

    def report(self) -> Report:
        """Check it with its facts."""
        if self.is_exchange:
            return check_exchange(self.exchange, operation=self.operation, facts=self.facts)
        return check(self.operation, read_bytes(self.path), facts=self.facts)


@cache
def examples(operation: str) -> tuple[Example, ...]:
    """Return the examples of an operation, valid ones first, by the names of the files."""
    folder = resources.data_dir("tests/examples") / operation
    paths = [path for kind in ("valid", "invalid") for path in sorted((folder / kind).glob("*.json"))]
    return tuple(Example(path, operation) for path in paths if not path.name.endswith(".facts.json"))


def valid_payloads(operation: str) -> tuple[Json, ...]:
    """Return the valid examples of an operation that are payloads."""
    return tuple(
        example.value for example in examples(operation) if example.valid and not example.is_exchange
    )


def pairs(rule: str) -> Iterator[tuple[Example, Example | None]]:
    """Yield the examples that violate a rule, payloads first, each with its valid twin.

    The twin has the same file name, else the id of the rule as its name; None if there is no such file.
    """
    paths = sorted(
        resources.data_dir("tests/examples").glob(f"*/*/invalid/{rule}*.json"),
        key=lambda path: (path.name.endswith(EXCHANGE), path.name),
    )
    for path in paths:
        if path.name.endswith(".facts.json") or ".".join(path.name.split(".")[:2]) != rule:
            continue
        operation = "/".join(path.parts[-4:-2])
        suffix = EXCHANGE if path.name.endswith(EXCHANGE) else ".json"
        twins = [path.parents[1] / "valid" / name for name in (path.name, f"{rule}{suffix}")]
        twin = next((Example(file, operation) for file in twins if file.is_file()), None)
        yield Example(path, operation), twin
