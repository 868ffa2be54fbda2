"""Two hundred secrets of more than a hundred kinds, obviously fake, each in an exchange of its own.

A kind is a way in which a secret stands in an exchange: the name of its member, its form, the text
around it. `PLANTED` maps a kind to the exchange and the texts that may reach no file.
"""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from sellerspec import Exchange

ORDERS = "https://api.tiki.vn/integration/v1/orders"
PRODUCTS = "https://api.tiki.vn/integration/v1/products"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Planted(NamedTuple):
    """One exchange with a secret."""

    exchange: Exchange
    secrets: tuple[str, ...]


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def sent(body: Any, headers: dict[str, str] | None = None, url: str = PRODUCTS) -> Exchange:
    data = body if isinstance(body, bytes) else dumps(body)
    return Exchange("POST", url, 200, request_headers=JSON if headers is None else headers, request_body=data)


def answered(body: Any, headers: dict[str, str] | None = None, status: int = 200) -> Exchange:
    data = body if isinstance(body, bytes) else dumps(body)
    return Exchange(
        "GET", ORDERS, status, response_headers=JSON if headers is None else headers, response_body=data
    )


MEMBERS = [
    "api_token", "app_secret", "consumer_secret", "pwd", "pin", "otp_code", "cvv", "card_number",
    "bank_account", "cccd", "tax_code", "receiver_phone", "sdt", "email_address", "receiver_name",
    "address1", "customer_note", "auth_code", "hmac", "sign", "sig", "apiKey", "db_password",
    "x-session", "jwtToken", "private_key", "passport", "ktp", "npwp", "virtual_account", "iban",
    "nickname", "line2", "facebook_url", "zalo", "birthday", "gender_text", "gps", "plate", "remark",
]  # fmt: skip
"""Names of members that no schema of the operation has."""

LINES = {
    "link-with-token": "see https://a.example/cb?access_token={s} now",
    "link-without-scheme": "see a.example/cb?sig={s}",
    "user-and-password": "user=me:password={s}",
    "dsn": "postgres://shop:{s}@db.example/app refused",
    "redis-dsn": "redis://:{s}@cache.example:6379",
    "quoted-words": "password='{s} two words'",
    "quoted-double": 'secret = "{s} and more"',
    "arrow": "password => {s}",
    "colon": "api_key: {s}",
    "wide-colon": "token       :      {s}",
    "walrus": "pwd:={s}",
    "bearer": "Authorization: Bearer {s}",
    "basic-scheme": "got Basic {s} instead",
    "header-cookie": "Cookie: sid={s}; theme=dark",
    "json-in-text": 'body was {{"token": "{s}"}} here',
    "json-cut-off": '{{"password": "{s}", "a',
    "xml": "<error><secret>{s}</secret></error>",
    "yaml-line": "client_secret: {s}\nother: 1",
    "environment": "export TIKI_TOKEN={s}",
    "command-line": "mysql -u root -p {s} shop",
    "sentence": "the customer {s} has called",
    "name-in-brackets": "buyer ({s}) not found",
    "path-in-text": "file /home/{s}/orders.csv is missing",
    "after-equals-blank": "session = {s}",
    "php-array": "array('auth_token' => '{s}')",
}
"""Running texts of an error message."""

