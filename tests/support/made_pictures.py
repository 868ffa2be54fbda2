"""Pictures that are really made, payloads that name them, and what `check` finds of them."""

import json
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
