"""One operation, ready to check payloads, requests and responses."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sellerspec.contract import parts
from sellerspec.contract.findings import in_path_order
from sellerspec.contract.hidden import hides
from sellerspec.contract.parameters import Parameters
from sellerspec.contract.parameters import parameters as parameters_of
from sellerspec.contract.route import Routes
from sellerspec.contract.validator import Validator, fallback, stated_rules
from sellerspec.errors import UsageError
from sellerspec.io.pointers import split
from sellerspec.io.strict import require_json
from sellerspec.marketplaces.common import BODY_READABLE, STATUS_DOCUMENTED
from sellerspec.marketplaces.messages import listed
from sellerspec.model import (
    NO_FACTS,
    Exchange,
    Facts,
    Finding,
    Fix,
    Fixed,
    Json,
    Operation,
    Path,
    Report,
    Response,
    Severity,
)
from sellerspec.openapi.spec import Body, OperationSpec, Spec
from sellerspec.rules import Check, Marketplace, Reads, Rule, Violation
from sellerspec.schema.prepare import without_warnings

if TYPE_CHECKING:
    from sellerspec.contract.fixes import Fixes

_AT: Mapping[Reads, Path] = {
    "body": ("request", "body"),
    "query": ("request", "query"),
    "path": ("request", "path"),
    "headers": ("request", "headers"),
    "request": ("request",),
    "response": ("response", "body"),
    "exchange": (),
}
"""Path of the part of an exchange that a rule reads."""

MAX_URLS = 256
"""URLs whose parameters an operation keeps."""


class OperationContract:
    """One operation of a contract."""

    def __init__(
        self,
        spec: Spec,
        operation: OperationSpec,
        marketplace: Marketplace,
        rules: tuple[Rule, ...],
        engine: str,
    ) -> None:
        self.spec = operation
        self.operation = operation.operation
        self.key = self.operation.key
        self.functions = tuple(rule for rule in rules if "*" in rule.on or self.operation.id in rule.on)
        self._spec = spec
        self._marketplace = marketplace
        self._engine = engine
        self._responses: dict[int, Validator] = {}
        self._urls: dict[tuple[str, ...], Parameters] = {}
        self._accepting: dict[tuple[str, ...], Report] = {}
        """Unchecked rules -> the report without findings."""
        self._reads_both = any(function.reads == "exchange" for function in self.functions)
        self.assumed = (self.key,) if self.operation.assumed else ()
        """The key, if no document states the operation."""

    @cached_property
    def errors_only(self) -> "OperationContract":
        """The operation without what only warns about bodies: it finds quickly whether there is an error."""
        spec = replace(
            self.spec,
            request=_without_warnings(self.spec.request) if self.spec.request is not None else None,
            responses={status: _without_warnings(body) for status, body in self.spec.responses.items()},
            ranges={status: _without_warnings(body) for status, body in self.spec.ranges.items()},
        )
        rules = tuple(rule for rule in self.functions if rule.severity is Severity.ERROR)
        return OperationContract(self._spec, spec, self._marketplace, rules, self._engine)

    def under_another_version(self, method: str, url: str) -> Operation | None:
        """Return the operation of a call whose path has this method under another version."""
        id = self._routes.under_another_version(method, url)
        return self._spec.operation(id).operation if id else None

    @cached_property
    def _routes(self) -> Routes:
        return Routes(self._spec)

    @property
    def success(self) -> int:
        """The documented status of success; 200 where none is."""
        return next((status for status in self.spec.responses if 200 <= status < 300), 200)

    def stated(self) -> Iterator[Rule]:
        """Yield the rules that the schemas of this operation state."""
        id = self.operation.id
        yield from stated_rules(self._spec, self.spec.request_schema(), id)
        for body in self.spec.bodies().values():
            yield from stated_rules(self._spec, self.spec.response_schema(body), id)

    def refuses(self, rule: Rule) -> bool:
        """Return whether the marketplace refuses a call that violates a rule: not if only a response can.

        Who receives a webhook refuses nothing.
        """
        if self.operation.webhook:
            return False
        if rule.check is not None:
            return rule.reads not in ("response", "exchange")
        return rule.id in self._stated_of_requests or (bool(rule.why_not) and rule.status is not None)

    @cached_property
    def _stated_of_requests(self) -> frozenset[str]:
        stated = stated_rules(self._spec, self.spec.request_schema(), self.operation.id)
        return frozenset(rule.id for rule in stated)

    def rule(self, id: str) -> Rule | None:
        """Return a rule of this operation, of a function or a schema; None for the rules of every call."""
        if id in self._spec.rule_texts:
            stated = self._spec.rule(id, self.key)
            fixes = self._marketplace.fixes.get(id)
            return stated if fixes is None else replace(stated, fixes=fixes)
        return next((function for function in self.functions if function.id == id), None)

    @cached_property
    def body(self) -> Validator:
        """The validator of a bare payload.

        Raises:
            UsageError: the operation has no JSON body.
        """
        if self.spec.request is None or self.spec.request.schema is None:
            raise UsageError(f"`{self.key}` takes no JSON body; check the whole call with `check_exchange`")
        of_body = [rule for rule in self.functions if rule.reads == "body"]
        of_facts = [
            _without_path(rule, rule.check)
            for rule in self.functions
            if rule.reads == "path" and rule.needs and rule.check is not None
        ]
        rules: list[tuple[Rule, Path]] = [(rule, ()) for rule in (*of_body, *of_facts)]
        return self._validator(self.spec.request.schema, rules, is_request=True)

    @cached_property
    def request(self) -> Validator:
        """The validator of the request of an exchange."""
        rules = [
            (function, _AT[function.reads])
            for function in self.functions
            if function.reads not in ("response", "exchange")
        ]
        return self._validator(self.spec.request_schema(), rules, is_request=True)

    def response(self, status: int) -> Validator | None:
        """Return the validator of a response, or None if the status is not documented."""
        if status not in self._responses:
            body = self.spec.response(status)
            if body is None:
                return None
            accepted = 200 <= status < 300
            rules = [
                (function, _AT[function.reads])
                for function in self.functions
                if function.reads == "exchange" or (accepted and function.reads == "response")
            ]
            self._responses[status] = self._validator(self.spec.response_schema(body), rules)
        return self._responses[status]

    def _validator(
        self, schema: Json, rules: list[tuple[Rule, Path]], *, is_request: bool = False
    ) -> Validator:
        lost = fallback(self.operation.marketplace, self.operation.id, self.operation.source)
        return Validator(
            self._spec, schema, on=self.operation.id, rules=rules, formats=self._marketplace.formats,
            engine=self._engine, fallback=lost, facts=self._marketplace.facts,
            is_request=is_request and not self.operation.webhook, hides=hides(self._marketplace),
            whole="the notification" if self.operation.webhook else "the body",
        )  # fmt: skip

    def check(self, payload: Json, facts: Facts = NO_FACTS) -> Report:
        """Return the report on a decoded payload.

        Raises:
            ParseError: JSON cannot hold the payload.
        """
        require_json(payload)
        return self.report(self.body.findings(payload, facts), facts, payload)

    def check_text(self, text: bytes | str, facts: Facts = NO_FACTS) -> Report:
        """Return the report on a JSON text.

        Raises:
            ParseError: the text is no JSON; with line and column.
        """
        value, findings = self.body.of_text(text, facts)
        return self.report(findings, facts, value)

    def report(self, findings: tuple[Finding, ...], facts: Facts = NO_FACTS, payload: Json = None) -> Report:
        """Return findings about a payload, from `body` or about its text, as a report."""
        unchecked = self._unchecked if facts is NO_FACTS else self.body.unchecked(facts, payload)
        return Report.of_payload(_Checked((self, findings, payload, facts, unchecked)))

    @cached_property
    def _unchecked(self) -> tuple[str, ...]:
        """The rules about a payload that are unchecked without facts."""
        return self.body.unchecked(NO_FACTS)

    def check_exchange(
        self,
        exchange: Exchange,
        path: Mapping[str, str],
        query: str,
        facts: Facts = NO_FACTS,
        *,
        request: bool = True,
    ) -> Report:
        """Return the report on an exchange; `request` says whether the request is checked too."""
        value: dict[str, Json] = {}
        if request or self._reads_both:
            parameters = self._parameters(path, query)
            value["request"] = parts.request_value(self.spec, exchange, parameters.values)
            if self.spec.request is not None and not self.spec.request.required:
                # the rules that read the body hold for a call without one too
                value["request"].setdefault("body", {})
        findings: tuple[Finding, ...] = ()
        unchecked: tuple[str, ...] = ()
        if request:
            findings = _part_findings(self.request, value, "request", facts)
            if parameters.findings:
                findings = _by_place((*findings, *parameters.findings))
            unchecked = self.request.unchecked(facts, value)
        if exchange.status is not None:
            value["response"] = parts.response_value(exchange)
            validator = self.response(exchange.status)
            if validator is None:
                known = listed(sorted(self.spec.responses))
                message = f"the status must be one that the spec knows, {known}, got {exchange.status}"
                findings = (*findings, STATUS_DOCUMENTED(message))
            else:
                body = self.spec.response(exchange.status)
                findings += _part_findings(validator, value, "response", facts, body)
                more = validator.unchecked(facts, value)
                unchecked = tuple(sorted({*unchecked, *more})) if unchecked and more else unchecked or more
        return self._report(findings if facts is NO_FACTS else tuple(dict.fromkeys(findings)), unchecked)

    def unchecked(self, value: Json, status: int | None, facts: Facts) -> tuple[str, ...]:
        """Return the rules for which a fact is missing, for an exchange as one value (`contract.parts`)."""
        validator = self.response(status) if status is not None else None
        of_response = validator.unchecked(facts, value) if validator is not None else ()
        return tuple(sorted({*self.request.unchecked(facts, value), *of_response}))

    def _parameters(self, path: Mapping[str, str], query: str) -> Parameters:
        """Return the parameters of a URL, cached: recordings call the same few URLs again and again."""
        key = (*path.values(), query)
        known = self._urls.get(key)
        if known is None:
            if len(self._urls) >= MAX_URLS:
                self._urls.clear()
            known = self._urls[key] = parameters_of(self.spec, path, query)
        return known

    def _report(self, findings: tuple[Finding, ...], unchecked: tuple[str, ...]) -> Report:
        if findings:
            return Report(self.key, findings, unchecked, self.assumed, self.refuse)
        if unchecked not in self._accepting:
            self._accepting[unchecked] = Report(self.key, (), unchecked, self.assumed, self.refuse)
        return self._accepting[unchecked]

    def refuse(self, findings: tuple[Finding, ...]) -> Response:
        """Return the response with which the marketplace refuses for some findings, or accepts."""
        if not findings:
            return Response(self.success)
        order = {id: index for index, id in enumerate(self.spec.refusal_order)}
        in_order = sorted(findings, key=lambda finding: order.get(finding.rule, len(order)))
        return self._marketplace.refusal(tuple(in_order))


def _without_warnings(body: Body) -> Body:
    contents = {kind: without_warnings(schema) for kind, schema in body.contents.items()}
    return replace(body, contents=contents)


class _Checked(tuple[OperationContract, tuple[Finding, ...], Json, Facts, tuple[str, ...]]):
    """A check of a payload: operation, findings, payload, facts, unchecked rules. A tuple is made fastest."""

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield the parts of the report; the findings get what makes their fixes."""
        operation, findings, *_, unchecked = self
        yield "operation", operation.key
        yield "findings", tuple([finding.suggested(self._of) for finding in findings])
        yield "unchecked", unchecked
        yield "assumed", operation.assumed
        yield "respond", operation.refuse

    def _of(self, finding: Finding) -> tuple[Fix, ...]:
        return self._fixes.of(finding)

    def line(self, fix: Fix) -> str:
        return self._fixes.line(fix)

    def fixed(self, report: Report, unsafe: bool) -> Fixed:
        return self._fixes.fixed(report, unsafe)

    @cached_property
    def _fixes(self) -> "Fixes":
        from sellerspec.contract.fixes import Fixes  # most reports are read without their fixes

        return Fixes(*self[:4])


