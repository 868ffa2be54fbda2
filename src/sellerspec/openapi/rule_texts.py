"""Read the texts of the rules that schemas state: `rules.yaml` beside the schemas.

A schema names a rule by its id (`x-rule`). The member `x-rules` at the root of a spec holds the
texts by id, or is a `$ref` to a file that holds them in groups. `schemas/sellerspec/rules.json`
describes the file and one text. A rule that cannot be checked has a text with the reason (`why_not`).

Marketplaces can share schemas. Those name a rule `*.name`, where `*` stands for the marketplace. `x-shared`
beside the `$ref` of `x-rules` is the file with the words of such rules. Each marketplace adds where it
knows the rule from, below its own id.
"""

import pathlib
from collections.abc import Iterator, Mapping

from sellerspec.errors import SpecError
from sellerspec.fix import removed
from sellerspec.io import resources
from sellerspec.model import Facts, Fix, Json, Path, Phase, Severity, Source
from sellerspec.openapi.reach import within
from sellerspec.rules import Rule, default_severity

MEMBER = "x-rules"

SHARED = "x-shared"
"""Member beside the `$ref` of `x-rules`: the file with the words of rules that marketplaces share."""

ANY = "*."
"""Begins the id of a shared rule, in place of the marketplace."""


def own_id(id: str, marketplace: str) -> str:
    """Return the id of a rule with the marketplace in place of `*`.

    >>> own_id("*.variant-sku", "tiki")
    'tiki.variant-sku'
    """
    return f"{marketplace}.{id.removeprefix(ANY)}" if id.startswith(ANY) else id


def read(raw: Json, folder: pathlib.Path, below: pathlib.Path) -> Mapping[str, Json]:
    """Return the text of each rule by its id, defaults of its group included.

    Args:
        raw: the value of `x-rules`; None if the spec has none.
        folder: the folder that a `$ref` in it is relative to.
        below: the folder that holds its file.

    Raises:
        ParseError: the file is missing or is not YAML.
        SpecError: it is no object, or its file has no groups of rules or has a rule twice.
    """
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise SpecError("`x-rules` is not an object")
    if "$ref" not in raw:
        return raw
    texts = _file(raw["$ref"], folder, below)
    shared = _file(raw[SHARED], folder, below) if SHARED in raw else {}
    return {id: _worded(id, text, shared) for id, text in texts.items()}


def _file(name: Json, folder: pathlib.Path, below: pathlib.Path) -> dict[str, Json]:
    """Return the texts of a file by their ids."""
    try:
        path = within(folder / str(name), below)
    except SpecError as error:
        raise SpecError(f"x-rules: {error}: {str(name)[:80]}") from None
    try:
        return _ungrouped(resources.read_yaml(path))
    except (AttributeError, TypeError, KeyError):
        raise SpecError(f"{path}: does not hold groups of rules") from None
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from None


def _worded(id: str, text: Json, shared: Mapping[str, Json]) -> Json:
    """Return the text of a rule; one without a `requirement` takes the shared words."""
    words = shared.get(f"{ANY}{id.partition('.')[2]}")
    return text if words is None or "requirement" in text else {**words, **text}


def _ungrouped(groups: Json) -> dict[str, Json]:
    texts: dict[str, Json] = {}
    for group in groups.values():
        defaults = {key: value for key, value in group.items() if key != "rules"}
        for id, text in group["rules"].items():
            if id in texts:
                raise SpecError(f"the rule `{id}` is in two groups")
            nested = ("source", "refusal")
            merged = {key: {**defaults.get(key, {}), **text[key]} for key in nested if key in text}
            texts[id] = {**defaults, **text, **merged}
    return texts


def rule_of(id: str, text: Json, source: Source) -> Rule:
    """Return a rule, without the operations and places of the schemas that state it.

    Raises:
        ValueError: there is no such severity or phase.
    """
    refusal = text.get("refusal", {})
    return Rule(
        id=id,
        on=tuple(text.get("operations", ())),
        requirement=text["requirement"],
        source=source,
        severity=Severity(text.get("severity", default_severity(source.status))),
        catalogue=tuple(text.get("catalogue", ())),
        phase=Phase(text.get("phase", "sync")),
        status=refusal.get("status"),
        text=refusal.get("text"),
        text_for=refusal.get("text_for"),
        code=refusal.get("code"),
        hint=text.get("hint"),
        must=text.get("must", ""),
        message=text.get("message", ""),
        missing=text.get("missing", ""),
        fixes=_DROPS[text["drop"]] if "drop" in text else None,
        why_not=text.get("why_not", ""),
    )


def _drop_safely(_: Json, path: Path, __: Facts) -> Iterator[Fix]:
    yield Fix("drop the member, which is not used here", (removed(path),), safe=True)


def _drop(_: Json, path: Path, __: Facts) -> Iterator[Fix]:
    yield Fix("drop the member, which must not be here", (removed(path),), safe=False)


_DROPS = {"safe": _drop_safely, "unsafe": _drop}
"""What `drop` of a text names -> how a violation may be fixed."""
