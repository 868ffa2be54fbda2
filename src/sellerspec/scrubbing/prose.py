"""Scrub running text: links, assignments and shapes of secrets, and the words that no contract knows."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sellerspec.io.secret_names import is_telling
from sellerspec.scrubbing.patterns import suspects
from sellerspec.scrubbing.placeholders import split
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.urls import is_form

if TYPE_CHECKING:
    from sellerspec.scrubbing.texts import Values

_CHUNK = re.compile(r"[^\s<>\"'`(),;|{}\[\]\\=]+")
_EDGE = ".,:;!?-*#/&%"
_ASKS = re.compile(r"(?i)(?<![a-z])(?:otp|pin|cvv|cvc|pass|password|passcode|code|mã|kode|sandi)(?![a-z])")
_NAMED = re.compile(
    r"""(?P<name>(?<![\w.-])[A-Za-z_][\w.-]{0,60})["'\]]{0,2}[ \t]{0,8}(?:=>|:=|[=:>])[ \t]{0,8}"""
)
_GIVEN = re.compile(r"""["']{0,1}(?P<bare>[^\s"'&,;<>}\]]{1,2000})""")
_QUOTED = re.compile(r""""(?P<double>[^"]{1,2000})"|'(?P<single>[^']{1,2000})'""")
_SCHEMES = frozenset(("bearer", "basic", "token", "tkpd"))
_ATTRIBUTE = re.compile(
    r"""(?i)(?<=[\s"'])(?P<name>value|content|href|src|action|alt|placeholder|title|data-[a-z-]{1,40})"""
    r"""\s{0,3}=\s{0,3}(?:"(?P<double>[^"]{1,2000})"|'(?P<single>[^']{1,2000})'|(?P<bare>[^\s"'<>]{1,2000}))"""
)
_UNIT = re.compile(r"[0-9]{1,5}[A-Za-z]{1,4}")
"""`32GB`, `5000mAh`"""

_DATA = re.compile(r"(?i)\bdata:[\w/;=+.\"-]{0,100},[^\s\"'<>]{1,100000}")
_SAID = re.compile(
    r"(?i)(?<!\w)(?:password|passwd|passcode|pwd|otp|cvv|m[aậ]t\s?kh[aẩ]u|(?:kata\s?)?sandi"
    r"|m[aã]\s(?:x[aá]c\s(?:th[uự]c|nh[aậ]n|minh)|b[aả]o\sm[aậ]t|otp|pin)"
    r"|kode\s(?:otp|pin|verifikasi|rahasia|akses)|verification\scode|npwp|nik|ktp|cccd|cmnd|mst|stk"
    r"|s[oố]\st[aà]i\skho[aả]n|(?:no\.?\s)?rek(?:ening)?|passport|paspor|h[oộ]\schi[eế]u)(?!\w)"
    r"[\s:=/>.-]{1,4}(?:(?:is|l[aà]|adalah|c[uủ]a\sb[aạ]n|anda)[\s:=]{1,3})?"
    r"""["']?(?P<value>[0-9](?:[ .-]?[0-9]){5,30}|[^\s"',;<>(){}]{3,200})"""
)
"""`mật khẩu là …`, `password …`, `NPWP …`: what follows is a secret if it has a digit, or both cases."""

_LINK = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s\"'<>]+")


