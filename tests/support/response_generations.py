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


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return a response of 2019 with other names of members."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return {names.get(name, name): member for name, member in value.items()}


def generation(names: dict[str, str]) -> list[Recorded]:
    """Return the responses of 2019 with other names of members."""
    bodies = [renamed(json.loads(recording.exchange.response_body), names) for recording in GENERATION_2019]
    return [
        replace(
            recording,
            file="b.yaml",
            exchange=replace(recording.exchange, response_body=json.dumps(body).encode()),
        )
        for recording, body in zip(GENERATION_2019, bodies, strict=True)
    ]


GENERATION_2020 = generation({"trace_id": "track_id", "tiki_sku": "request_id"})
"""With the names of docs@3a6b788 (2019-12-23) and docs@1b55212, which the spec knows."""

GENERATION_UNKNOWN = generation({"trace_id": "trace_code", "tiki_sku": "tiki_code"})
"""With names that the spec does not know."""
