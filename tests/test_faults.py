"""The faults of November 2026: each has a test that bears its number, such as `test_A1_...`."""

import ast
from pathlib import Path

import pytest

FAULTS = {
    "A1": "a refused call whose exception the test swallowed",
    "A2": "cassettes that fit two marketplaces and were not judged",
    "A3": "columns of a table, or of a mapping, that are not known",
    "A4": "rows and cells that a spreadsheet shifted or changed",
    "A5": "a fuzzed server that lets nobody in",
    "A6": "folders without cassettes, and broken files in every format",
    "A7": "all lines of the action's `paths`",
    "A8": "hosts in another spelling, and passwords in addresses",
    "A9": "adapters that are mounted after the guard, and raw streams",
    "A10": "bodies of aiohttp in recordings",
    "A11": "packed bodies",
    "A12": "one cassette for each test",
    "A13": "calls of several threads while recording",
    "A14": "the webhooks of Tokopedia",
    "A15": "findings about receivers by kind and cause",
    "A16": "optional members of drawn payloads",
    "D1": "HAR files as browsers write them",
    "D2": "the place of an exchange without an operation",
    "D3": "scrubbed recordings with `--strict`",
    "D4": "redirects, ids and accounts in recordings",
    "D5": "macro workbooks, lone surrogates, workbooks without an operation",
    "D6": "vcrpy without the known execution of code",
    "D7": "fences of the documentation",
    "D8": "drift against the spec",
    "D9": "requirements of operations without a body",
    "D10": "fixtures of every scope, and CORS",
    "D11": "the same SKU in two products",
    "E0": "exceptions that nobody foresaw",
    "E1": "YAML scalars and keys that are no text",
    "E2": "settings of another form",
    "E3": "specs and overlays of another form",
    "E4": "addresses that cannot be read",
    "E5": "names of files, and files that are no files",
    "E6": "size and repetition",
    "E7": "broken archives",
    "E8": "types of tables",
    "E9": "options",
    "E10": "reports of addresses that cannot be read",
    "F1": "web pages that drive the sandbox",
    "F2": "states, faults and clocks of another form",
    "F3": "notices that cannot be sent or kept",
    "F4": "two sandboxes with one state",
    "F5": "bodies that take too long",
    "F6": "two runs over one catalogue",
    "F7": "a catalogue that changes while it is checked",
    "F8": "linear patterns of the scrubber",
    "F9": "copies in the cache",
    "F10": "a journal that outlives its results",
    "F11": "outputs that are devices, links or the input",
    "F12": "scrubbing under a lock",
    "G1": "secrets in members that nobody knows",
    "G2": "names of buyers in other places",
    "G3": "secrets in running text",
    "G4": "secrets in redirects and queries",
    "G5": "phones, mail addresses, cards and keys",
    "G6": "secrets in forms, pages and metadata",
    "G7": "one engine for all that leaves the process",
    "H1": "workers that record into one cassette",
    "H2": "addresses of no server",
    "H3": "full disks and read-only folders",
    "H4": "unquoted statuses in specs",
    "H5": "patterns with backtracking in overlays",
    "H6": "a text of a hundred megabytes",
    "H7": "Ctrl+C, and outputs into missing folders",
    "H8": "references to any local file",
    "H9": "consoles of other code pages",
}


def numbers() -> dict[str, list[str]]:
    """Return the numbers that names of tests bear, with those tests."""
    seen: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                number = node.name.removeprefix("test_").partition("_")[0]
                if number in FAULTS:
                    seen.setdefault(number, []).append(f"{path.name}::{node.name}")
    return seen


TESTS = numbers()


@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_has_a_test_that_bears_its_number(number: str) -> None:
    assert TESTS.get(number), f"no test is named `test_{number}_...`: {FAULTS[number]}"
