"""Planted secrets in bodies, parts, headers and addresses of other kinds than `planted_secrets` has."""

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

from sellerspec import Exchange
from support.planted_secrets import FORM, JSON, ORDERS, answered, dumps, edged, sent

EDGED = {"content-type": "multipart/form-data; boundary=edge"}
FIELD = "Content-Disposition: form-data; "


def typed(kind: str) -> dict[str, str]:
    return {"content-type": kind}


def nested(s: str) -> Iterator[tuple[str, Exchange]]:
    """Yield requests and responses of JSON with a secret."""
    for kind, value in {
        "graphql-inline": {"query": f'mutation {{ login(user: "a", pw: "{s}") {{ ok }} }}'},
        "graphql-variables": {"query": "query Q", "variables": {"input": {"who": s}}},
        "json-rpc": {"jsonrpc": "2.0", "method": "login", "params": ["a", s], "id": 1},
        "json-patch": [{"op": "replace", "path": "/owner", "value": s}],
        "known-text-as-object": {"name": {"vi": s}},
        "known-text-as-list": {"name": [s]},
        "known-number-as-text": {"category_id": s},
        "known-price-as-text": {"variants": [{"price": s, "sku": "A"}]},
        "unknown-in-variant": {"variants": [{"sku": "A", "supplier_contact": s}]},
        "unknown-attribute": {"attributes": {"author_email": s}},
        "data-uri": {"image": f"data:text/plain,{s}"},
        "base64-data-uri": {"image": "data:text/plain;base64," + base64.b64encode(dumps(s)).decode()},
    }.items():
        yield kind, sent(value)
    problem = {
        "type": "about:blank",
        "title": f"{s} is blocked",
        "detail": f"user {s}",
        "instance": f"/u/{s}",
    }
    for kind, answer in {
        "map-of-lists": {"rows": [["sku", "who"], ["S-1", s]]},
        "columns": {"columns": ["who"], "data": [{"cells": [s]}]},
        "key-value-pairs": {"headers": [{"key": "Authorization", "value": s}]},
        "name-value-pairs": {"data": [{"attributes": [{"name": "password", "value": s}]}]},
        "known-shipping-address": {"data": [{"shipping": {"address": {"line": s}}}]},
        "known-billing": {"data": [{"billing": {"full": s}}]},
        "known-object-as-text": {"data": json.dumps([{"shipping": {"name": s}}])},
        "json-in-json-in-json": {"a": json.dumps({"b": json.dumps({"c": s})})},
        "base64url": {"a": base64.urlsafe_b64encode(dumps({"b": s})).decode().rstrip("=")},
        "hex": {"a": dumps({"b": s}).hex()},
        "zlib-base64": {"a": base64.b64encode(zlib.compress(dumps({"b": s}))).decode()},
        "problem-json": problem,
        "oauth-error": {"error": "invalid_grant", "error_description": f"{s} expired"},
        "errors-object": {"errors": {"email": [f"{s} is taken"]}},
        "errors-key": {"errors": {s: ["is taken"]}},
    }.items():
        yield kind, answered(answer)


