"""Convert a cell to the type of its member, or say what is wrong with it."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from sellerspec.bulk.tables.columns import Member
from sellerspec.io.cells import CLEAN_CODE, ERROR, FORMULA, Odd, clean, control_character, unclean
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import CELL_CHANGED, CELL_CLEAN, CELL_READABLE, Common
from sellerspec.model import Json, Severity


class Fault(NamedTuple):
    """What is wrong with a cell or a row."""

    rule: Common
    message: str
    meant: str | None = None
    """The text of the cell that means the same for certain and has no fault, if there is one."""


CELL_CHANGED_PERHAPS = Common(CELL_CHANGED.id, CELL_CHANGED.requirement, Severity.WARNING)

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_TRUTH = {"true": True, "false": False, "1": True, "0": False}

_ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)")
_KEPT_ZEROS = re.compile(r"=\s*\"(.*)\"", re.DOTALL)
_SCIENTIFIC = re.compile(r"[+-]?[0-9]([.,][0-9]+)?[Ee][+-][0-9]{1,3}")
_MIDNIGHT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]00:00(:00(\.0+)?)?Z?")
_MONTHS = "Jan|Feb|Mar|Apr|May|Mei|Jun|Jul|Aug|Agu|Agt|Sep|Oct|Okt|Nov|Dec|Des|Thg ?[0-9]{1,2}"
_DATE = re.compile(
    rf"[0-9]{{1,2}}-({_MONTHS})(-[0-9]{{2,4}})?|({_MONTHS})-[0-9]{{2}}"
    r"|(19|20)[0-9]{2}([/.])[0-9]{1,2}\5[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\6(19|20)[0-9]{2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
)
"""Dates as spreadsheets show them, in English, Indonesian and Vietnamese."""

KEPT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps; it writes zeros for the others."""

_CUT_OFF = re.compile(rf"[1-9][0-9]{{{KEPT_DIGITS - 1}}}0+")

LOST = "\ufffd"
"""What stands in place of a character that could not be read, or written."""

LOST_CHARACTER = "U+FFFD, which stands for a lost character; save the file as CSV UTF-8 again"

_AS_TEXT = "store the cell as text and type the value again"


def typed(cell: Any, member: Member) -> Json | Fault:
    """Return a cell in the type of its member, None if it is empty, or what is wrong with it.

    A value that is not of the type is returned as it is: the schema says what is wrong with it.
    """
    if isinstance(cell, str):
        return (_fault(cell, member) or _of_text(cell, member)) if cell else None
    if cell is None:
        return None
    if isinstance(cell, Odd):
        return _odd(cell, member)
    if isinstance(cell, list):
        return cell if member.kind == "list" else _fault_of(CELL_READABLE, "one value", "a list")
    return _of_value(cell, member)


def _odd(cell: Odd, member: Member) -> Json | Fault:
    if cell.kind == "date":
        if member.kind == "date":
            return cell.value
        return _fault_of(CELL_CHANGED, _expected(member), f"{cell.why}; {_AS_TEXT}")
    if cell.kind == "number":
        if member.kind not in ("text", "list", "date"):
            return cell.value
        return _fault_of(CELL_CHANGED, _expected(member), f"{cell.why}; {_AS_TEXT}")
    return _fault_of(CELL_READABLE, "a plain value", cell.why)


def _expected(member: Member) -> str:
    expected = {"text": "text", "list": "text", "date": "a date", "boolean": "TRUE or FALSE"}
    return expected.get(member.kind, "a number")


def _fault_of(rule: Common, required: str, got: str) -> Fault:
    return Fault(rule, f"the cell must hold {required}, got {got}")


def _of_value(value: Any, member: Member) -> Json | Fault:
    """Return a number or a truth value in the type of its member."""
    is_text = member.kind in ("text", "list", "date")
    if isinstance(value, bool):
        got = f"{str(value).upper()}; {_AS_TEXT}"
        return _fault_of(CELL_CHANGED, _expected(member), got) if is_text else value
    if is_text:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return [text] if member.kind == "list" else text
    return _number(value) if isinstance(value, Decimal) else value


def _number(value: Decimal) -> Json | Fault:
    """Return a decimal number as JSON, if JSON readers keep all its digits."""
    if value == value.to_integral_value() and abs(value) < 1 << 63:
        return int(value)
    number = float(value)
    if Decimal(repr(number)) == value:
        return number
    required = "a number that JSON keeps exactly"
    return _fault_of(CELL_READABLE, required, f"{value:f}"[:60] + f", of which JSON keeps {number!r}")


