"""One operation, ready to judge a payload, a request or a response."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from sellerspec.contract import parts
from sellerspec.contract.validator import Validator, fallback, stated_rules
from sellerspec.errors import UsageError
from sellerspec.marketplaces.common import BODY_READABLE, STATUS_DOCUMENTED
from sellerspec.model import (
    NO_FACTS,
    Basis,
    Exchange,
    Facts,
    Finding,
    Json,
    Path,
    Report,
    Response,
)
from sellerspec.openapi.spec import OperationSpec, Spec
from sellerspec.rules import Marketplace, Reads, Rule

_AT: Mapping[Reads, Path] = {
    "body": ("request", "body"),
    "query": ("request", "query"),
    "path": ("request", "path"),
    "headers": ("request", "headers"),
    "request": ("request",),
    "response": ("response", "body"),
    "exchange": (),
}
"""Where in an exchange that lies which a rule reads."""

MAX_ADDRESSES = 256
"""URLs whose parts an operation keeps."""

_OF_THE_ANSWER = frozenset(("response", "exchange"))


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
        self._whole = spec
        self._marketplace = marketplace
        self._engine = engine
        self._responses: dict[int, Validator] = {}
        self._addresses: dict[tuple[str, ...], Mapping[str, Json]] = {}
        self._reports: dict[tuple[str, ...], Report] = {}
        self._reads_both = any(function.reads == "exchange" for function in self.functions)
        self._assumed = (self.key,) if self.operation.source.status is Basis.ASSUMED else ()

    @property
    def success(self) -> int:
        """The documented status of success; 200 where none is."""
        return next((response for response in self.spec.responses if 200 <= response < 300), 200)

    def stated(self) -> Iterator[Rule]:
        """Yield the rules that the schemas of this operation state."""
        id = self.operation.id
        yield from stated_rules(self._whole, self.spec.request_schema(), id)
        for status in self.spec.responses:
            yield from stated_rules(self._whole, self.spec.response_schema(status), id)

    @cached_property
    def body(self) -> Validator:
        """The judge of a bare payload.

        Raises:
            UsageError: the operation has no JSON body.
        """
        if self.spec.request is None or self.spec.request.schema is None:
            raise UsageError(f"`{self.key}` takes no JSON body; check the whole call with `check_exchange`")
        rules: list[tuple[Rule, Path]] = [
            (function, ()) for function in self.functions if function.reads == "body"
        ]
        return self._validate(self.spec.request.schema, rules)

    @cached_property
    def request(self) -> Validator:
        """The judge of the request of an exchange."""
        rules = [
            (function, _AT[function.reads])
            for function in self.functions
            if function.reads not in _OF_THE_ANSWER
        ]
        return self._validate(self.spec.request_schema(), rules)

    def response(self, status: int) -> Validator | None:
        """Return the judge of a response, or None if the status is not documented."""
        if status not in self._responses:
            if status not in self.spec.responses:
                return None
            accepted = 200 <= status < 300
            rules = [
                (function, _AT[function.reads])
                for function in self.functions
                if function.reads == "exchange" or (accepted and function.reads == "response")
            ]
            self._responses[status] = self._validate(self.spec.response_schema(status), rules)
        return self._responses[status]

    def _validate(self, schema: Json, rules: list[tuple[Rule, Path]]) -> Validator:
        lost = fallback(self.operation.marketplace, self.operation.id, self.operation.source)
        return Validator(
            self._whole, schema, on=self.operation.id, rules=rules, formats=self._marketplace.formats,
            engine=self._engine, fallback=lost,
        )  # fmt: skip

    def check(self, payload: Json, facts: Facts = NO_FACTS) -> Report:
        """Return the report on a decoded payload."""
        body = self.body
        findings = body.findings(payload, facts)
        if not findings and facts is NO_FACTS:
            return self._accepted
        return self._report(findings, body.unchecked(facts))

    def check_text(self, text: bytes | str, facts: Facts = NO_FACTS) -> Report:
        """Return the report on a JSON text.

        Raises:
            ParseError: the text is no JSON; says where.
        """
        body = self.body
        _, findings = body.of_text(text, facts)
        if not findings and facts is NO_FACTS:
            return self._accepted
        return self._report(findings, body.unchecked(facts))

    def report(self, findings: tuple[Finding, ...], facts: Facts = NO_FACTS) -> Report:
        """Return findings about a payload, from `body.findings` or about its text, as a report."""
        return self._report(findings, self.body.unchecked(facts))

    @cached_property
    def _accepted(self) -> Report:
        """The report on a payload that was checked without facts and has nothing to report."""
        return self._report((), self.body.unchecked(NO_FACTS))

    def check_exchange(
        self,
        exchange: Exchange,
        path: Mapping[str, str],
        query: str,
        facts: Facts = NO_FACTS,
        *,
        request: bool = True,
    ) -> Report:
        """Return the report on an exchange; `request` says whether the request is judged too."""
        value: dict[str, Json] = {}
        if request or self._reads_both:
            value["request"] = parts.request_value(exchange, self._placed(path, query))
        found: tuple[Finding, ...] = ()
        unchecked: tuple[str, ...] = ()
        if request:
            found = self._readable(value["request"], ("request", "body"), self.request, value, facts)
            unchecked = self.request.unchecked(facts)
        if exchange.status is not None:
            value["response"] = parts.response_value(exchange)
            validator = self.response(exchange.status)
            if validator is None:
                says = f"{exchange.status} is not a status that the spec knows"
                found = (*found, STATUS_DOCUMENTED(says))
            else:
                found += self._readable(value["response"], ("response", "body"), validator, value, facts)
                more = validator.unchecked(facts)
                unchecked = tuple(sorted({*unchecked, *more})) if unchecked and more else unchecked or more
        return self._report(found, unchecked)

    def _placed(self, path: Mapping[str, str], query: str) -> Mapping[str, Json]:
        """Return what a URL says, read once: a recording calls the same few addresses again and again."""
        key = (*path.values(), query)
        found = self._addresses.get(key)
        if found is None:
            if len(self._addresses) >= MAX_ADDRESSES:
                self._addresses.clear()
            found = self._addresses[key] = parts.parameter_values(self.spec, path, query)
        return found

    def _readable(
        self, part: dict[str, Json], at: Path, validator: Validator, value: Json, facts: Facts
    ) -> tuple[Finding, ...]:
        body = part.get("body")
        if not (isinstance(body, dict) and parts.UNREAD in body):
            return validator.findings(value, facts)
        del part["body"]
        place = "/" + "/".join(map(str, at))
        others = [finding for finding in validator.findings(value, facts) if finding.pointer != place]
        return (BODY_READABLE(body[parts.UNREAD], place), *others)

    def _report(self, findings: tuple[Finding, ...], unchecked: tuple[str, ...]) -> Report:
        if findings:
            return Report(self.key, findings, unchecked, self._assumed, self._refuse)
        clean = self._reports.get(unchecked)
        if clean is None:
            clean = self._reports[unchecked] = Report(self.key, (), unchecked, self._assumed, self._refuse)
        return clean

    def _refuse(self, findings: tuple[Finding, ...]) -> Response:
        if not findings:
            return Response(self.success)
        order = {id: place for place, id in enumerate(self.spec.refusal_order)}
        in_order = sorted(findings, key=lambda each: order.get(each.rule, len(order)))
        return self._marketplace.refusal(tuple(in_order))
