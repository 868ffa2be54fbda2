"""Scrub one value: a text, a JSON value, a URL, a form."""

import base64
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit, urlunsplit

import orjson

from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.model import Json, Path, pointer
from sellerspec.scrubbing.names import Names
from sellerspec.scrubbing.packing import NotScrubbed, from_base64, unpacked
from sellerspec.scrubbing.patterns import suspects
from sellerspec.scrubbing.placeholders import MARK, Placeholders, is_placeholder

MAX_DEPTH = 150
"""Most levels of nesting, including texts within texts."""

_ASSIGNED = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_-]{1,40})(?P<sign>["']?\s*[=:]\s*["']?|>)(?P<value>[^\s"'&,;<>}\]]{3,})"""
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,12}://\S+")
_WORD = re.compile(r"[a-z_]{1,20}|[A-Z_]{1,12}|[0-9]{1,7}")
_SCHEMES = frozenset(("bearer", "basic", "token", "tkpd"))
_PLAIN = re.compile(r"(?:[^\W\d]|[ .,-]){0,15}|[0-9]{1,7}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{5,12}Z?")


class Leak(NamedTuple):
    """A secret in an exchange."""

    pointer: str
    name: str
    """Name of its member or of its pattern; never the secret itself."""


class Values:
    """Scrubs values, and collects the secrets that have a secret name.

    A collected secret is replaced at every other place too: a key in a path, a token in an error
    message. So values are read twice: once to collect, and once, after `learned`, to scrub.
    """

    def __init__(self, names: Names, placeholders: Placeholders) -> None:
        self.names = names
        self.placeholders = placeholders
        self.leaks: list[Leak] = []
        self.trail: list[str | int] = []
        self._known: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._clean: set[str] = set()
        self._placeholders: set[str] = set()
        self._clean_public: set[str] = set()
        self._clean_urls: set[str] = set()
        self._clean_pairs: set[str] = set()
        self._depth = 0

    @property
    def known(self) -> tuple[str, ...]:
        """The secrets that were collected."""
        return tuple(self._known)

    def learned(self) -> None:
        """Replace the secrets collected so far in every text from now on."""
        forms: dict[str, str] = {}
        for secret, placeholder in self._known.items():
            encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
            for form in (secret, quote(secret, safe=""), quote_plus(secret), encoded):
                forms[form] = placeholder
        longest = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None
        self._forms = forms
        for texts in (self._clean, self._clean_public, self._clean_urls, self._clean_pairs):
            texts.clear()
        self.leaks.clear()

    def secret(self, name: str, value: str) -> str:
        """Return the placeholder of a text that has a secret name."""
        if is_placeholder(value):
            _remember(self._placeholders, value)
            return value
        self._leak(name)
        placeholder = self.placeholders.of_text(name, value)
        if len(value) >= 6 and not _WORD.fullmatch(value):  # a shorter text occurs elsewhere by chance
            self._known.setdefault(value, placeholder)
        return placeholder

    def _leak(self, name: str) -> None:
        path: Path = tuple(self.trail)
        self.leaks.append(Leak(pointer(path), name))

    def json(self, value: Json, name: str = "", parent: str = "", *, secret: bool = False) -> Json:
        """Return a JSON value without its secrets; the same object if it has none.

        Raises:
            NotScrubbed: it is nested deeper than `MAX_DEPTH`.
        """
        kind = value.__class__
        if kind is str:
            if secret:
                return self.secret(name, value)
            return value if value in self._clean else self.text(value, name, parent)
        if kind is not dict and kind is not list:
            return self._number(value, name) if secret else value
        self._enter()
        try:
            if kind is list:
                return self._list(value, name, parent, secret)
            return self._object(value, name, secret)
        finally:
            self._depth -= 1

    def document(self, data: bytes) -> bytes | None:
        """Return a JSON text without its secrets, the same object if it has none; None if it is not JSON."""
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            return None
        try:
            written = orjson.dumps(value)
        except orjson.JSONEncodeError:  # deeper than orjson supports
            raise _too_deep() from None
        if _given_twice(data, written):
            self._leak("a member given twice")  # orjson has dropped the first value
            return orjson.dumps(self.json(value))
        if value.__class__ in (dict, list) and self.is_clean(value):
            return data
        scrubbed = self.json(value)
        return data if scrubbed is value else orjson.dumps(scrubbed)

    def is_clean(self, value: Json, name: str = "") -> bool:  # noqa: C901 - one loop over a whole body
        """Return whether all texts of a JSON value are known to be clean; fast."""
        clean = self._clean
        if value.__class__ is list:
            for item in value:
                cls = item.__class__
                if cls is str:
                    if item not in clean:
                        return False
                elif (cls is dict or cls is list) and not self.is_clean(item, name):
                    return False
            return True
        kinds = self.names.below_of(name).get
        public, known = self._clean_public, self._placeholders
        for key, member in value.items():
            kind = kinds(key)
            if kind is None or key not in clean:
                return False
            cls = member.__class__
            if kind == "secret":
                if member not in known if cls is str else not is_placeholder(member):
                    return False
            elif cls is str:
                if member not in clean and (kind != "public" or member not in public):
                    return False
            elif (cls is dict or cls is list) and not self.is_clean(member, key):
                return False
        return True

    def _list(self, value: list[Json], name: str, parent: str, secret: bool) -> Json:
        changed: list[Json] | None = None
        trail, clean = self.trail, self._clean
        for index, item in enumerate(value):
            if item.__class__ is str and not secret and item in clean:
                continue
            trail.append(index)
            new = self.json(item, name, parent, secret=secret)
            trail.pop()
            if new is not item:
                changed = changed if changed is not None else list(value)
                changed[index] = new
        return value if changed is None else changed

    def _object(self, value: dict[str, Json], name: str, secret: bool) -> Json:
        changed = False
        out: dict[str, Json] = {}
        trail, clean, kind = self.trail, self._clean, self.names.kind
        for key, member in value.items():
            hidden = secret or kind(key, name) == "secret"
            if not hidden and key in clean:
                # nearly every member ends here, so the check of a folder is fast
                cls = member.__class__
                if member in clean if cls is str else cls is not dict and cls is not list:
                    out[key] = member
                    continue
            trail.append(key)
            new = self.json(member, key, name, secret=hidden)
            new_key = key if key in clean else self.text(key)
            trail.pop()
            out[new_key] = new
            changed = changed or new is not member or new_key != key
        return out if changed else value

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep()

    def _number(self, value: Json, name: str) -> Json:
        if is_placeholder(value):
            return value
        self._leak(name)
        return self.placeholders.of_number(value)

    def text(self, value: str, name: str = "", parent: str = "") -> str:
        """Return a text without collected secrets and without what looks like a secret."""
        text = value
        public = self.names.kind(name, parent) == "public"
        if public and value in self._clean_public:
            return value
        if self._pattern is not None:
            text = self._pattern.sub(self._known_form, text)
        elif _PLAIN.fullmatch(text) and "=" not in text:
            _remember(self._clean, value)
            return value
        if not is_placeholder(text):
            self._enter()
            try:
                text = self._inner(text, public)
            finally:
                self._depth -= 1
        if text != value:
            return text
        if not public:
            _remember(self._clean, value)
        elif self._pattern is None:
            _remember(self._clean_public, value)  # with another name it may look like a secret
        return value

    def _known_form(self, form: re.Match[str]) -> str:
        self._leak("a secret that stands elsewhere, too")
        return self._forms[form[0]]

    def _inner(self, text: str, public: bool) -> str:
        start = text.lstrip()[:1]
        if start and start in '{["' and (scrubbed := self.document(text.encode())) is not None:
            return scrubbed.decode()
        if "://" in text and _ADDRESS.fullmatch(text):
            return self.url(text, public=public)
        if (
            len(text) >= 16
            and (data := from_base64(text)) is not None
            and (inner := _packed(data)) is not None
        ):
            scrubbed_inner = self.text(inner)
            if scrubbed_inner != inner:
                return base64.b64encode(scrubbed_inner.encode()).decode()
            if inner[:1] in ("{", "[") or MARK in inner:
                return text  # not random: its text was scrubbed
        text = self._replaced(text, public)
        return _ASSIGNED.sub(self._assigned, text) if any(sign in text for sign in "=:>") else text

    def _replaced(self, text: str, public: bool) -> str:
        out: list[str] = []
        at = 0
        for suspect in suspects(text, random=not public):
            if suspect.start < at:
                continue
            out.append(text[at : suspect.start])
            out.append(self.secret(suspect.name, text[suspect.start : suspect.end]))
            at = suspect.end
        return "".join(out) + text[at:] if out else text

    def _assigned(self, assignment: re.Match[str]) -> str:
        name, sign, value = assignment["name"], assignment["sign"], assignment["value"]
        if self.names.kind(name) != "secret" or value.lower() in _SCHEMES or is_placeholder(value):
            return assignment[0]
        return name + sign + self.secret(name, value)

    def url(self, url: str, *, public: bool = False) -> str:
        """Return a URL without secrets in its user, path, query and fragment."""
        bare, mark, query = url.partition("?")
        if self._pattern is None and bare in self._clean_urls and "#" not in query:
            return url if not mark or (scrubbed := self.form(query)) == query else f"{bare}?{scrubbed}"
        try:
            split = urlsplit(url)
        except ValueError:
            return self._replaced(url, public)
        host = split.netloc
        if "@" in host:
            user, _, host = host.rpartition("@")
            self.secret("password", unquote(user.partition(":")[2] or user))
        path = self._path(split.path, public)
        query = self.form(split.query)
        fragment = self.form(split.fragment) if "=" in split.fragment else self._part(split.fragment, "")
        clean = (host, path) == (split.netloc, split.path) and not split.fragment
        if clean and self._pattern is None and not public:
            _remember(self._clean_urls, bare)
        if (host, path, query, fragment) == (split.netloc, split.path, split.query, split.fragment):
            return url
        return urlunsplit((split.scheme, host, path, query, fragment))

    def _path(self, path: str, public: bool) -> str:
        parts = path.split("/")
        before = ""
        for index, part in enumerate(parts):
            kind = self.names.kind(before) if before else ""
            if kind == "secret" and part:
                parts[index] = quote(self.secret(before, unquote(part)), safe="")
            elif part:
                parts[index] = self._part(part, before if kind == "public" else "", public=public)
            before = part
        return "/".join(parts)

    def _part(self, part: str, name: str, *, public: bool = False) -> str:
        if part in self._clean:
            return part
        plain = unquote(part)
        scrubbed = self._replaced(plain, True) if public else self.text(plain, name)
        return part if scrubbed == plain else quote(scrubbed, safe="")

    def form(self, text: str) -> str:
        """Return a query or a form without secrets; a clean pair keeps its encoding."""
        if not text:
            return text
        pairs = text.split("&")
        for index, pair in enumerate(pairs):
            if pair in self._clean_pairs:
                continue
            name, sign, value = pair.partition("=")
            if not sign:
                pairs[index] = self._part(pair, "")
                continue
            plain_name, plain = unquote_plus(name), unquote_plus(value)
            last = re.findall(r"[^\[\].]+", plain_name)[-1:] or [""]
            self.trail.append(plain_name)
            secret = self.names.kind(plain_name) == "secret" or self.names.kind(last[0]) == "secret"
            scrubbed = self.secret(last[0], plain) if secret else self.text(plain, plain_name)
            self.trail.pop()
            new_name = self.text(plain_name)
            if scrubbed != plain or new_name != plain_name:
                shown = name if new_name == plain_name else quote_plus(new_name)
                pairs[index] = f"{shown}={quote_plus(scrubbed)}"
            elif self._pattern is None:
                _remember(self._clean_pairs, pair)
        return "&".join(pairs)


def _remember(texts: set[str], text: str) -> None:
    """Remember a text that need not be searched again, in bounded memory."""
    if len(texts) < 100_000 and len(text) < 300:
        texts.add(text)


def _packed(data: bytes) -> str | None:
    """Return the text in decoded base64, compressed or not; None if it is not text."""
    try:
        inner = unpacked(data, "").decode()
    except (NotScrubbed, UnicodeDecodeError):
        return None
    return inner if inner.isprintable() or inner.lstrip()[:1] in ("{", "[") else None


def _too_deep() -> NotScrubbed:
    return NotScrubbed(f"a value is nested deeper than {MAX_DEPTH} levels")


def _given_twice(data: bytes, written: bytes) -> bool:
    """Return whether a JSON text has a member twice; `written` is its value, serialised again."""
    if data.count(b":") == written.count(b":") and not (b"\\" in data and b"003" in data):
        return False
    try:
        strict.decode(data)
    except ParseError:
        return True
    return False


def is_form(text: str) -> bool:
    """Return whether a text is a form: `a=b&c=d`, without spaces."""
    return bool(_FORM.fullmatch(text)) and bool(parse_qsl(text, keep_blank_values=True))


_FORM = re.compile(r"[\w.%+\[\]-]+=[^&\s<>{}\"]*(?:&[\w.%+\[\]-]+=[^&\s<>{}\"]*)*")
