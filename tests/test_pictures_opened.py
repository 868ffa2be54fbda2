"""What the bytes of a picture are said to be: size, format, what is wrong, and which pixels."""

from typing import Any

import pytest
from PIL import Image

from sellerspec.io.pictures.opening import entry
from support.made_pictures import animated, made, png_of, with_comment

SIZE = {"width": 600, "height": 600, "frames": 1}
JPEG, PNG = {"format": "JPEG", **SIZE}, {"format": "PNG", **SIZE}
CODE = "a web page or a program"
EARLY = {"broken": "one that is broken or ends too early"}
EXIF = Image.Exif()
EXIF[0x0112] = 6  # a quarter turn

OPENED: dict[str, tuple[bytes, dict[str, Any]]] = {
    "JPEG": (made(), JPEG),
    "JPEG in steps": (made(progressive=True), JPEG),
    "JPEG with a preview": (made() + made(160, 120), JPEG),
    "JPEG with padding": (made() + bytes(512), JPEG),
    "JPEG with a comment": (with_comment(made(), b"Th\xe1\xbb\xa3 ch\xe1\xbb\xa5p"), JPEG),
    "JPEG with filling bytes": (made()[:2] + b"\xff\xff" + made()[2:], JPEG),
    "JPEG that is turned": (made(400, 800, exif=EXIF), {**JPEG, "width": 800, "height": 400}),
    "JPEG with broken EXIF": (made(exif=b"Exif\0\0II*\0\xff\xff\xff\xff"), JPEG),
    "JPEG with an archive": (made() + b"PK\x03\x04 archive", {**JPEG, "besides": "12 bytes after its end"}),
    "JPEG with a page": (made() + b"<html>", {**JPEG, "besides": f"{CODE} after its end"}),
    "JPEG with a program": (
        with_comment(made(), b"<?php system(1); ?>"), {**JPEG, "besides": f"{CODE} in its metadata"}
    ),
    "JPEG that is cut": (made(color="cyan")[:2000], EARLY),
    "PNG": (made(kind="PNG"), PNG),
    "PNG of three frames": (animated("PNG"), {**PNG, "frames": 3}),
    "PNG with a script": (
        made(kind="PNG") + b"<script>alert(1)</script>", {**PNG, "besides": f"{CODE} after its end"}
    ),
    "PNG that is cut": (made(kind="PNG")[:300], EARLY),
    "PNG without its end": (made(kind="PNG")[:-12], EARLY),
    "PNG of other bytes": (png_of(600, 600, b"abc"), EARLY),
    "PNG too large": (
        png_of(60_000, 60_000), {"broken": "one of 60,000 x 60,000 pixels, more than can be decoded safely"}
    ),
    "GIF": (made(kind="GIF"), {"format": "GIF", **SIZE}),
    "GIF of three frames": (animated("GIF"), {"format": "GIF", **SIZE, "frames": 3}),
    "WebP": (made(kind="WEBP"), {"format": "WEBP", **SIZE}),
    "BMP": (made(kind="BMP"), {"format": "BMP", **SIZE}),
    "nothing": (b"", {"broken": "an empty file"}),
    "page": (b"\xef\xbb\xbf <html>", {"broken": "a web page"}),
    "SVG": (b"<svg/>", {"broken": "an SVG drawing"}),
    "SVG as XML": (b"<?xml version='1.0'?><svg/>", {"broken": "an SVG drawing"}),
    "XML": (b"<?xml version='1.0'?><rss/>", {"broken": "a file of no known picture format"}),
    "JSON": (b' {"error": 1}', {"broken": "a text in JSON"}),
    "HEIC": (b"\0\0\0\x18ftypheic", {"broken": "a HEIC or AVIF picture, or a film"}),
    "PDF": (b"%PDF-1.7", {"broken": "a PDF document"}),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENED)
def test_an_entry_says_what_the_bytes_are(name: str) -> None:
    data, expected = OPENED[name]
    found = entry(data)
    assert {member: found[member] for member in found if member not in ("bytes", "pixels")} == expected
    assert ("bytes" in found) == ("broken" not in found)
    assert ("pixels" in found) == (found.get("format") in ("JPEG", "PNG"))


def test_the_same_pixels_are_recognized_in_another_file() -> None:
    packed = [entry(made(kind="PNG", compress_level=level)) for level in (1, 9)]
    assert packed[0]["pixels"] == packed[1]["pixels"]
    assert packed[0]["bytes"] != packed[1]["bytes"]
    others = (made(601, kind="PNG"), made(kind="PNG", color="blue"), made(600, 300, kind="PNG"))
    assert all(entry(other)["pixels"] != packed[0]["pixels"] for other in others)
