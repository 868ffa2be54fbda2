"""Shared by all marketplaces: functions with which rules read values, and rules of every marketplace."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from sellerspec.model import Basis, Finding, Json, Severity, Source

OURS = "[sellerspec] "
"""Prefix of a refusal's text that no source shows as the marketplace's own."""

Place = TypeVar("Place")


def own_words(finding: Finding) -> str:
    """Return the text of a finding in a refusal, marked as ours."""
    return f"{OURS}{finding.pointer or '/'}: {finding.message}"


def member(value: Json, *names: str) -> Json:
    """Return a member of nested objects; None where one of them is missing or no object."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_placeholder(value: Json) -> bool:
    """Return whether a text stands in a recording for one that was scrubbed, of which it says nothing."""
    return isinstance(value, str) and "scrubbed" in value.lower()


def repeated(keys: Iterable[tuple[Place, Hashable]]) -> Iterator[tuple[Place, Place]]:
    """Yield the place of each repeated key and the place of its first occurrence."""
    first: dict[Hashable, Place] = {}
    for place, key in keys:
        if key in first:
            yield place, first[key]
        else:
            first[key] = place


_SOURCE = Source("sellerspec", "the spec", Basis.INFERRED)


class Common:
    """A rule of every marketplace; call it with a message to make the finding."""

    def __init__(
        self, id: str, requirement: str, severity: Severity, *, pointer: str = "", hint: str | None = None
    ) -> None:
        self.id = id
        self.requirement = requirement
        self.severity = severity
        self._finding = Finding(id, severity, pointer, requirement, Basis.INFERRED, _SOURCE, hint=hint)

    def __call__(self, message: str, pointer: str | None = None) -> Finding:
        """Return the finding, at the pointer of the rule unless another is given."""
        return replace(
            self._finding, message=message, pointer=self._finding.pointer if pointer is None else pointer
        )


STATUS_DOCUMENTED = Common(
    "sellerspec.answer-status",
    "a response has a status that the spec knows for its operation",
    Severity.WARNING,
    pointer="/response/status",
)

BODY_READABLE = Common(
    "sellerspec.body-readable",
    "a body that is meant to be JSON is JSON, without ambiguity: UTF-8, no member twice",
    Severity.ERROR,
    pointer="/request/body",
)

METHOD_KNOWN = Common(
    "sellerspec.method",
    "a path is called with a method that the spec knows for it",
    Severity.ERROR,
    pointer="/request/method",
)

QUERY_KNOWN = Common(
    "sellerspec.query-known",
    "a query has only parameters that the spec knows, each once and under its plain name",
    Severity.WARNING,
    pointer="/request/query",
)

PATH_ENCODED = Common(
    "sellerspec.path-encoded",
    "a value in a path is percent-encoded: a blank is `%20`, a slash is `%2F`",
    Severity.WARNING,
    pointer="/request/path",
)

NUMBER_WHOLE = Common(
    "sellerspec.number-with-fraction",
    "an integer is sent without a fraction: `5000`, not `5000.0`",
    Severity.WARNING,
)

FACT_USABLE = Common(
    "sellerspec.fact-usable",
    "a fact that is given can be read, and is of the same order or category as the payload",
    Severity.WARNING,
    pointer="",
)

LINE_READABLE = Common(
    "sellerspec.line-readable",
    "each line of a catalogue is one JSON value, without ambiguity: UTF-8, no member twice",
    Severity.ERROR,
)

SKU_ONCE = Common(
    "sellerspec.catalogue-sku",
    "a `sku` stands in one line of a catalogue, also when it is spread over several files",
    Severity.ERROR,
    pointer="/variants/0/sku",
)

OPTIONS_ONCE = Common(
    "sellerspec.catalogue-options",
    "a product that is spread over lines (same category and name) has each option combination once",
    Severity.ERROR,
    pointer="/variants/0/option1",
)

IMAGE_ONCE = Common(
    "sellerspec.catalogue-image",
    "two products of a catalogue do not have the same main picture",
    Severity.WARNING,
    pointer="/image",
)

CELL_READABLE = Common(
    "sellerspec.cell-readable",
    "a cell of a table holds a value of the type that its column is for, not a formula and not an error",
    Severity.ERROR,
)

CELL_CHANGED = Common(
    "sellerspec.cell-changed",
    "a cell of a table holds what was typed: a code that a spreadsheet changed into a date, or into a number "
    "with other digits, is stored as text",
    Severity.ERROR,
)

CELL_CLEAN = Common(
    "sellerspec.cell-clean",
    "a code in a table has no blanks around it and no characters that nobody sees, and no text has control "
    "characters",
    Severity.ERROR,
)

ROW_CELLS = Common(
    "sellerspec.row-cells",
    "a row of a table has as many cells as the header, and no value in a column without a header",
    Severity.ERROR,
)

ROWS_TOGETHER = Common(
    "sellerspec.rows-together",
    "the rows of one payload follow each other, and the first of them says whose they are",
    Severity.ERROR,
)

ROW_BLANK = Common("sellerspec.row-blank", "no row between the rows of a table is blank", Severity.WARNING)

COMMON = (
    STATUS_DOCUMENTED,
    BODY_READABLE,
    METHOD_KNOWN,
    QUERY_KNOWN,
    PATH_ENCODED,
    NUMBER_WHOLE,
    FACT_USABLE,
    LINE_READABLE,
    SKU_ONCE,
    OPTIONS_ONCE,
    IMAGE_ONCE,
    CELL_READABLE,
    CELL_CHANGED,
    CELL_CLEAN,
    ROW_CELLS,
    ROWS_TOGETHER,
    ROW_BLANK,
)
