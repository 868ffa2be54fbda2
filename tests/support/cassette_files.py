"""Exchanges of Tiki, made in a line, and cassettes written from them."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sellerspec import Exchange
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from support.sandboxes import example

BASE = "https://api.tiki.vn/integration/v1"
PRODUCT = example("tiki/createProduct/valid/documented-simple")
QUEUED = MappingProxyType({"trace_id": "a1", "state": "queuing"})


def call(
    method: str = "POST",
    path: str = "/products",
    sent: Any = PRODUCT,
    status: int = 200,
    response: Any = QUEUED,
    base: str = BASE,
    headers: dict[str, str] | None = None,
) -> Exchange:
    return Exchange(
        method,
        base + path,
        status,
        request_headers={
            "tiki-api": "SCRUBBED-tiki_api-1",
            "content-type": "application/json",
            **(headers or {}),
        },
        request_body=b"" if sent is None else json.dumps(sent).encode(),
        response_headers={"content-type": "application/json"},
        response_body=response
        if isinstance(response, bytes)
        else json.dumps(response, default=dict).encode(),
    )


def tape(folder: Path, *exchanges: Exchange | Recorded, name: str = "a.yaml") -> Path:
    recorded = [exchange if isinstance(exchange, Recorded) else Recorded(exchange) for exchange in exchanges]
    files.write(folder / name, recorded)
    return folder / name
