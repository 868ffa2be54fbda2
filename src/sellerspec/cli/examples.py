"""The example files as explanations: a payload that breaks a rule, and the same one mended."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sellerspec.cli import facts as fact
from sellerspec.cli.inputs import exchange
from sellerspec.io import resources
from sellerspec.model import Json, Report
from sellerspec.reporting import located
from sellerspec.reporting.excerpt import around
from sellerspec.reporting.hide import hidden
from sellerspec.rules import Rule


@dataclass(frozen=True, slots=True)
class Case:
    """One pair of example files."""

    operation: str
    """Its key."""

    breaks: Path
    keeps: Path | None

    @property
    def breaks_name(self) -> str:
        """Name of the breaking example, below the examples' folder."""
        return _name(self.breaks)

    @property
    def keeps_name(self) -> str | None:
        """Name of the keeping example, below the examples' folder."""
        return _name(self.keeps) if self.keeps is not None else None


def _name(path: Path) -> str:
    return path.relative_to(resources.data_dir("tests/examples")).as_posix()


def cases(rule: Rule) -> list[Case]:
    """Return the pairs of examples of a rule, bare payloads before whole exchanges."""
    root = resources.data_dir("tests/examples")
    found = []
    for path in sorted(root.glob(f"*/*/invalid/{rule.id}*.json")):
        if path.name.endswith(".facts.json") or ".".join(path.name.split(".")[:2]) != rule.id:
            continue
        keeps = path.parents[1] / "valid" / path.name
        key = "/".join(path.relative_to(root).parts[:2])
        found.append(Case(key, path, keeps if keeps.is_file() else None))
    return sorted(found, key=lambda each: (each.breaks.name.endswith(".exchange.json"), each.breaks.name))


def shown(rule: Rule, case: Case, *, breaks: bool) -> Iterator[str]:
    """Yield the lines around the place where an example breaks the rule, or where the other keeps it."""
    text = case.breaks.read_text(encoding="utf-8")
    report = _report(case, case.breaks)
    if not breaks and case.keeps is not None:
        text = case.keeps.read_text(encoding="utf-8")
        # a report that says the same of the mended payload finds the place of its member there
        report = _placed(report, case.keeps)
    else:
        report = _placed(report, case.breaks)
    for found in [finding for finding in report.findings if finding.rule == rule.id][:1]:
        yield from around(hidden(text), found.line or 1, found.column or 1)
        if breaks:
            yield f"{found.pointer or '/'}: {found.message}"


def _report(case: Case, path: Path) -> Report:
    from sellerspec.contract.check import check, check_exchange

    facts = fact.beside(path)
    if path.name.endswith(".exchange.json"):
        return check_exchange(exchange(_read(path)), operation=case.operation, facts=facts, requests="always")
    return check(case.operation, path.read_bytes(), facts=facts)


def _placed(report: Report, path: Path) -> Report:
    return located(report, path.read_text(encoding="utf-8"), exchange=path.name.endswith(".exchange.json"))


def _read(path: Path) -> Json:
    return resources.read_json(path)
