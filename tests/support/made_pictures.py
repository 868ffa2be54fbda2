"""Pictures that are really made, payloads that name them, and what `check` finds of them."""

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from support.command_line import run
from support.examples import ROOT

PRODUCT = json.loads((ROOT / "tiki/createProduct/valid/tiki.image-repeated.json").read_text())


def made(
    width: int = 600, height: int = 600, kind: str = "JPEG", color: str = "red", **options: Any
) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind, **options)
    return out.getvalue()


def animated(kind: str) -> bytes:
    others = [Image.new("RGB", (600, 600), color) for color in ("blue", "green")]
    return made(kind=kind, save_all=True, append_images=others)


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a PNG that says it has a size, whatever it holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_comment(jpeg: bytes, text: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + jpeg[2:]


def payload(folder: Path, *images: str, **members: Any) -> str:
    path = folder / "product.json"
    path.write_text(json.dumps({**PRODUCT, "image": images[0], "images": images[1:], **members}))
    return str(path)


def found(*args: object) -> dict[str, list[str]]:
    """Return rule -> pointers of the findings about pictures."""
    done = run("check", "--as", "tiki/createProduct", "--format", "json", *map(str, args))
    assert done.exit_code == 0, done.output
    out: dict[str, list[str]] = {}
    for finding in json.loads(done.stdout)["reports"][0]["findings"]:
        out.setdefault(finding["rule"].removeprefix("tiki."), []).append(finding["pointer"])
    return out
