"""Read the settings of a project: the table `[tool.sellerspec]` of its `pyproject.toml`."""

from dataclasses import dataclass, fields
from pathlib import Path

from sellerspec.errors import ParseError, UnknownName
from sellerspec.model import Json


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
    """The marketplace of recorded calls where neither host, recorder nor folder name it."""

    ignored_urls: tuple[str, ...] = ()
    """Hosts, or hosts and beginnings of paths, of recorded calls that need no operation of a spec."""

    file: str = ""
    """Path of the `pyproject.toml`; "" if there is none."""


KEYS = tuple(field.name for field in fields(Settings) if field.name != "file")
"""The names that a table may have."""

TABLES = ("pytest", "sandbox", "record", "cassettes", "fuzz", "waivers")
"""Tables below `[tool.sellerspec]` that other modules read."""


def find(start: Path | None = None) -> Path | None:
    """Return the nearest `pyproject.toml`, from `start` (the working folder) upward."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
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
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParseError(f"not readable: {error}", name=str(path)) from None
    if "sellerspec" not in text:
        return {}, ""
    import tomllib  # most projects have no table of ours, and need not load it

    try:
        value = tomllib.loads(text).get("tool", {}).get("sellerspec")
    except tomllib.TOMLDecodeError as error:
        raise ParseError(f"not TOML: {error}", name=str(path)) from None
    if value is None:
        return {}, ""
    if not isinstance(value, dict):
        raise ParseError("`tool.sellerspec` is not a table", name=str(path))
    return value, str(path)


def read(start: Path | None = None) -> Settings:
    """Return the settings of the project around `start` (the working folder).

    Raises:
        ParseError: the file is not TOML, there is no such setting, or a value has the wrong type.
    """
    values, file = table(start)
    out: dict[str, Json] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name in TABLES and isinstance(value, dict):
            continue
        if name not in KEYS:
            unknown = UnknownName("setting", key, (*KEYS, *TABLES))
            raise ParseError(str(unknown), name=f"{file}: [tool.sellerspec]")
        out[name] = _value(name, value, file)
    if "overlays" in out:
        out["overlays"] = tuple(str(Path(file).parent / overlay) for overlay in out["overlays"])
    return Settings(**out, file=file)


_KINDS = {
    "strict": (bool, "true or false"),
    "engine": (str, "a string"),
    "seller": (str, "a string"),
    "overlays": (str, "a list of strings"),
    "inventory_types": (str, "a list of strings"),
    "suppliers": (int, "a list of integers"),
    "marketplace": (str, "a string"),
    "ignored_urls": (str, "a list of strings"),
}
"""Setting -> its type (of a list, the type of its items), and the type in words."""


def _value(name: str, value: Json, file: str) -> Json:
    kind, expected = _KINDS[name]
    if expected.startswith("a list"):
        fits = isinstance(value, list) and all(type(item) is kind for item in value)
        value = tuple(value) if fits else value
    else:
        fits = type(value) is kind
    if not fits:
        raise ParseError(f"[tool.sellerspec] `{name}` is not {expected}", name=file)
    return value
