"""Scrubbing: fifty planted secrets, and what else must or must not be taken for one."""

import base64
import gzip
import json
import zlib
from urllib.parse import quote

import brotli
import pytest
import zstandard

from sellerspec import Exchange, cassette
from sellerspec.cassette import Recorded
from sellerspec.marketplaces import marketplace
from sellerspec.scrubbing import NotScrubbed, Scrubber, is_placeholder, scrubber, unnumbered
from sellerspec.scrubbing.patterns import is_random


def planted(number: int) -> str:
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


def answer(
    body: bytes = b"", headers: dict[str, str] | None = None, request: dict[str, str] | None = None
) -> Exchange:
    return Exchange(
        "GET", URL, 200, request_headers=request or {}, answer_headers=headers or {}, answer_body=body
    )


S = [planted(each) for each in range(51)]
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
    8: answer(headers={"Set-Cookie": f"sid={S[8]}; Path=/; HttpOnly"}),
    9: answer(headers={"X-Access-Token": S[9]}),
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
    31: answer(gzip.compress(dumps(token=S[31])), {"content-encoding": "gzip"}),
    32: answer(brotli.compress(dumps(token=S[32])), {"content-encoding": "br"}),
    33: answer(zlib.compress(dumps(token=S[33])), {"content-encoding": "deflate"}),
    34: answer(zstandard.compress(dumps(token=S[34])), {"content-encoding": "zstd"}),
    35: answer(gzip.compress(dumps(token=S[35])), {"content-type": "image/png"}),
    36: answer(base64.b64encode(dumps(token=S[36])), {"content-type": "text/plain"}),
    37: answer(dumps(blob=base64.b64encode(dumps(token=S[37])).decode()), JSON),
    38: answer(dumps(blob=base64.b64encode(gzip.compress(dumps(token=S[38]))).decode()), JSON),
    39: answer(headers={"Location": f"https://a.example/cb?access_token={S[39]}"}),
    40: answer(headers={"location": f"/cb#id_token={S[40]}"}),
    41: answer(dumps(errors=[f"Authentication key is not valid: {S[41]}"]), JSON, {"tiki-api": S[41]}),
    42: answer(f"no such token: {S[42]}".encode(), {"content-type": "text/plain"}, {"Cookie": f"x={S[42]}"}),
    43: answer(f"<error><token>{S[43]}</token></error>".encode(), {"content-type": "text/xml"}),
    44: answer(f'{{"token": "{S[44]}", "cut off'.encode(), JSON),
    45: answer(f"see {JWT} above".encode(), {"content-type": "text/plain"}),
    46: answer(dumps(message=f"Bearer {S[46]} has expired"), JSON),
    47: answer(dumps(shipping={"name": S[47]}), JSON),
    48: answer(dumps(data=[{"shipping": {"street": S[48], "phone": "0900000999"}}]), JSON),
    49: answer(f"<html>{'<p>' * 900}{S[49]}</html>".encode(), {"content-type": "text/html"}),
    50: answer(b"\x89PNG\x00\xff" + S[50].encode(), {"content-type": "image/png"}),
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


def on_disk(exchange: Exchange) -> str:
    scrubbed = scrubber(marketplace("tiki")).scrub([exchange])[0].exchange
    return readings(cassette.dump([Recorded(scrubbed)]))


@pytest.mark.parametrize("number", PLANTED)
def test_a_planted_secret_does_not_reach_the_disk(number):
    assert planted(number) not in on_disk(PLANTED[number])


@pytest.mark.parametrize("number", PLANTED)
def test_a_planted_secret_is_seen_by_the_check_and_its_scrubbed_exchange_is_clean(number):
    machine = scrubber(marketplace("tiki"))
    assert machine.leaks(PLANTED[number])
    assert machine.leaks(machine.scrub([PLANTED[number]])[0].exchange) == ()


def test_scrubbing_twice_changes_nothing():
    machine = scrubber(marketplace("tiki"))
    once = [each.exchange for each in machine.scrub(list(PLANTED.values()))]
    assert [each.exchange for each in machine.scrub(once)] == once


