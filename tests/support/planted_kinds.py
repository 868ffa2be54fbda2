"""More planted secrets, of other kinds: names in three languages, other texts, forms and keys."""

import base64
import json
from collections.abc import Iterator

from sellerspec import Exchange
from support import planted_messages
from support.planted_secrets import ORDERS, PLANTED, Planted, _check_digit, answered, sent

TEXT = {"content-type": "text/plain"}

TEXT_MEMBERS = [
    "mat_khau", "matKhau", "mã_xác_thực", "ma_pin", "ho_ten", "họ tên", "dia_chi", "địa chỉ nhà",
    "so_dien_thoai", "so_cmnd", "so_tai_khoan", "ghi_chu", "ngan_hang", "nguoi_nhan", "khoa_bi_mat",
    "kata_sandi", "sandi", "kode_rahasia", "nama_lengkap", "alamat_rumah", "no_hp", "nomor_telepon",
    "no_ktp", "no_rekening", "catatan_pembeli", "penerima", "kode_pos", "kunci_api", "tanda_tangan",
    "passkey", "pass_phrase", "apikey_v2", "x-goog-signature", "shopee_partner_key", "lazada_sign",
    "sku_owner", "who", "data_1", "blob", "raw", "memo", "instructions", "gate_code", "landmark",
    "wifi", "recovery_phrase", "mfa", "totp_seed", "dsn", "connection", "webhook_url", "callback",
    "ip", "device_fingerprint", "user_agent", "referrer", "avatar", "signed_by", "notes_internal",
]  # fmt: skip
"""Names of members that no schema has, with a text."""

NUMBER_MEMBERS = {
    "mat_khau": 48213, "ma_otp": 48214, "ma_xac_thuc": 48215, "ma_bao_mat": 48216, "kata_sandi": 48217,
    "sandi": 48218, "kode_verifikasi": 48219, "verification_code": 48221, "passkey": 48222,
    "mfa_code": 48223, "two_factor": 48224, "kode_rahasia": 48225, "security_number": 48226,
    "totp": 48227, "so_pin": 48228, "cvv2": 48229, "lat": 10.762622, "lng": 106.660172,
    "toa_do": 21.028511, "nik": 3171010101000001, "so_dien_thoai": 84912000301, "no_hp": 6281200000302,
    "rekening": 1234567890, "nomor": -812000303, "big": 123456789012345678901234567890,
    "tahun_lahir": 1987, "nam_sinh": 1988, "kode_akses": 48231, "ma_truy_cap": 48232,
}  # fmt: skip
"""Names of members that no schema has, with a number."""

LINES = {
    "vietnamese-password": "mật khẩu là {s}",
    "vietnamese-otp": "mã xác thực của bạn: {s}",
    "indonesian-password": "kata sandi: {s} salah",
    "websocket": "wss://live.example/socket?ticket={s} closed",
    "websocket-path": "cannot open wss://live.example/{s}/socket",
    "ftp": "ftp://shop:{s}@files.example/out.csv failed",
    "sip": "sip:{s}@call.example",
    "smtp": "smtps://mailer:{s}@mail.example:465",
    "jdbc": "jdbc:mysql://db.example/shop?user=root&password={s}",
    "amqp": "amqp://guest:{s}@mq.example//",
    "mongo": "mongodb+srv://app:{s}@cluster.example/test",
    "odbc": "Server=db;Uid=sa;Pwd={s};",
    "scp": "scp {s}@host.example:/tmp/a .",
    "curl-user": "curl -u me:{s} https://a.example",
    "curl-header": "curl -H 'X-Secret: {s}' https://a.example",
    "header-line": "X-Shopee-Signature: {s}",
    "digest": 'Digest username="{s}", realm="x", nonce="y", response="z"',
    "aws4": "AWS4-HMAC-SHA256 Credential={s}/20240301/ap/s3/aws4_request",
    "sql": "INSERT INTO users (name, pw) VALUES ('a', '{s}')",
    "sql-where": "WHERE customer_name = '{s}' LIMIT 1",
    "python-dict": "{{'token': '{s}'}}",
    "python-bytes": "b'{s}'",
    "python-traceback": 'KeyError: "{s}"',
    "java-map": "{{token={s}, user=1}}",
    "java-object": "User[name={s}, id=1]",
    "go-struct": "&{{Token:{s} Name:x}}",
    "ruby-hash": "{{:token=>\"{s}\"}}",
    "php-serialized": 's:5:"token";s:12:"{s}";',
    "ini": "[db]\npass = {s}",
    "toml": 'key = "{s}"',
    "markdown-link": "[order](https://a.example/o/{s})",
    "template": "Hello {s}, your order is late",
    "repeated-token": "token {s} is invalid, {s} expired",
    "stars": "**{s}** is not a seller",
    "unicode-escape": "user \\u0046{rest} unknown",
    "html-entity": "user &#70;{rest} unknown",
    "file-name": "orders-{s}.xlsx is broken",
    "windows-path": "C:\\Users\\{s}\\orders.xlsx",
    "graphql-error": 'Variable "$email" got invalid value "{s}"',
    "soap-fault": "<soap:Fault><faultstring>{s}</faultstring></soap:Fault>",
    "cdata": "<a><![CDATA[{s}]]></a>",
    "processing": "<?token {s}?><a/>",
    "json-lines": '{{"a": "{s}"}}\n{{"a": "x"}}',
    "jsonp": 'cb({{"a": "{s}"}});',
    "json-comment": '{{"a": 1}} // {s}',
    "json-single": "{{'a': '{s}'}}",
    "csv-quoted": 'name,city\n"{s}, the second",x',
    "pipe": "1|{s}|2",
    "semicolons": "sku;buyer\nS-1;{s}",
    "fixed-width": "S-1       {s}      00012",
    "percent": "user%3D{s}%26a%3D1",
    "double-percent": "user%253D{s}",
    "quoted-printable": "name=3D{s}=20x",
    "vcard": "BEGIN:VCARD\nFN:{s}\nEND:VCARD",
    "env-assign": "DB_PASS='{s}' ./run",
    "cookie-line": "Set-Cookie: laravel_session={s}; HttpOnly",
    "link-userinfo": "https://{s}@git.example/repo.git",
    "mailto": "mailto:{s}@shop.example",
    "tel": "tel:+8491200{n:04d}",
}  # fmt: skip

