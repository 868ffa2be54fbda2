"""No claim goes beyond its source: where each documented rule and each server text stands in the documents.

`tests/sources/<marketplace>.yaml` holds the positions. No text of the documents is copied: a position is
a range of lines, with a few words and figures there. Where the documents are, a test looks them up.
"""

import ast
import html
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

import sellerspec
from sellerspec import marketplaces
from sellerspec.contract import contract
from sellerspec.model import Basis
from support.examples import examples

ROOT = Path(__file__).resolve().parents[1]
SEEDS = Path(os.environ.get("SELLERSPEC_SOURCES") or ROOT / "../shared/seeds").resolve()
"""The folder of the documents, `seeds/` in the positions; `reference/` beside it has extracts of others."""

LONGEST_RANGE = 160
"""Lines; the table of an order, the longest one, has 130."""

each_marketplace = pytest.mark.parametrize("name", marketplaces.NAMES)


@cache
def positions(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / f"tests/sources/{name}.yaml").read_text("utf-8"))
    return loaded


@each_marketplace
def test_every_documented_rule_and_operation_has_its_position_and_no_position_is_unused(name: str) -> None:
    documented = {rule.id for rule in sellerspec.rules(name) if rule.basis is Basis.DOCUMENTED}
    assert set(positions(name)["rules"]) == documented
    operations = {op.id for op in sellerspec.operations(name) if op.source.status is Basis.DOCUMENTED}
    assert set(positions(name)["operations"]) == operations


@each_marketplace
def test_B15_every_server_text_has_its_position_and_no_position_is_unused(name: str) -> None:
    shown: dict[str, set[str]] = {}
    for rule in sellerspec.rules(name):
        if rule.text:
            shown.setdefault(rule.id, set()).add(rule.text)
    for finding in of_examples(name):
        if finding.server_text:
            shown.setdefault(finding.rule, set()).add(finding.server_text)
    known = {rule: set(texts) for rule, texts in positions(name)["texts"].items() if rule != "sandbox"}
    assert known == shown


def of_examples(name: str) -> Iterator[sellerspec.Finding]:
    for example in examples():
        if example.operation.startswith(f"{name}/"):
            yield from example.report().findings


@each_marketplace
def test_B15_every_text_of_the_sandbox_has_its_position_and_no_position_is_unused(name: str) -> None:
    known = set(positions(name)["texts"].get("sandbox", ()))
    used = {text for text in known for pattern in sandbox_texts(name) if re.fullmatch(pattern, text)}
    assert used == known
    unknown = [
        pattern for pattern in sandbox_texts(name) if not any(re.fullmatch(pattern, text) for text in known)
    ]
    assert unknown == []


def sandbox_texts(name: str) -> Iterator[str]:
    """Yield a pattern of each server text of refusals for a reason that only the state knows."""
    package = name.replace("-", "_")
    for path in sorted((ROOT / "src/sellerspec/sandbox" / package).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                module = import_module(f"sellerspec.sandbox.{package}.{path.stem}")
                yield from (pattern(word.value, vars(module)) for word in node.keywords if word.arg == "text")


def pattern(text: ast.expr, names: dict[str, Any]) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(pattern(part, names) for part in text.values)
    if isinstance(text, ast.FormattedValue):
        return ".+"
    return re.escape(str(text.value if isinstance(text, ast.Constant) else names[ast.unparse(text)]))


@each_marketplace
def test_every_position_lies_in_a_document_of_the_spec_and_has_words(name: str) -> None:
    listed = positions(name)["documents"]
    used = {document for _, document, _, _ in places(name)}
    assert used == set(listed) <= set(contract(name).spec.sources)
    for what, document, lines, words in places(name):
        assert document in listed, what
        first, last = span(lines)
        assert 0 < first <= last < first + LONGEST_RANGE, (what, lines)
        assert words, what
        if what not in positions(name)["texts"]:
            assert all(len(word) <= 40 for word in words), f"{what}: words and figures, no sentences"


@each_marketplace
def test_the_words_stand_at_their_positions_in_the_documents(name: str) -> None:
    listed = {document: document_path(path) for document, path in positions(name)["documents"].items()}
    there = {document for document, path in listed.items() if path.is_file()}
    wrong = [
        (what, lines, missing)
        for what, document, lines, words in places(name)
        if document in there and (missing := not_there(listed[document], lines, words))
    ]
    assert wrong == []
    if absent := sorted(set(listed) - there):
        pytest.skip(
            f"not looked up: the positions in {', '.join(absent)}; "
            "SELLERSPEC_SOURCES names the folder of the documents"
        )


def document_path(path: str) -> Path:
    folder, _, file = path.partition("/")
    return (SEEDS if folder == "seeds" else SEEDS.parent / folder) / file


def test_a_word_is_looked_for_in_its_lines_alone_and_as_a_whole(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("| trace\\_id | String | Y |\n| List&lt;Order&gt; | N |\n", encoding="utf-8")
    assert not_there(document, "L1", ["trace_id", "String", "Y", "trace", "N"]) == ["trace", "N"]
    assert not_there(document, "L1-2", ["trace_id", "List<Order>", "N", "Orders"]) == ["Orders"]
    assert not_there(document, "L2", ["trace_id"]) == not_there(document, "L3", ["trace_id"]) == ["trace_id"]


def places(name: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield what each position is of, its document, its lines, and the words that stand there."""
    rules = {rule.id: rule.source.document for rule in sellerspec.rules(name)}
    operations = {op.id: op.source.document for op in sellerspec.operations(name)}
    for kind, documents in (("rules", rules), ("operations", operations)):
        for id, places in positions(name)[kind].items():
            for lines, words in places.items():
                yield id, documents.get(id, "no such rule or operation"), lines, words
    for rule, texts in positions(name)["texts"].items():
        for text, place in texts.items():
            document, lines = place.split()
            yield rule, document, lines, [text]


def span(lines: str) -> tuple[int, int]:
    found = re.fullmatch(r"L(\d+)(?:-(\d+))?", lines)
    assert found, f"{lines}: not written as `L12` or `L12-34`"
    return int(found[1]), int(found[2] or found[1])


def not_there(path: Path, lines: str, words: list[str]) -> list[str]:
    first, last = span(lines)
    text = " ".join(plain(path).splitlines()[first - 1 : last])
    return [word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


@cache
def plain(path: Path) -> str:
    """Return the text of a document, line by line, without escapes of Markdown and HTML."""
    return html.unescape(path.read_text("utf-8").replace("\\", ""))
