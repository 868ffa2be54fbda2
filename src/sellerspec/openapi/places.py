"""Places in a spec as JSONPath, as overlays write them."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def jsonpath(location: Iterable[str | int]) -> str:
    """Return the JSONPath of a place.

    >>> jsonpath(("paths", "/v1/orders", "get", "parameters", 0))
    "$.paths['/v1/orders'].get.parameters[0]"
    """
    out = "$"
    for part in location:
        if isinstance(part, int):
            out += f"[{part}]"
        elif _NAME.fullmatch(part):
            out += f".{part}"
        else:
            quoted = part.replace("\\", "\\\\").replace("'", "\\'")
            out += f"['{quoted}']"
    return out
