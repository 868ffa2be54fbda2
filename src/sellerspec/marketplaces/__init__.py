"""The marketplaces. To add one, write its spec and its module, and add its name to `NAMES`."""

from functools import cache
from importlib import import_module
from pathlib import Path

from sellerspec.errors import SpecError, UnknownName
from sellerspec.io import resources
from sellerspec.rules import Marketplace

NAMES = ("tiki", "tiki-v2", "tnsl", "tokopedia")
"""The marketplaces that come with sellerspec; each is loaded at its first use."""

GROUP = "sellerspec.marketplaces"
"""Entry point group under which another package offers a `Marketplace` of its own."""


@cache
def marketplace(name: str) -> Marketplace:
    """Return the record of a marketplace.

    Raises:
        UnknownName: neither sellerspec nor an installed package has it.
        SpecError: an entry point of that name gives something else.
    """
    if name in NAMES:
        ours: Marketplace = import_module(f"{__name__}.{name.replace('-', '_')}").MARKETPLACE
        return ours
    from importlib.metadata import entry_points  # costs 20 ms that a marketplace of ours does not need

    for point in entry_points(group=GROUP, name=name):
        offered = point.load()
        if not isinstance(offered, Marketplace):
            raise SpecError(f"the entry point `{name}` of {GROUP} gives no `sellerspec.rules.Marketplace`")
        return offered
    raise UnknownName("marketplace", name, names())


def spec_path(name: str) -> Path:
    """Return the path of a marketplace's spec.

    Raises:
        UnknownName: there is no such marketplace.
    """
    spec = marketplace(name).spec
    return Path(spec) if spec else resources.data_dir("openapi") / f"{name}.yaml"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all marketplaces: ours first, then those that other packages offer."""
    from importlib.metadata import entry_points

    offered = sorted(point.name for point in entry_points(group=GROUP))
    return tuple(dict.fromkeys((*NAMES, *offered)))
