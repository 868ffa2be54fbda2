"""Lines of a catalogue are compared with each other."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

import sellerspec.contract
from sellerspec import marketplaces
from sellerspec.bulk import How, across, check_files
from sellerspec.bulk.generate import generate
from sellerspec.bulk.keys import Keys
from sellerspec.bulk.state import DoneChunk
from sellerspec.contract import contract
from sellerspec.errors import SellerspecError
from sellerspec.marketplaces.common import IMAGE_ONCE, OPTIONS_ONCE, SKU_ONCE


@pytest.mark.parametrize(("threads", "rows"), [(1, 2_000_000), (1, 40), (2, 300)])
@pytest.mark.parametrize("seed", range(3))
def test_repetitions_are_those_that_a_plain_table_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, threads: int, rows: int
) -> None:
    monkeypatch.setattr(across, "PER_PASS", rows)
    draw = random.Random(seed)
    lines = [product(draw) for _ in range(600)]
    for chunk in range(3):
        with Keys(chunk, tmp_path) as keys:
            for number in range(200):
                keys.add(number + 1, lines[chunk * 200 + number])
                if number % 70 == 0:
                    keys.write()
    chunks = [DoneChunk(0, 0), DoneChunk(0, 200), DoneChunk(1, 0)]
    repetitions = [
        (file * 400 + line, finding.rule, finding.pointer, finding.message.rpartition("line ")[2])
        for file, line, finding in across.compare(tmp_path, ["a", "b"], chunks, workers=threads)
    ]
    assert len({rule for _, rule, _, _ in repetitions}) == 3
    assert repetitions == sorted(repetitions, key=lambda repetition: repetition[0])
    assert sorted(repetitions) == sorted(expected(lines))


def product(draw: random.Random) -> dict[str, Any]:
    def some(most: int, *other: Any) -> Any:
        return draw.choice([*map(str, range(1, most)), *other])

    return {
        "name": some(60, None, ""),
        "category_id": draw.choice([1, 2, None]),
        "image": some(400, None, 7),
        "variants": [
            {"sku": some(900, ""), "option1": some(5, None), "option2": some(3, None)}
            for _ in range(draw.randrange(4))
        ],
    }


def expected(lines: list[dict[str, Any]]) -> list[tuple[int, str, str, str]]:
    """Return line, rule, pointer and the words for the earlier line, from dictionaries of all lines."""
    firsts: dict[Any, int] = {}
    images: dict[str, tuple[int, Any]] = {}
    repetitions = []
    for line, product in enumerate(lines, 1):
        identity = (product["name"] or None, product["category_id"])
        for index, variant in enumerate(product["variants"]):
            options = (variant["option1"], variant["option2"])
            member = "option2" if variant["option2"] else "option1"
            for rule, key, at in (
                ("sku", variant["sku"], "sku"),
                ("options", identity[0] and options[0] and (identity, options), member),
            ):
                first = firsts.setdefault((rule, key), line) if key else line
                if first < line:
                    repetitions.append((line, rule, f"/variants/{index}/{at}", first))
        if type(product["image"]) is str:
            first, before = images.setdefault(product["image"], (line, identity))
            if first < line and before != identity:
                repetitions.append((line, "image", "/image", first))
    return [
        (line, f"sellerspec.catalogue-{rule}", at, earlier(line, first))
        for line, rule, at, first in repetitions
    ]


def earlier(line: int, first: int) -> str:
    if line > 400:
        return str(first - 400) if first > 400 else f"{first} of a"
    return str(first)


def test_lines_are_compared_also_where_little_memory_is_allowed_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Keys(0, tmp_path) as keys:
        for line in range(1, 60_001):
            product = {
                "name": f"n{line}",
                "category_id": 1,
                "image": f"i{line}",
                "variants": [{"sku": f"s{line}"}],
            }
            keys.add(line, product | ({"variants": [{"sku": "s7"}]} if line == 60_000 else {}))
    monkeypatch.setattr(across, "MEMORY", 1)
    before = [DoneChunk(0, 1000)]
    ((file, line, finding),) = across.compare(tmp_path, ["a"], before)
    assert (file, line, finding.message) == (
        0,
        61_000,
        "`sku` must be different in each line of the catalogue, got the same as in line 1007",
    )
    monkeypatch.setattr(across, "MAX_MEMORY", 1)
    with pytest.raises(SellerspecError, match="lines cannot be compared in 1 MB of memory"):
        list(across.compare(tmp_path, ["a"], before))


COMPARED = [
    operation.key
    for name in marketplaces.NAMES
    for operation in contract(name).operations()
    if operation.spec.compares_lines
]


def test_the_product_requests_of_both_generations_are_compared() -> None:
    assert COMPARED == ["tiki/createProduct", "tiki-v2/createProductRequest"]


@pytest.mark.parametrize("operation", COMPARED)
def test_an_operation_whose_lines_are_compared_has_the_members_that_are_compared(operation: str) -> None:
    body = sellerspec.contract.operation(operation).spec.request
    assert body is not None
    members = body.schema["properties"]
    assert members.keys() >= {"name", "category_id", "image", "variants"}
    assert members["variants"]["items"]["properties"].keys() >= {"sku", "option1", "option2"}


@pytest.mark.parametrize("operation", COMPARED)
def test_each_repetition_in_a_catalogue_is_found_at_its_line(tmp_path: Path, operation: str) -> None:
    path, out = tmp_path / "a.jsonl", tmp_path / "o.jsonl"
    lines = [*generate(operation, 400, broken=0.5, seed=7)]
    path.write_bytes(b"".join(line + b"\n" for line, _ in lines))
    check_files([str(path)], How(operation), workers=1, output=out)
    found = {
        (record["line"], record["rule"], record["pointer"])
        for record in map(json.loads, out.read_bytes().splitlines())
        if record["rule"].startswith("sellerspec.catalogue-")
    }
    assert {rule for _, rule, _ in found} == {rule.id for rule in (SKU_ONCE, OPTIONS_ONCE, IMAGE_ONCE)}
    assert found == {
        (fault.line, fault.rule, fault.pointer)
        for _, faults in lines
        for fault in faults
        if fault.rule.startswith("sellerspec.catalogue-")
    }