def _of_text(text: str, member: Member) -> Json:
    if member.kind == "list":
        return [part.strip() for part in text.split(member.separator) if part.strip()]
    stripped = text.strip()
    if member.kind == "integer" and _INTEGER.fullmatch(stripped):
        return int(stripped)
    if member.kind == "number" and _NUMBER.fullmatch(stripped):
        return float(stripped) if "." in stripped else int(stripped)
    if member.kind == "boolean":
        return _TRUTH.get(stripped.lower(), text)
    return text


def _fault(text: str, member: Member) -> Fault | None:
    """Return what is wrong with the text of a cell."""
    if text[0] in "=#" or not text.isprintable() or LOST in text:
        fault = _suspect_fault(text)
        if fault is not None:
            return fault
    if member.kind == "list" and member.is_code:
        parts = (_code_fault(part.strip(" ")) for part in text.split(member.separator) if part)
        fault = next(filter(None, parts), None)
        return fault and fault._replace(meant=None)  # it is about one part
    if member.kind != "text":
        return None
    if ("E" in text or "e" in text) and _SCIENTIFIC.fullmatch(text):
        got = f"`{text}`, a long number without its last digits; {_AS_TEXT}"
        return _fault_of(CELL_CHANGED, "text", got)
    return _code_fault(text) if member.is_code else None


def _suspect_fault(text: str) -> Fault | None:
    """Return what is wrong with a formula, an error of Excel, or a text with a control character."""
    kept = _KEPT_ZEROS.fullmatch(text)
    if kept is not None:
        got = f"a formula around {quoted(kept[1])}; write the value alone, in a cell of text"
        return _fault_of(CELL_CHANGED, "a plain value", got)
    if text[0] == "=":
        return _fault_of(CELL_READABLE, "a plain value", FORMULA.why)
    if _ERRORS.fullmatch(text):
        return _fault_of(CELL_READABLE, "a plain value", ERROR.why)
    if LOST in text:
        return _fault_of(CELL_CLEAN, "the characters that were typed", LOST_CHARACTER)
    control = control_character(text)
    return _fault_of(CELL_CLEAN, "no control character", control) if control is not None else None


def _code_fault(text: str) -> Fault | None:
    """Return what is wrong with the text of a code."""
    problem = unclean(text)
    if problem is not None:
        bare = clean(text)
        # the same text if characters are gone from its ends alone
        return _fault_of(CELL_CLEAN, CLEAN_CODE, problem)._replace(meant=bare if bare in text else None)
    if text.isalnum():
        return _changed_word(text)
    if text[0] == "'":
        got = "a `'` at its beginning, with which a spreadsheet marks text"
        return _fault_of(CELL_CHANGED_PERHAPS, "a code", got)
    if _MIDNIGHT.fullmatch(text):
        return _fault_of(CELL_CHANGED, "a code", f"the date and time `{text}`; {_AS_TEXT}")
    if _DATE.fullmatch(text):
        return _fault_of(CELL_CHANGED_PERHAPS, "a code", f"`{text}`, perhaps a code that was made a date")
    return None


def _changed_word(text: str) -> Fault | None:
    """Return what a spreadsheet may have changed in a code of letters and digits alone."""
    if text in ("TRUE", "FALSE"):
        got = f"`{text}`, perhaps a code that was made a truth value"
        return _fault_of(CELL_CHANGED_PERHAPS, "a code", got)
    if len(text) > KEPT_DIGITS and _CUT_OFF.fullmatch(text):
        got = f"`{text[:40]}`, perhaps a number of which a spreadsheet kept {KEPT_DIGITS} digits"
        return _fault_of(CELL_CHANGED_PERHAPS, "a code", got)
    return None


_KEY = Member(("code",), of_row=False)


def group_key(cell: Any) -> tuple[str | None, Fault | None]:
    """Return the key in a cell of the group's column, None if there is none, and what is wrong with it."""
    if isinstance(cell, Odd) and cell.kind == "merged":
        return None, None
    value = typed(cell, _KEY)
    if not isinstance(value, Fault):
        return (None, None) if value is None else (clean(str(value)), None)
    plain = cell.value if isinstance(cell, Odd) else cell
    return (None if plain is None else clean(str(plain)) or None), value
