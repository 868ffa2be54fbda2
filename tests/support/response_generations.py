"""Responses of Tiki as its documentation of 2019, and that of 2020, shows them."""

import json
from dataclasses import replace
from typing import Any

from sellerspec import Exchange
from sellerspec.cassettes.files import Origin, Recorded

BASE = "https://api.tiki.vn/integration/v1"


def recorded(
    body: Any, path: str = "/products", *, method: str = "POST", status: int = 200, sent: Any = None
) -> Recorded:
    headers = {"content-type": "application/json"}
    return Recorded(
        Exchange(
            method,
            BASE + path,
            status,
            request_body=b"" if sent is None else json.dumps(sent).encode(),
            response_headers=headers,
            response_body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        ),
        Origin(source="documentation"),
        "a.yaml",
    )


GENERATION_2019 = [
    recorded({"trace_id": "c3587ec50976497f837461e0c2ea3da5", "state": "queuing"}),
    recorded(
        {
            "trace_id": "c3587ec50976497f837461e0c2ea3da5",
            "state": "rejected",
            "reason": "Image does not match product name",
            "tiki_sku": None,
        },
        "/tracking/c3587ec50976497f837461e0c2ea3da5",
        method="GET",
    ),
    recorded(
        [
            {
                "trace_id": "c3587ec50976497f837461e0c2ea3da5",
                "state": "processing",
                "reason": None,
                "tiki_sku": None,
            },
            {
                "trace_id": "c3587ec50976497f837463gfsdfgbsfg",
                "state": "approved",
                "reason": None,
                "tiki_sku": "2150725160607",
            },
        ],
        "/tracking",
        method="GET",
    ),
]
"""Responses as the document of 2019 has them."""


def renamed(value: Any) -> Any:
    """Return a response of 2019 with the names of docs@3a6b788 (2019-12-23) and docs@1b55212."""
    names = {"trace_id": "track_id", "tiki_sku": "request_id"}
    if isinstance(value, list):
        return [renamed(item) for item in value]
    return {names.get(name, name): member for name, member in value.items()}


GENERATION_2020 = [
    replace(
        recording,
        file="b.yaml",
        exchange=replace(
            recording.exchange,
            response_body=json.dumps(renamed(json.loads(recording.exchange.response_body))).encode(),
        ),
    )
    for recording in GENERATION_2019
]
