"""What stands between vcrpy and the disk: stamp, scrub, check, then write."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sellerspec import contract, marketplaces
from sellerspec.cassettes import format
from sellerspec.cassettes.format import Origin, Recorded
from sellerspec.cassettes.format.records import MEMBER
from sellerspec.cassettes.format.write import Form, dump_value
from sellerspec.cassettes.open_types import open_types
from sellerspec.contract.check import check_exchange
from sellerspec.errors import SellerspecError, UnknownName
from sellerspec.model import Exchange, Facts, Json, Report
from sellerspec.scrubbing import NotScrubbed, Scrubber, scrubber

Keep = Literal["violations", "5xx"]

LOADED = "\x00loaded"
"""Marks, in memory only, a response that came from a file and tells nothing of its recording."""

LOCAL = frozenset(("127.0.0.1", "localhost", "::1", "testserver", "0.0.0.0"))  # noqa: S104 - names, no binding


class NotRecorded(SellerspecError):
    """Exchanges were not written to their cassette; `reasons` says why, one line each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "not recorded: " + "; ".join(self.reasons)


class NotRecordedWarning(UserWarning):
    """The same as a warning, where an error cannot be raised."""


@dataclass(slots=True)
class Recording:
    """How exchanges are written."""

    marketplace: str
    source: str | None = None
    keep: frozenset[str] = frozenset()
    facts: Facts | None = None
    operation: str = ""
    """Key of the webhook that calls of no other operation are."""

    secret_members: tuple[str, ...] = ()
    key: str | None = None
    warn: bool = False
    reasons: list[str] = field(default_factory=list)
    """Why exchanges were not written since the last time somebody asked."""

    scrubber: Scrubber = field(init=False)
    spec: str = field(init=False)

    def __post_init__(self) -> None:
        """Find the marketplace."""
        unknown = self.keep - {"violations", "5xx"}
        if unknown:
            raise UnknownName("kind of exchange to keep", min(unknown), ("violations", "5xx"))
        record = marketplaces.marketplace(self.marketplace)
        self.scrubber = scrubber(record, secret_members=self.secret_members, key=self.key)
        if self.operation:
            contract.operation(self.operation)  # an unknown one is an error now, not when a test ends
        self.spec = f"{self.marketplace} {contract.contract(self.marketplace).spec.version}"

    def text(self, value: Json, form: Form) -> str:
        """Return the text of a cassette, given in vcrpy's form, without secrets and violations.

        Raises:
            NotScrubbed: nothing at all is written.
        """
        recorded = cassette_of(value)
        scrubbed = self.scrubber.scrub([each.exchange for each in recorded])
        kept: list[Recorded] = []
        for before, after in zip(recorded, scrubbed, strict=True):
            origin = self._origin(before)
            if after.dropped and not before.origin.dropped:
                origin = replace(origin, dropped=after.dropped)
            new = not before.origin.spec and before.origin.source != LOADED
            done = replace(before, exchange=after.exchange, origin=origin)
            judged = self._judged(done) if new else done
            if judged is not None:
                kept.append(judged)
        out: dict[str, Json] = {
            "version": 1,
            "interactions": [format.interaction(each) for each in kept],
        }
        if value.get("metadata"):
            out["metadata"] = value["metadata"]
        return dump_value(out, form)

    def _origin(self, recorded: Recorded) -> Origin:
        origin = recorded.origin
        if origin.source == LOADED:
            return replace(origin, source="")
        if origin.source:
            return origin
        host = urlsplit(recorded.exchange.url).hostname or ""
        source = self.source or ("sandbox" if host in LOCAL or host.startswith("127.") else "live")
        at = origin.at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return replace(origin, at=at, source=source, spec=origin.spec or self.spec)

    def _judged(self, recorded: Recorded) -> Recorded | None:
        """Return a new exchange with what was found in it, or None if it is not written."""
        exchange = recorded.exchange
        called = f"{exchange.method} {exchange.url.partition('?')[0]}"
        status = exchange.status or 0
        if status >= 500 and "5xx" not in self.keep:
            self.reasons.append(f"{called}: the answer is {status} (keep=['5xx'] writes it)")
            return None
        operation, refused = "", status >= 400
        try:
            report = self._report(exchange, operation, self.facts)
        except UnknownName:
            if not self.operation:
                return recorded
            operation = self.operation
            report = self._report(exchange, operation, self.facts)
        errors = [error for error in report.errors if not (refused and error.pointer.startswith("/request"))]
        if errors and "violations" not in self.keep:
            self.reasons.append(f"{called}: {errors[0]} (keep=['breaches'] writes it)")
            return None
        noted = None
        if refused:  # without facts, which whoever checks the cassette need not have
            bare = report if self.facts is None else self._report(exchange, operation, None)
            asked = [finding for finding in bare.findings if finding.pointer.startswith("/request")]
            noted = tuple(f"{each.rule} {each.pointer}" for each in asked)
        types = open_types(exchange, operation=operation, marketplace=self.marketplace)
        origin = replace(recorded.origin, types=types, refused_for=noted, operation=operation)
        return replace(recorded, origin=origin)

    def _report(self, exchange: Exchange, operation: str, facts: Facts | None) -> Report:
        return check_exchange(
            exchange,
            facts=facts,
            operation=operation or None,
            marketplace=self.marketplace,
            requests="always" if (exchange.status or 0) >= 400 else "accepted",
        )

    def told(self) -> None:
        """Raise or warn about what was not written since the last time.

        Raises:
            NotRecorded: unless `warn` is set.
        """
        if not self.reasons:
            return
        error = NotRecorded(tuple(self.reasons))
        self.reasons.clear()
        if not self.warn:
            raise error
        warnings.warn(str(error), NotRecordedWarning, stacklevel=2)


def cassette_of(value: Json) -> list[Recorded]:
    """Return the exchanges of a value in vcrpy's form, as it stands in memory while recording.

    Raises:
        NotScrubbed: a body is neither text nor bytes.
    """
    return [_recorded(interaction) for interaction in value["interactions"]]


def _recorded(item: Mapping[str, Any]) -> Recorded:
    request, response = item["request"], item["response"]
    status = response["status"]
    told = response.get(MEMBER) or {}
    exchange = Exchange(
        request["method"],
        request["uri"],
        int(status["code"]),
        request_headers=_headers(request["headers"]),
        request_body=_bytes(request["body"]),
        response_headers=_headers(response["headers"]),
        response_body=_bytes((response.get("body") or {}).get("string")),
    )
    refused = told.get("refused_for")
    origin = Origin(
        told.get("at", ""),
        told.get("from", ""),
        told.get("spec", ""),
        told.get("operation", ""),
        None if refused is None else tuple(refused),
        told.get("types", {}),
        tuple(told.get("dropped", ())),
    )
    return Recorded(exchange, origin, reason=status.get("message") or "")


def _headers(value: Any) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, each in (value or {}).items():
        texts = each if isinstance(each, list | tuple) else [each]
        out[_text(name)] = ", ".join(map(_text, texts))
    return out


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if hasattr(value, "read"):
        return _bytes(value.read())
    try:
        return b"".join(_bytes(each) for each in value)
    except TypeError:
        raise NotScrubbed(f"a body is a {type(value).__name__}, which is not looked through") from None
