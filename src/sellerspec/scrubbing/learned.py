"""The secrets of a cassette that have a secret name, and every other place where they stand.

A walk through a tree of their first characters: the work grows with the text, however many secrets
there are.
"""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

DEEPEST = 48
"""Characters of a secret that the tree holds; the rest is compared at the end."""


class Learned:
    """Texts that are replaced wherever they stand."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        """A secret as a text may hold it, encoded or not -> the secret."""

        self._tree: dict[str, Any] = {}
        """Character -> the tree below it; "" -> the texts that may end here, or go on beyond the tree."""

        self._first: re.Pattern[str] | None = None
        self._starts: list[set[str]] = [set(), set(), set()]

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def add(self, secret: str) -> None:
        """Learn a secret of at least three characters, in every encoding that a text may have it in."""
        if secret in self._secrets:
            return
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
        for form in {secret, quote(secret, safe=""), quote_plus(secret), encoded}:
            self._secrets.setdefault(form, secret)
            node = self._tree
            for char in form[:DEEPEST]:
                node = node.setdefault(char, {})
            node.setdefault("", []).append(form)
            for position, char in enumerate(form[:3]):
                self._starts[position].add(char)
        self._first = None

    def replaced(self, text: str, placeholder: Callable[[str], str]) -> str:
        """Return a text with a placeholder for each learned secret in it."""
        out: list[str] = []
        at = 0
        for start, form in self._places(text):
            out += (text[at:start], placeholder(self._secrets[form]))
            at = start + len(form)
        return "".join((*out, text[at:])) if out else text

    def stands_in(self, text: str) -> bool:
        """Return whether a learned secret stands in a text."""
        return next(self._places(text), None) is not None

    def _places(self, text: str) -> Iterator[tuple[int, str]]:
        if not self._secrets:
            return
        if self._first is None:
            classes = ("[" + "".join(map(re.escape, sorted(chars))) + "]" for chars in self._starts)
            self._first = re.compile("".join(classes))
        at = 0
        while candidate := self._first.search(text, at):
            form = self._longest(text, candidate.start())
            if form:
                yield candidate.start(), form
            at = candidate.start() + max(len(form), 1)

    def _longest(self, text: str, start: int) -> str:
        node = self._tree
        longest = ""
        for char in text[start : start + DEEPEST]:
            if char not in node:
                break
            node = node[char]
            for form in node.get("", ()):
                if len(form) > len(longest) and (len(form) <= DEEPEST or text.startswith(form, start)):
                    longest = form
        return longest
