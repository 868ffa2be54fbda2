"""Write findings for people and machines: text, JSON, JUnit, SARIF, GitHub, Markdown, HTML.

Every command with findings passes `Checked` records to `render`. A format is a module with one
function, imported when it is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

from sellerspec.errors import UnknownName
from sellerspec.io.files import shown
from sellerspec.model import Finding, Fix
from sellerspec.reporting.excerpt import WIDTH
from sellerspec.reporting.fingerprints import fingerprint, fingerprints
from sellerspec.reporting.places import located
from sellerspec.reporting.records import Checked, Count, Failed, Table, count, failed

FORMATS = {
    "text": "text:text",
    "json": "as_json:as_json",
    "junit": "junit:junit",
    "sarif": "sarif:sarif",
    "github": "github:github",
    "markdown": "markdown:markdown",
    "html": "html:html",
}
"""Name of a format -> module and function in this package."""


def render(
    form: str,
    checked: Sequence[Checked],
    failures: Sequence[Failed] = (),
    *,
    tables: Sequence[Table] = (),
    quiet: bool = False,
    colour: bool = False,
    width: int = WIDTH,
) -> str:
    """Return all findings in one of `FORMATS`, ending in a line feed.

    Args:
        form: the name of the format.
        checked: what was checked, in the order of the output.
        failures: what could not be checked.
        tables: shown by `html` and `markdown`; the other formats leave them out.
        quiet: whether `text` has the line of each finding and nothing else.
        colour: whether `text` has colours.
        width: of the lines of a payload that `text` shows, in characters.

    Raises:
        UnknownName: the format is not known.
    """
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    module, _, name = FORMATS[form].partition(":")
    function = getattr(import_module(f"{__name__}.{module}"), name)
    checked = [discreet_checked(one) for one in checked]
    failures = [one._replace(name=shown(one.name)) for one in failures]
    options: dict[str, dict[str, Any]] = {
        "text": {"quiet": quiet, "colour": colour, "width": width},
        "html": {"tables": tables},
        "markdown": {"tables": tables},
    }
    written: str = function(checked, failures, **options.get(form, {}))
    return written


def discreet_checked(checked: Checked) -> Checked:
    """Return what was checked with nothing in its name, findings and fixes that may not be shown."""
    name = shown(checked.name)
    findings = checked.report.findings
    if not findings:
        return checked._replace(name=name)
    suggesting = tuple(replace(one, suggest=partial(_fixes, one.suggest, checked)) for one in findings)
    report = replace(checked.report, findings=suggesting)
    from sellerspec.reporting.discreetly import discreetly  # what has no findings does not need it

    report = discreetly(report)
    return checked._replace(name=name, report=report)


def _fixes(
    suggest: Callable[[Finding], tuple[Fix, ...]], checked: Checked, finding: Finding
) -> tuple[Fix, ...]:
    """Return the fixes of a finding as they may be shown."""
    fixes = suggest(finding)
    if not fixes:
        return ()
    from sellerspec.reporting.hide import discreet_fix  # loads the scrubber

    return tuple(discreet_fix(fix, checked.text, checked.report.operation) for fix in fixes)


__all__ = [
    "FORMATS",
    "Checked",
    "Count",
    "Failed",
    "Table",
    "count",
    "discreet_checked",
    "failed",
    "fingerprint",
    "fingerprints",
    "located",
    "render",
]
