"""Fifty exchanges, each with a secret in another place, and a function that decodes texts to find it."""

import base64
import gzip
import json
import zlib
from urllib.parse import quote

import brotli
import zstandard

from sellerspec import Exchange


def secret_of(number: int) -> str:
    return f"FAKE-SECRET-{number:02d}"


def dumps(**members: object) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode()


def multipart(**fields: str) -> tuple[dict[str, str], bytes]:
    parts = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return {"content-type": "multipart/form-data; boundary=edge"}, (parts + "--edge--\r\n").encode()


URL = "https://api.tiki.vn/integration/v1/orders"


def post(body: bytes = b"", headers: dict[str, str] | None = None, url: str = URL) -> Exchange:
    return Exchange("POST", url, 200, request_headers=headers or {}, request_body=body)


def response(
    body: bytes = b"", headers: dict[str, str] | None = None, request: dict[str, str] | None = None
) -> Exchange:
    return Exchange(
        "GET", URL, 200, request_headers=request or {}, response_headers=headers or {}, response_body=body
    )


S = [secret_of(index) for index in range(51)]
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json; charset=utf-8"}
MULTI, MULTI_BODY = multipart(secret_key=S[28], note="plain", meta=dumps(token=S[29]).decode())
JWT = "eyJhbGciOiJub25lIn0." + base64.urlsafe_b64encode(S[45].encode()).decode().rstrip("=") + "."

PLANTED = {
    1: post(headers={"tiki-api": S[1]}),
    2: post(headers={"Authorization": f"Bearer {S[2]}"}),
    3: post(headers={"Authorization": "Basic " + base64.b64encode(f"me:{S[3]}".encode()).decode()}),
    4: post(headers={"X-Api-Key": S[4]}),
    5: post(headers={"X-Anything": S[5]}),
    6: post(headers={"Proxy-Authorization": f"Bearer {S[6]}"}),
    7: post(headers={"Cookie": f"a=b; sid={S[7]}"}),
    8: response(headers={"Set-Cookie": f"sid={S[8]}; Path=/; HttpOnly"}),
    9: response(headers={"X-Access-Token": S[9]}),
    10: post(url=f"{URL}?access_token={S[10]}"),
    11: post(url=f"{URL}?filter[secret]={S[11]}"),
    12: post(url=f"{URL}?next={quote('https://a.example/?token=' + S[12], safe='')}"),
    13: post(url=f"https://me:{S[13]}@api.tiki.vn/integration/v1/orders"),
    14: post(url=f"https://api.tiki.vn/integration/v1/token/{S[14]}/orders"),
    15: post(url=f"{URL}#access_token={S[15]}"),
    16: post(headers={"tiki-api": S[16]}, url=f"https://api.tiki.vn/integration/v1/{S[16]}/orders"),
    17: post(dumps(secret_key=S[17]), JSON),
    18: post(dumps(a=[{"b": {"c": [{"access_token": S[18]}]}}]), {"content-type": "text/plain"}),
    19: post(dumps(password=S[19]), {}),
    20: post(dumps(encryption={"secret": S[20], "content": "x"}), JSON),
    21: post(dumps(Token=[S[21]]), JSON),
    22: post(dumps(inner=dumps(refreshToken=S[22]).decode()), JSON),
    23: post(dumps(inner=json.dumps(dumps(token=S[23]).decode())), JSON),
    24: post(dumps(url=f"https://a.example/hook?api_key={S[24]}"), JSON),
    25: post(f"grant_type=x&client_secret={S[25]}".encode(), FORM),
    26: post(f"a=1&data={quote(dumps(token=S[26]).decode())}".encode(), FORM),
    27: post(f"token={S[27]}&b=2".encode(), {"content-type": "application/octet-stream"}),
    28: post(MULTI_BODY, MULTI),
    29: post(MULTI_BODY, MULTI),
    30: post(MULTI_BODY.replace(S[28].encode(), S[30].encode()), {}),
    31: response(gzip.compress(dumps(token=S[31])), {"content-encoding": "gzip"}),
    32: response(brotli.compress(dumps(token=S[32])), {"content-encoding": "br"}),
    33: response(zlib.compress(dumps(token=S[33])), {"content-encoding": "deflate"}),
    34: response(zstandard.compress(dumps(token=S[34])), {"content-encoding": "zstd"}),
    35: response(gzip.compress(dumps(token=S[35])), {"content-type": "image/png"}),
    36: response(base64.b64encode(dumps(token=S[36])), {"content-type": "text/plain"}),
    37: response(dumps(blob=base64.b64encode(dumps(token=S[37])).decode()), JSON),
    38: response(dumps(blob=base64.b64encode(gzip.compress(dumps(token=S[38]))).decode()), JSON),
    39: response(headers={"Location": f"https://a.example/cb?access_token={S[39]}"}),
    40: response(headers={"location": f"/cb#id_token={S[40]}"}),
    41: response(dumps(errors=[f"Authentication key is not valid: {S[41]}"]), JSON, {"tiki-api": S[41]}),
    42: response(
        f"no such token: {S[42]}".encode(), {"content-type": "text/plain"}, {"Cookie": f"x={S[42]}"}
    ),
    43: response(f"<error><token>{S[43]}</token></error>".encode(), {"content-type": "text/xml"}),
    44: response(f'{{"token": "{S[44]}", "cut off'.encode(), JSON),
    45: response(f"see {JWT} above".encode(), {"content-type": "text/plain"}),
    46: response(dumps(message=f"Bearer {S[46]} has expired"), JSON),
    47: response(dumps(shipping={"name": S[47]}), JSON),
    48: response(dumps(data=[{"shipping": {"street": S[48], "phone": "0900000999"}}]), JSON),
    49: response(f"<html>{'<p>' * 900}{S[49]}</html>".encode(), {"content-type": "text/html"}),
    50: response(b"\x89PNG\x00\xff" + S[50].encode(), {"content-type": "image/png"}),
}  # fmt: skip
assert len(PLANTED) == 50


def readings(text: str) -> str:
    """Return a text with all that a reader could unpack of it: percent signs, base64 at any depth."""
    from urllib.parse import unquote

    seen = [text, unquote(text)]
    for word in text.replace('"', " ").replace("'", " ").replace("\\n", " ").split():
        bare = word.strip(".,;:{}[]").replace("-", "+").replace("_", "/")
        for part in {bare, *bare.split(".")}:
            if len(part) >= 12:
                try:
                    data = base64.b64decode(part + "=" * (-len(part) % 4))
                except ValueError:
                    continue
                data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
                seen.append(data.decode("utf-8", "replace"))
    return "\n".join(seen)
