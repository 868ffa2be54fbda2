"""Read the settings of a project: the table `[tool.sellerspec]` of its `pyproject.toml`."""

import re
from dataclasses import dataclass, fields
from math import isfinite
from os.path import isfile
from pathlib import Path

from sellerspec.errors import ParseError, UnknownName
from sellerspec.io import resources, strict
from sellerspec.io.extent import bounded
from sellerspec.io.files import read_bytes, shown
from sellerspec.model import Json
from sellerspec.schema import engine


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project. In TOML a name may be written with `-` or `_`."""

    overlays: tuple[str, ...] = ()
    """Absolute paths of OpenAPI Overlay files; `pyproject.toml` has them relative to itself."""

    strict: bool = False
    """Whether warnings count as errors."""

    engine: str | None = None
    """`jsonschema-rs` or `jsonschema`."""

    seller: str | None = None
    """The kind of seller: `vietnam` or `global`."""

    inventory_types: tuple[str, ...] | None = None
    """The inventory types that the seller has registered."""

    suppliers: tuple[int, ...] | None = None
    """The seller's registered suppliers."""

    marketplace: str | None = None
    """The marketplace of recorded calls where neither host, recorder nor folder name it, and which of two
    generations of its API a payload is for that names none."""

    ignored_urls: tuple[str, ...] = ()
    """Hosts, or hosts and beginnings of paths, of recorded calls that need no operation of a spec."""

    keep: tuple[str, ...] = ()
    """Members that cassettes and logs keep although no contract knows them: `brand`, `shop.city`."""

    file: str = ""
    """Path of the `pyproject.toml`; "" if there is none."""


_NAMES = (*(field.name for field in fields(Settings) if field.name != "file"), "waivers")
"""The names that the table may have."""

_MOST_BYTES = 4 * 1024 * 1024
"""Largest `pyproject.toml`."""

_MOST_LEVELS = 100
_MOST_DOTS = 10_000
"""Most dots of one line; the parser takes quadratic time for a name of many parts."""


def find(start: Path | None = None) -> Path | None:
    """Return the nearest `pyproject.toml`, from `start` (the working folder) upward."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if isfile(path):
            return path
    return None


def table(start: Path | None = None) -> tuple[dict[str, Json], str]:
    """Return the table `[tool.sellerspec]` of the project around `start`, and the path of its file.

    Without such a table both are empty.

    Raises:
        ParseError: the file is not TOML, or `sellerspec` is not a table.
    """
    path = find(start)
    if path is None:
        return {}, ""
    name = shown(str(path))
    try:
        value = _table(read_bytes(path, most=_MOST_BYTES))
    except ParseError as error:
        raise error.named(name) from None
    return value, name if value else ""


def _table(data: bytes) -> dict[str, Json]:
    text = strict.decode_utf8(data)
    if "seller" not in text.lower():
        return {}
    import tomllib  # most projects have no table of ours, and need not load it

    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ParseError(f"not TOML: a line has more than {_MOST_DOTS:,} dots")
    try:
        document = tomllib.loads(text)
        bounded(document, "its tables", "it contains itself", depth=_MOST_LEVELS)
    except RecursionError:
        raise ParseError(f"not TOML: nested deeper than {_MOST_LEVELS} levels") from None
    except ValueError as error:  # also of an integer with too many digits
        raise ParseError(f"not TOML: {str(error)[:160]}") from None
    tool = document.get("tool", {})
    _refuse_nearly_ours(document, tool)
    value = tool.get("sellerspec", {}) if isinstance(tool, dict) else {}
    if not isinstance(value, dict):
        raise ParseError("`tool.sellerspec` is not a table")
    return value


def _refuse_nearly_ours(document: dict[str, Json], tool: Json) -> None:
    """Refuse a table whose name is nearly that of ours: nobody would read its settings.

    Raises:
        ParseError: there is one.
    """
    for place, tables in (("", document), ("tool.", tool), ("tools.", document.get("tools"))):
        for name in tables if isinstance(tables, dict) else ():
            if f"{place}{name}" != "tool.sellerspec" and _NEARLY.fullmatch(name):
                raise ParseError(f"[{place}{name}] is not read; did you mean [tool.sellerspec]?")


_NEARLY = re.compile(r"sellers?[-_ .]?specs?", re.IGNORECASE)


def read(start: Path | None = None) -> Settings:
    """Return the settings of the project around `start` (the working folder).

    Raises:
        ParseError: the file is not TOML, there is no such setting, or a value does not fit
            `schemas/sellerspec/settings.json`.
    """
    values, file = table(start)
    if not values:
        return Settings()
    out: dict[str, Json] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in _NAMES:
            unknown = UnknownName("setting", key, _NAMES)
            raise ParseError(str(unknown), name=f"{file}: [tool.sellerspec]")
        if name in out:
            raise ParseError(f"`{name}` is given twice, with `-` and with `_`", name=file)
        out[name] = value
    _require_types(out, file)
    out.pop("waivers", None)  # `contract.waivers` reads them
    if "overlays" in out:
        out["overlays"] = [str(Path(file).parent / overlay) for overlay in out["overlays"]]
    lists = {name: tuple(value) for name, value in out.items() if isinstance(value, list)}
    return Settings(**{**out, **lists}, file=file)


def _require_types(values: dict[str, Json], file: str) -> None:
    from sellerspec.schema.violations import CompiledSchema  # a project without our table starts without it

    schema = resources.read_json(resources.data_dir("schemas") / "sellerspec" / "settings.json")
    compiled = CompiledSchema(schema, formats={}, engine=engine.default())
    for violation in compiled.violations({name: _json(value) for name, value in values.items()}):
        raise ParseError(f"[tool.sellerspec] {violation.message}", name=file)


def _json(value: Json) -> Json:
    """Return a value of TOML as JSON: dates, times, infinities and huge integers as text."""
    if isinstance(value, dict):
        return {name: _json(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, int):
        return value if -(1 << 63) <= value < 1 << 63 else hex(value)[:40]
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    return value if isinstance(value, str) else str(value)
