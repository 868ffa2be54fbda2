"""The pre-commit hooks in a fresh repository, set up as the documentation says. `make packaging` runs it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support import doc_pages

ROOT = doc_pages.ROOT
CASSETTE = ROOT / "cassettes/tnsl/getQuotes/documented.yaml"
SPEC = (ROOT / "openapi/tnsl.yaml").read_text()


def git(folder: Path, *words: str) -> str:
    """Run git without the settings of whoever runs the tests."""
    name = ("-c", "user.name=Nobody", "-c", "user.email=nobody@shop.example")
    clean = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *name, *words], cwd=folder, env=clean, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the working tree: what a clone of the next commit will be."""
    folder = tmp_path_factory.mktemp("sellerspec")
    git(folder, "init", "--quiet")
    for part in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if part and (ROOT / part).is_file():
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / part, folder / part)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "The working tree")
    return folder


@pytest.fixture(scope="module")
def project(hooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh repository with the configuration of the documentation, and something good for each hook."""
    folder = tmp_path_factory.mktemp("project")
    git(folder, "init", "--quiet")
    (block,) = [
        block for block in doc_pages.blocks("docs/how-to/check-before-submit.md") if block.language == "yaml"
    ]
    text = re.sub(r"(repo:).*", rf"\1 {hooks}", block.text)
    text = re.sub(r"(rev:).*", rf"\1 {git(hooks, 'rev-parse', 'HEAD')}", text)
    shown = {hook["id"] for hook in yaml.safe_load(text)["repos"][0]["hooks"]}
    defined = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert defined - shown == {"sellerspec-payloads-fix"}  # stands in the text below
    put(folder, ".pre-commit-config.yaml", text)
    put(folder, "package.json", '{"name": "not-a-payload"}')
    shutil.copytree(ROOT / "schemas/tnsl", folder / "schemas/tnsl")
    shutil.copytree(ROOT / "tests/examples/tnsl", folder / "tests/examples/tnsl")
    put(folder, "payloads/good.json", example_text("valid/documented-simple"))
    facts = "valid/tiki.variant-inventory-type-seller"
    put(folder, "payloads/facts.json", example_text(facts))
    put(folder, "payloads/facts.facts.json", example_text(f"{facts}.facts"))
    put(folder, "tests/cassettes/good.yaml", CASSETTE.read_text())
    put(folder, "openapi/tnsl.yaml", SPEC)
    return folder


def example_text(name: str) -> str:
    return (ROOT / f"tests/examples/tiki/createProduct/{name}.json").read_text()


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    git(folder, "add", "--", name)


def commits(folder: Path) -> tuple[int, dict[str, str], str]:
    """Run every hook on every file; return the exit code, hook -> verdict, and what was printed."""
    home = folder.with_name(f"{folder.name}-home")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose", "--color", "never"],
        cwd=folder, capture_output=True, text=True, timeout=600,
        env={**os.environ, "PRE_COMMIT_HOME": str(home)},
    )  # fmt: skip
    printed = done.stdout + done.stderr
    verdicts = re.findall(r"^[^\n]*\.(Passed|Failed|Skipped)\n- hook id: (\S+)", printed, re.MULTILINE)
    return done.returncode, {hook: verdict for verdict, hook in verdicts}, printed


@pytest.mark.timeout(900)  # the first run installs two environments
def test_good_files_pass_and_each_hook_stops_what_it_is_for(project: Path) -> None:
    good = dict.fromkeys(("sellerspec-payloads", "sellerspec-cassettes", "sellerspec-specs"), "Passed")
    code, verdicts, printed = commits(project)
    assert (code, verdicts) == (0, good), printed
    assert "0 errors, 0 warnings in 2 checked" in printed  # the payloads; no package.json, no facts

    put(project, "payloads/bad.json", example_text("invalid/documented-invalid"))
    code, verdicts, printed = commits(project)
    assert (code, verdicts) == (1, {**good, "sellerspec-payloads": "Failed"}), printed
    assert (
        "payloads/bad.json:40:5: error tiki.variant-price `variants[1].price` is missing at /variants/1/price"
        in printed
    )
    put(project, "payloads/bad.json", example_text("valid/documented-simple"))

    recorded = yaml.safe_load(CASSETTE.read_text())
    recorded["interactions"][0]["request"]["headers"]["Authorization"] = ["Bearer not-a-real-token-of-ours"]
    put(project, "tests/cassettes/good.yaml", yaml.safe_dump(recorded))
    code, verdicts, printed = commits(project)
    assert (code, verdicts) == (1, {**good, "sellerspec-cassettes": "Failed"}), printed
    assert "error sellerspec.cassette-secret" in printed
    assert "not-a-real-token-of-ours" not in printed
    put(project, "tests/cassettes/good.yaml", CASSETTE.read_text())

    put(project, "openapi/tnsl.yaml", SPEC.replace("operationId: getQuotes", "operationId: get_quotes"))
    code, verdicts, printed = commits(project)
    assert (code, verdicts) == (1, {**good, "sellerspec-specs": "Failed"}), printed
    assert "openapi/tnsl.yaml: " in printed
    put(project, "openapi/tnsl.yaml", SPEC)
    assert commits(project)[0] == 0


@pytest.mark.timeout(900)
def test_the_fixing_hook_stops_a_commit_once_and_the_fixed_file_passes(project: Path) -> None:
    config = project / ".pre-commit-config.yaml"
    before = config.read_text()
    put(project, config.name, before.replace("id: sellerspec-payloads", "id: sellerspec-payloads-fix"))
    good = example_text("valid/documented-simple")
    put(project, "payloads/fixed.json", re.sub(r'("price": )([0-9]+)', r'\1"\2"', good, count=1))

    code, verdicts, printed = commits(project)
    assert (code, verdicts["sellerspec-payloads-fix"]) == (1, "Failed"), printed
    assert "files were modified by this hook" in printed
    assert (project / "payloads/fixed.json").read_text() == good

    put(project, "payloads/fixed.json", good)
    code, verdicts, printed = commits(project)
    assert (code, verdicts["sellerspec-payloads-fix"]) == (0, "Passed"), printed
    put(project, config.name, before)
