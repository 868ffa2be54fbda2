"""The work of the scrubber grows with its input: bounded patterns, and steps at once and twice the size."""

import json
import re
import sys
from collections.abc import Callable
from re import _constants as codes
from re import _parser as parser
from typing import Any

import pytest

from sellerspec.marketplaces import marketplace
from sellerspec.scrubbing import bodies, patterns, placeholders, prose, scrubber, texts, urls
from support.planted_secrets import answered, sent

MODULES = (bodies, patterns, placeholders, prose, texts, urls)
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": pattern
    for module in MODULES
    for name, pattern in vars(module).items()
    if isinstance(pattern, re.Pattern)
}
LINEAR_ALONE = {"urls._FORM", "placeholders._EMAIL", "placeholders._BASE64", "placeholders._HEX"}
"""Used with `fullmatch` only: they start once, and two repetitions in a row share no character."""

TEXTS: dict[str, Callable[[int], str]] = {
    "a name and blanks": lambda size: "passwordpassword" + " " * size,
    "blanks around a sign": lambda size: "a = " * (size // 4),
    "dots after an at sign": lambda size: "x@" + "a." * (size // 2) + "@",
    "at signs": lambda size: "a@" * (size // 2),
    "digits": lambda size: "0 " * (size // 2) + "x",
    "zeros": lambda size: "0" * size + "x",
    "quotes": lambda size: "token='" * (size // 7),
    "links": lambda size: "https://a.example/?" * (size // 19),
    "a long word": lambda size: "aB3" * (size // 3),
    "keys": lambda size: "eyJhbGciOi" * (size // 10),
    "private keys": lambda size: "-----BEGIN PRIVATE KEY-----" * (size // 27),
    "brackets": lambda size: "<" * size,
    "attributes": lambda size: "<p " + "value=" * (size // 6),
    "placeholders": lambda size: "SCRUBBED-a-1 " * (size // 13),
    "percent signs": lambda size: "%7B" * (size // 3),
}


@pytest.mark.parametrize("name", sorted(PATTERNS.keys() - LINEAR_ALONE))
def test_F8_an_unbounded_repetition_ends_its_pattern(name: str) -> None:
    assert not _goes_back(parser.parse(PATTERNS[name].pattern, PATTERNS[name].flags))


def _goes_back(sequence: Any, *, last: bool = True) -> bool:
    """Return whether a repetition without a bound is followed by something, or repeated itself."""
    items = list(sequence)
    for index, (code, argument) in enumerate(items):
        ends = last and index == len(items) - 1
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            _, most, inner = argument
            bounded = most is not codes.MAXREPEAT and most < 20_000
            if not bounded and not ends:
                return True
            if _goes_back(inner, last=False):
                return True
        inside = [argument[3]] if code is codes.SUBPATTERN else argument[1] if code is codes.BRANCH else []
        if any(_goes_back(branch, last=ends) for branch in inside):
            return True
    return False


def steps(work: Callable[[], object]) -> int:
    """Return how many functions are called, of Python and of C."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.no_cover
@pytest.mark.timeout(20)  # for quadratic work minutes are not enough
@pytest.mark.parametrize("pattern", sorted(LINEAR_ALONE))
def test_F8_a_pattern_that_starts_once_takes_linear_time(pattern: str) -> None:
    for text in TEXTS.values():
        PATTERNS[pattern].fullmatch(text(300_000))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", TEXTS)
def test_F8_twice_the_text_is_at_most_about_twice_the_steps(name: str) -> None:
    machine = scrubber(marketplace("tiki"))

    def counted(size: int) -> int:
        text = TEXTS[name](size)
        return steps(lambda: machine.scrub([sent({"name": text}), answered({"errors": [text], "x": text})]))

    counted(100)
    small, large = counted(5_000), counted(10_000)
    assert large <= 2.4 * small + 200


@pytest.mark.no_cover
def test_F8_twice_the_secrets_are_at_most_about_twice_the_steps() -> None:
    machine = scrubber(marketplace("tiki"))

    def counted(many: int) -> int:
        tokens = [{"token": f"FAKE-SECRET-{number:06d}"} for number in range(many)]
        text = " ".join(token["token"] for token in tokens)
        body = json.dumps({"tokens": tokens, "name": text}).encode()
        return steps(lambda: machine.scrub([sent(body)]))

    counted(10)
    small, large = counted(1_000), counted(2_000)
    assert large <= 2.4 * small