def test_the_same_secret_has_the_same_placeholder_in_all_exchanges_of_a_cassette():
    login = answer(dumps(access_token="FAKE-LOGIN-1"), JSON)
    use = post(url=f"{URL}?page=1", headers={"Authorization": "Bearer FAKE-LOGIN-1"})
    first, second = scrubber(marketplace("tiki")).scrub([login, use])
    token = json.loads(first.exchange.answer_body)["access_token"]
    assert token == "SCRUBBED-access_token-1"
    assert second.exchange.request_headers == {"Authorization": f"Bearer {token}"}


def test_with_a_key_a_secret_has_one_placeholder_in_all_cassettes_and_another_key_gives_another(monkeypatch):
    exchange = post(dumps(token="FAKE-TOKEN-9", phone="0900000009"), JSON)

    def body(machine: Scrubber) -> bytes:
        return machine.scrub([exchange])[0].exchange.request_body

    monkeypatch.setenv("SELLERSPEC_SCRUB_KEY", "fake key of a project")
    keyed = body(scrubber(marketplace("tiki")))
    assert keyed == body(scrubber(marketplace("tiki"), key="fake key of a project"))
    assert keyed != body(scrubber(marketplace("tiki"), key=b"another"))
    assert unnumbered(keyed.decode()) == unnumbered(
        body(scrubber(marketplace("tiki"), key="another")).decode()
    )


@pytest.mark.parametrize(
    ("secret", "placeholder"),
    [
        ("0912000111", "0000000001"),
        ("+84912000111", "+00000000001"),
        ("someone@shop.example", "scrubbed-1@example.invalid"),
        ("An", "SCRUBBED-phone-1"),
        ("FAKE-FAKE-FAKE-FAKE-FAKE-FAKE-32", "SCRUBBED-phone-1----------------"),
        ("RkFLRS1GQUtFLUZBS0UtRkFLRS1GQUtFLTI4LWJ5dGU=", "SCRUBBED/phone/1/AAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (912000111, 9_900_000_001),
        (1.5, 9_900_000_001.0),
        (True, True),
        (None, None),
        ("", ""),
        (["a", {"b": "c"}], ["SCRUBBED-phone-1", {"b": "SCRUBBED-b-2"}]),
    ],
)
def test_a_placeholder_keeps_type_and_form_of_its_secret(secret, placeholder):
    scrubbed = scrubber().scrub([post(dumps(phone=secret), JSON)])[0].exchange
    assert json.loads(scrubbed.request_body) == {"phone": placeholder}


def test_numbers_of_placeholders_go_on_where_a_loaded_cassette_stopped():
    old = post(dumps(token="SCRUBBED-token-4", email="scrubbed-6@example.invalid"), JSON)
    new = post(dumps(token="FAKE-NEW-TOKEN"), JSON)
    assert json.loads(scrubber().scrub([old, new])[1].exchange.request_body) == {"token": "SCRUBBED-token-7"}


def test_what_is_no_secret_stays_to_the_byte():
    body = (
        b'{ "trace_id": "c3587ec50976497f837461e0c2ea3da5", "image": "https://i.example/637008711602926121_SS-note-10-1.png",'
        b' "created": "2019-06-27 10:47:34", "name": "Galaxy Note 10+", "n": 12345678901, "id": 1.50 }'
    )
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "date": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    exchange = Exchange(
        "GET",
        f"{URL}?page=1&limit=20&created=2019-06-27+10%3A47%3A34",
        200,
        answer_headers=headers,
        answer_body=body,
    )
    machine = scrubber(marketplace("tiki"))
    assert machine.leaks(exchange) == ()
    assert machine.scrub([exchange])[0].exchange == exchange


def test_content_length_fits_the_body_that_is_written_and_the_packing_is_gone():
    body = gzip.compress(dumps(token="FAKE-TOKEN-1"))
    headers = {
        "Content-Encoding": "gzip",
        "Content-Length": str(len(body)),
        "Content-Type": "application/json",
    }
    scrubbed = scrubber().scrub([answer(body, headers)])[0].exchange
    assert scrubbed.answer_body == b'{"token":"SCRUBBED-token-1"}'
    assert scrubbed.answer_headers == {"Content-Length": "28", "Content-Type": "application/json"}


def test_a_binary_body_and_a_long_page_are_dropped_and_named():
    scrubbed = scrubber().scrub([PLANTED[49], PLANTED[50]])
    assert [each.exchange.answer_body for each in scrubbed] == [b"", b""]
    assert [each.dropped for each in scrubbed] == [
        (f"answer body ({len(PLANTED[49].answer_body):,} bytes of text/html)",),
        ("answer body (20 bytes of image/png)",),
    ]


def test_a_binary_part_is_dropped_and_the_others_stay():
    headers, body = multipart(file="BINARY", state="new", token="x")
    body = body.replace(b"BINARY", b"PK\x03\x04\x00\xff").replace(b"\r\n\r\nx\r\n", b"\r\n\r\n\xff\x00\r\n")
    scrubbed = scrubber().scrub([post(body, headers)])[0]
    assert b"PK" not in scrubbed.exchange.request_body
    assert b"\r\n\r\nnew\r\n" in scrubbed.exchange.request_body
    assert scrubbed.dropped == ("request body (6 bytes of no known type, 2 bytes of no known type)",)


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (
            answer(b"\x00\xff", {"content-encoding": "compress"}),
            "a body is packed with `compress`, which is not known",
        ),
        (
            answer(b"\xff\x00\xff", {"content-encoding": "gzip"}),
            "a body is not the `gzip` that it says: error",
        ),
        (answer(gzip.compress(b"x" * 99)[:-9], {}), "a compressed body is cut off"),
        (answer(brotli.compress(b"x" * 99)[:-3], {"content-encoding": "br"}), "a compressed body is cut off"),
        (answer(b"[" * 200 + b'"FAKE"' + b"]" * 200, JSON), "a value is nested deeper than 150 levels"),
        (
            post(
                b"--edge\r\nContent-Type: x\r\n\r\na\r\n--edge rubbish",
                {"content-type": "multipart/form-data; boundary=edge"},
            ),
            "a part of a multipart body has no header",
        ),
    ],
)
def test_what_cannot_be_unpacked_is_an_error_and_nothing_is_returned(exchange, said):
    with pytest.raises(NotScrubbed) as caught:
        scrubber().scrub([exchange])
    assert str(caught.value) == said


