"""Tools that look things up: explanations, requirements, lists."""

from sellerspec.contract import registry
from sellerspec.contract.project import Project
from sellerspec.contract.requirements import requirements
from sellerspec.explanations.pages import page as explanation
from sellerspec.explanations.rows import operation_json, rule_json
from sellerspec.mcp.checks import Checks
from sellerspec.mcp.results import MOST_LIST, page
from sellerspec.mcp.sandboxes import Sandboxes
from sellerspec.mcp.tool import Arguments, Tool
from sellerspec.model import Json
from sellerspec.sandbox import NAMES, defects

COLUMNS = {
    "operations": ("key", "method", "path", "webhook", "summary", "status"),
    "rules": ("id", "severity", "basis", "requirement", "needs", "checkable"),
}
"""What is listed -> the members of a row; `explain` has the rest."""


class Lookups:
    """The tools, with the project's settings."""

    def __init__(self, project: Project, checks: Checks, sandboxes: Sandboxes) -> None:
        self._overlays = project.settings.overlays
        self._checks, self._sandboxes = checks, sandboxes

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools."""
        return (
            Tool("explain", self.explain),
            Tool("requirements", self.requirements),
            Tool("list", self.rows),
        )

    def explain(self, arguments: Arguments) -> dict[str, Json]:
        """Return an explanation as text."""
        text = "\n".join(explanation(arguments["name"], self._overlays).lines)
        cut = {"cut": f"{MOST_LIST // 2} of {len(text)} characters are shown"}
        return {"text": text[: MOST_LIST // 2], **(cut if len(text) > MOST_LIST // 2 else {})}

    def requirements(self, arguments: Arguments) -> dict[str, Json]:
        """Return what a call of an operation needs, or what its response may hold, page by page."""
        needed = requirements(
            arguments["operation"], facts=self._checks.facts(arguments), overlays=self._overlays
        ).to_dict()
        offset, part = arguments.get("offset", 0), arguments.get("part", "request")
        members, received = page(needed.pop("members"), offset), needed.pop("received")
        if part == "response":
            return {"operation": needed["operation"], "members": page(received, offset)}
        if offset:
            return {"operation": needed["operation"], "members": members}
        report = needed.pop("minimal_report")
        return {**needed, "minimal_is_accepted": report["ok"] if report else None, "members": members}

    def rows(self, arguments: Arguments) -> dict[str, Json]:
        """Return the operations, rules, defects or running sandboxes, page by page."""
        return page(self._all(arguments["what"], arguments.get("of")), arguments.get("offset", 0))

    def _all(self, what: str, of: str | None) -> list[Json]:
        if what == "sandboxes":
            return self._sandboxes.rows()
        if what == "defects":
            names = (of,) if of else NAMES
            return [
                {"marketplace": name, **one.to_dict()} for name in names for one in defects(name).values()
            ]
        if what == "operations":
            rows = [operation_json(one) for one in registry.operations(of, overlays=self._overlays)]
        else:
            rows = [rule_json(one) for one in registry.rules(of, overlays=self._overlays)]
        return [{name: row[name] for name in COLUMNS[what]} for row in rows]