def bodies(s: str) -> Iterator[tuple[str, Exchange]]:
    """Yield bodies of other formats with a secret."""
    who = dumps({"who": s})
    for kind, body, headers in (
        ("graphql-body", f'{{ me(key: "{s}") {{ id }} }}', typed("application/graphql")),
        ("bom-json", b"\xef\xbb\xbf" + who, JSON),
        ("utf-16le-json", who.decode().encode("utf-16-le"), typed("application/json; charset=utf-16le")),
        ("twice-given", f'{{"who": "{s}", "who": "x"}}', JSON),
        ("protobuf", b"\x0a\x09" + s.encode() + b"\x10\x01", typed("application/x-protobuf")),
        ("protobuf-typed-json", b"\x0a\x09" + s.encode() + b"\x00\x01", JSON),
        ("grpc-web", b"\x00\x00\x00\x00\x0b\x0a\x09" + s.encode(), typed("application/grpc-web")),
        ("msgpack", b"\x81\xa3who\xa9" + s.encode(), typed("application/msgpack")),
        ("latin-1", b'{"who": "\xe9' + s.encode() + b'"}', typed("application/json; charset=latin-1")),
        ("deflate", zlib.compress(who), {**JSON, "content-encoding": "deflate"}),
        ("event-stream", f"event: order\ndata: {s}\n\n", typed("text/event-stream")),
        ("event-stream-json", f'data: {{"who": "{s}"}}\n\n', typed("text/event-stream")),
        ("json-lines", "\n".join(json.dumps({"who": s, "n": n}) for n in range(90)), JSON),
        ("xml-element", f"<order><buyer>{s}</buyer></order>", typed("application/xml")),
        ("xml-namespace", f'<o:order xmlns:o="urn:{s}"/>', typed("application/xml")),
        ("xml-tag", f"<{s}>1</{s}>", typed("application/xml")),
        ("soap-security", f"<wsse:Password>{s}</wsse:Password>", typed("text/xml")),
        ("html-title", f"<html><title>{s}</title></html>", typed("text/html")),
        ("html-script", f"<script>var token='{s}';</script>", typed("text/html")),
        ("html-meta", f'<meta name="csrf-token" content="{s}">', typed("text/html")),
        ("html-id", f'<div id="{s}" class="{s}">error</div>', typed("text/html")),
        ("html-tag", f"<p><{s}>error</p>", typed("text/html")),
        ("html-on-click", f"<a onclick=\"go('{s}')\">error</a>", typed("text/html")),
        ("css", f".{s} {{ color: red }}", typed("text/css")),
        ("csv", f"sku,who\nA,{s}", typed("text/csv")),
        ("form-encoded-name", f"user%5B{s}%5D=1", FORM),
        ("form-semicolons", f"a=1;token={s}", FORM),
        ("form-plus", f"who={s}+x", FORM),
        ("form-empty-name", f"={s}", FORM),
        ("form-no-value", s, FORM),
        ("form-typed-json", f"who={s}&a=1", JSON),
        ("text-one-word", s, typed("text/plain")),
    ):
        data = body.encode() if isinstance(body, str) else body
        yield f"sent-{kind}", sent(data, headers)
        yield f"answered-{kind}", answered(data, headers)


def parts(s: str) -> Iterator[tuple[str, Exchange]]:
    """Yield multipart requests with a secret."""
    packed = base64.b64encode(s.encode()).decode()
    for kind, head, content in (
        ("mat-khau", f'{FIELD}name="mat_khau"', s),
        ("name-is-data", f'{FIELD}name="{s}"', "1"),
        ("file-unquoted", f"{FIELD}name=file; filename={s}.xlsx", "sku"),
        ("file-no-ending", f'{FIELD}name="file"; filename="{s}"', "sku"),
        ("file-double-ending", f'{FIELD}name="file"; filename="a.{s}.csv"', "sku"),
        ("file-quote", f'{FIELD}name="file"; filename="a\\"{s}.csv"', "sku"),
        ("file-single", f"{FIELD}name='file'; filename='a {s}.csv'", "sku"),
        ("extra-parameter", f'{FIELD}name="a"; owner="{s}"', "1"),
        ("type-parameter", f'{FIELD}name="a"\r\nContent-Type: text/plain; who={s}', "1"),
        ("xml", f'{FIELD}name="a"\r\nContent-Type: text/xml', f"<a>{s}</a>"),
        ("base64", f'{FIELD}name="a"\r\nContent-Transfer-Encoding: base64', packed),
        ("folded-header", f'{FIELD}name="a";\r\n filename="{s}.csv"', "1"),
    ):
        yield f"part-{kind}", edged(head, content)
    part = f"--edge\r\n{FIELD}name=a\r\n\r\n1\r\n--edge--\r\n"
    yield "multipart-preamble", sent(f"hello {s}\r\n{part}".encode(), EDGED)
    yield "multipart-epilogue", sent(f"{part}{s}".encode(), EDGED)
    yield "multipart-line-feeds", sent(f"--edge\n{FIELD}name=a\n\n{s}\n--edge--\n".encode(), EDGED)
    related = f'--edge\r\nContent-Type: application/json\r\n\r\n{{"who": "{s}"}}\r\n--edge--'
    yield "multipart-related", sent(related.encode(), typed("multipart/related; boundary=edge"))


LEFT_OUT = [
    "X-Shopee-Token", "X-Tts-Access-Token", "X-Lazop-Sign", "ETag", "Link", "Referer", "Origin",
    "X-Forwarded-For", "Via", "Forwarded", "From", "WWW-Authenticate", "If-Match", "Traceparent",
    "X-HTTP-Method-Override", "Baggage", "X-Hub-Signature-256", "Digest",
]  # fmt: skip