@pytest.mark.parametrize("pack", [gzip.compress, brotli.compress, zstandard.compress, zlib.compress])
def test_a_bomb_is_refused_before_it_fills_the_memory(pack, monkeypatch):
    monkeypatch.setattr("sellerspec.scrubbing.packing.MOST", 10_000)
    name = {
        gzip.compress: "gzip",
        brotli.compress: "br",
        zstandard.compress: "zstd",
        zlib.compress: "deflate",
    }[pack]
    with pytest.raises(NotScrubbed, match="unpacks to more than"):
        scrubber().scrub([answer(pack(b" " * 20_000), {"content-encoding": name})])


def test_a_packed_body_is_known_by_its_first_bytes():
    for pack in (gzip.compress, zlib.compress, zstandard.compress):
        assert scrubber().scrub([answer(pack(dumps(token="FAKE")))])[0].exchange.answer_body == (
            b'{"token":"SCRUBBED-token-1"}'
        )


def test_nesting_that_python_cannot_follow_is_an_error_and_no_crash():
    with pytest.raises(NotScrubbed, match="nested deeper than 150 levels"):
        scrubber().scrub([answer(b"[" * 1000 + b'"FAKE"' + b"]" * 1000, JSON)])


def test_raw_deflate_several_packings_and_a_header_left_behind_are_understood():
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    raw = machine.compress(dumps(token="FAKE-1")) + machine.flush()
    twice = gzip.compress(gzip.compress(dumps(token="FAKE-1")))
    for body, packing in ((raw, "deflate"), (twice, "gzip, identity"), (dumps(token="FAKE-1"), "gzip")):
        scrubbed = scrubber().scrub([answer(body, {"content-encoding": packing})])[0].exchange
        assert scrubbed.answer_body == b'{"token":"SCRUBBED-token-1"}'


def test_a_library_that_is_missing_stops_the_writing(monkeypatch):
    import sys

    for name, packing in (("brotli", "br"), ("zstandard", "zstd")):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(NotScrubbed, match=r"run: pip install 'sellerspec\[record\]'"):
            scrubber().scrub([answer(b"\xff\xff", {"content-encoding": packing})])