SHAPES = {
    "phone": "0912000{n:03d}",
    "phone-blanks": "0912 000 {n:03d}",
    "phone-country-brackets": "(+84) 912 000 {n:03d}",
    "phone-zero-in-brackets": "+84(0)912000{n:03d}",
    "phone-double-zero": "0084912000{n:03d}",
    "phone-landline": "024 3900 0{n:03d}",
    "phone-no-break": "0912\u00a0000\u00a0{n:03d}",
    "phone-indonesia": "+62 812-0000-0{n:03d}",
    "phone-dots": "0912.000.{n:03d}",
    "email": "fake{n}@shop.example",
    "email-plus": "fake+{n}@mail.shop.example",
    "email-idn": "fake{n}@tên-giả.vn",
    "email-local-idn": "nguyễn{n}@shop.example",
    "card": "4000 0000 0000 {card}",
    "card-bare": "400000000000{card}",
    "identity-card": "001200000{n:03d}",
    "identity-card-indonesia": "3171010101000{n:03d}",
    "tax-number-indonesia": "01.000.{n:03d}.0-000.000",
    "key-aws": "AKIAFAKEFAKEFAKE{n:04d}",
    "key-google": "AIzaFAKE-FAKE-FAKE-FAKE-FAKE-FAKE-{n:05d}",
    "key-gitlab": "glpat-FAKEFAKEFAKEFAKE{n:04d}",
    "key-github": "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFA{n:04d}",
    "key-slack": "xoxb-0000-FAKEFAKEFAKE{n:04d}",
    "key-stripe": "sk_live_FAKEFAKEFAKEFAKE{n:04d}",
    "jwt": "eyJhbGciOiJub25lIn0.eyJmYWtlIjoie{n:03d}In0.FAKE",
    "private-key": "-----BEGIN PRIVATE KEY-----FAKE{n:04d}-----END PRIVATE KEY-----",
    "random": "aB3dE5fG7hJ9kL1mN2pQ4rS{n:04d}",
    "random-hex": "0a1b2c3d4e5f60718293a4b5c6d7{n:04d}",
}
"""Texts that are secret by their form, wherever they stand."""

QUERY = [
    "access_token", "code", "state", "X-Amz-Signature", "X-Amz-Credential", "sign", "sig", "hmac",
    "pwd", "api_key", "session", "customer", "phone", "q",
]  # fmt: skip

PLACES: dict[str, Any] = {
    "billing-name": lambda s: {"billing": {"name": s}},
    "customer-name": lambda s: {"customer": {"name": s}},
    "shipping-address-name": lambda s: {"shipping": {"address": {"name": s}}},
    "known-shipping-name": lambda s: {"data": [{"shipping": {"name": s, "street": s}}]},
    "known-note": lambda s: {"data": [{"note": s}]},
    "known-tax": lambda s: {"data": [{"tax": {"code": s, "name": s, "address": s}}]},
    "object-as-text": lambda s: {"payload": json.dumps({"customer": {"name": s}}, ensure_ascii=False)},
    "object-as-text-twice": lambda s: {"payload": json.dumps(json.dumps({"name": s}, ensure_ascii=False))},
    "object-url-encoded": lambda s: {"payload": quote(json.dumps({"token": s}))},
    "form-in-text": lambda s: {"payload": f"a=1&password={quote(s)}"},
    "base64-of-object": lambda s: {"payload": base64.b64encode(dumps({"a": s})).decode()},
    "base64-of-gzip": lambda s: {"payload": base64.b64encode(gzip.compress(dumps({"a": s}))).decode()},
    "items-of-a-list": lambda s: {"lines": [s, [s]]},
    "deep": lambda s: {"a": {"b": [{"c": {"d": s}}]}},
    "known-text-of-a-wrong-type": lambda s: {"data": [{"total_price_before_discount": s}]},
    "below-a-token": lambda s: {"tokens": {"first": {"v": s}}},
}
"""Places of a response body."""


def edged(head: str, content: str = "x") -> Exchange:
    """Return a multipart request of one part, with a header as it is given."""
    body = f"--edge\r\n{head}\r\n\r\n{content}\r\n--edge--\r\n".encode()
    return sent(body, {"content-type": "multipart/form-data; boundary=edge"})


def _parts(s: str) -> Iterator[tuple[str, Exchange]]:
    plain = "Content-Disposition: form-data; "
    yield "part-name-unquoted", edged(f"{plain}name=password", s)
    yield "part-name-encoded", edged(f"{plain}name*=utf-8''password", s)
    yield "part-name-capitals", edged(f'{plain}NAME="password"', s)
    yield "part-file-name", edged(f'{plain}name="file"; filename="{s}.csv"', "sku")
    yield "part-file-name-encoded", edged(f"{plain}name=file; filename*=utf-8''{quote(s)}.csv", "sku")
    yield "part-unknown-field", edged(f'{plain}name="sender"', s)
    csv = f'{plain}name="file"; filename="a.csv"\r\nContent-Type: text/csv'
    yield "part-with-csv", edged(csv, f"sku,name\n1,{s}")
    yield "part-with-json", edged(f'{plain}name="meta"', json.dumps({"a": s}))
    yield "part-extra-header", edged(f'{plain}name="a"\r\nX-Token: {s}')