KEPT = (
    ("accept", "application/json; token={s}"), ("accept-language", "{s}"), ("accept-encoding", "gzip, {s}"),
    ("cache-control", "private={s}"), ("content-type", "application/json; profile={s}"),
    ("content-language", "{s}"), ("vary", "X-{s}"), ("server", "{s}"), ("user-agent", "{s}"),
    ("user-agent", "connector/{s}"), ("user-agent", "connector/1.0 {s}"), ("x-request-id", "a.{s} b"),
    ("allow", "{s}"), ("date", "{s}"), ("expires", "{s}"), ("last-modified", "{s}"), ("retry-after", "{s}"),
    ("x-ratelimit-limit", "{s}"), ("connection", "{s}"), ("content-disposition", "attachment; filename={s}"),
    ("content-disposition", "attachment; owner={s}"),
)  # fmt: skip

LOCATIONS = (
    "/u/{s}/orders", "https://{s}.shop.example/", "https://a.example/cb?{s}", "//{s}@a.example/x",
    "wss://a.example/?ticket={s}", "mailto:{s}@shop.example", "intent://x#Intent;S.token={s};end",
    "/cb?a=1;b={s}", "/verify/0912000123-{s}", "com.shop.app://cb?code={s}", "javascript:go('{s}')",
)  # fmt: skip


def headers(s: str) -> Iterator[tuple[str, Exchange]]:
    """Yield headers with a secret, those that are kept as well."""
    for name in LEFT_OUT:
        yield f"header-{name}", sent({}, {**JSON, name: s})
    for name, shape in KEPT:
        yield f"kept-header-{name}-{shape}", answered({}, {**JSON, name: shape.format(s=s)})
    basic = "Basic " + base64.b64encode(f"{s}:pw".encode()).decode()
    for value in ("{s} abcdefgh", 'Digest username="{s}", response="x"', "AWS4-HMAC-SHA256 Credential={s}/x"):
        yield f"authorization-{value}", sent({}, {**JSON, "Authorization": value.format(s=s)})
    yield "authorization-basic-user", sent({}, {**JSON, "Authorization": basic})
    for location in LOCATIONS:
        yield f"location-{location}", answered({}, {**JSON, "Location": location.format(s=s)}, 302)


QUERIES = (
    "mat_khau={s}", "ids[]={s}&ids[]=2", "filter=%7B%22who%22:%22{s}%22%7D", "$filter=name%20eq%20'{s}'",
    "q=a+{s}", "a=1;token={s}", "%74oken={s}", "limit={s}", "page[{s}]=1", "order_code={s}&order_code=x",
    "partner_id=1&sign={s}&timestamp=1", "app_key=1&access_token={s}", "created_at_min={s}", "{s}&limit=1",
    "limit=1&&={s}", "state={s}",
)  # fmt: skip

ADDRESSES = (
    "https://partner.shopeemobile.com/api/v2/order/get_order_list?sign={s}",
    "https://api.lazada.vn/rest/orders/get?access_token={s}",
    "https://open-api.tiktokglobalshop.com/order/{s}",
    "https://bot.example/bot{s}/sendMessage",
    "https://hooks.slack.example/services/T00/{s}",
    "https://api.tiki.vn/integration/v1/users/{s}/tokens",
    "https://api.tiki.vn/{s}",
    "https://api.tiki.vn/a;k={s}/b",
    "https://{s}:x@api.tiki.vn/integration/v1/orders",
    "https://crm.example/customers/{s}",
    "https://api.tiki.vn/integration/v1/orders/{s}@x.example",
    "https://user.example/~{s}/",
)


def urls(s: str) -> Iterator[tuple[str, Exchange]]:
    """Yield calls with a secret in the address, and calls to others than the marketplace."""
    for query in QUERIES:
        yield f"query-{query}", Exchange("GET", f"{ORDERS}?{query.format(s=s)}", 200)
    for url in ADDRESSES:
        yield f"url-{url}", posted(url.format(s=s), {"a": 1})
    shopee = {"buyer_username": s, "recipient_address": {"name": s, "full_address": s}}
    yield "shopee-order", posted("https://partner.shopeemobile.com/api/v2/order", {"order_list": [shopee]})
    yield "own-crm", posted("https://crm.example/people", {"full": s})
    hook = {"event": "order", "data": {"who": s, "order_code": "1"}, "secret": s}
    yield "own-webhook", posted("https://shop.example/hooks/tiki", hook)


def posted(url: str, value: Any) -> Exchange:
    return Exchange("POST", url, 200, request_headers=JSON, request_body=dumps(value))
