"""Scrubbing of bodies: packed, cut off, binary, in parts, in other encodings, with a member twice."""

import base64
import gzip
import zlib

import brotli
import pytest
import zstandard

from sellerspec import Exchange
from sellerspec.scrubbing import NotScrubbed, scrubber
from support.secret_exchanges import FORM, JSON, PLANTED, URL, dumps, multipart, post, response


def test_content_length_fits_the_body_that_is_written_and_the_packing_is_gone() -> None:
    body = gzip.compress(dumps(token="FAKE-TOKEN-1"))
    headers = {
        "Content-Encoding": "gzip",
        "Content-Length": str(len(body)),
        "Content-Type": "application/json",
    }
    scrubbed = scrubber().scrub([response(body, headers)])[0].exchange
    assert scrubbed.response_body == b'{"token":"SCRUBBED-token-1"}'
    assert scrubbed.response_headers == {"Content-Length": "28", "Content-Type": "application/json"}


def test_a_binary_body_and_a_long_page_are_dropped_and_named() -> None:
    scrubbed = scrubber().scrub([PLANTED[49], PLANTED[50]])
    assert [result.exchange.response_body for result in scrubbed] == [b"", b""]
    assert [result.dropped for result in scrubbed] == [
        (f"response body ({len(PLANTED[49].response_body):,} bytes of text/html)",),
        ("response body (20 bytes of image/png)",),
    ]


def test_a_binary_part_is_dropped_and_the_others_stay() -> None:
    headers, body = multipart(file="BINARY", state="new", token="x")
    body = body.replace(b"BINARY", b"PK\x03\x04\x00\xff").replace(b"\r\n\r\nx\r\n", b"\r\n\r\n\xff\x00\r\n")
    scrubbed = scrubber().scrub([post(body, headers)])[0]
    assert b"PK" not in scrubbed.exchange.request_body
    assert b"\r\n\r\nSCRUBBED-state-1\r\n" in scrubbed.exchange.request_body
    assert scrubbed.dropped == ("request body (6 bytes of no known type, 2 bytes of no known type)",)


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (
            response(b"\x00\xff", {"content-encoding": "compress"}),
            "the body has the unknown compression `compress`",
        ),
        (
            response(b"\xff\x00\xff", {"content-encoding": "gzip"}),
            "the body is not valid `gzip`",
        ),
        (response(gzip.compress(b"x" * 99)[:-9], {}), "the compressed body is cut off"),
        (
            response(brotli.compress(b"x" * 99)[:-3], {"content-encoding": "br"}),
            "the compressed body is cut off",
        ),
        (response(b"[" * 200 + b'"FAKE"' + b"]" * 200, JSON), "a value is nested deeper than 150 levels"),
    ],
)
def test_what_cannot_be_unpacked_is_an_error_and_nothing_is_returned(
    exchange: Exchange, problem: str
) -> None:
    with pytest.raises(NotScrubbed) as caught:
        scrubber().scrub([exchange])
    assert str(caught.value) == problem


def test_G6_a_form_whose_part_has_no_header_is_dropped() -> None:
    edged = {"content-type": "multipart/form-data; boundary=edge"}
    for body in (
        b"--edge\r\nContent-Type: x\r\n\r\na\r\n--edge rubbish",
        b"--edge\nname=a\n\nFAKE\n--edge--\n",
    ):
        scrubbed = scrubber().scrub([post(body, edged)])[0]
        assert scrubbed.exchange.request_body == b""
        assert scrubbed.dropped == (f"request body ({len(body)} bytes of multipart/form-data)",)


def test_a_packed_body_is_known_by_its_first_bytes() -> None:
    for pack in (gzip.compress, zlib.compress, zstandard.compress):
        assert scrubber().scrub([response(pack(dumps(token="FAKE")))])[0].exchange.response_body == (
            b'{"token":"SCRUBBED-token-1"}'
        )


def test_nesting_that_python_cannot_follow_is_an_error_and_no_crash() -> None:
    with pytest.raises(NotScrubbed, match="nested deeper than 150 levels"):
        scrubber().scrub([response(b"[" * 1000 + b'"FAKE"' + b"]" * 1000, JSON)])


