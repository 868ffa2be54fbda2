"""Open a picture with Pillow: the one door. Runs in a process of its own, see `inspecting`."""

import hashlib
import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError, WebPImagePlugin  # imported, a format is known

from sellerspec.io.pictures import Entry, broken, extent

MOST_PIXELS = 50_000_000
"""Most pixels of a picture that is decoded."""

_KNOWN = ("JPEG", "PNG", "GIF", WebPImagePlugin.WebPImageFile.format, "BMP")
"""Formats that are named; only JPEG and PNG are decoded."""

_ROWS = 256
"""Rows of pixels that are hashed at a time."""

_ORIENTATION = 0x0112
"""The tag of EXIF that says how a picture is turned."""


def entry(data: bytes) -> Entry:
    """Return what the bytes of a picture are."""
    Image.MAX_IMAGE_PIXELS = None  # the size is held against `MOST_PIXELS` before anything is decoded
    warnings.simplefilter("ignore")
    if not data:
        return broken("an empty file")
    try:
        with Image.open(BytesIO(data), formats=_KNOWN) as picture:
            return _of(picture, data)
    except UnidentifiedImageError:
        return broken(extent.kind(data))
    except MemoryError:
        return broken("one that needs too much memory")
    except Exception:  # Pillow raises many kinds for broken files
        return broken("one that is broken or ends too early")


def _of(picture: Image.Image, data: bytes) -> Entry:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        return broken(f"one of {width:,} x {height:,} pixels, more than can be decoded safely")
    kind = "JPEG" if picture.format == "MPO" else str(picture.format)
    # a camera puts further pictures into a JPEG, which are not shown
    frames = 1 if kind == "JPEG" else int(getattr(picture, "n_frames", 1))
    out: Entry = {"format": kind, "width": width, "height": height, "frames": frames}
    if kind in ("JPEG", "PNG"):
        picture.load()
        if _is_turned(picture):
            out |= {"width": height, "height": width}
        out["pixels"] = _pixels(picture)
        if what := extent.besides(data, kind):
            out["besides"] = what
    out["bytes"] = hashlib.sha256(data).hexdigest()
    return out


def _is_turned(picture: Image.Image) -> bool:
    try:
        turned = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # broken EXIF does not make a picture unreadable
        return False
    return isinstance(turned, int) and 5 <= turned <= 8


def _pixels(picture: Image.Image) -> str:
    width, height = picture.size
    digest = hashlib.sha256(f"{width}x{height}".encode())
    for top in range(0, height, _ROWS):
        rows = picture.crop((0, top, width, min(top + _ROWS, height)))
        # numbers of 16 bits would all become white
        digest.update((rows if picture.mode.startswith("I") else rows.convert("RGBA")).tobytes())
    return digest.hexdigest()