@pytest.mark.parametrize(
    "text", ["0912 000 111", "+84 912 000 111", "0812-0000-1111", "call 0912.000.111 now"]
)
def test_a_phone_number_in_a_text_is_found(text):
    assert [each.name for each in scrubber().leaks(answer(dumps(message=text), JSON))] == ["phone"]


@pytest.mark.parametrize("text", ["2019-06-27 10:47:34", "929231617", "20939384", "1.500.000", "VN039007006"])
def test_a_number_that_is_no_phone_number_stays(text):
    assert scrubber().leaks(answer(dumps(message=text), JSON)) == ()


def test_random_texts_are_told_from_names_and_numbers():
    assert is_random("aB3dE5fG7hJ9kL1mN2pQ4rS6")
    assert is_random("0123456789abcdef0123456789abcdef")
    assert not is_random("00000000000000000000000000000000")
    assert not is_random("laptop-dell-xps-15-9570-05-TURBO")
    assert not is_random("123e4567-e89b-12d3-a456-426614174000")
    assert not is_random("warehouse_inventory_identifier")


def test_a_key_or_a_random_text_is_found_whatever_it_is_called():
    key = "-----BEGIN PRIVATE KEY-----\nFAKE\n-----END PRIVATE KEY-----"
    found = scrubber().leaks(
        answer(dumps(a=key, b="aB3dE5fG7hJ9kL1mN2pQ4rS6", c="AKIAFAKEFAKEFAKEFAKE"), JSON)
    )
    assert [(each.pointer, each.name) for each in found] == [
        ("/answer/body/a", "key"),
        ("/answer/body/b", "random"),
        ("/answer/body/c", "key"),
    ]


def test_a_random_text_below_a_public_name_does_not_vouch_for_itself_elsewhere():
    token = "aB3dE5fG7hJ9kL1mN2pQ4rS6"
    machine = scrubber()
    assert machine.leaks(answer(dumps(sku=token), JSON)) == ()
    assert [each.pointer for each in machine.leaks(answer(dumps(code=token), JSON))] == ["/answer/body/code"]


def test_a_name_counts_below_its_parent_only_and_further_names_can_be_given():
    body = dumps(shipping={"name": "Bịa Văn Một"}, product={"name": "Bịa"}, mine="FAKE")
    machine = scrubber(marketplace("tiki"), secret_members=["mine"])
    scrubbed = json.loads(machine.scrub([post(body, JSON)])[0].exchange.request_body)
    assert scrubbed == {
        "shipping": {"name": "SCRUBBED-name-1"},
        "product": {"name": "Bịa"},
        "mine": "SCRUBBED-mine-2",
    }


def test_other_encodings_of_text_are_read():
    latin = "token=Bịa-Fake".encode("utf-16")
    assert (
        scrubber().scrub([answer(latin, {})])[0].exchange.answer_body.decode("utf-16")
        == "token=SCRUBBED-token-1"
    )
    named = answer(
        "pássword=FAKE&token=FAKE-2".encode("latin-1"), {"content-type": "text/plain; charset=latin-1"}
    )
    assert b"FAKE-2" not in scrubber().scrub([named])[0].exchange.answer_body
    wrong = answer(b"\xff\xfe\x00", {"content-type": "text/plain; charset=nothing"})
    assert scrubber().scrub([wrong])[0].exchange.answer_body == b""


def test_a_secret_as_the_name_of_a_member_is_found():
    found = scrubber().scrub([post(dumps(**{"someone@shop.example": {"n": 1}}), JSON)])[0].exchange
    assert json.loads(found.request_body) == {"scrubbed-1@example.invalid": {"n": 1}}


@pytest.mark.parametrize(
    "value", ["SCRUBBED-token-1", "Bearer SCRUBBED-authorization-12", "00000001", "", 9_900_000_007, None]
)
def test_a_placeholder_is_known_again(value):
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["SCRUBBED", "SCRUBBED-token-1 FAKE", "0912000111", 5, "Bearer FAKE", [1]])
def test_anything_else_is_no_placeholder(value):
    assert not is_placeholder(value)


