"""Scrub and check the exchanges of vcrpy before they are written to disk."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from sellerspec import contract, marketplaces
from sellerspec.cassettes.check import is_refusal, note, of_request
from sellerspec.cassettes.files import Origin, Recorded, dump
from sellerspec.cassettes.files.reading import recorded_of
from sellerspec.cassettes.files.records import LOADED
from sellerspec.cassettes.files.writing import Form
from sellerspec.cassettes.open_types import open_types
from sellerspec.contract.check import check_exchange
from sellerspec.errors import SellerspecError, UnknownName
from sellerspec.io import hosts
from sellerspec.io.bodies import body_bytes
from sellerspec.model import Exchange, Facts, Json, Report
from sellerspec.scrubbing import Scrubber, phrase, scrubber

Keep = Literal["violations", "5xx"]

LOCAL = frozenset(("127.0.0.1", "localhost", "::1", "testserver", "0.0.0.0"))  # noqa: S104 - names, no binding


class NotRecorded(SellerspecError):
    """Exchanges were not written to their cassette; `reasons` has one line for every exchange."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "not recorded: " + "; ".join(self.reasons)


class NotRecordedWarning(UserWarning):
    """Exchanges were not written, and `NotRecorded` cannot be raised."""


@dataclass(slots=True)
class Recording:
    """How exchanges are written."""

    marketplace: str
    source: str | None = None
    keep: frozenset[str] = frozenset()
    facts: Facts | None = None
    operation: str = ""
    """Key of a webhook: a call that matches no operation counts as a call of it."""

    secret_members: tuple[str, ...] = ()
    key: str | None = None
    warn: bool = False
    reasons: list[str] = field(default_factory=list)
    """Why exchanges were not written since the last `report`."""

    scrubber: Scrubber = field(init=False)
    spec: str = field(init=False)

    def __post_init__(self) -> None:
        """Find marketplace and operation, so that an unknown one is an error before a call is made."""
        unknown = self.keep - {"violations", "5xx"}
        if unknown:
            raise UnknownName("kind of exchange to keep", min(unknown), ("violations", "5xx"))
        record = marketplaces.marketplace(self.marketplace)
        self.scrubber = scrubber(
            record, secret_members=self.secret_members, operation=self.operation, key=self.key
        )
        if self.operation:
            contract.operation(self.operation)
        self.spec = f"{self.marketplace} {contract.contract(self.marketplace).spec.version}"

    def text(self, value: Json, form: Form) -> str:
        """Return the text of a cassette, given in vcrpy's form, without secrets and violations.

        Raises:
            NotScrubbed: a secret may be left, so nothing is written at all.
        """
        kept = self.kept([recorded_of(item, to_bytes=body_bytes) for item in value["interactions"]])
        metadata = value.get("metadata")
        return dump(kept, form=form, metadata=self.scrubber.note(metadata) if metadata else None)

    def kept(self, exchanges: Sequence[Recorded]) -> list[Recorded]:
        """Return the exchanges of one cassette that are to be written, scrubbed, with their origin.

        Raises:
            NotScrubbed: a secret may be left.
        """
        scrubbed = self.scrubber.scrub(
            [recorded.exchange for recorded in exchanges],
            [recorded.origin.operation for recorded in exchanges],
        )
        kept: list[Recorded] = []
        for before, after in zip(exchanges, scrubbed, strict=True):
            origin = self._origin(before)
            if after.dropped and not before.origin.dropped:
                origin = replace(origin, dropped=after.dropped)
            new = not before.origin.spec and before.origin.source != LOADED
            clean = replace(before, exchange=after.exchange, origin=origin, reason=phrase(before.reason))
            checked = self._checked(clean) if new else clean
            if checked is not None:
                kept.append(checked)
        return kept

    def _origin(self, recorded: Recorded) -> Origin:
        origin = recorded.origin
        if origin.source == LOADED:
            return replace(origin, source="")
        if origin.source:
            return origin
        host = hosts.name(recorded.exchange.url)
        source = self.source or ("sandbox" if host in LOCAL or host.startswith("127.") else "live")
        return replace(origin, at=origin.at or now(), source=source, spec=origin.spec or self.spec)

    def _checked(self, recorded: Recorded) -> Recorded | None:
        """Return a new exchange with its findings noted, or None if it is not to be written."""
        exchange = recorded.exchange
        call = f"{exchange.method} {exchange.url.partition('?')[0]}"
        if (exchange.status or 0) >= 500 and "5xx" not in self.keep:
            self.reasons.append(f"{call}: the response is {exchange.status} (keep=['5xx'] writes it)")
            return None
        operation, refused = "", is_refusal(exchange)
        try:
            report = self._report(exchange, operation, self.facts)
        except UnknownName:
            if not self.operation:
                return recorded
            operation = self.operation
            report = self._report(exchange, operation, self.facts)
        errors = [error for error in report.errors if not (refused and of_request(error))]
        if errors and "violations" not in self.keep:
            self.reasons.append(f"{call}: {errors[0]} (keep=['violations'] writes it)")
            return None
        noted = None
        if refused:  # without facts: a later check of the cassette may not have them
            bare = report if self.facts is None else self._report(exchange, operation, None)
            noted = tuple(note(finding) for finding in bare.findings if of_request(finding))
        types = open_types(exchange, operation=operation, marketplace=self._marketplace(exchange))
        origin = replace(recorded.origin, types=types, refused_for=noted, operation=operation)
        return replace(recorded, origin=origin)

    def _marketplace(self, exchange: Exchange) -> str:
        """Return the marketplace whose spec names the host, else the one that is recorded."""
        try:
            return contract.find(exchange, likely=self.marketplace).match.marketplace
        except UnknownName:
            return self.marketplace

    def _report(self, exchange: Exchange, operation: str, facts: Facts | None) -> Report:
        return check_exchange(
            exchange,
            facts=facts,
            operation=operation or None,
            marketplace=self._marketplace(exchange),
            requests="always" if is_refusal(exchange) else "accepted",
        )

    def report(self) -> None:
        """Raise or warn about the exchanges that were not written since the last time.

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


def now() -> str:
    """Return the present moment as `Origin.at` has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
