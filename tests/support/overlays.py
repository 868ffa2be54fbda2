"""Write overlays for tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Actions = list[dict[str, Any]]
Write = Callable[..., str]
"""`written_in` for one folder."""

CREATE = "$.components.schemas['create-order']"


def written_in(folder: Path, actions: Actions, name: str = "fix.json", **root: Any) -> str:
    """Write an overlay, for `tnsl` unless `root` names another marketplace; return its path."""
    head = {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "x-marketplace": "tnsl"}
    path = folder / name
    path.write_text(json.dumps({**head, "actions": actions, **root}))
    return str(path)
