"""Claim: to check a recorded response takes less than a fiftieth of openapi-core's `validate_response`.

The documented responses of Tiki. openapi-core gets its request and response objects ready made and
the same spec, written out; ours starts from bytes and a URL and runs the rules too.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from _ratios import best
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

import sellerspec
from sellerspec import contract
from sellerspec.openapi.references import References

EXAMPLES = Path(__file__).parents[1] / "tests" / "examples" / "tiki"
BUDGET = 50


def recorded() -> Iterator[tuple[str, sellerspec.Exchange]]:
    """Yield name and exchange of each documented response that succeeded."""
    for path in sorted(EXAMPLES.glob("*/valid/documented-*.exchange.json")):
        raw = json.loads(path.read_bytes())
        if raw.get("status") == 200 and isinstance(raw.get("response_body"), dict | list):
            for name in ("request_body", "response_body"):
                raw[name] = json.dumps(raw[name]).encode() if raw.get(name) else b""
            yield (
                path.parent.parent.name,
                sellerspec.Exchange(raw.pop("method"), raw.pop("url"), raw.pop("status"), **raw),
            )


def theirs(ready: OpenAPI, exchange: sellerspec.Exchange) -> Callable[[], object]:
    """Return a call of openapi-core on an exchange."""
    url = urlsplit(exchange.url)
    request = MockRequest(
        f"{url.scheme}://{url.netloc}",
        exchange.method.lower(),
        url.path,
        args=dict(parse_qsl(url.query)),
        headers=dict(exchange.request_headers),
        data=exchange.request_body or None,
    )
    response = MockResponse(exchange.response_body, exchange.status, dict(exchange.response_headers))
    return lambda: ready.validate_response(request, response)


def main() -> int:
    spec: Any = contract.contract("tiki").spec
    document = json.loads(json.dumps(References(spec.path, spec.document).resolved()))
    ready = OpenAPI.from_dict(document)
    worst = float("inf")
    for operation, exchange in recorded():
        report = sellerspec.check_exchange(exchange, requests="never")
        assert report.ok, str(report)
        other = theirs(ready, exchange)
        other()
        taken = best(
            {
                "theirs": other,
                "ours": lambda recorded=exchange: sellerspec.check_exchange(recorded, requests="never"),
            },
            rounds=30,
        )
        ratio = taken["theirs"] / taken["ours"]
        worst = min(worst, ratio)
        held = "held" if ratio >= BUDGET else "NOT held"
        print(
            f"{operation:<24} {len(exchange.response_body):6} bytes {ratio:8.0f} x   >= {BUDGET} x   {held}"
        )
    print(f"{'the worst of them':<37} {worst:8.0f} x")
    return 0 if worst >= BUDGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
