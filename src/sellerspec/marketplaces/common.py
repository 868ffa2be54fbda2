"""Requirements that hold for every marketplace, because they are about HTTP and the spec itself."""

from dataclasses import replace

from sellerspec.model import Basis, Finding, Severity, Source

_SOURCE = Source("sellerspec", "the spec", Basis.INFERRED)


class Common:
    """A rule of every exchange; call it with what is wrong to get the finding."""

    def __init__(self, id: str, requirement: str, at: str, severity: Severity) -> None:
        self.id = id
        self.requirement = requirement
        self.severity = severity
        self._finding = Finding(id, severity, at, requirement, Basis.INFERRED, _SOURCE)

    def __call__(self, says: str, at: str | None = None) -> Finding:
        """Return the finding."""
        return replace(self._finding, message=says, pointer=self._finding.pointer if at is None else at)


STATUS_DOCUMENTED = Common(
    "sellerspec.answer-status",
    "an answer has a status that the spec knows for its operation",
    "/response/status",
    Severity.WARNING,
)

BODY_READABLE = Common(
    "sellerspec.body-readable",
    "a body that is meant to be JSON is JSON, without doubt: UTF-8, no member twice",
    "/request/body",
    Severity.ERROR,
)

METHOD_KNOWN = Common(
    "sellerspec.method",
    "a path is called with a method that the spec knows for it",
    "/request/method",
    Severity.ERROR,
)

LINE_READABLE = Common(
    "sellerspec.line-readable",
    "each line of a catalogue is one JSON value, without doubt: UTF-8, no member twice",
    "",
    Severity.ERROR,
)

SKU_ONCE = Common(
    "sellerspec.catalogue-sku",
    "a `sku` stands in one line of a catalogue, also when it is spread over several files",
    "/variants/0/sku",
    Severity.ERROR,
)

OPTIONS_ONCE = Common(
    "sellerspec.catalogue-options",
    "a product that is spread over lines (same category and name) has each option combination once",
    "/variants/0/option1",
    Severity.ERROR,
)

IMAGE_ONCE = Common(
    "sellerspec.catalogue-image",
    "two products of a catalogue do not have the same main picture",
    "/image",
    Severity.WARNING,
)

CELL_READABLE = Common(
    "sellerspec.cell-readable",
    "a cell of a table holds a value of the type that its column is for, not a formula and not an error",
    "",
    Severity.ERROR,
)

COMMON = (
    STATUS_DOCUMENTED,
    BODY_READABLE,
    METHOD_KNOWN,
    LINE_READABLE,
    SKU_ONCE,
    OPTIONS_ONCE,
    IMAGE_ONCE,
    CELL_READABLE,
)
