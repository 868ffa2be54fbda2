"""Open specs as documents, by the name of a marketplace or the path of a file, overlays applied."""

from collections.abc import Sequence
from os.path import exists
from pathlib import Path

from sellerspec import marketplaces
from sellerspec.errors import SpecError, UnknownName
from sellerspec.io import resources
from sellerspec.openapi import discrepancies as registers
from sellerspec.openapi import overlay
from sellerspec.openapi.discrepancies import Discrepancy
from sellerspec.openapi.document import Document
from sellerspec.openapi.overlay import MARKETPLACE, Overlay
from sellerspec.openapi.spec import Spec


def document(what: str, *, overlays: Sequence[str] = (), refs_below: Path | None = None) -> Document:
    """Return a spec as one document, which the caller may change.

    Args:
        what: a marketplace, or the path of an OpenAPI file.
        overlays: paths of OpenAPI Overlay files, applied in this order.
        refs_below: folder that holds all files to which an OpenAPI file may refer; by default its own.

    Raises:
        UnknownName: there is neither such a marketplace nor such a file.
        ParseError: a file cannot be read.
        SpecError: a reference leads nowhere, or an overlay does not fit.
    """
    if what in marketplaces.names():
        return overlay.corrected(Spec(what, marketplaces.spec_path(what)), overlays_of(what, overlays))
    path = Path(what)
    if not exists(path) and not path.suffix:
        raise UnknownName("marketplace", what, marketplaces.names())
    content = resources.read_json(path) if path.suffix == ".json" else resources.read_yaml(path)
    named = content.get(MARKETPLACE) if isinstance(content, dict) else None
    name = named if isinstance(named, str) else path.name.partition(".")[0]
    read = [overlay.read(file) for file in overlays]
    below = refs_below.resolve() if refs_below is not None else None
    spec = Spec(name, path, content, below=below)
    return overlay.corrected(spec, [file for file in read if name in file.marketplaces])


def overlays_of(marketplace: str, paths: Sequence[str]) -> tuple[Overlay, ...]:
    """Read overlay files and return those that correct the spec of one marketplace.

    Raises:
        ParseError: a file cannot be read.
        SpecError: a file is no overlay, or names an unknown marketplace.
    """
    read = [overlay.read(path) for path in paths]
    for file in read:
        for name in file.marketplaces:
            if name not in marketplaces.names():
                raise SpecError(f"{file.name}: {UnknownName('marketplace', name, marketplaces.names())}")
    return tuple(file for file in read if marketplace in file.marketplaces)


def discrepancies(marketplace: str | None = None) -> tuple[Discrepancy, ...]:
    """Return the entries of the discrepancy register of one marketplace, or of all.

    Raises:
        UnknownName: there is no such marketplace.
        ParseError: a register is not a list of entries.
    """
    names = (marketplace,) if marketplace else marketplaces.names()
    return tuple(entry for name in names for entry in registers.read(name, marketplaces.spec_path(name)))
