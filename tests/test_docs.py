"""The documentation is run: its commands, its code."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import sellerspec
from sellerspec import sandbox
from sellerspec.cassettes import files
from sellerspec.guard.watch import Guard
from support import doc_pages
from support.sandboxes import example

PRODUCT = example("tiki/createProduct/valid/documented-simple")


def python(page: str) -> list[str]:
    return [block.text for block in doc_pages.blocks(page) if block.language == "python"]


@pytest.mark.no_cover  # it mutates a suite
def test_the_tutorial_goes_from_install_to_red_and_green(tmp_path: Path) -> None:
    assert doc_pages.follow("docs/tutorial.md", tmp_path) == 7
    workflow = yaml.safe_load((tmp_path / ".github/workflows/contract.yml").read_text())
    last = [step["run"] for step in workflow["jobs"]["contract"]["steps"] if "run" in step][1:]
    # the three steps that decide, green as the tutorial leaves the folder, and red with either mistake back
    all_three = " && ".join(last) + " && echo GREEN"
    assert doc_pages.typed(all_three, tmp_path).endswith("GREEN\n")
    for name in ("product.json", "connector.py"):
        good = (tmp_path / name).read_text()
        (tmp_path / name).write_text((tmp_path / f"{name}.bak").read_text())
        assert "GREEN" not in doc_pages.typed(all_three, tmp_path)
        (tmp_path / name).write_text(good)


def test_check_before_submit_runs(capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[Any] = []
    names: dict[str, Any] = {"PRODUCT": json.dumps(PRODUCT), "submit": sent.append}
    for code in python("docs/how-to/check-before-submit.md"):
        exec(code, names)
    assert sent == [PRODUCT]
    printed = capsys.readouterr().out
    assert re.search(r"^[0-9]+ rules still lack a fact", printed, re.MULTILINE)
    assert "422 {'errors':" in printed


def test_the_page_on_fixing_is_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = python("docs/how-to/fix-payloads.md")
    (printed,) = [
        block.text for block in doc_pages.blocks("docs/how-to/fix-payloads.md") if block.language == "text"
    ]
    exec(code, {})
    assert capsys.readouterr().out == printed
    assert doc_pages.follow("docs/how-to/fix-payloads.md", tmp_path) == 4
    assert json.loads((tmp_path / "fixed.json").read_text()) == {"price": 5000, "active": 1}


def test_the_page_on_moving_to_the_open_api_is_followed(tmp_path: Path) -> None:
    page = "docs/how-to/move-to-the-open-api.md"
    assert doc_pages.follow(page, tmp_path) == 4
    (shown,) = [block.text for block in doc_pages.blocks(page) if block.language == "text"]
    with pytest.raises(sellerspec.ContractViolation) as raised:
        Guard("tiki-v2").request(
            sellerspec.Exchange("POST", "https://api.tiki.vn/integration/v1/products", 200)
        )
    assert shown.strip() in str(raised.value)


def test_record_cassettes_records_what_can_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    code = python("docs/how-to/record-cassettes.md")[0]
    assert "https://api.tiki.vn/integration" in code
    with sandbox.run("tiki") as box:
        exec(code.replace("https://api.tiki.vn/integration", box.url), {"token": box.headers["tiki-api"]})
    (recorded,) = files.read(Path("tests/cassettes/tiki/listOrders/first-page.yaml")).exchanges
    assert recorded.exchange.status == 200
    assert box.headers["tiki-api"] not in Path("tests/cassettes/tiki/listOrders/first-page.yaml").read_text()


SERVING = """
import receiver, wsgiref.simple_server
server = wsgiref.simple_server.make_server("127.0.0.1", 0, receiver.application)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.mark.no_cover
def test_the_webhook_page_is_followed_and_its_receiver_withstands_the_fuzzer(tmp_path: Path) -> None:
    page = "docs/how-to/test-your-webhook-receiver.md"
    assert doc_pages.follow(page, tmp_path) == 2
    (command,) = [block.text for block in doc_pages.blocks(page) if block.language == "sh"]
    with subprocess.Popen(
        [sys.executable, "-c", SERVING], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            address = f"127.0.0.1:{int(server.stdout.readline())}/"
            fuzz = command.replace("127.0.0.1:9000/", address).replace("--max-time 20", "--max-time 5")
            printed = doc_pages.typed(f"{fuzz.strip()}; echo exit $?", tmp_path)
        finally:
            server.kill()
    assert "tokopedia: 0 errors, 0 warnings" in printed
    assert printed.endswith("exit 0\n")


@pytest.mark.no_cover  # it mutates a command
def test_the_page_on_mutating_a_connector_is_followed(tmp_path: Path) -> None:
    page = "docs/how-to/mutate-your-connector.md"
    assert doc_pages.follow(page, tmp_path) == 2


def test_the_schemas_for_editors_refuse_what_the_check_refuses(tmp_path: Path) -> None:
    assert doc_pages.follow("docs/how-to/editor-and-shell.md", tmp_path) == 2
    schema = json.loads((tmp_path / "product.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert validator.is_valid(PRODUCT)
    for name in ("invalid/tiki.variant-price", "invalid/tiki.product-name"):
        assert not validator.is_valid(example(f"tiki/createProduct/{name}"))


def test_the_overlay_of_the_editor_page_fits_schema_and_spec(tmp_path: Path) -> None:
    (text,) = [
        block.text
        for block in doc_pages.blocks("docs/how-to/editor-and-shell.md")
        if block.language == "yaml"
    ]
    written = json.loads(doc_pages.typed("sellerspec specs schema overlay", tmp_path))
    validator = jsonschema.Draft202012Validator(written)
    validator.check_schema(written)
    assert validator.is_valid(yaml.safe_load(text))
    assert not validator.is_valid({**yaml.safe_load(text), "action": []})
    assert not validator.is_valid({**yaml.safe_load(text), "actions": [{"target": "$.info"}]})
    (tmp_path / "fix.yaml").write_text(text)
    bundled = doc_pages.typed("sellerspec specs bundle tnsl --overlay fix.yaml", tmp_path)
    assert "section: seen in use" in bundled


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tiki/creatProduct", "did you mean `tiki/createProduct`?"),
        ("tiki/getOrder", "tiki/getOrder has no JSON body"),
        ("tik/getOrder", "did you mean `tiki`?"),
    ],
)
def test_a_schema_of_nothing_is_an_error(name: str, message: str, tmp_path: Path) -> None:
    assert message in doc_pages.typed(f"sellerspec specs schema {name}", tmp_path)


def test_the_readme_runs(tmp_path: Path) -> None:
    blocks = doc_pages.blocks("README.md")
    (console,) = [block.text for block in blocks if block.mark == "console"]
    command, _, expected = console.removeprefix("$ ").partition("\n")
    assert doc_pages.fits(expected, doc_pages.typed(command, tmp_path, here=doc_pages.ROOT))
    (suite,) = [block.text for block in blocks if block.mark == "pytest"]
    (tmp_path / "test_readme.py").write_text(suite)
    assert "1 passed" in doc_pages.typed("python -m pytest -q test_readme.py", tmp_path)
    (doctests,) = [block.text for block in blocks if block.text.startswith(">>> ")]
    (tmp_path / "readme.txt").write_text(doctests)
    assert doc_pages.typed("python -m doctest readme.txt && echo FINE", tmp_path) == "FINE\n"


@pytest.mark.no_cover  # it mutates the example connector
def test_the_readme_mutates_the_example_connector(tmp_path: Path) -> None:
    (console,) = [block.text for block in doc_pages.blocks("README.md") if block.mark == "mutate"]
    command, _, expected = console.removeprefix("$ ").partition("\n")
    connector = shutil.copytree(doc_pages.ROOT / "examples" / "connector", tmp_path / "connector")
    fault = connector / "faults" / "price-is-never-null.patch"
    subprocess.run(["git", "apply", str(fault)], cwd=connector, check=True)
    printed = doc_pages.typed(command, tmp_path, here=connector)
    assert doc_pages.fits(expected, printed), printed


def test_the_readme_is_short() -> None:
    assert len((doc_pages.ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 200


LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


@pytest.mark.parametrize(
    "page",
    sorted([*doc_pages.ROOT.glob("*.md"), *doc_pages.ROOT.glob("docs/**/*.md")]),
    ids=lambda path: path.relative_to(doc_pages.ROOT).as_posix(),
)
def test_no_link_leads_nowhere(page: Path) -> None:
    gone = [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]
    assert not gone


def test_D7_every_fence_is_one_that_the_site_renders_as_code() -> None:
    pages = [doc_pages.ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    fences = [
        (page.name, line.strip())
        for page in [*pages, *sorted((doc_pages.ROOT / "docs").rglob("*.md"))]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith("```")
    ]
    assert len(fences) > 100
    rendered = re.compile(r'```(\w+( title="[^"]+")?)?')
    assert [fence for fence in fences if not rendered.fullmatch(fence[1])] == []
