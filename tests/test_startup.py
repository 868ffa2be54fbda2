"""What starting costs: `import sellerspec` and a check load only what they need."""

import subprocess
import sys

from sellerspec.io.resources import data_root

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


def test_a_check_with_a_named_operation_does_not_look_for_installed_marketplaces() -> None:
    example = "tests/examples/tiki/createProduct/valid/documented-simple.json"
    code = "import sys, atexit; sys.argv = ['sellerspec', 'check', %r, '--as', 'tiki/createProduct']"
    code += "; atexit.register(lambda: print(*sys.modules))"
    code += "; from sellerspec.cli import main; main(standalone_mode=False)"
    done = subprocess.run(
        [sys.executable, "-c", code % str(data_root() / example)], capture_output=True, text=True, check=True
    )
    assert "sellerspec.contract.check" in done.stdout.split()
    assert "importlib.metadata" not in done.stdout.split()


def test_a_report_that_names_plain_members_loads_no_scrubber() -> None:
    code = "import sellerspec; from sellerspec import reporting; from sellerspec.reporting import Checked;"
    code += 'report = sellerspec.check("tiki/updateSku", b\'{"price": 0}\'); assert not report.ok;'
    code += 'print(reporting.render("text", [Checked("payload.json", report)]));'
    code += 'import sys; assert "sellerspec.scrubbing" not in sys.modules'
    loaded(code)
