"""Read the discrepancy registers: where the documents of a marketplace contradict themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sellerspec import marketplaces
from sellerspec.errors import ParseError
from sellerspec.io import resources
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One place where the documents say two things."""

    marketplace: str
    id: str
    value: Mapping[str, Json]
    """The entry as the register has it: `docs/architecture.md` says what each member holds."""


def discrepancies(marketplace: str | None = None) -> tuple[Discrepancy, ...]:
    """Return the entries of one register, or of all, in their order.

    A register lies beside the spec of its marketplace, as `discrepancies/<marketplace>.yaml`.

    Raises:
        UnknownName: there is no such marketplace.
        ParseError: a register is no list of entries.
    """
    found: list[Discrepancy] = []
    for name in (marketplace,) if marketplace else marketplaces.names():
        spec = marketplaces.marketplace(name).spec
        folder = Path(spec).parent if spec else resources.data_dir("openapi")
        path = folder / "discrepancies" / f"{name}.yaml"
        if not path.exists():
            continue  # a marketplace of a user's own need not have one
        entries = resources.read_yaml(path)
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict) and "id" in entry for entry in entries
        ):
            raise ParseError("not a list of entries with an `id`", name=str(path))
        found.extend(Discrepancy(name, str(entry["id"]), entry) for entry in entries)
    return tuple(found)
