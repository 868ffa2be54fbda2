"""Make placeholders: equal secrets have the same placeholder, which does not reveal the secret.

Without a key they are numbered: the first secret of a cassette named `token` is `SCRUBBED-token-1`. A
new recording changes a placeholder only if the secrets before it changed, and no key must be stored.
With a key (`SELLERSPEC_SCRUB_KEY`) a keyed hash replaces the number, so that a secret has the same
placeholder in all cassettes.

A placeholder keeps the form of its secret: digits stay digits with the signs between them, a date
stays a date, base64 stays base64 of the same length, an e-mail address or a URL stays one. Where the
contract asks for a form, the placeholder that has it is taken.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

MARK = "SCRUBBED"
YEAR = 1900
"""The year of a date that is a placeholder."""

_BASE64 = re.compile(
    r"(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z0-9])(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4}={0,2}"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?=[^0-9]*[0-9])[0-9a-fA-F]{16,}")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,15})://\S+")
DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DAY_FIRST = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{4}")
_NUMBER = 9_900_000_000
_NUMBERS = range(_NUMBER, _NUMBER + 100_000)

_MARKED = (
    MARK + r"([-/])([A-Za-z0-9_]{0,20}?)\1([0-9a-f]{8}|[0-9]{1,7})(?![0-9a-f])(?:\1[-A/]{0,19000}={0,2}|-*)"
)
_MAILED = r"scrubbed-[0-9a-f]{1,8}@example\.invalid"
_LINKED = r"[A-Za-z][A-Za-z0-9+.-]{1,15}://scrubbed-[0-9a-f]{1,8}\.example\.invalid/?"
_DATED = r"1900-[0-9]{2}-[0-9]{2}(?:[T ]00:00(?::00(?:\.0{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_DATED_DAY_FIRST = r"[0-9]{2}[/.-][0-9]{2}[/.-]1900"
_UNIQUE = r"00000000-0000-4000-8000-0{4,11}[0-9]{1,8}"
_ZEROS = r"(?:0[ ().,+/:\u00a0\u202f-]{0,3}){3,60}[0-9]{1,5}"
# not within a longer number or key: `0912 000 111`, `xoxb-0000-…`
_BEFORE = r"(?<![0-9A-Za-z])(?<![0-9)][ .()/:+\u00a0-])(?<![0-9)][ .(-][ (.-])(?<![A-Za-z][._-])"
_AFTER = r"(?![0-9A-Za-z])(?![ .()/:\u00a0-][0-9(])(?![._-][A-Za-z])"
PLACEHOLDER = re.compile(
    f"{_MARKED}|{_MAILED}|{_LINKED}|{_BEFORE}(?:{_UNIQUE}|{_DATED}|{_DATED_DAY_FIRST}|0{{3,500}}[0-9]{{1,5}}"
    f"|{_ZEROS}){_AFTER}"
)
"""A placeholder in a text."""

_NO_LETTERS = re.compile(r"[^\w]{0,60}[0-9][^a-zA-Z_]*")


class Placeholders:
    """The placeholders of one cassette, or of one project with a key."""

    def __init__(self, key: bytes | None = None, *, taken: int = 0) -> None:
        """Start without secrets; numbers up to `taken` are in use."""
        self._key = key
        self._taken = self._count = taken
        self._ids: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def begin(self) -> None:
        """Number the secrets anew."""
        self._count = self._taken
        self._ids.clear()
        self._texts.clear()

    def of_text(self, name: str, secret: str, fits: Callable[[str], int] = lambda _: 0) -> str:
        """Return the placeholder of a text, which contains the first name of the secret.

        Args:
            name: of the member.
            secret: the text.
            fits: returns how many of the forms that a contract asks for a text has.
        """
        if secret not in self._texts:
            id = self._id(secret)
            label = re.sub(r"[^A-Za-z0-9_]", "_", name)[:20]
            forms = [form for form in _forms(label, id, secret) if is_placeholder(form)]
            best = max(forms, key=fits)  # the first of equals
            wanted = fits(secret)
            if wanted and fits(best) < wanted:
                best = max((*forms, *_others(id, secret)), key=fits)
            self._texts[secret] = best
        return self._texts[secret]

    def of_number(self, secret: int | float) -> int | float:
        """Return the placeholder of a number, in its type."""
        id = self._id(str(secret))
        number = _NUMBER + int(id, 16 if self._key else 10) % 100_000
        return float(number) if isinstance(secret, float) else number

    def _id(self, secret: str) -> str:
        if secret not in self._ids:
            if self._key:
                self._ids[secret] = hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()[:8]
            else:
                self._count += 1
                self._ids[secret] = str(self._count)
        return self._ids[secret]


def _forms(label: str, id: str, secret: str) -> Iterator[str]:
    """Yield placeholders that have the form of a secret, the best one first."""
    digits = str(int(id, 16) % 100_000) if len(id) == 8 else id
    if _EMAIL.fullmatch(secret):
        yield f"scrubbed-{id}@example.invalid"
    elif address := _ADDRESS.fullmatch(secret):
        yield f"{address[1]}://scrubbed-{id}.example.invalid/"
    elif dated := DATE.fullmatch(secret):
        yield _day(digits) + re.sub("[0-9]", "0", (dated["time"] or "").partition("+")[0])
        yield _day(digits)
    elif day_first := _DAY_FIRST.fullmatch(secret):
        year, month, day = _day(digits).split("-")
        yield day_first[1].join((day, month, year))
    elif _UUID.fullmatch(secret):
        yield f"00000000-0000-4000-8000-{digits.rjust(12, '0')}"
    elif _NO_LETTERS.fullmatch(secret) and len(secret) <= 60:
        yield _digits(secret, digits)
    elif _HEX.fullmatch(secret):
        yield digits.rjust(len(secret), "0")
    elif len(secret) >= 24 and _BASE64.fullmatch(secret):
        yield _base64(label, id, secret)
    shown = f"{MARK}-{label}-{id}"
    yield shown + "-" * (len(secret) - len(shown)) if len(secret) >= 24 and " " not in secret else shown


def _base64(label: str, id: str, secret: str) -> str:
    """Return base64 of the length of a secret, with as many signs at its end."""
    end = secret[len(secret.rstrip("=")) :]
    start = f"{MARK}/{label.replace('_', '')}/{id}/"
    return start + "A" * (len(secret) - len(start) - len(end)) + end


def _others(id: str, secret: str) -> Iterator[str]:
    """Yield placeholders of every other form that a contract may ask for."""
    digits = str(int(id, 16) % 100_000) if len(id) == 8 else id
    day = _day(digits)
    if len(secret) >= 24:
        yield _base64("", id, secret)
    yield from (
        digits.rjust(len(secret), "0"),
        f"{MARK}--{id}",
        digits.rjust(len(digits) + 3, "0"),
        f"https://scrubbed-{id}.example.invalid/",
        f"scrubbed-{id}@example.invalid",
        day,
        f"{day} 00:00:00",
        f"{day}T00:00:00Z",
        f"0.00,000.{digits}",
    )


def _day(digits: str) -> str:
    return str(date(YEAR, 1, 1) + timedelta(days=int(digits) % 365))


def _digits(secret: str, digits: str) -> str:
    """Return a text without letters with zeros for its digits, and the number at the end."""
    count = sum(map(str.isdigit, secret))
    if count < len(digits) + 3:
        return digits.rjust(len(digits) + 3, "0")
    shown = iter(digits.rjust(count, "0"))
    return "".join(next(shown) if char.isdigit() else char for char in secret)


def is_placeholder(value: object) -> bool:
    """Return whether a value is a placeholder, or empty."""
    if isinstance(value, str):
        bare = value.partition(" ")[2] if value[:7].lower() in ("bearer ", "basic s") else value
        bare = bare.lstrip("(+-")
        return not bare.strip() or PLACEHOLDER.fullmatch(bare) is not None
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and value == value and abs(value) < 1e12 and int(value) in _NUMBERS


def split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether each is a placeholder."""
    at = 0
    if MARK in text or "scrubbed-" in text or "00" in text:
        for part in PLACEHOLDER.finditer(text):
            yield text[at : part.start()], False
            yield part[0], True
            at = part.end()
    yield text[at:], False