class Prose:
    """Scrubs running texts with one set of values."""

    def __init__(self, values: "Values") -> None:
        self._values = values

    def searched(self, text: str, place: Place, *, running: bool = False) -> str:
        """Return a text without links, assignments and shapes of secrets in it."""
        public = place.kind in ("public", "kept")
        if "://" in text:
            link = self._values.urls.link
            text = _outside(text, lambda part: _LINK.sub(lambda found: link(found[0], place), part))
        if "data:" in text:
            text = _DATA.sub(lambda data: self._values.secret("data", data[0], certain=False), text)
        if any(sign in text for sign in "=:>"):
            text = _outside(text, self._assigned)
        text = _outside(text, lambda part: _SAID.sub(self._said, part))
        return _outside(text, lambda part: self._shapes(part, public=public and not running, strict=running))

    def running(self, value: str, name: str = "text") -> str:
        """Return a running text with the words that the contract knows; other words become placeholders."""
        text = self._values.without_learned(value)
        structured = self._values.structured(text, self._values.unknown)
        if structured is not None:
            return structured
        if text.lstrip()[:1] == "<":
            text = _ATTRIBUTE.sub(self._attribute, text)
        if "%7B" in text or "%22" in text or "%3D" in text:
            text = unquote(text)
            if is_form(text):
                return self._values.urls.form(text, self._values.unknown)
        text = self.searched(text, self._values.unknown, running=True)
        digits = 2 if _ASKS.search(text) else 5
        if self._is_foreign(text, digits):
            return self._values.secret(name, value, certain=False)
        return _outside(text, lambda part: _CHUNK.sub(lambda chunk: self._chunk(chunk[0], digits), part))

    def _is_foreign(self, text: str, most: int) -> bool:
        """Return whether the contract knows less than half of the words of a text."""
        if text.lstrip()[:1] == "<":
            return False
        chunks = [
            chunk.strip(_EDGE) for part, fixed in split(text) if not fixed for chunk in _CHUNK.findall(part)
        ]
        unknown = sum(
            not self._values.words.knows(chunk, most=most)
            for chunk in chunks
            if chunk not in self._values.kept
        )
        return unknown * 2 > len(chunks)

    def _attribute(self, attribute: re.Match[str]) -> str:
        value = attribute["double"] or attribute["single"] or attribute["bare"]
        return attribute[0].replace(value, self._values.secret(attribute["name"], value, certain=False), 1)

    def _chunk(self, chunk: str, most: int) -> str:
        core = chunk.strip(_EDGE)
        if not core or core in self._values.kept or self._values.words.knows(core, most=most):
            return chunk
        return chunk.replace(core, self._values.secret("text", core, certain=False), 1)

    def _shapes(self, text: str, *, public: bool, strict: bool) -> str:
        out: list[str] = []
        at = 0
        for suspect in suspects(text, public=public, strict=strict):
            shown = text[suspect.start : suspect.end]
            if suspect.start < at or (strict and shown in self._values.kept):
                continue
            if suspect.name == "number" and sum(map(str.isdigit, shown)) <= 5:
                continue
            out += (text[at : suspect.start], self._values.secret(suspect.name, shown, certain=False))
            at = suspect.end
        return "".join((*out, text[at:])) if out else text

    def _assigned(self, text: str) -> str:
        """Replace the values of secret names: `password=…`, `token: "…"`, `pwd => …`, `<token>…`."""
        out: list[str] = []
        at = 0
        for named in _NAMED.finditer(text):
            if named.start() < at or not self._is_secret(named["name"]):
                continue
            given = _QUOTED.match(text, named.end()) or _GIVEN.match(text, named.end())
            if given is None:
                continue
            group = given.lastgroup or ""
            value = given[group]
            is_word = group == "bare" and self._values.words.knows(value, most=0)  # `token: no seller has it`
            if named["name"].lower() == "pin" and not value.isdigit():
                continue  # the battery of a phone, in Vietnamese
            if value.lower() in _SCHEMES or value[:2] == "//" or is_word:
                continue
            name = named["name"].rpartition(".")[2]
            out += (text[at : given.start(group)], self._values.secret(name, value))
            at = given.end(group)
        return "".join((*out, text[at:])) if out else text

    def _said(self, said: re.Match[str]) -> str:
        value = said["value"]
        if not re.search(r"[0-9].{0,200}[0-9]|[a-z][A-Z]", value) or _UNIT.fullmatch(value):
            return said[0]
        return said[0].replace(value, self._values.secret("password", value))

    def _is_secret(self, name: str) -> bool:
        last = name.rpartition(".")[2]
        return self._values.names.kind(last) in ("secret", "personal") or is_telling(last)


def _outside(text: str, change: Callable[[str], str]) -> str:
    """Change the parts of a text that are no placeholders."""
    return "".join(part if fixed else change(part) for part, fixed in split(text))
