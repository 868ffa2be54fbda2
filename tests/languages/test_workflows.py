"""The pages on Node and PHP: their workflow is green, and red for each planted fault (`make languages`)."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support import doc_pages
from support.servers import free_port

LANGUAGES = ("node", "php")
PREPARED = "pip install 'sellerspec[sandbox,record]'"
CHECK, PROXY, CASSETTES, MUTATE = (
    "The tests",
    "The tests with a checking proxy in front of the client",
    "The recorded cassettes",
    "The tests with one thing changed at the marketplace",
)
NAMED = ["The sandbox as a service", CHECK, PROXY, CASSETTES, MUTATE]


class Workflow:
    """The steps of a page's workflow, run as a runner of GitHub does: what they start goes on."""

    def __init__(self, language: str, folder: Path) -> None:
        (block,) = [
            block for block in doc_pages.blocks(f"docs/how-to/{language}.md") if block.language == "yaml"
        ]
        taken = {str(port): str(free_port()) for port in (8080, 8081)}
        workflow = yaml.safe_load(re.sub("808[01]", lambda port: taken[port[0]], block.text))
        commands = [step for step in workflow["jobs"]["test"]["steps"] if "run" in step]
        assert commands.pop(0)["run"] == PREPARED
        assert [step["name"] for step in commands] == NAMED
        self.steps: dict[str, str] = {step["name"]: step["run"] for step in commands}
        self.folder = folder / language
        shutil.copytree(doc_pages.ROOT / "examples" / language, self.folder)
        self._environment = {
            **doc_pages.environment(folder),
            "COMPOSER_ALLOW_SUPERUSER": "1",
            **workflow["env"],
        }
        self._groups: list[int] = []

    def plant(self, fault: str) -> None:
        subprocess.run(
            ["patch", "-p1", "--quiet", "-i", f"faults/{fault}.patch"], cwd=self.folder, check=True
        )

    def run(self, name: str) -> tuple[int, str]:
        """Run a step; return its exit code and what it has printed."""
        printed = self.folder.with_name("printed.txt")
        with printed.open("wb") as output:
            step = subprocess.Popen(
                ["bash", "-e", "-o", "pipefail", "-c", self.steps[name]], cwd=self.folder,
                env=self._environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            self._groups.append(step.pid)
            code = step.wait()
        return code, printed.read_text("utf-8")

    def end(self) -> None:
        for group in self._groups:
            try:
                os.killpg(group, signal.SIGTERM)
            except ProcessLookupError:
                continue


@pytest.fixture
def workflow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workflow]:
    workflow = Workflow(request.param, tmp_path)
    code, printed = workflow.run("The sandbox as a service")
    assert code == 0, printed
    yield workflow
    workflow.end()


@pytest.mark.parametrize("workflow", LANGUAGES, indirect=True)
def test_the_workflow_of_the_page_is_green(workflow: Workflow) -> None:
    shown = {CHECK: "", PROXY: "exchanges: 7 passed", CASSETTES: "0 errors", MUTATE: "survived: 100 %"}
    for name, text in shown.items():
        code, printed = workflow.run(name)
        assert (code, text in printed) == (0, True), f"{name}\n{printed}"


@pytest.mark.parametrize(("language", "tests"), [("node", "test/tiki.test.js"), ("php", "tests/run.php")])
def test_the_code_of_the_page_is_that_of_the_example(language: str, tests: str) -> None:
    code = (doc_pages.ROOT / "examples" / language / tests).read_text("utf-8")
    shown = [
        block.text
        for block in doc_pages.blocks(f"docs/how-to/{language}.md")
        if block.language in ("js", "php")
    ]
    assert len(shown) == 4
    assert [text for text in shown if text not in code] == []


FAULTS: dict[str, dict[str, tuple[int, str]]] = {
    "price-is-text": {
        CHECK: (1, "tiki.number-unreadable: `price` must be an integer"),
        PROXY: (1, "error tiki.number-unreadable"),
        MUTATE: (2, "the command fails without a mutation"),
    },
    "call-without-a-contract": {PROXY: (1, "error sellerspec.call-known `POST /v1/products/publish`")},
    "article-is-trimmed": {MUTATE: (1, "weakness tiki/listOrders:null/data/*/items/*/original_sku")},
}
"""Planted fault -> step that turns red -> its exit code, and what it says. All other steps stay green."""


@pytest.mark.parametrize(
    ("workflow", "fault"),
    [(language, fault) for language in LANGUAGES for fault in FAULTS],
    indirect=["workflow"],
)
def test_a_planted_fault_turns_exactly_the_steps_red_that_can_see_it(workflow: Workflow, fault: str) -> None:
    workflow.plant(fault)
    fewer = "--only response --operation tiki/listOrders" + ("" if MUTATE in FAULTS[fault] else " --quick")
    workflow.steps[MUTATE] = workflow.steps[MUTATE].replace("--only response,behaviour", fewer)
    for name in (CHECK, PROXY, MUTATE):
        code, text = FAULTS[fault].get(name, (0, ""))
        seen, printed = workflow.run(name)
        assert (seen, text in printed) == (code, True), f"{name}\n{printed}"
