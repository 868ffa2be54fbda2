"""The example files as cases: each names the operation, the rule it is about, and its facts."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sellerspec
from sellerspec.model import FACTS

ROOT = Path(__file__).resolve().parents[1] / "examples"


@dataclass(frozen=True)
class Example:
    """One example file."""

    path: Path

    @property
    def operation(self) -> str:
        return "/".join(self.path.relative_to(ROOT).parts[:2])

    @property
    def kind(self) -> str:
        return self.path.parent.name

    @property
    def rule(self) -> str:
        """The rule an example is named after: the first two dotted parts of its name."""
        return ".".join(self.path.name.split(".")[:2])

    @property
    def is_exchange(self) -> bool:
        return self.path.name.endswith(".exchange.json")

    @property
    def facts(self) -> sellerspec.Facts | None:
        stem = self.path.name.removesuffix(".json").removesuffix(".exchange")
        path = self.path.with_name(f"{stem}.facts.json")
        return facts(json.loads(path.read_text())) if path.exists() else None

    def value(self) -> Any:
        return json.loads(self.path.read_text())

    def report(self, engine: str | None = None) -> sellerspec.Report:
        if self.is_exchange:
            return sellerspec.check_exchange(
                exchange(self.value()), operation=self.operation, facts=self.facts, engine=engine
            )
        return sellerspec.check(self.operation, self.path.read_bytes(), facts=self.facts, engine=engine)

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix().removesuffix(".json")


def facts(raw: dict[str, Any]) -> sellerspec.Facts:
    assert raw.keys() <= set(FACTS), f"unknown facts: {raw.keys() - set(FACTS)}"
    out = dict(raw)
    if "now" in out:
        out["now"] = datetime.fromisoformat(out["now"])
    for name in ("inventory_types", "suppliers"):
        if isinstance(out.get(name), list):
            out[name] = tuple(out[name])
    return sellerspec.Facts(**out)


def exchange(raw: dict[str, Any]) -> sellerspec.Exchange:
    raw = dict(raw)
    for name in ("request_body", "response_body"):
        if name in raw:
            body = raw[name]
            raw[name] = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return sellerspec.Exchange(raw.pop("method"), raw.pop("url"), raw.pop("status", None), **raw)


@cache
def examples(kind: str | None = None) -> tuple[Example, ...]:
    return tuple(
        Example(path)
        for path in sorted(ROOT.glob("*/*/*/*.json"))
        if not path.name.endswith(".facts.json") and kind in (None, path.parent.name)
    )
