"""Where a picture ends in its file, and what else is in the file. Nothing is decoded here."""

from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_CODE = (b"<!doctype html", b"<html", b"<script", b"<?php", b"<svg", b"<iframe")
_PADDING = b"\x00\xff \t\r\n"
"""Bytes after a picture that mean nothing."""

_SCAN, _END = 0xDA, 0xD9


def kind(data: bytes) -> str:
    """Name what is no picture of a known format."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "an SVG drawing"
    if start.startswith((b"{", b"[")):
        return "a text in JSON"
    if data[4:8] == b"ftyp":
        return "a HEIC or AVIF picture, or a film"
    if start.startswith(b"%pdf"):
        return "a PDF document"
    return "a file of no known picture format"


def besides(data: bytes, format: str) -> str:
    """Return what a JPEG or PNG file holds besides the picture, in words; "" for nothing.

    Raises:
        ValueError: it ends too early.
    """
    parts = list(_chunks(data) if format == "PNG" else _segments(data))
    if any(_has_code(data[start:end]) for start, end in parts[:-1]):
        return "a web page or a program in its metadata"
    rest = data[parts[-1][0] : parts[-1][1]].rstrip(_PADDING).lstrip(b"\x00 \t\r\n")
    if _has_code(rest):
        return "a web page or a program after its end"
    # a camera puts a preview after the picture, which begins as each JPEG does
    if not rest or (format == "JPEG" and rest.startswith(b"\xff\xd8\xff")):
        return ""
    return f"{len(rest):,} bytes after its end"


def _has_code(part: bytes) -> bool:
    part = part.lower()
    return any(word in part for word in _CODE)


def _chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the extent of each part of a PNG that is no pixels; last, what follows its end.

    Raises:
        ValueError: it has no end.
    """
    at = len(_PNG)
    while at + 12 <= len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            yield end, len(data)
            return
        if kind != b"IDAT":
            yield at + 8, end - 4
        at = end
    raise ValueError("a PNG without its end")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the extent of each segment of a JPEG that is no pixels; last, what follows its end."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            at = _next_marker(data, at)
            continue
        marker = data[at + 1]
        if marker == _END:
            yield at + 2, len(data)
            return
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD7:  # filling, or within pixels
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            yield at + 4, end
        at = _next_marker(data, end) if marker == _SCAN else max(end, at + 2)
    yield len(data), len(data)


def _next_marker(data: bytes, at: int) -> int:
    found = data.find(b"\xff", at)
    return len(data) if found < 0 else found
