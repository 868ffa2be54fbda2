"""Reports and failures for every renderer: one clean, one with findings, one full of hostile text."""

import json

import sellerspec
from sellerspec.io import resources
from sellerspec.model import Basis, Finding, Phase, Report, Severity, Source
from sellerspec.reporting import Checked, Failed, located

INVALID = resources.data_dir("tests/examples") / "tiki/createProduct/invalid/documented-invalid.json"
NASTY = '</pre><script>alert(1)</script>|`*%0A::error::"\x1b[31m\x00\n'


def checked(name: str = "a.json", text: str | None = None, operation: str = "tiki/createProduct") -> Checked:
    text = INVALID.read_text() if text is None else text
    return Checked(name, located(sellerspec.check(operation, text), text), text)


def nasty() -> Checked:
    text = json.dumps({NASTY: NASTY, "price": 0}, ensure_ascii=True)
    source = Source("doc", NASTY, Basis.INFERRED)
    own = Finding(
        "tiki.x", Severity.ERROR, f"/{NASTY}", NASTY, Basis.INFERRED, source,
        NASTY, 400, "E", NASTY, Phase.ASYNC,
    )  # fmt: skip
    report = sellerspec.check("tiki/updateSku", text)
    both = Report(report.operation, (own, *report.findings), report.unchecked, ("tiki/updateSku",))
    return Checked(NASTY, located(both, text), text)


FAILED = (Failed("gone.json", "no such file or directory"), Failed(NASTY, NASTY, 2, 3))
ALL = (checked(), checked("clean.json", '{"price": 5}', "tiki/updateSku"), nasty())
