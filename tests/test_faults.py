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
    "B1": "hints that change the meaning",
    "B2": "hints that are not the nearest value",
    "B3": "responses without what makes them an order or a warehouse",
    "B4": "null in optional members of updates and confirmations",
    "B5": "bodies of failures that no document shows",
    "B6": "every listed state of a created product",
    "B7": "facts of another order",
    "B8": "engines that disagree about a line feed",
    "B9": "responses that ignore their request",
    "B10": "documented members that a response lacks",
    "B11": "attributes of variants",
    "B12": "query parameters that nobody knows",
    "B13": "numbers in other forms",
    "B14": "server texts beyond the values that sources show",
    "B15": "server texts of another document or case",
    "B16": "encoded paths",
    "B17": "blanks and values beyond reason",
    "B18": "schemes of addresses in capitals",
    "B19": "documented examples with `--strict`",
    "B20": "a basis that claims too much",
    "B21": "nulls in the samples of April 2020",
    "B22": "`track_id` in the samples of December 2019",
    "C1": "facts of an order that cannot be read",
    "C2": "orders outside the time that was asked for",
    "C3": "an update that takes members away",
    "C4": "a cancellation without a body",
    "C5": "refusals of an app without rights",
    "C6": "two names of an invoice number",
    "C7": "members and codes that only traffic shows",
    "C8": "our words in imports, exports and refusals",
    "C9": "moves that break the documented webhook",
    "C10": "the basis in every format",
    "C11": "codes and ids that `explain` knows",
    "C12": "the documented order as a seed",
    "C13": "headers of a response with status 429",
    "C14": "values that are no fault, and follow-up findings",
    "C15": "orders and notices that contradict themselves",
    "C16": "pages, shops, statuses and bundles of the sandbox",
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
