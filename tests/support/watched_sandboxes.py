"""What the calls of a probe see of a sandbox under changes, and when the changes count as applied."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson

from sellerspec.sandbox.change import Change, Notice
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.server import Sandbox
from support.sandboxes import Client, calling
from test_sandbox_defects import NOW, content, without_moments

Seen = list[tuple[str, bool]]
"""After each call: what it was answered with the state that it left, and whether a mutation was applied."""

Probe = Callable[[Client], None]


def watched(marketplace: str, probe: Probe, *changes: Change) -> Seen:
    """Return what each call of a probe saw under changes."""
    with calling(marketplace, now=NOW, checked=not changes or changes[0].keeps_contract) as call:
        seen: Seen = []
        known: dict[int, tuple[Any, str]] = {}

        def see(news: Entry | Notice) -> None:
            if isinstance(news, Entry):
                response = news.response
                told = (response.status, response.all_headers(), response.ends, response.delay)
                text = f"{_without_moments((told, content(news)))} {_state(call.box, known)}"
                seen.append((text, bool(call.box.applied)))

        call.box.mutate(changes)
        call.box.listeners.append(see)
        probe(call)
        call("GET", "/nothing")
        assert call.box.applied <= {change.id for change in changes}
        return seen


@cache
def usual(marketplace: str, probe: Probe) -> Seen:
    """Return what each call of a probe sees without changes."""
    return watched(marketplace, probe)


def is_exact(marketplace: str, probe: Probe, *changes: Change) -> bool:
    """Return whether changes were applied; fail unless they were from the first call on that they changed."""
    differs = False
    pairs = zip(watched(marketplace, probe, *changes), usual(marketplace, probe), strict=False)
    for (one, applied), (other, _) in pairs:
        differs = differs or one != other
        assert applied == differs
    return differs


def _state(box: Sandbox, known: dict[int, tuple[Any, str]]) -> list[tuple[str, str, str]]:
    """Return the state as text; a document is never changed in place, so that its text is kept."""
    lines = []
    for kind, table in box.snapshot()["tables"].items():
        if kind not in ("settings", "notices-pending"):
            for key, document in table.items():
                if known.get(id(document), (None,))[0] is not document:
                    shown = document["body"] if kind == "notices" else document
                    text = re.sub(r"\d+\.\d+", "", orjson.dumps(shown).decode())
                    known[id(document)] = document, _without_moments(text)
                lines.append((kind, key, known[id(document)][1]))
    return lines


def _without_moments(value: Any) -> str:
    return without_moments([value])[0]
