"""What starting costs: `import sellerspec` and a check load only what they need."""

import subprocess
import sys

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


def test_what_finds_violations_is_loaded_only_where_something_does_not_fit() -> None:
    code = 'import sys, sellerspec; sellerspec.check("tiki/updateSku", b\'{"price": %s}\');'
    code += 'assert ("sellerspec.schema.violations" in sys.modules) is %s'
    for price, is_loaded in (("1", "False"), ("0", "True")):
        loaded(code % (price, is_loaded))
