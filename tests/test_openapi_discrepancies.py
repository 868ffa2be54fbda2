"""The discrepancy registers are complete, and whatever an entry claims to do is really there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import sellerspec

Entry = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
REGISTERS = {"tiki": ("A", 141), "tiki-v2": ("D", 12), "tokopedia": ("K", 22), "tnsl": ("N", 33)}
"""Letter of a register's ids, and how many it must have at least."""

ENFORCE = {"none", "accept", "warning", "error", "unchecked"}
NEEDED = {"id", "place", "readings", "evidence", "taken", "enforce"}


def read(path: Path) -> Any:
    """Return a YAML or JSON file, decoded."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)


def register(marketplace: str) -> list[Entry]:
    """Return the entries of one register, in order."""
    entries: list[Entry] = read(ROOT / "openapi" / "discrepancies" / f"{marketplace}.yaml")
    return entries


def stated(value: Any) -> Iterator[str]:
    """Yield every `x-rule` of a spec or schema, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("x-rule"), str):
            yield value["x-rule"]
        for member in value.values():
            yield from stated(member)
    elif isinstance(value, list):
        for item in value:
            yield from stated(item)


def resolves(place: str) -> bool:
    """Whether `file#pointer` names a value that is there."""
    name, _, pointer = place.partition("#")
    path = ROOT / name
    if not path.is_file() or not pointer.startswith("/"):
        return False
    value = read(path)
    for part in pointer[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            if not key.isdigit() or int(key) >= len(value):
                return False
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return False
    return True


RULES = {rule.id: rule for rule in sellerspec.rules()}
STATED = {
    rule
    for path in (*(ROOT / "openapi").glob("*.yaml"), *(ROOT / "schemas").rglob("*.json"))
    for rule in stated(read(path))
}
ENTRIES = [(name, entry) for name in REGISTERS for entry in register(name)]
EVERY = pytest.mark.parametrize(
    ("marketplace", "entry"), ENTRIES, ids=[f"{name}-{entry['id']}" for name, entry in ENTRIES]
)


def named(entry: Entry, kind: str) -> list[str]:
    """Return what an entry's effects name: its `rule`s or its `pointer`s."""
    return [effect[kind] for effect in entry.get("effect", []) if kind in effect]


@pytest.mark.parametrize("marketplace", REGISTERS)
def test_register_has_every_id_once_and_in_order(marketplace: str) -> None:
    letter, least = REGISTERS[marketplace]
    ids = [entry["id"] for entry in register(marketplace)]
    assert len(ids) >= least
    assert ids == [f"{letter}{number:03}" for number in range(1, len(ids) + 1)]


@EVERY
def test_entry_has_two_readings_and_the_members_of_the_format(marketplace: str, entry: Entry) -> None:
    assert set(entry) - {"effect"} == NEEDED
    assert entry["enforce"] in ENFORCE
    assert len(entry["readings"]) >= 2
    assert all(isinstance(reading, str) and reading for reading in entry["readings"])
    assert all(isinstance(entry[name], str) and entry[name] for name in NEEDED - {"readings"})


@EVERY
def test_entry_that_is_enforced_claims_an_effect(marketplace: str, entry: Entry) -> None:
    assert entry["enforce"] == "none" or entry.get("effect")
    assert all(set(effect) in ({"rule"}, {"pointer"}) for effect in entry.get("effect", []))


@EVERY
def test_effect_is_there(marketplace: str, entry: Entry) -> None:
    assert [id for id in named(entry, "rule") if id not in RULES and id not in STATED] == []
    assert [pointer for pointer in named(entry, "pointer") if not resolves(pointer)] == []


@EVERY
def test_effect_belongs_to_the_marketplace(marketplace: str, entry: Entry) -> None:
    homes = (f"openapi/{marketplace}.yaml#", f"schemas/{marketplace}/")
    assert [id for id in named(entry, "rule") if not id.startswith(f"{marketplace}.")] == []
    assert [pointer for pointer in named(entry, "pointer") if not pointer.startswith(homes)] == []


@EVERY
def test_severity_of_the_named_rules_agrees_with_enforce(marketplace: str, entry: Entry) -> None:
    rules = [RULES[id] for id in named(entry, "rule") if id in RULES]
    if entry["enforce"] in ("error", "warning"):
        assert entry["enforce"] in {rule.severity.value for rule in rules if not rule.why_not}
    elif entry["enforce"] == "unchecked":
        assert any(rule.why_not for rule in rules)
