"""The control plane described by an OpenAPI document, `schemas/sellerspec/control.yaml`."""

from collections.abc import Collection

from sellerspec.io import resources
from sellerspec.model import Json

FILE = "control.yaml"


def description(names: Collection[str]) -> Json:
    """Return the document, with the paths of these names and those of the check service.

    Args:
        names: of paths below the prefix; "" is the prefix itself.
    """
    from sellerspec.contract.documents import document  # only a caller who asks needs it
    from sellerspec.openapi.bundle import bundle
    from sellerspec.openapi.overlay import MARKETPLACE

    bundled = bundle(document(str(resources.data_dir("schemas") / "sellerspec" / FILE)))
    served = {path: item for path, item in bundled["paths"].items() if _name(path) in names or "{" in path}
    del bundled[MARKETPLACE]  # it is the specification of no marketplace
    return {**bundled, "paths": served}


def _name(path: str) -> str:
    return path.partition("/")[2].partition("/")[2]
