"""Read the discrepancy registers: where the documents of a marketplace contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sellerspec.errors import ParseError
from sellerspec.io import resources
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One place where the documents contradict each other."""

    marketplace: str
    id: str
    value: Mapping[str, Json]
    """The entry as the register has it; `docs/architecture.md` describes its members."""


def read(marketplace: str, spec: Path) -> Iterator[Discrepancy]:
    """Yield the entries of a register, `discrepancies/<marketplace>.yaml` beside the spec.

    A marketplace of another package may have none.

    Raises:
        ParseError: the register is not a list of entries.
    """
    path = spec.parent / "discrepancies" / f"{marketplace}.yaml"
    if not path.exists():
        return
    entries = resources.read_yaml(path)
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and "id" in entry for entry in entries
    ):
        raise ParseError("not a list of entries with an `id`", name=str(path))
    for entry in entries:
        yield Discrepancy(marketplace, str(entry["id"]), entry)