KNOWN_TEXTS = {
    "phone-letters-before": "Áo thun SĐT0912000{n:03d} mới",
    "phone-zalo": "Zalo: 0912-000-{n:03d}",
    "phone-hotline": "hotline(+84)912000{n:03d}",
    "phone-pairs": "LH 09 12 00 {b} {a}{a}",
    "phone-singapore": "call +65 8000 {n:04d}",
    "phone-us": "call +1 (415) 555-{n:04d}",
    "phone-malaysia": "call +60 12-000 {n:04d}",
    "phone-full-width": "gọi ０９１２０００{w}",
    "phone-zero-width": "gọi 0912\u200b000\u200b{n:03d}",
    "phone-underscores": "ao_0912000{n:03d}_moi",
    "phone-indonesia-bare": "WA 0812000{n:04d}",
    "phone-whatsapp-link": "https://wa.me/62812000{n:04d}",
    "phone-tel-link": "tel:0912000{n:03d}",
    "email-angle": "Fake <fake{n}@shop.example>",
    "email-mailto": "mailto:fake{n}@shop.example?subject=x",
    "email-percent": "fake{n}%40shop.example",
    "email-upper": "FAKE{n}@SHOP.EXAMPLE",
    "email-full-width": "fake{n}＠shop.example",
    "email-quoted": '"fake{n}"@shop.example',
    "jwt-in-name": "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{n}In0.c2lnbmF0dXJl y",
    "jwt-in-brackets": "(eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{n}In0.c2lnbmF0dXJl)",
    "jwe": "eyJhbGciOiJSU0EifQ.QUFB{n}.QkJC.Q0ND.RERE",
    "key-openai": "sk-proj-FAKEFAKEFAKEFAKE{n:04d}abcd",
    "key-anthropic": "sk-ant-api03-FAKEFAKEFAKE{n:04d}",
    "key-npm": "npm_FAKEFAKEFAKEFAKEFAKEFAKEFAKE{n:04d}",
    "key-azure": "AccountKey=FAKEfake0000FAKEfake0000FAKEfake{n:04d}==",
    "key-slack-hook": "https://hooks.slack.com/services/T0000/B0000/FAKE{n:04d}fakeFAKE",
    "key-telegram": "bot12345678{n:02d}:AAFAKEfakeFAKEfakeFAKEfakeFAKEfake0",
    "key-discord": "https://discord.com/api/webhooks/12345678{n:04d}/FAKE-fake-FAKE{n}",
    "key-gcp-json": '{{"private_key_id": "fake{n}", "client_email": "a{n}@b.example"}}',
    "key-pgp": "-----BEGIN PGP PRIVATE KEY BLOCK-----\nFAKE{n}\n-----END PGP PRIVATE KEY BLOCK-----",
    "key-ssh": "-----BEGIN OPENSSH PRIVATE KEY-----\nFAKE{n}\n-----END OPENSSH PRIVATE KEY-----",
    "key-sendgrid": "SG.FAKEfakeFAKE{n}.FAKEfakeFAKEfake",
    "key-mailgun": "key-0a1b2c3d4e5f60718293a4b5c6d7{n:04d}",
    "password-vietnamese": "áo mật khẩu: FAKE{n}QX",
    "password-indonesian": "baju, kata sandi=FAKE{n}QX",
    "password-pass": "áo pass: FAKE{n}QX",
    "password-pw": "áo pw=FAKE{n}QX",
    "login-pair": "login me / password FAKE{n}QX",
    "card-dashes": "thẻ 4000-0000-0000-{card}",
    "card-newline": "{n} thẻ 4111 1111\n1111 1111",
    "identity-blanks": "CCCD 001 200 000 {n:03d}",
    "npwp-bare": "NPWP 01000{n:03d}0000000",
    "nik-dots": "NIK 3171.0101.0100.0{n:03d}",
    "iban": "{n} x GB82 WEST 1234 5698 7654 32",
    "link-userinfo": "https://me:FAKE{n}QX@cdn.example/a.jpg",
    "link-query": "https://cdn.example/a.jpg?X-Amz-Signature=FAKE{n}QX",
    "link-fragment": "https://cdn.example/a.jpg#token=FAKE{n}QX",
    "link-relative": "/a.jpg?token=FAKE{n}QX",
    "link-protocol-relative": "//cdn.example/a.jpg?token=FAKE{n}QX",
    "link-websocket": "wss://cdn.example/s?ticket=FAKE{n}QX",
    "base64-phone": "{b64}",
    "hex-phone": "{hex}",
}  # fmt: skip
"""Texts that are secret by their form, in the name of a product."""

