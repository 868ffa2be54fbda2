"""Huge payloads: work grows with the size, reports stay short and memory has a bound."""

import cProfile
import json
import pstats
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sellerspec import check
from sellerspec.errors import ParseError
from sellerspec.io import resources, strict
from sellerspec.reporting import located

CREATE = "tiki/createProduct"
EXAMPLE = resources.data_dir("tests/examples") / CREATE / "valid" / "documented-configurable.json"


def payload(**members: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    return value | members


def variants(count: int) -> list[dict[str, Any]]:
    return [payload()["variants"][0] for _ in range(count)]


HUGE: dict[str, Callable[[int], dict[str, Any]]] = {
    "unknown members": lambda count: payload(**{f"m{number}": 1 for number in range(count)}),
    "members with numbers as names": lambda count: payload(
        attributes={str(number): [] for number in range(count)}
    ),
    "items of a wrong type": lambda count: payload(variants=[1] * count),
    "addresses of no picture": lambda count: payload(images=["x"] * count),
    "objects without members": lambda count: payload(variants=[{}] * count),
    "equal variants": lambda count: payload(variants=variants(count)),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", HUGE)
def test_E6_a_rule_with_thousands_of_findings_lists_ten_and_says_how_many_more(kind: str) -> None:
    report = check(CREATE, HUGE[kind](2_000))
    assert report == check(CREATE, HUGE[kind](2_000), engine="jsonschema")
    counts = [finding for finding in report.findings if finding.message.endswith(" more like it")]
    assert counts
    for count in counts:
        assert count.message in ("… and 1,990 more like it", "… and 1,989 more like it")
        own = [finding for finding in report.findings if finding.rule == count.rule]
        assert own.count(count) == 1
        assert 11 <= len(own) <= 33  # of keywords with one rule, in one or more severities
        assert {finding.severity for finding in own} >= {count.severity}
    assert len(report.findings) < 120
    errors = ("items of a wrong type", "objects without members", "equal variants")
    assert report.ok is (kind not in errors)
    assert len(check(CREATE, HUGE[kind](900)).findings) >= 899


def work(function: Callable[[], Any]) -> int:
    """Return the number of calls that a function makes: a measure that no busy machine changes."""
    profile = cProfile.Profile()
    profile.runcall(function)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", HUGE)
def test_E6_twice_the_size_is_twice_the_work(kind: str) -> None:
    calls = []
    for count in (4_000, 8_000):
        text = json.dumps(HUGE[kind](count))
        check(CREATE, text)
        calls.append(work(lambda text=text: located(check(CREATE, text), text)))  # type: ignore[misc]
    assert calls[1] < 2.3 * calls[0]


def test_E6_the_place_of_a_finding_is_found_without_reading_all_before_it() -> None:
    text = json.dumps({"a" * 40_000: 1, "b": {"c": [1, 2]}}, indent=1) + "\n" * 40_000
    places = strict.places(text)
    assert places.find(("b", "c", 1)) == (6, 4)
    assert places.find(("b",)) == (3, 7)
    assert places.find(()) == (1, 1)
    many = "[" + ",\n".join(["1"] * 50_000) + "]"
    assert strict.places(many).find((49_999,)) == (50_000, 1)


def test_E6_more_values_or_bytes_than_are_read_are_refused_at_once(tmp_path: Path) -> None:
    values = b"[" + b",".join([b"1"] * 1_000_001) + b"]"
    with pytest.raises(
        ParseError, match="more than 1,000,000 values, the most that are read of one JSON text"
    ):
        check(CREATE, values)
    with pytest.raises(ParseError, match="more than 1,000,000 values"):
        strict.decode(values.decode())
    commas = b'{"name": "' + b',\\"' * 1_100_000 + b'"}'
    assert not check(CREATE, commas).ok
    for text in (b'"' + b"x" * (64 << 20) + b'"', '"' + "ế" * (30 << 20) + '"'):
        with pytest.raises(ParseError, match="more than 67,108,864 bytes, the most that are read"):
            check(CREATE, text)


@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the address space")
def test_H6_a_long_text_takes_a_small_multiple_of_its_size(tmp_path: Path) -> None:
    size = 40 << 20
    code = (
        "import resource, sys; from sellerspec.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10, file=sys.stderr)"
    )
    peaks = []
    for count in (1, size):
        path = tmp_path / f"{count}.json"
        path.write_text(json.dumps(payload(name="x" * count, colour=1)))
        call = [sys.executable, "-c", code, "check", "--as", CREATE, str(path)]
        done = subprocess.run(call, check=False, capture_output=True, text=True)
        assert "/colour" in done.stdout
        peaks.append(int(done.stderr.splitlines()[-1]))
    assert peaks[1] - peaks[0] < 5 * size