def test_a_request_for_comparing_never_fails():
    body = gzip.compress(dumps(token="FAKE"))
    assert (
        scrubber().request(post(body, {"content-type": "application/json"})).request_body
        == b'{"token":"SCRUBBED-token-1"}'
    )
    assert scrubber().request(post(body[:-9])).request_body == b""


def test_an_address_that_is_none_is_still_looked_through():
    exchange = post(url="https://[broken/?x=someone@shop.example")
    assert "someone@" not in scrubber().scrub([exchange])[0].exchange.url


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "FAKE-HIDDEN", "token": "SCRUBBED-token-1"}',
        b'{"note": "{\\"token\\": \\"FAKE-HIDDEN\\", \\"token\\": \\"\\"}"}',
        b' {"token": "FAKE-HIDDEN", "token": ""}',
    ],
)
def test_a_member_given_twice_does_not_hide_a_secret(body):
    machine = scrubber()
    assert b"FAKE-HIDDEN" not in machine.scrub([post(body, JSON)])[0].exchange.request_body
    assert machine.leaks(post(body, JSON))[0].name == "a member given twice"


def test_a_colon_that_is_escaped_is_no_member_given_twice():
    assert scrubber().leaks(post(b'{"a": "x\\u003ay"}', JSON)) == ()


def test_a_secret_that_cannot_be_taken_out_stops_the_writing():
    exchange = post(url="https://fake-secret-77.shop.example/a", headers={"tiki-api": "fake-secret-77"})
    with pytest.raises(NotScrubbed, match=r"a secret is still in POST https://.* after scrubbing"):
        scrubber().scrub([exchange])


def test_a_body_is_unpacked_as_often_as_it_was_packed_and_a_long_base64_text_is_looked_through():
    body = dumps(token="FAKE-1")
    for _ in range(3):
        body = gzip.compress(body)
    assert scrubber().scrub([answer(body)])[0].exchange.answer_body == b'{"token":"SCRUBBED-token-1"}'
    assert (
        scrubber().scrub([answer(gzip.compress(b""), {"content-encoding": "gzip"})])[0].exchange.answer_body
        == b""
    )
    long = base64.b64encode(dumps(token="FAKE-LONG", pad=" x" * 2000))
    clean = scrubber().scrub([answer(long)])[0].exchange.answer_body
    assert b"FAKE-LONG" not in base64.b64decode(clean)
    plain = base64.b64encode(b"\x00\xff" * 2000)
    assert scrubber().scrub([answer(plain)])[0].exchange.answer_body == b""


def test_a_secret_is_found_in_the_name_of_a_field_and_in_base64_that_passes_for_a_form():
    assert (
        b"someone" not in scrubber().scrub([post(b"someone%40shop.example=1", FORM)])[0].exchange.request_body
    )
    packed = base64.b64encode(dumps(token="FAKE-SHORT")).rstrip(b"=") + b"="
    for headers in (FORM, {}):
        body = scrubber().scrub([post(packed, headers)])[0].exchange.request_body
        assert b"FAKE-SHORT" not in base64.b64decode(body + b"==")


def test_a_form_with_a_bare_word_and_a_part_whose_secret_is_binary():
    assert scrubber().leaks(post(b"a=1&flag&b=2", FORM)) == ()
    assert scrubber().leaks(post(url=f"{URL}?flag")) == ()
    headers, body = multipart(token="SECRET")
    scrubbed = scrubber().scrub([post(body.replace(b"SECRET", b"\xff\xfe\xff"), headers)])[0]
    assert b"\xff" not in scrubbed.exchange.request_body
    no_boundary = scrubber().scrub([post(body, {"content-type": "multipart/form-data"})])[0]
    assert b"SECRET" not in no_boundary.exchange.request_body


def test_a_short_or_plain_number_is_not_searched_for_elsewhere():
    exchange = post(dumps(postal_code="700000", invoice="INV/1700000/X"), JSON)
    scrubbed = json.loads(scrubber().scrub([exchange])[0].exchange.request_body)
    assert scrubbed == {"postal_code": "000001", "invoice": "INV/1700000/X"}