_TAKEN = re.compile(
    rf"{_MARKED}|scrubbed-([0-9]{{1,6}})[@.]example|{_BEFORE}0{{3,500}}([1-9][0-9]{{0,4}})(?![0-9])"
    r"|99000([0-9]{5})(?![0-9])|1900-([0-9]{2})-([0-9]{2})"
)


def numbers(text: str) -> int:
    """Return the highest number of a placeholder in a text, 0 if there is none."""
    highest = 0
    for found in _TAKEN.finditer(text):
        _, _, marked, linked, zeros, number, month, _ = found.groups()
        digits = str(31 * int(month)) if month else marked or linked or zeros or number
        if digits.isdigit() and int(digits) < 100_000:
            highest = max(highest, int(digits))
    return highest


def unnumbered(text: str) -> str:
    """Return a text with the numbers removed from its placeholders.

    Each recording numbers its secrets anew, so a live request and a recorded one may differ in them.
    """
    text = PLACEHOLDER.sub(_unnumbered, text)
    return re.sub(r"(?<![0-9.])99000[0-9]{5}(?![0-9.])", "0000", text)


def _unnumbered(found: re.Match[str]) -> str:
    if found[2] is not None:
        return f"{MARK}-{found[2].replace('_', '')}"
    if "example" in found[0]:
        return "scrubbed@example.invalid"
    return "1900" if "1900" in found[0] else "0000"
