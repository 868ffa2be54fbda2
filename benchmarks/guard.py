"""A guard adds at most 50 microseconds to a call.

The bare client is the same client without its guard; both talk to a transport that responses from
memory, so that nothing but the client and the guard is timed. The call is Tiki's updateSku with
its documented body; its request and its response are judged, and its coverage is noted.
"""

import httpx
from _ratios import best

from sellerspec import guard
from sellerspec.reporting.coverage import Coverage

BUDGET = 50e-6
URL = "https://api.tiki.vn/integration/v1/products/DANG19951995/updateSku"
BODY = b'{"price": 100000, "quantity": 20, "active": 1}'
HEADERS = {"tiki-api": "FAKE-TOKEN-FOR-TESTS", "content-type": "application/json"}


def response(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"state": "approved"})


def main() -> int:
    bare = httpx.Client(transport=httpx.MockTransport(response))
    coverage = Coverage()
    guarded = guard.httpx(httpx.Client(transport=httpx.MockTransport(response)), "tiki")
    counting = guard.httpx(httpx.Client(transport=httpx.MockTransport(response)), "tiki", coverage=coverage)
    for client in (bare, guarded, counting):
        client.post(URL, content=BODY, headers=HEADERS)
    times = best(
        {
            "bare": lambda: bare.post(URL, content=BODY, headers=HEADERS),
            "guarded": lambda: guarded.post(URL, content=BODY, headers=HEADERS),
        },
        rounds=2000,
    )
    added = times["guarded"] - times["bare"]
    print(f"a call of httpx           {times['bare'] * 1e6:8.1f} µs")
    print(f"the same, guarded         {times['guarded'] * 1e6:8.1f} µs")
    print(f"the guard adds            {added * 1e6:8.1f} µs   (budget 50)")
    many = best({"noted": lambda: counting.post(URL, content=BODY, headers=HEADERS)}, rounds=8, lasting=0.1)
    print(
        f"with its coverage noted   {(many['noted'] - times['bare']) * 1e6:8.1f} µs   (looked at in batches)"
    )
    return 0 if added <= BUDGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
