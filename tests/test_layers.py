"""Imports point down, modules of a layer do not import each other, and importing stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sellerspec

PACKAGE = Path(sellerspec.__file__).parent

LAYERS = [
    {"model", "errors"},
    {"pointers"},
    {"strict", "workbook"},
    {"resources", "settings"},
    {"rulebook"},
    {"spec", "cassette"},
    {"whole"},
    {"overlay"},
    {"schema"},
    {"marketplaces"},
    {"contract"},
    {
        "catalogue",
        "checking",
        "coverage",
        "importing",
        "requirements",
        "render",
        "scrubbing",
        "untyped",
        "waivers",
        "bundling",
        "discrepancies",
    },
    {"project", "linting", "comparing"},
    {"sandbox", "record", "guard", "cassettes", "strategies"},
    {"fuzz", "bulk"},
    {"cli"},
    {"__main__"},
]
DEPTH = {name: depth for depth, layer in enumerate(LAYERS) for name in layer}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the part of sellerspec that each import names, in-function imports too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "sellerspec":
            yield from ((each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sellerspec."):
            yield str(node.module).split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name.startswith("sellerspec."):
                    yield each.name.split(".")[1], node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down(path: Path) -> None:
    part = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if part == "__init__":
        return
    assert part in DEPTH, f"give `{part}` a layer"
    up = [
        f"{path.name}:{line} imports {name}"
        for name, line in imports(path)
        if name != part and name in DEPTH and DEPTH[name] >= DEPTH[part]
    ]
    assert not up


THIRD_PARTY = {
    "jsonschema_rs": {"schema"},
    "msgspec": {"schema"},
    "jsonschema": {"schema"},
    "schemathesis": {"fuzz"},
    "vcr": {"record"},
    "openpyxl": {"workbook"},
    "duckdb": {"bulk"},
    "jsonpath": {"overlay"},
}
"""Libraries with one door: only these parts import them."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_library_has_one_door(path: Path) -> None:
    part = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for node in ast.walk(ast.parse(path.read_text())):
        names = (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            doors = THIRD_PARTY.get(name.partition(".")[0])
            assert doors is None or part in doors, f"{path.name}:{node.lineno} imports {name}"


HEAVY = ("hypothesis", "schemathesis", "vcr", "starlette", "uvicorn", "httpx", "requests", "pytest", "duckdb",
         "pyarrow", "openpyxl", "rich", "jsonschema", "msgspec")  # fmt: skip


def loaded(code: str) -> set[str]:
    """Return the names of the modules that are loaded after some code ran in a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {part.partition(".")[0] for part in done.stdout.split()}


def test_importing_sellerspec_loads_nothing_else() -> None:
    assert not loaded("import sellerspec") & {*HEAVY, "yaml", "orjson", "jsonschema_rs", "click"}


def test_a_check_loads_only_what_it_needs() -> None:
    code = 'import sellerspec; sellerspec.check("tiki/updateSku", b\'{"price": 1}\')'
    assert "jsonschema_rs" in loaded(code)
    assert not loaded(code) & set(HEAVY)


def test_what_finds_breaches_is_loaded_only_where_something_does_not_fit() -> None:
    code = 'import sys, sellerspec; sellerspec.check("tiki/updateSku", b\'{"price": %s}\');'
    code += 'assert ("sellerspec.schema.violations" in sys.modules) is %s'
    for price, found in (("1", "False"), ("0", "True")):
        loaded(code % (price, found))
