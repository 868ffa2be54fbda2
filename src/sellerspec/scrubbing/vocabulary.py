"""The words that a contract knows: its own texts, the names of its members, the values that it lists."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sellerspec.contract import Contract
from sellerspec.io.secret_names import FREE_TEXTS, plain_name
from sellerspec.model import Json
from sellerspec.scrubbing.places import listed

_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
"""A word, also one within `orderStatusSync`."""

COMMON = frozenset(
    (
    "a", "about", "access", "after", "again", "all", "already", "also", "an", "and", "any", "api",
    "are", "as", "at", "bad", "be", "because", "been", "before", "body", "by", "call", "can", "cannot",
    "cert", "client", "closed", "code", "conflict", "connect", "connection", "content", "could",
    "created", "data", "denied", "did", "do", "does", "down", "empty", "entity", "error", "exceeded",
    "exist", "exists", "expired", "failed", "field", "fields", "for", "forbidden", "format", "found",
    "from", "gateway", "get", "gone", "had", "has", "have", "header", "id", "if", "in", "internal",
    "into", "invalid", "is", "it", "its", "json", "later", "length", "limit", "list", "long", "many",
    "maximum", "may", "media", "message", "method", "minimum", "missing", "more", "most", "must",
    "name", "no", "none", "not", "null", "number", "of", "on", "only", "or", "order", "other", "out",
    "page", "parameter", "parse", "permission", "please", "post", "product", "put", "query", "rate",
    "read", "received", "reached", "request", "required", "resource", "response", "retry", "seller",
    "server", "service", "should", "sku", "so", "status", "such", "support", "temporarily", "than",
    "that", "the", "their", "there", "this", "time", "timeout", "to", "too", "try", "type",
    "unauthorized", "unavailable", "unexpected", "unknown", "unprocessable", "unsupported", "until",
    "upstream", "url", "used", "user", "valid", "value", "values", "version", "was", "were", "when",
    "which", "while", "will", "with", "without", "wrong", "you", "your", "sellerspec", "asked",
    "requested", "attribute", "attributes", "boolean", "character", "characters", "digits", "fault",
    "fraction", "headers", "http", "https", "integer", "items", "least", "object", "path", "planned",
    "string", "twice", "ask", "name", "token", "body", "br", "center", "div", "doctype", "form", "head",
    "hidden", "hr", "html", "input", "li", "link", "meta", "nginx", "option", "p", "pre", "script", "span",
    "style", "table", "tbody", "td", "th", "title", "tr", "ul", "utf", "xml",
    )
)  # fmt: skip
"""Words of error messages and pages that tell nothing of a person, whatever the contract."""


class Vocabulary(NamedTuple):
    """What a text may hold."""

    words: frozenset[str]
    """In lower case, without digits."""

    texts: frozenset[str]
    """Whole texts that schemas list, and names of members: `pending`, `cross_border`, `price`."""

    def knows(self, text: str, *, most: int = 5) -> bool:
        """Return whether a text has only known words, and at most so many digits."""
        if text.lower() in self.words:
            return True
        if sum(map(str.isdigit, text)) > most:
            return False
        return all(word.lower() in self.words for word in _WORD.findall(text))


@lru_cache(maxsize=64)
def vocabulary(contract: Contract | None) -> Vocabulary:
    """Return the words of a contract; without one only the common ones."""
    if contract is None:
        return Vocabulary(COMMON, frozenset())
    texts: set[str] = set()
    names: set[str] = set()
    for schema in _schemas(contract.spec.resolved):
        texts.update(listed(schema))
        names.update(schema.get("properties", ()))
    texts.update(contract.marketplace.known_texts)
    stated = [*names, *texts, *_texts(contract)]
    words = {word.lower() for text in stated for word in _WORD.findall(text)}
    return Vocabulary(COMMON | words, frozenset(text for text in texts | names if len(text) > 1))


def _texts(contract: Contract) -> Iterator[str]:
    for text in contract.spec.rule_texts.values():
        yield from (text["requirement"], str(text.get("refusal", {}).get("text", "")), text.get("hint", ""))
    for rule in contract.marketplace.rules:
        yield from (rule.requirement, rule.text or "", rule.hint or "")
    for operation in contract.operations():
        yield from (operation.operation.summary, operation.operation.id, operation.operation.path)
        yield from (parameter.name for parameter in operation.spec.parameters)
        yield from (scheme.get("name", "") for scheme in operation.spec.security)
        for status, body in operation.spec.responses.items():
            yield from _strings(list(body.examples().values()), free=status >= 400)


def _strings(value: Json, *, free: bool) -> Iterator[str]:
    """Yield the texts of an example: all of a refusal, else those that are running texts by name."""
    if isinstance(value, str):
        if free:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, free=free)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _strings(member, free=free or plain_name(name) in FREE_TEXTS)


def _schemas(value: Json) -> Iterator[dict[str, Json]]:
    """Yield each object of a spec that may be a schema, except those of examples."""
    if isinstance(value, list):
        for part in value:
            yield from _schemas(part)
    elif isinstance(value, dict):
        if isinstance(value.get("properties", {}), dict) and isinstance(value.get("enum", []), list):
            yield value
        for name, part in value.items():
            if name not in ("example", "examples"):
                yield from _schemas(part)
