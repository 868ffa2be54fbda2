"""A tool that reads the report of `sellerspec mutate --format json`."""

from collections.abc import Mapping

from sellerspec.errors import ParseError, UsageError
from sellerspec.mcp.folders import Folders
from sellerspec.mcp.results import page, text
from sellerspec.mcp.tool import FILE, Arguments, Tool
from sellerspec.model import Json
from sellerspec.sandbox import shapes

SHAPE = "mutation-report"
"""Of the file, among the schemas of `FILE`."""

MOST_TESTS = 5
"""Most tests and failures of one mutation that are shown."""

DEFAULT = ("weakness", "gap")
"""States of mutations that are shown by default: what is to be mended."""


class Mutations:
    """The tool, with the folders that it may read."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tool."""
        return (Tool("read_mutation_report", self.read),)

    def read(self, arguments: Arguments) -> dict[str, Json]:
        """Return the figures, and the mutations of some states."""
        report = self._report(arguments["file"])
        states = arguments.get("states", DEFAULT)
        chosen = [_mutation(one) for one in report["mutations"] if one["state"] in states]
        return {
            "command": text(report["command"]),
            "exit_code": report["exit_code"],
            "figures": report["figures"],
            "not_judged": list(map(text, report["not_judged"][:MOST_TESTS])),
            **page(chosen, arguments.get("offset", 0)),
        }

    def _report(self, file: str) -> Json:
        report, _ = self._folders.read_json(file)
        try:
            shapes.require(SHAPE, report, file=FILE)
        except UsageError as error:
            problem = f"not a report of `sellerspec mutate --format json`: {error}"
            raise ParseError(problem, name=file) from None
        return report


def _mutation(one: Mapping[str, Json]) -> Json:
    """Return one mutation, with texts that are cut and scrubbed: anybody may have written the file."""
    failures = one["failures"]
    shown = [
        {name: text(str(failure[name])) for name in ("test", "how", "line", "at") if failure.get(name)}
        for failure in failures[:MOST_TESTS]
    ]
    return {
        "id": text(one["id"]),
        "state": one["state"],
        "sentence": text(one["sentence"]),
        "because": text(one["because"]),
        "failures": shown,
        "failures_total": len(failures),
        "tests": list(map(text, one["tests"][:MOST_TESTS])),
        "tests_total": len(one["tests"]),
        "accepted": text(one["accepted"]) if one["accepted"] else None,
    }
