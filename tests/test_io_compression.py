"""Undoing the compression of bodies: every coding, broken streams, bombs, missing libraries."""

import gzip
import os
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from sellerspec.errors import ParseError
from sellerspec.io import compression
from sellerspec.io.compression import decompressed

BODY = b'{"sku": "' + os.urandom(3_000).hex().encode() + b'"}'


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(body) + machine.flush()


PACKERS = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
]


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_A11_a_body_is_unpacked_as_its_header_says(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert decompressed(pack(BODY), name) == BODY
    assert decompressed(pack(BODY), f" {name.upper()} , identity") == BODY
    assert decompressed(pack(gzip.compress(BODY)), f"gzip, {name}") == BODY


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, zstandard.compress])
def test_A11_without_a_header_the_first_bytes_decide(pack: Callable[[bytes], bytes]) -> None:
    assert decompressed(pack(BODY)) == BODY


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_body_that_is_packed_in_several_pieces_is_read_whole(pack: Callable[[bytes], bytes]) -> None:
    pieces = b"".join(pack(BODY[at : at + 500]) for at in range(0, len(BODY), 500))
    assert decompressed(pieces) == BODY


@pytest.mark.parametrize("header", ["gzip", "br", "zstd", "UTF-8", "compress", "identity", ""])
@pytest.mark.parametrize("body", [BODY, b"plain text\r\n\twith lines", b"x^2", "giá".encode(), b""])
def test_a_header_that_a_client_left_after_unpacking_changes_no_text(header: str, body: bytes) -> None:
    assert decompressed(body, header) == body


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_A11_what_is_cut_off_is_an_error_and_never_a_part(name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(BODY)
    for most in (3, 10, len(packed) // 2, len(packed) - 1):
        with pytest.raises(
            ParseError, match=r"^(the compressed body is cut off|the body is not valid `\w+`)$"
        ):
            decompressed(packed[:most], name)


@pytest.mark.parametrize(
    ("body", "header", "problem"),
    [
        (b"\x00\xff", "compress", "the body has the unknown compression `compress`"),
        (b"\xff\x00\xff", "gzip", "the body is not valid `gzip`"),
        (b"\xff\x00\xff", "deflate", "the body is not valid `deflate`"),
        (b"\xff\x00\xff", "zstd", "the body is not valid `zstd`"),
        (b"\x1f\x8bcut", "", "the compressed body is cut off"),
        (b"\xff", "gzip," * 20, "the body is packed 20 times, at most 4 are read"),
    ],
)
def test_A11_what_cannot_be_unpacked_is_an_error(body: bytes, header: str, problem: str) -> None:
    with pytest.raises(ParseError) as caught:
        decompressed(body, header)
    assert str(caught.value) == problem


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_A11_a_bomb_is_refused_before_it_fills_the_memory(
    name: str, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "MAX_SIZE", 10_000)
    assert decompressed(pack(b" " * 10_000), name) == b" " * 10_000
    with pytest.raises(ParseError, match=r"^the body unpacks to more than 10,000 bytes$"):
        decompressed(pack(b"\0" * 1_000_000), name)


@pytest.mark.parametrize(("name", "library"), [("br", "brotli"), ("zstd", "zstandard")])
def test_A11_a_missing_library_is_named_with_what_to_install(
    name: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ParseError) as caught:
        decompressed(b"\x0b\xff", name)
    needed = f"to unpack the body, `{library}` is needed; run: pip install 'sellerspec[record]'"
    assert str(caught.value) == needed
