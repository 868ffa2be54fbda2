"""Make placeholders: equal secrets have the same placeholder, which does not reveal the secret.

Without a key they are numbered: the first secret of a cassette named `token` is `SCRUBBED-token-1`. A
new recording changes a placeholder only if the secrets before it changed, and no key must be stored.
With a key (`SELLERSPEC_SCRUB_KEY`) a keyed hash replaces the number, so that a secret has the same
placeholder in all cassettes.

A placeholder keeps the format that a contract may require: digits stay digits and base64 stays base64
of the same length, a long token keeps its length, an e-mail address stays one.
"""

import hashlib
import hmac
import re

MARK = "SCRUBBED"

_DIGITS = re.compile(r"\+?[0-9]{6,}")
_BASE64 = re.compile(
    r"(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z0-9])(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4}={0,2}"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FAKE_DIGITS = re.compile(r"\+?0{3,}[0-9]{1,5}")
_NUMBER = 9_900_000_000
_NUMBERS = range(_NUMBER, _NUMBER + 100_000)
_MARKED = re.compile(MARK + r"([-/])([A-Za-z0-9_]*?)\1([0-9a-f]{8}|[0-9]+)(?![0-9a-f])(?:\1[-A/]*={0,2}|-*)")


class Placeholders:
    """The placeholders of one cassette, or of one project with a key."""

    def __init__(self, key: bytes | None = None, *, taken: int = 0) -> None:
        """Start without secrets; numbers up to `taken` are in use."""
        self._key = key
        self._count = taken
        self._ids: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def of_text(self, name: str, secret: str) -> str:
        """Return the placeholder of a text, which contains the first name of the secret."""
        if secret not in self._texts:
            self._texts[secret] = self._made(name, secret)
        return self._texts[secret]

    def _made(self, name: str, secret: str) -> str:
        id = self._id(secret)
        label = re.sub(r"[^A-Za-z0-9_]", "_", name)[:20]
        if _EMAIL.fullmatch(secret):
            return f"scrubbed-{id}@example.invalid"
        if _DIGITS.fullmatch(secret):
            digits = str(int(id, 16) % 100_000) if self._key else id
            sign = "+" if secret[0] == "+" else ""
            return sign + digits.rjust(max(len(secret) - len(sign), len(digits) + 3), "0")
        if len(secret) >= 24 and _BASE64.fullmatch(secret):
            end = secret[len(secret.rstrip("=")) :]
            start = f"{MARK}/{label.replace('_', '')}/{id}/"
            return start + "A" * (len(secret) - len(start) - len(end)) + end
        shown = f"{MARK}-{label}-{id}"
        return shown + "-" * (len(secret) - len(shown)) if len(secret) >= 24 and " " not in secret else shown

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


def is_placeholder(value: object) -> bool:
    """Return whether a value is a placeholder, or empty."""
    if isinstance(value, str):
        if not value.strip():
            return True
        bare = value.partition(" ")[2] if value[:7].lower() in ("bearer ", "basic s") else value
        return bool(
            _MARKED.fullmatch(bare) or _FAKE_DIGITS.fullmatch(value) or value.endswith("@example.invalid")
        )
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and int(value) in _NUMBERS


def numbers(text: str) -> int:
    """Return the highest number of a placeholder in a text, 0 if there is none."""
    texts = [mark[3] for mark in _MARKED.finditer(text) if mark[3].isdigit()]
    texts += re.findall(r"scrubbed-([0-9]{1,6})@example\.invalid", text)
    texts += re.findall(r"(?<![0-9.])0{3,}([0-9]{1,5})(?![0-9.])", text)
    taken = [int(digits) for digits in texts]
    taken += [int(digits) - _NUMBER for digits in re.findall(r"99000[0-9]{5}", text)]
    return max((number for number in taken if number < 100_000), default=0)


def unnumbered(text: str) -> str:
    """Return a text with the numbers removed from its placeholders.

    Each recording numbers its secrets anew, so a live request and a recorded one may differ in them.
    """
    text = _MARKED.sub(lambda mark: f"{MARK}-{mark[2].replace('_', '')}", text)
    text = re.sub(r"scrubbed-[0-9a-f]+@example\.invalid", "scrubbed@example.invalid", text)
    return re.sub(r"(?<![0-9.])(?:0{3,}[0-9]{1,5}|99000[0-9]{5})(?![0-9.])", "0000", text)
