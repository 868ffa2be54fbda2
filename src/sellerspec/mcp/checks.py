"""Tools that check payloads and exchanges, and fix payloads."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from sellerspec.contract.call import Requests
from sellerspec.contract.project import PLAIN, Project, Scope
from sellerspec.errors import ParseError, UsageError
from sellerspec.io import records
from sellerspec.io.json_edit import edited
from sellerspec.io.strict import decode, require_json
from sellerspec.io.writing import rewrite
from sellerspec.mcp.folders import Folders
from sellerspec.mcp.results import MOST_LIST, fitting, size, small_patch, without_rest
from sellerspec.mcp.tool import Arguments, Tool
from sellerspec.model import Facts, Fixed, Json, Report
from sellerspec.reporting import located
from sellerspec.reporting.discreetly import discreetly
from sellerspec.reporting.hide import discreet_fix
from sellerspec.sandbox.checking import report_json


class Given(NamedTuple):
    """A payload or an exchange that a tool was given."""

    value: Json
    text: str
    """Its JSON text, as it was given if it was."""

    file: str | None = None
    """The name of the file, as it was given."""

    is_text: bool = True
    """Whether it was given as a text, so that lines and columns mean something."""


class Checks:
    """The tools, with the project's settings and the folders that they may read."""

    def __init__(self, project: Project, folders: Folders) -> None:
        self._project, self._folders = project, folders

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools."""
        return (
            Tool("check_payload", self.check_payload),
            Tool("check_exchange", self.check_exchange),
            Tool("fix_payload", self.fix_payload, changes=True),
        )

    def check_payload(self, arguments: Arguments) -> dict[str, Json]:
        """Return the report on a payload."""
        given = self._given(arguments, "payload")
        return _shown(self._report(arguments, given), given)

    def check_exchange(self, arguments: Arguments) -> dict[str, Json]:
        """Return the report on a request with its response."""
        given = self._given(arguments, "exchange")
        exchange = records.exchange(given.value)
        called = self._project.called(
            exchange, operation=arguments.get("operation"), marketplace=arguments.get("marketplace")
        )
        requests: Requests = arguments.get("requests", "accepted")
        report = self._project.check_exchange(
            exchange, called, facts=self.facts(arguments), requests=requests, scope=_scope(arguments)
        )
        return _shown(report, given, exchange=True)

    def fix_payload(self, arguments: Arguments) -> dict[str, Json]:
        """Return what was fixed, what is left, and the payload if it was given in the call."""
        given = self._given(arguments, "payload")
        write = arguments.get("write", False)
        if write and given.file is None:
            raise UsageError("/write: only a `file` can be written; `payload` comes back in the result")
        report = self._report(arguments, given)
        fixed = report.fixed(unsafe=arguments.get("unsafe", False))
        text = edited(given.text, (step for _, fix in fixed.applied for step in fix.patch))
        if write and fixed.applied and given.file is not None:
            rewrite(self._folders.file(given.file), given.text.encode(), text.encode())
        applied = _applied(report, fixed, given.text)
        shown = fitting(applied)
        result: dict[str, Json] = {"applied": shown, "applied_total": len(applied)}
        if given.file is not None:
            result["written"] = bool(write and fixed.applied)
        elif size(fixed.payload) <= MOST_LIST // 2:
            result["payload"] = fixed.payload
        else:
            result["cut"] = f"the payload has {size(fixed.payload)} bytes: give it as `file` with `write`"
        left = _shown(fixed.report, given._replace(text=text))
        return result | {"left": _half(left, size(result))}

    def facts(self, arguments: Arguments) -> Facts:
        """Return the facts of a call.

        Raises:
            ParseError: a fact has the wrong type, or the file cannot be read.
            UnknownName: a member is no fact.
        """
        file = arguments.get("facts_file")
        saved = records.facts(self._folders.read_json(file)[0], file) if file is not None else Facts()
        return records.facts(arguments.get("facts", {}), "/facts").over(saved)

    def _report(self, arguments: Arguments, given: Given) -> Report:
        # `check` reads a text as JSON, so a payload that is a text is passed as its JSON
        payload = given.text if isinstance(given.value, str) else given.value
        return self._project.check(
            arguments["operation"], payload, facts=self.facts(arguments), scope=_scope(arguments)
        )

    def _given(self, arguments: Arguments, name: str) -> Given:
        """Return the payload or the exchange of a call.

        Raises:
            UsageError: neither it nor a file is given, or both are.
            ParseError: it is not JSON.
        """
        file = arguments.get("file")
        if (file is None) == (name not in arguments):
            raise UsageError(f"/: give either `{name}` or `file`")
        if file is not None:
            return Given(*self._folders.read_json(file), file)
        value = arguments[name]
        if isinstance(value, str):
            try:
                return Given(decode(value), value)
            except ParseError as error:
                raise error.named(f"/{name}") from None
        require_json(value)
        # not orjson: an integer of the payload may be longer than 64 bits
        return Given(value, json.dumps(value, ensure_ascii=False), is_text=False)


def _scope(arguments: Arguments) -> Scope:
    return Scope(strict=True) if arguments.get("strict") else PLAIN


def _shown(report: Report, given: Given, *, exchange: bool = False) -> dict[str, Json]:
    """Return a report as JSON, with lines and columns if it is about a text."""
    placed = located(report, given.text, exchange=exchange) if given.is_text else report
    return without_rest(report_json(placed, given.text), report)


def _applied(report: Report, fixed: Fixed, text: str) -> list[Json]:
    """Return the fixes that were applied, with nothing that may not be shown."""
    findings = discreetly(replace(report, findings=tuple(finding for finding, _ in fixed.applied))).findings
    fixes = [discreet_fix(fix, text, report.operation) for _, fix in fixed.applied]
    return [
        {
            "rule": finding.rule,
            "pointer": finding.pointer,
            **small_patch({"title": fix.title, "safe": fix.safe, "patch": list(map(dict, fix.patch))}),
        }
        for finding, fix in zip(findings, fixes, strict=True)
    ]


def _half(left: dict[str, Json], used: int) -> Mapping[str, Json]:
    """Return the report on what is left; only its numbers if the rest of the result is long."""
    if used + size(left) <= MOST_LIST:
        return left
    numbers = {name: left[name] for name in ("operation", "ok", "errors", "warnings")}
    return {**numbers, "cut": "the findings are not shown: check the payload"}