KEYS = {
    "person": "Budi Fake{n}",
    "person-lower": "budi fakezqx",
    "person-three": "Nguyễn Fake {n}",
    "mail": "fake{n}@shop.example",
    "phone": "0912000{n:03d}",
    "jwt": "eyJhbGciOiJub25lIn0.eyJmYWtlIjoie{n:03d}In0.FAKE",
    "sentence": "tell nobody FAKE{n}",
    "password": "hunter{n}",
    "path": "/home/fake{n}/x",
    "dotted": "fake.person.x{n}",
}
"""Data as names of members."""


def kinds() -> Iterator[tuple[str, Exchange, tuple[str, ...]]]:
    """Yield kind, exchange and secrets."""
    number = iter(range(1000, 10_000))
    for name in TEXT_MEMBERS:
        s = f"FAKE{next(number)}QX"
        yield f"named-{name}", answered({"data": [{name: s}]}), (s,)
    for name, value in NUMBER_MEMBERS.items():
        yield f"number-{name}", sent({"name": "Áo", "variants": [{name: value}]}), (json.dumps(value),)
        yield f"digits-{name}", answered({name: str(value)}), (str(value),)
    for kind, line in LINES.items():
        n = next(number)
        s = f"FAKE{n}QX"
        text = line.format(s=s, n=n, rest=s[1:])
        secrets = (f"8491200{n:04d}",) if kind == "tel" else (s if s in text else s[1:],)
        yield f"more-line-{kind}", answered({"errors": [text]}, status=400), secrets
        yield f"more-text-{kind}", answered(text.encode(), TEXT, 502), secrets
    for kind, shape in KNOWN_TEXTS.items():
        text, secret = _formed(kind, shape, next(number) % 1000)
        yield f"known-{kind}", sent({"name": text, "category_id": 1}), (secret,)
        noted = {"data": [{"note": text}], "errors": [text]}
        yield f"noted-{kind}", answered(noted, status=400), (secret,)
    for kind, shape in KEYS.items():
        key = shape.format(n=next(number))
        yield f"as-key-{kind}", answered({"totals": {key: 1}}), (key,)
        yield f"as-key-below-secret-{kind}", sent({"tokens": {key: True}}), (key,)
    for group in (
        planted_messages.nested,
        planted_messages.bodies,
        planted_messages.parts,
        planted_messages.headers,
        planted_messages.urls,
    ):
        for index, (kind, _) in enumerate(group("|")):
            s = f"FAKE{next(number)}QX"
            yield kind, list(group(s))[index][1], (s,)
    lower = "nguyenvanfake"  # no digits: only the segment before it says what it is
    for path in ("customers/{}/orders", "user/{}"):
        yield f"url-{path}", Exchange("GET", f"{ORDERS}/{path.format(lower)}", 200), (lower,)


def _formed(kind: str, shape: str, n: int) -> tuple[str, str]:
    """Return a text of a form, and what of it is the secret."""
    card = _check_digit("400000000000", n)
    wide = "".join(chr(0xFF10 + int(digit)) for digit in f"{n:03d}")
    phone = f"call 0912000{n:03d} now, please".encode()
    text = shape.format(
        n=n,
        card=card,
        w=wide,
        a=n % 10,
        b=n // 10 % 10 * 11,
        b64=base64.b64encode(phone).decode(),
        hex=phone.hex(),
    )
    if kind in ("phone-pairs", "identity-blanks", "phone-singapore", "phone-malaysia"):
        return text, text[5:]
    if kind in SECRET_PARTS:
        return text, SECRET_PARTS[kind]
    parts = (part for part in text.split() if str(n) in part or wide in part or card in part)
    return text, next(parts, text)


SECRET_PARTS = {"card-newline": "4111 1111", "iban": "GB82 WEST"}

EVERY = PLANTED | {kind: Planted(exchange, secrets) for kind, exchange, secrets in kinds()}
"""All planted secrets: these, and those of `planted_secrets`."""

PACKED = frozenset(
    (
        "answered-deflate",
        "answered-utf-16le-json",
        "hex",
        "sent-deflate",
        "sent-utf-16le-json",
        "zlib-base64",
    )
)
"""Kinds whose secret cannot be read in a file."""
