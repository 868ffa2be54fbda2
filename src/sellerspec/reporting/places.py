"""Give findings their line and column, in JSON and in YAML."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from sellerspec.errors import ParseError
from sellerspec.io import pointers, strict
from sellerspec.model import Json, Path, Report


class Places(Protocol):
    """Says where each value of a text stands; `strict.places` and `yaml_places` give one."""

    def find(self, path: Path) -> tuple[int, int]:
        """Return line and column, both from 1, of the value at `path` or the nearest around it."""


def located(report: Report, text: str, *, exchange: bool = False, first_line: int = 1) -> Report:
    """Return a report whose findings carry line and column in a JSON text.

    A missing member has the place of the object it is missing in.

    Args:
        report: about the value of `text`.
        text: the JSON text; it has been decoded before.
        exchange: whether the text is an exchange file and the pointers lead into an exchange.
        first_line: the line of a larger file (JSONL, a table) at which the text starts.
    """
    if not report.findings:
        return report
    value = strict.decode(text)
    turn = _in_exchange_file(value) if exchange else _as_it_is
    return placed(report, strict.places(text), value, turn=turn, first_line=first_line)


def located_yaml(report: Report, text: str) -> Report:
    """Return a report whose findings carry line and column in a YAML text."""
    if not report.findings:
        return report
    return placed(report, yaml_places(text), strict.decode_yaml(text))


def placed(
    report: Report,
    places: Places,
    value: Json,
    *,
    turn: Callable[[Path], Path] = lambda path: path,
    first_line: int = 1,
) -> Report:
    """Return a report whose findings carry the line and column that `places` gives.

    Args:
        report: about `value`, or about what `turn` leads to.
        places: of the text that `value` was read from.
        value: the decoded text.
        turn: leads from the path of a finding to the path in `value`.
        first_line: the line at which the text starts in its file.
    """
    found = []
    for finding in report.findings:
        line, column = places.find(pointers.typed(turn(pointers.split(finding.pointer)), value))
        found.append(replace(finding, line=line + first_line - 1, column=column))
    return replace(report, findings=tuple(found))


def _as_it_is(path: Path) -> Path:
    return path


def _in_exchange_file(value: Json) -> Callable[[Path], Path]:
    """Return what leads from a place in an exchange to its place in an exchange file."""

    def turn(path: Path) -> Path:
        match path:
            case ("request" | "response" as side, "body", *rest):
                return (f"{side}_body", *rest)
            case ("request" | "response" as side, "headers", name, *_):
                headers = value.get(f"{side}_headers") or {}
                own = next((header for header in headers if header.lower() == str(name).lower()), name)
                return (f"{side}_headers", own)
            case ("response", "status"):
                return ("status",)
            case ("request", "method"):
                return ("method",)
            case ("request", "query" | "path", *_):
                return ("url",)
        return ()

    return turn


def yaml_places(text: str) -> "YamlPlaces":
    """Return where each value of a YAML text stands; an alias stands where its anchor does.

    Raises:
        ParseError: it is not YAML.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return YamlPlaces(yaml.compose(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ParseError(f"not YAML: {error.problem or error.context}", line=line, column=column) from None


class YamlPlaces:
    """Where each value of a YAML text stands; walks when asked, so that aliases cost nothing."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def find(self, path: Path) -> tuple[int, int]:
        """Return line and column, both from 1, of the value at `path` or the nearest around it."""
        node = self._root
        if node is None:
            return 1, 1
        for part in path:
            below = _below(node, part)
            if below is None:
                break
            node = below
        return node.start_mark.line + 1, node.start_mark.column + 1


def _below(node: Any, part: str | int) -> Any:
    if node.id == "sequence":
        return node.value[part] if isinstance(part, int) and part < len(node.value) else None
    if node.id == "mapping":
        return next((value for key, value in node.value if key.value == str(part)), None)
    return None
