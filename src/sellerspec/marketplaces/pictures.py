"""Pictures of a product: which ones a payload names, and what each must be. Shared by marketplaces.

The rules need the fact `pictures`: what was found at each address. `sellerspec.io.pictures` collects it;
nothing here opens a file or makes a call.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from sellerspec.io import urls
from sellerspec.io.strict import printable, quoted
from sellerspec.marketplaces.common import member as member_of
from sellerspec.marketplaces.common import repeated
from sellerspec.model import Basis, Facts, Json, Path, Phase, Severity
from sellerspec.rules import Check, FactForm, Rule, Violation, number, objects, rule, texts
from sellerspec.schema.messages import member

FACT = "pictures"

LEAST = 500
"""Least pixels of each side of a picture of the gallery."""

WIDEST = 700
"""Most pixels of the width of a picture in a description."""

MOST_HTML = 1 << 18
"""Most characters of a description that are searched for pictures."""

_ENDINGS = {"JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"), "PNG": (".png",)}
"""A format that the marketplaces take -> the ends of its names."""

_OTHER_ENDINGS = (".gif", ".webp", ".bmp", ".svg", ".tif", ".tiff", ".avif", ".heic")
_NAMES = {"JPEG": "JPG"}


class Named(NamedTuple):
    """A picture that a payload names."""

    path: Path
    """Of the member that names it."""

    address: str
    in_description: bool = False

    def __str__(self) -> str:
        if not self.in_description:
            return member(self.path)
        return f"the picture {quoted(urls.address(self.address))} in {member(self.path)}"


def gallery(product: Json) -> Iterator[Named]:
    """Yield the pictures that are shown beside a product or a variant, in the order of the payload."""
    for path, holder in _holders(product):
        image, images = member_of(holder, "image"), member_of(holder, "images")
        if isinstance(image, str) and image:
            yield Named((*path, "image"), image)
        if isinstance(images, str) and images:
            yield Named((*path, "images"), images)
        for index, address in texts(holder, "images"):
            if address:
                yield Named((*path, "images", index), address)


def described(product: Json) -> Iterator[Named]:
    """Yield the pictures in the descriptions, which are HTML."""
    for path, holder in _holders(product):
        html = member_of(holder, "description")
        if isinstance(html, str) and len(html) <= MOST_HTML:
            for address in _sources(html):
                yield Named((*path, "description"), address, in_description=True)


def unsearched(product: Json) -> Iterator[Path]:
    """Yield the descriptions that are too long to be searched for pictures."""
    for path, holder in _holders(product):
        html = member_of(holder, "description")
        if isinstance(html, str) and len(html) > MOST_HTML:
            yield (*path, "description")


def named(product: Json) -> Iterator[Named]:
    """Yield every picture of a payload."""
    yield from gallery(product)
    yield from described(product)


def _holders(product: Json) -> Iterator[tuple[Path, Json]]:
    if isinstance(product, dict):
        yield (), product
        for index, variant in objects(product, "variants"):
            yield ("variants", index), variant


def _sources(html: str) -> list[str]:
    """Return the addresses of the pictures of a text, each once."""
    if "<" not in html:
        return []
    from sellerspec.marketplaces.html_pictures import sources  # most payloads are checked without pictures

    return sources(html)


def _read(value: Json) -> Json:
    known = isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values())
    return value if known else None


def is_partial(pictures: Json, value: Json) -> bool:
    """Return whether something that a payload, or the body of an exchange, names was not judged."""
    if isinstance(value, dict) and "request" in value:
        value = member_of(value, "request", "body")
    return any(unsearched(value)) or any(
        "unjudged" in pictures.get(one.address, _UNJUDGED) for one in named(value)
    )


_UNJUDGED: Mapping[str, Json] = {"unjudged": ""}

FORM = FactForm("an object with what was found at each address", _read, is_partial=is_partial)
"""How the fact is read."""


def _found(pictures: Any, which: Iterator[Named]) -> Iterator[tuple[Named, Mapping[str, Any]]]:
    for one in which:
        entry = pictures.get(one.address)
        if entry is not None:
            yield one, entry


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return printable(value, 80) if isinstance(value, str) else ""


def reachable(product: Json, facts: Facts) -> Iterator[Violation]:
    """each picture is found at its address"""
    for one, entry in _found(facts.pictures, named(product)):
        if reason := _text(entry, "missing"):
            yield Violation(one.path, f"{one} must be found at its address, got {reason}")


def readable(product: Json, facts: Facts) -> Iterator[Violation]:
    """each picture is a complete picture, of a size that can be decoded"""
    for one, entry in _found(facts.pictures, named(product)):
        if reason := _text(entry, "broken"):
            yield Violation(one.path, f"{one} must be a complete picture, got {reason}")


def of_a_known_format(product: Json, facts: Facts) -> Iterator[Violation]:
    """each picture is a JPG or PNG, does not move, and its address has no ending of another format"""
    for one, entry in _found(facts.pictures, named(product)):
        kind = _text(entry, "format")
        frames, name = number(entry.get("frames")), _name(one.address)
        if not kind:
            continue
        if kind not in _ENDINGS:
            yield Violation(one.path, f"{one} must be a JPG or PNG, got a {_NAMES.get(kind, kind)}")
        elif frames is not None and frames > 1:
            yield Violation(one.path, f"{one} must not move, got {frames} pictures in one file")
        elif _is_misnamed(name, kind):
            ending = name[name.rindex(".") :]
            yield Violation(one.path, f"{one} must have the ending of its format, got `{ending}` for a"
                                      f" {_NAMES.get(kind, kind)}")  # fmt: skip


def _is_misnamed(name: str, kind: str) -> bool:
    others = (*_OTHER_ENDINGS, *(end for other, ends in _ENDINGS.items() if other != kind for end in ends))
    return name.endswith(others)


def _name(address: str) -> str:
    """Return the last part of an address, in lower case."""
    place = urls.split(address).path if "://" in address else address
    return unquote(place).rpartition("/")[2].lower()


def nothing_else(product: Json, facts: Facts) -> Iterator[Violation]:
    """the file of a picture holds the picture alone: no web page or program in it, and nothing after it"""
    for one, entry in _found(facts.pictures, named(product)):
        if what := _text(entry, "besides"):
            yield Violation(one.path, f"{one} must be a picture and nothing else, got {what}")


def gallery_size(product: Json, facts: Facts) -> Iterator[Violation]:
    """pictures of the gallery are at least 500 by 500 pixels"""
    for one, (width, height) in _sizes(facts.pictures, gallery(product)):
        if width < LEAST or height < LEAST:
            message = f"{one} must be at least {LEAST} x {LEAST} pixels, got {width} x {height}"
            yield Violation(one.path, message)


def description_width(product: Json, facts: Facts) -> Iterator[Violation]:
    """pictures in a description are at most 700 pixels wide"""
    for one, (width, _) in _sizes(facts.pictures, described(product)):
        if width > WIDEST:
            yield Violation(one.path, f"{one} must be at most {WIDEST} pixels wide, got {width}")


def _sizes(pictures: Any, which: Iterator[Named]) -> Iterator[tuple[Named, tuple[int, int]]]:
    for one, entry in _found(pictures, which):
        width, height = number(entry.get("width")), number(entry.get("height"))
        if width is not None and height is not None:
            yield one, (width, height)


def once(product: Json, facts: Facts) -> Iterator[Violation]:
    """the gallery has no picture under two addresses: neither the same file nor the same pixels"""
    same: dict[Path, tuple[Named, Named, str]] = {}
    for shown in _galleries(product):
        distinct: dict[str, tuple[Named, Mapping[str, Any]]] = {}
        for one, entry in _found(facts.pictures, shown):
            distinct.setdefault(one.address, (one, entry))
        for name, what in (("pixels", "with the same pixels as"), ("bytes", "with the same file as")):
            keyed = ((one, key) for one, entry in distinct.values() if (key := _text(entry, name)))
            for one, first in repeated(keyed):
                same[one.path] = one, first, what
    for one, first, what in same.values():
        where = " of the product" if one.path[0] == "variants" != first.path[0] else ""
        message = f"{one} must be another picture, got one {what} {member(first.path)}{where}"
        yield Violation(one.path, message)


def _galleries(product: Json) -> Iterator[Iterator[Named]]:
    """Yield the pictures of each product that is made: a variant's own replace those of the payload."""
    by_holder: dict[Path, dict[Any, list[Named]]] = {}
    for one in gallery(product):
        holder = one.path[:2] if one.path[0] == "variants" else ()
        by_holder.setdefault(holder, {}).setdefault(one.path[len(holder)], []).append(one)
    shared = by_holder.pop((), {})
    for own in ({}, *by_holder.values()):
        inherited = [shared[name] for name in shared if name not in own]
        yield (one for same in (*inherited, *own.values()) for one in same)