def _bodies(s: str) -> Iterator[tuple[str, Exchange]]:
    text = {"content-type": "text/plain"}
    yield "form-password", sent(f"user=1&password={s}".encode(), FORM)
    yield "form-unknown", sent(f"user={s}".encode(), FORM)
    yield "form-nested", sent(f"a[b][c]={s}".encode(), FORM)
    yield "form-json", sent(f"data={quote(json.dumps({'a': s}))}".encode(), FORM)
    yield "form-name", sent(f"{s}=1".encode(), FORM)
    yield "text-plain", answered(f"no such person: {s}".encode(), text)
    yield "text-csv", answered(f"sku,buyer\nS-1,{s}\n".encode(), {"content-type": "text/csv"})
    tabs = {"content-type": "text/tab-separated-values"}
    yield "text-tsv", answered(f"sku\tbuyer\nS-1\t{s}\n".encode(), tabs)
    yield "html-text", answered(f"<html><p>{s}</p></html>".encode(), {"content-type": "text/html"})
    hidden = f'<form><input type="hidden" name="csrf" value="{s}"></form>'
    yield "html-hidden-field", answered(hidden.encode(), {"content-type": "text/html"})
    unquoted = f"<form><input type=hidden name=csrf value={s}></form>"
    yield "html-unquoted-field", answered(unquoted.encode(), {"content-type": "text/html"})
    yield "html-comment", answered(f"<!-- {s} --><p>error</p>".encode(), {"content-type": "text/html"})
    yield "xml-attribute", answered(f'<user name="{s}"/>'.encode(), {"content-type": "text/xml"})
    yield "gzip", answered(gzip.compress(dumps({"a": s})), {**JSON, "content-encoding": "gzip"})
    yield "utf-16", answered(f"name {s}".encode("utf-16"), {})
    yield "base64-body", answered(base64.b64encode(dumps({"a": s})), text)
    yield "json-string", answered(dumps(s))
    yield "json-number", answered({"a": 123456789012})
    yield "short-pin", answered({"pin": 4821})


def _headers(s: str) -> Iterator[tuple[str, Exchange]]:
    for name in ("tiki-api", "X-Anything", "X-Api-Key"):
        yield f"header-{name}", sent({}, {**JSON, name: s})
    yield "header-bearer", sent({}, {**JSON, "Authorization": f"Bearer {s}"})
    basic = base64.b64encode(f"me:{s}".encode()).decode()
    yield "header-basic", sent({}, {**JSON, "Authorization": f"Basic {basic}"})
    yield "header-cookie", sent({}, {**JSON, "Cookie": f"a=b; sid={s}"})
    yield "header-set-cookie", answered({}, {**JSON, "Set-Cookie": f"sid={s}; Path=/"})
    yield "header-user-agent", sent({}, {**JSON, "User-Agent": f"connector/1.0 (run by {s})"})
    yield "header-server", answered({}, {**JSON, "Server": f"nginx ({s})"})
    yield "header-file-name", answered({}, {**JSON, "Content-Disposition": f'attachment; filename="{s}.pdf"'})
    for name in QUERY:
        yield f"location-{name}", answered({}, {**JSON, "Location": f"https://a.example/cb?{name}={s}"}, 302)
    yield "location-fragment", answered({}, {**JSON, "Location": f"/cb#id_token={s}"}, 302)
    yield "location-session", answered({}, {**JSON, "Location": f"/cb;jsessionid={s}"}, 302)
    inner = quote(quote(f"https://a.example/?token={s}", safe=""), safe="")
    yield "location-twice-encoded", answered({}, {**JSON, "Location": f"/login?next={inner}"}, 302)