def test_raw_deflate_several_packings_and_a_header_left_behind_are_understood() -> None:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    raw = machine.compress(dumps(token="FAKE-1")) + machine.flush()
    twice = gzip.compress(gzip.compress(dumps(token="FAKE-1")))
    for body, packing in ((raw, "deflate"), (twice, "gzip, identity"), (dumps(token="FAKE-1"), "gzip")):
        scrubbed = scrubber().scrub([response(body, {"content-encoding": packing})])[0].exchange
        assert scrubbed.response_body == b'{"token":"SCRUBBED-token-1"}'


def test_a_library_that_is_missing_stops_the_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name, packing in (("brotli", "br"), ("zstandard", "zstd")):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(NotScrubbed, match=r"run: pip install 'sellerspec\[record\]'"):
            scrubber().scrub([response(b"\xff\xff", {"content-encoding": packing})])


def test_other_encodings_of_text_are_read() -> None:
    latin = "token=Bịa-Fake".encode("utf-16")
    assert (
        scrubber().scrub([response(latin, {})])[0].exchange.response_body.decode("utf-16")
        == "token=SCRUBBED-token-1"
    )
    named = response(
        "pássword=FAKE&token=FAKE-2".encode("latin-1"), {"content-type": "text/plain; charset=latin-1"}
    )
    assert b"FAKE-2" not in scrubber().scrub([named])[0].exchange.response_body
    wrong = response(b"\xff\xfe\x00", {"content-type": "text/plain; charset=nothing"})
    assert scrubber().scrub([wrong])[0].exchange.response_body == b""


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "FAKE-HIDDEN", "token": "SCRUBBED-token-1"}',
        b'{"note": "{\\"token\\": \\"FAKE-HIDDEN\\", \\"token\\": \\"\\"}"}',
        b' {"token": "FAKE-HIDDEN", "token": ""}',
    ],
)
def test_a_member_given_twice_does_not_hide_a_secret(body: bytes) -> None:
    machine = scrubber()
    assert b"FAKE-HIDDEN" not in machine.scrub([post(body, JSON)])[0].exchange.request_body
    assert machine.leaks(post(body, JSON))[0].name == "a member given twice"


def test_a_colon_that_is_escaped_is_no_member_given_twice() -> None:
    assert [leak.name for leak in scrubber().leaks(post(b'{"a": "x\\u003ay"}', JSON))] == ["a"]


def test_a_body_is_unpacked_as_often_as_it_was_packed_and_a_long_base64_text_is_looked_through() -> None:
    body = dumps(token="FAKE-1")
    for _ in range(3):
        body = gzip.compress(body)
    assert scrubber().scrub([response(body)])[0].exchange.response_body == b'{"token":"SCRUBBED-token-1"}'
    assert (
        scrubber()
        .scrub([response(gzip.compress(b""), {"content-encoding": "gzip"})])[0]
        .exchange.response_body
        == b""
    )
    long = base64.b64encode(dumps(token="FAKE-LONG", pad=" x" * 2000))
    clean = scrubber().scrub([response(long)])[0].exchange.response_body
    assert b"FAKE-LONG" not in base64.b64decode(clean)
    plain = base64.b64encode(b"\x00\xff" * 2000)
    clean = scrubber().scrub([response(plain)])[0].exchange.response_body
    assert clean.startswith(b"SCRUBBED/packed/1/AAAA")


def test_a_secret_is_found_in_the_name_of_a_field_and_in_base64_that_passes_for_a_form() -> None:
    assert (
        b"someone" not in scrubber().scrub([post(b"someone%40shop.example=1", FORM)])[0].exchange.request_body
    )
    packed = base64.b64encode(dumps(token="FAKE-SHORT")).rstrip(b"=") + b"="
    for headers in (FORM, {}):
        body = scrubber().scrub([post(packed, headers)])[0].exchange.request_body
        assert b"FAKE-SHORT" not in base64.b64decode(body + b"==")


def test_a_form_with_a_bare_word_and_a_part_whose_secret_is_binary() -> None:
    assert scrubber().leaks(post(b"a=1&flag&b=2", FORM)) == ()
    assert scrubber().leaks(post(url=f"{URL}?flag")) == ()
    headers, body = multipart(token="SECRET")
    scrubbed = scrubber().scrub([post(body.replace(b"SECRET", b"\xff\xfe\xff"), headers)])[0]
    assert b"\xff" not in scrubbed.exchange.request_body
    no_boundary = scrubber().scrub([post(body, {"content-type": "multipart/form-data"})])[0]
    assert b"SECRET" not in no_boundary.exchange.request_body
