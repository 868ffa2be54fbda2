"""The order list of Tokopedia, changed, and what the contract reports of it."""

import json
from collections.abc import Callable
from typing import Any

import sellerspec
from support.examples import ROOT

Change = Callable[[Any], object]


def exchange(change: Change = lambda _: None, *, name: str = "base", url: str = "") -> sellerspec.Report:
    """Return the report on an example of the order list, changed first."""
    raw = json.loads((ROOT / f"tokopedia/listOrders/valid/{name}.exchange.json").read_text())
    change(raw)
    body = raw["response_body"]
    return sellerspec.check_exchange(
        sellerspec.Exchange(
            raw["method"], raw["url"] + url, raw["status"],
            request_headers=raw["request_headers"], response_headers=raw["response_headers"],
            response_body=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
        )
    )  # fmt: skip


def listed(**members: Any) -> sellerspec.Report:
    """Return the report on a list of one order with these members; `...` leaves one out."""

    def change(raw: Any) -> None:
        order = raw["response_body"]["data"][0]
        order |= members
        for name in [name for name, value in members.items() if value is ...]:
            del order[name]

    return exchange(change)


def told(report: sellerspec.Report) -> list[tuple[str, str, str]]:
    """Return severity, rule and pointer of each finding; rule and pointer without what all have."""
    place = "/response/body/data/0/"
    return [
        (item.severity.value, item.rule.removeprefix("tokopedia."), item.pointer.removeprefix(place))
        for item in report.findings
    ]