def _urls(s: str) -> Iterator[tuple[str, Exchange]]:
    for name in QUERY:
        yield f"query-{name}", sent({}, url=f"{PRODUCTS}?{name}={s}")
    yield "query-nested", sent({}, url=f"{PRODUCTS}?filter[secret]={s}")
    yield "query-twice-encoded", sent({}, url=f"{PRODUCTS}?next={quote(quote('a=' + s))}")
    yield "query-bare", sent({}, url=f"{PRODUCTS}?{s}")
    yield "path-after-token", sent({}, url=f"https://api.tiki.vn/integration/v1/token/{s}/orders")
    yield "path-unknown", sent({}, url=f"https://api.tiki.vn/hooks/{s}")
    yield "path-session", sent({}, url=f"https://api.tiki.vn/integration/v1/orders;jsessionid={s}")
    yield "fragment", sent({}, url=f"{PRODUCTS}#access_token={s}")
    yield "user-in-url", sent({}, url=f"https://me:{s}@api.tiki.vn/integration/v1/products")


def planted() -> Iterator[tuple[str, Exchange, tuple[str, ...]]]:
    """Yield kind, exchange and secrets."""
    number = iter(range(100, 1000))

    def fake() -> str:
        return f"FAKE{next(number)}QX"

    for name in MEMBERS:
        for side in ("request", "response"):
            s = fake()
            yield f"{side}-member-{name}", sent({name: s}) if side == "request" else answered({name: s}), (s,)
    for kind, build in PLACES.items():
        s = fake()
        yield f"place-{kind}", answered(build(s)), (s,)
    for kind, line in LINES.items():
        s = fake()
        yield f"line-{kind}", answered({"errors": [line.format(s=s)]}, status=400), (s,)
        s = fake()
        yield f"text-{kind}", answered(line.format(s=s).encode(), {"content-type": "text/plain"}, 502), (s,)
    for kind, shape in SHAPES.items():
        for place in ("name", "errors", "key"):
            n = next(number)
            s = shape.format(n=n, card=_check_digit("400000000000", n))
            exchange = {
                "name": lambda s=s: sent({"name": f"Áo {s} new", "category_id": 1}),
                "errors": lambda s=s: answered({"errors": [f"not valid: {s}"]}, status=400),
                "key": lambda s=s: answered({s: {"n": 1}}),
            }[place]()
            yield f"shape-{kind}-{place}", exchange, (s,)
    for group in (_parts, _bodies, _headers, _urls):
        for kind, _ in group("x"):
            s = fake()
            exchange = dict(group(s))[kind]
            secrets = {"json-number": "123456789012", "short-pin": "4821"}
            yield kind, exchange, (secrets.get(kind, s),)


def _check_digit(start: str, n: int) -> str:
    """Return the last four digits of a card, with its check digit."""
    from sellerspec.scrubbing.patterns import is_card

    return next(f"{n:03d}{last}" for last in range(10) if is_card(f"{start}{n:03d}{last}"))


PLANTED = {kind: Planted(exchange, secrets) for kind, exchange, secrets in planted()}


def readings(text: str) -> str:
    """Return a text with all that a reader could unpack of it: percent signs, escapes, base64, gzip."""
    from urllib.parse import unquote

    plain = unquote(unquote(text))
    seen = [text, plain, " ".join(text.split())]
    escaped = re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9A-F]{2}))", _character, text.replace("\\_", "\u00a0"))
    seen.append(escaped.replace("\\\\", "\\").replace('\\"', '"'))
    for word in text.replace('"', " ").replace("'", " ").replace("\\n", " ").split():
        bare = word.strip(".,;:{}[]").replace("-", "+").replace("_", "/")
        if len(bare) >= 12:
            try:
                data = base64.b64decode(bare + "=" * (-len(bare) % 4))
                data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            except (ValueError, OSError, EOFError):
                continue
            seen += (data.decode("utf-8", "replace"), data.decode("utf-16", "replace"))
    return "\n".join(seen)


def _character(code: re.Match[str]) -> str:
    return chr(int(code[1] or code[2], 16))


def reached(text: str, planted: Planted) -> list[str]:
    """Return the secrets of an exchange that stand in a written text."""
    return among(readings(text), planted)


def among(shown: str, planted: Planted) -> list[str]:
    """Return the secrets of an exchange that stand in the readings of a text."""
    return [secret for secret in planted.secrets if secret in shown]