def _by_place(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings about a request in the order of a report."""

    def order(finding: Finding) -> tuple[object, ...]:
        steps = (int(step) if step.isdecimal() else step for step in split(finding.pointer))
        return in_path_order(tuple(steps)), finding.rule, finding.message

    return tuple(sorted(findings, key=order))


def _part_findings(
    validator: Validator, value: Json, name: str, facts: Facts, body: Body | None = None
) -> tuple[Finding, ...]:
    """Return the findings about the request or the response of an exchange, its body readable or not.

    Args:
        body: as the spec has it; a body that cannot be read, or is no JSON, is accepted where it lists `*/*`.
    """
    part = value[name]
    if body is not None and body.is_free and part.get("body") is None:
        part.pop("body", None)
    reason = parts.unread(part.get("body"))
    if not reason:
        return validator.findings(value, facts)
    del part["body"]
    place = f"/{name}/body"
    others = [finding for finding in validator.findings(value, facts) if finding.pointer != place]
    return tuple(others) if body is not None and body.is_free else (BODY_READABLE(reason, place), *others)


def _without_path(rule: Rule, check: Check) -> Rule:
    """Return a rule on the path of a call for a payload, which has none.

    It judges by the facts alone that the call is not for the order that the path names; that is true of the
    whole payload.
    """

    def of_payload(_: Json, facts: Facts) -> Iterator[Violation]:
        yield from (violation._replace(path=()) for violation in check({}, facts))

    return replace(rule, check=of_payload, reads="body")