def picture_rules(
    marketplace: str, *, on: str, source: tuple[str, str], size: Basis, format: Basis = Basis.INFERRED,
    catalogue: Mapping[str, str] | None = None,
) -> tuple[Rule, ...]:  # fmt: skip
    """Return the rules about pictures, for one marketplace.

    Args:
        marketplace: its name, with which the ids begin.
        on: operation id; its payload has `image`, `images`, `description`, and the same in `variants`.
        source: of all rules.
        size: how the sizes are known.
        format: how the formats are known.
        catalogue: name of a rule -> its id in the reference catalogue.
    """
    checks: tuple[tuple[str, Check, Basis, str | None], ...] = (
        ("picture-reachable", reachable, Basis.INFERRED, "the marketplace fetches pictures itself"),
        ("picture-readable", readable, Basis.INFERRED, None),
        ("picture-format", of_a_known_format, format, None),
        ("picture-alone", nothing_else, Basis.INFERRED, "save the picture anew with an image editor"),
        ("images-size", gallery_size, size, "smaller ones are dropped; a product without any is rejected"),
        ("description-images-size", description_width, size, None),
        ("picture-once", once, Basis.INFERRED,
         "a repeated address is dropped, the same picture at another one is not"),
    )  # fmt: skip
    return tuple(
        _rule(f"{marketplace}.{name}", check, on, source, basis, hint, (catalogue or {}).get(name))
        for name, check, basis, hint in checks
    )


def _rule(
    id: str, check: Callable[[Json, Facts], Any], on: str, source: tuple[str, str], basis: Basis,
    hint: str | None, catalogue: str | None,
) -> Rule:  # fmt: skip
    make = rule(
        id, on=on, source=source, basis=basis, severity=Severity.WARNING, catalogue=catalogue or (),
        phase=Phase.ASYNC, needs=FACT, hint=hint,
    )  # fmt: skip
    return make(check)
